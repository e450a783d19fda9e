"""Keys one after another: the next waits until what the one before asked for stands.

Over a slow line several keys come in one packet. Textual hands all of them to the widget that has
the focus at that moment, so that what is typed behind the key of a field or of another screen would
be taken for commands of the list. And what a key means may depend on what the engine is just being
asked to do: whoever types it knows that as done.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

from tui.app.commands import MOVES

_ROUNDS_LEAST, _ROUNDS_MOST = 2, 6
"""The first round brings the key's action about, the second what that asked the screens for; more
follow while a screen or a field is still coming."""

_AHEAD_MOST = 50
"""Nobody types more commands ahead and knows what they will do: a paste without marks is more, or
a cat. To quit is the way out of it."""

Typed = events.Key | events.Paste


class KeysInOrder(App[int], inherit_bindings=False):
    """Holds keys and pastes back while the one before is on its way."""

    PATIENCE_S = 1.0
    """A key never waits longer than this for the one before, whatever became of that."""

    def __init__(self) -> None:
        super().__init__()
        self._held: deque[Typed] = deque()
        self._typed = 0
        self._patience: asyncio.TimerHandle | None = None
        """Runs while a key is on its way."""
        self._is_at_work = False
        """Whether the next key waits for the engine."""
        self._left_out = 0
        """How many keys the one that quits has overtaken."""

    def work_begins(self) -> None:
        """Hold the next key until `work_ends`, if that is soon."""
        self._is_at_work = True
        if self._patience is None:
            self._begin_patience()

    def work_ends(self) -> None:
        """Take in that what the next key may be about is done, and shown."""
        if self._is_at_work and self._patience is not None:
            # What the key leads to begins only now: a form takes its time to be built.
            self._patience.cancel()
            self._begin_patience()
            way = self._way()
            _go_behind(way, partial(self._arrived, way, self._typed, 1))
        self._is_at_work = False

    def forget_typed(self) -> None:
        """Let nothing come of the keys that wait."""
        self._held.clear()

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._patience is not None:
            if len(self._held) > _AHEAD_MOST and "app.quit" in self._commands(event):
                self._left_out += len(self._held)
                self._held.clear()
            self._held.append(event)
        elif self._leads_nowhere(event):
            await self.hand_on(event)
        else:
            await self._type(event)

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        """End the program; what was typed and did nothing is told where the shell is."""
        if self._left_out and message is None:
            message = f"ticketdeck: {self._left_out} keys typed before the one to quit did nothing"
        super().exit(result, return_code, message)

    async def _type(self, event: Typed) -> None:
        self._typed += 1
        self._begin_patience()
        way = self._way()
        await self.hand_on(event)
        _go_behind(way, partial(self._arrived, way, self._typed, 1))

    async def hand_on(self, event: Typed) -> None:
        """Let a key or a paste whose turn has come do what it does."""
        await super().on_event(event)

    async def _arrived(self, way: Sequence[MessagePump], typed: int, rounds: int) -> None:
        """Take in that everything on this way is done; what came of it may have led elsewhere."""
        now = self._way()
        is_settled = rounds >= _ROUNDS_LEAST and now == way
        if is_settled or rounds >= _ROUNDS_MOST:
            if not self._is_at_work:
                await self._go_on(typed)
        elif typed == self._typed:
            _go_behind(now, partial(self._arrived, now, typed, rounds + 1))

    def _begin_patience(self) -> None:
        lose = partial(self._lose_patience, self._typed)
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(self.PATIENCE_S, self.call_later, lose)

    async def _lose_patience(self, typed: int) -> None:
        if typed == self._typed:
            self._is_at_work = False
        await self._go_on(typed)

    async def _go_on(self, typed: int) -> None:
        if typed == self._typed and self._patience is not None:
            self._patience.cancel()
            self._patience = None
            if self._held:
                await self._type(self._held.popleft())

    def _leads_nowhere(self, event: Typed) -> bool:
        """Whether nothing can come of it that the next key would have to wait for."""
        if self.focused is not None and self.focused.check_consume_key("a", "a"):
            return isinstance(event, events.Paste) or event.is_printable
        commands = self._commands(event)
        return bool(commands) and commands.issubset(MOVES)

    def _commands(self, event: Typed) -> set[str | None]:
        """Return the commands that a key stands for on this screen."""
        if isinstance(event, events.Paste):
            return set()
        found = self.screen._bindings.key_to_bindings.get(event.key, ())  # noqa: SLF001 - read only
        return {binding.id for binding in found}

    def _way(self) -> list[MessagePump]:
        """Return what a key passes: the widget with the focus, what that is in, the application."""
        if not self.screen_stack:
            return [self]
        return list((self.focused or self.screen).ancestors_with_self)


def _go_behind(way: Sequence[MessagePump], arrived: Callable[[], Awaitable[None]]) -> None:
    """Call `arrived` when each of these in turn has done what it was asked for until now."""
    for number, pump in enumerate(way, start=1):
        rest = way[number:]
        if pump.call_later(partial(_go_behind, rest, arrived) if rest else arrived):
            return
