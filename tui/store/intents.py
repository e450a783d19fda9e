"""The outbox: every create from before it is sent until its end is certain, for all processes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tui.domain.draft import Outcome, OutcomeState
from tui.domain.ports import Intent
from tui.domain.ticket import TicketRef
from tui.store.ledger_file import LedgerFile

LONGEST_HOLD: Final = timedelta(minutes=5)
"""A hold that lasts longer is no hold: the clock was put back since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One create in the outbox."""

    intent: Intent
    """Without values where it was created: they are not needed any more."""
    outcome: Outcome | None
    """None: no end was ever recorded."""
    is_looked: bool = False
    """Its outcome is what reading the vendor's tickets to the end told."""
    is_dropped: bool = False
    """A person said that nothing is to come of it."""
    is_retried: bool = False
    """A person sent it again, as another intent."""
    busy_until: datetime | None = None
    """Until when some process sends it, or looks for it, unless it says so again."""
    is_configured: bool = True
    """The workspace it was meant for is one of the present configuration."""

    @property
    def is_open(self) -> bool:
        """Whether nobody knows how it ended."""
        known = self.outcome is not None and self.outcome.state is not OutcomeState.UNKNOWN
        return not (known or self.is_dropped or self.is_retried)

    def is_busy(self, now: datetime) -> bool:
        """Whether some process is at it."""
        until = self.busy_until
        return self.is_open and until is not None and now < until <= now + LONGEST_HOLD


class IntentLog:
    """The creates of everybody. For any thread; every method raises StateError like the ledger's.

    What a method wrote is on the disk when it returns.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def record(self, intent: Intent, busy_until: datetime) -> Entry | None:
        """Keep an intent, before anything of it is sent; None: it is kept, and may be sent.

        Else the entry of the same key that forbids it, and nothing was written: one that was
        created, dropped, or is open. A key counts for all workspaces. A second intent of the same
        id is an error.
        """
        raise NotImplementedError

    def hold(self, intent_id: str, busy_until: datetime) -> None:
        """Keep until when this process is at an open create; `now` lets go of it."""
        raise NotImplementedError

    def take_up(
        self, now: datetime, busy_until: datetime, workspaces: Collection[str]
    ) -> tuple[Entry, ...]:
        """Hold what is open, nobody is at, and was not looked for to the end; return it."""
        raise NotImplementedError

    def resolve(self, outcome: Outcome, *, is_looked: bool = False) -> bool:
        """Keep how a create ended; False: its ticket is another create's, nothing was written.

        `is_looked`: it is what reading the vendor's tickets told, to the end. Without that it is
        the word of who sent it, and counts for more: it replaces what reading told, and a ticket
        that was given to another create by reading is taken from that one, which is open again.
        What is certain is never replaced by what is not. With the first CREATED, the kept draft of
        the intent goes.
        """
        raise NotImplementedError

    def is_held(self, ref: TicketRef) -> bool:
        """Whether a ticket is what came of some create."""
        raise NotImplementedError

    def held(self, workspace: str) -> frozenset[str]:
        """Return the ids of a workspace's tickets that came of creates."""
        raise NotImplementedError

    def supersede(self, old_id: str, new_intent: Intent, busy_until: datetime) -> Entry | None:
        """Record an intent in place of one that is open or was refused; its key moves on.

        None: it is kept, and may be sent. Else the entry that forbids it, and nothing was written:
        the old one where some process is at it, or it is closed; another one of the same key.
        Raises StateError where there is no old one, too.
        """
        raise NotImplementedError

    def drop(self, intent_id: str) -> bool:
        """Keep that nothing is to come of an open create; False: none of this id, or it is busy."""
        raise NotImplementedError

    def entries(self) -> tuple[Entry, ...]:
        """Return every create, oldest first, those of other configurations too."""
        raise NotImplementedError

    def entry(self, intent_id: str) -> Entry | None:
        """Return one create; None where there is none of this id."""
        raise NotImplementedError

    def open_entries(self) -> tuple[Entry, ...]:
        """Return the open creates of the configured workspaces, oldest first."""
        raise NotImplementedError

    def tidy(self, before: datetime) -> int:
        """Forget what was closed before then, but for its key; return how many it was."""
        raise NotImplementedError

    def data_version(self) -> int:
        """Return a number that changes when another process has written to the ledger. Cheap."""
        return self._file.data_version()

    def version_at_once(self) -> int | None:
        """Return the `data_version`; None where this process is in a transaction just now."""
        return self._file.version_at_once()
