"""Waits until a Textual application has taken in all that it was sent, and no longer.

Textual's own wait watches the CPU clock in steps of 20 ms, twice a key at least, which is most of
the time of a test that types.
"""

import asyncio
from time import monotonic

from textual._context import active_app
from textual.message_pump import MessagePump

STEP_S = 0.004
"""Between two looks; timers that are due sooner have run by then."""
STEPS = 2
"""So many looks in a row must find nothing to do."""


async def wait_until_idle(min_sleep: float = 0.02, max_sleep: float = 1) -> None:
    """Stands for `textual._wait.wait_for_idle`."""
    started, quiet = monotonic(), 0
    while quiet < STEPS and monotonic() - started < max_sleep:
        await asyncio.sleep(STEP_S)
        quiet = 0 if _is_busy() else quiet + 1
    await asyncio.sleep(max(0.0, min_sleep - (monotonic() - started)))


def _is_busy() -> bool:
    app = active_app.get()
    pumps: list[MessagePump] = [app]
    for screen in app.screen_stack if app._screen_stacks else ():
        pumps += screen.walk_children(with_self=True)
    return any(pump._next_callbacks or pump.message_queue_size for pump in pumps)
