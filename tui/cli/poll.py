"""`ticketdeck poll`: keeps the store up to date without a screen, until a signal ends it."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from datetime import datetime

from tui.cli.arguments import Options, Parser
from tui.cli.bootstrap import Deck, load_deck
from tui.cli.clock_time import clock_time
from tui.cli.crash_log import crash_log
from tui.cli.output import Output
from tui.cli.running import running
from tui.domain.errors import StateError
from tui.domain.health import HealthState, WorkspaceHealth

USAGE = ""
DESCRIPTION = """\
Poll the workspaces without a screen, until interrupted. Every dashboard, `list`
and `status` that shares the state directory then shows what this process reads,
and needs no credential of its own. stderr gets a line whenever a workspace's state
changes, or who polls it.

A workspace that another process polls is left to it, and taken over when that ends."""
EXAMPLES = """\
examples:
  ticketdeck poll
  ticketdeck -w cx-emea poll 2>> poll.log &

docs/ticketdeck-poll.service is an example for systemd; README.md says how several
people share one state directory."""
OPTIONS = Options

_LOOK_S = 1.0
"""How often it is asked who polls what; states are told as they change."""


def add_arguments(parser: Parser) -> None:
    """Add the command's own options: it has none."""


def run(options: Options, output: Output) -> int:
    """Poll until a signal comes; the exit code is the signal's."""
    deck = load_deck(options, output)
    crash_log.command, crash_log.tell = "poll", output.narrate
    with running(deck.service) as service:
        if (reason := _unseen(deck)) is not None:
            raise StateError(f"{reason}; nobody would see what is polled")
        news = threading.Event()
        service.subscribe(news.set)
        service.start_polling()
        told, asked_at = Told(deck.config.time_zone), float("-inf")
        pollers: Mapping[str, str | None] = {}
        banner: str | None = None
        while True:
            if (reason := _unseen(deck)) != banner:
                banner = reason
                words = "the journal is written again"
                output.narrate(f"nobody sees what is polled: {reason}" if reason else words)
            if deck.clock.monotonic() >= asked_at + _LOOK_S:
                pollers, asked_at = _pollers(deck), deck.clock.monotonic()
            for line in told.news(service.health(), pollers, deck.clock.now()):
                output.narrate(line)
            news.wait(_LOOK_S)
            news.clear()


def _unseen(deck: Deck) -> str | None:
    """Return why nobody sees what is polled; None where it is kept on the disk."""
    return deck.journal.file.memory_only


def _pollers(deck: Deck) -> Mapping[str, str | None]:
    """Return who polls each workspace; what cannot be told now is left out."""
    with suppress(StateError, TimeoutError, CancelledError):
        activity = deck.service.activity().result(_LOOK_S)
        return {name: each.poller for name, each in activity.items()}
    return {}


class Told:
    """Remembers what was said of each workspace, to say only what is new."""

    def __init__(self, time_zone: str) -> None:
        self._zone = time_zone
        self._pollers: dict[str, str] = {}
        self._states: dict[str, tuple[HealthState, str | None]] = {}

    def news(
        self,
        healths: Mapping[str, WorkspaceHealth],
        pollers: Mapping[str, str | None],
        now: datetime,
    ) -> Iterator[str]:
        """Yield a line for every workspace whose poller or state is another one."""
        clock = clock_time(now, now, self._zone)
        for name, health in healths.items():
            poller = pollers.get(name)
            # Between two holders there is none for a moment.
            if poller is not None and poller != self._pollers.get(name):
                self._pollers[name] = poller
                yield f"{clock} {name}: polled by {poller}"
            state = (health.state, health.error)
            if state != self._states.get(name) and health.state is not HealthState.STARTING:
                self._states[name] = state
                yield f"{clock} {name}: {self._words(health, now)}"

    def _words(self, health: WorkspaceHealth, now: datetime) -> str:
        words = [health.state.value.replace("_", " ")]
        if health.as_of is not None:
            words.append(f"as of {clock_time(health.as_of, now, self._zone)}")
        if health.error is not None:
            words.append(f"{health.error} ({health.advice})" if health.advice else health.error)
        if health.retry_at is not None:
            words.append(f"retry {clock_time(health.retry_at, now, self._zone)}")
        return ", ".join(words)
