"""What a create is answered with whose key was used before: how the create of then ended."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.engine.offload import Offload
from tui.store.entry import Entry
from tui.store.intents import IntentLog

STEP_S: Final = 0.5
"""How often it is looked whether the create of then has come to an end, ..."""
OTHERS_S: Final = 60.0
"""... and how long."""


class UsedKeys:
    """Tells of creates by their keys; nothing is sent for it."""

    def __init__(
        self,
        intents: IntentLog,
        *,
        will_be_looked_for: Callable[[Entry], bool],
        clock: Clock,
        offload: Offload,
    ) -> None:
        """Make it; `will_be_looked_for`: whether this process is going to look for an open one."""
        self._intents = intents
        self._will_be_looked_for = will_be_looked_for
        self._clock = clock
        self._offload = offload

    async def of_then(self, entry: Entry, draft: Draft) -> Outcome:
        """Return how the create of the draft's key ended; wait for that, where it is to come."""
        until = self._clock.monotonic() + OTHERS_S
        intent = entry.intent
        while self._may_end(entry) and self._clock.monotonic() < until:
            await self._clock.sleep(STEP_S)
            with suppress(StateError):
                found = await self._offload(lambda: self._intents.entry(intent.id))
                entry = found if found is not None else entry
        outcome = entry.outcome or Outcome(
            intent_id=intent.id, state=OutcomeState.UNKNOWN, message="no answer yet"
        )
        ended = "its create was dropped" if entry.is_dropped else outcome.message
        said = _said_of(entry, intent.draft, draft)
        return replace(outcome, message=f"{said}; {ended}" if ended else said)

    def _may_end(self, entry: Entry) -> bool:
        if not entry.is_open or entry.is_looked:
            return False
        return entry.is_busy(self._clock.now()) or self._will_be_looked_for(entry)


def _said_of(entry: Entry, then: Draft, now: Draft) -> str:
    said = f"the key {entry.intent.key} was used before, nothing was sent now"
    if then.workspace != now.workspace:
        return f"{said}; it was for {then.workspace}"
    if not then.values:
        # Of a ticket that exists nothing is kept.
        return f"{said}, whatever the fields are"
    return said if then.values == now.values else f"{said}; its fields were others"
