"""The journal of one state directory: the cache that may be lost, the ledger that must not be."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.store.audit import AuditLog
from tui.store.cache import TicketCache
from tui.store.cache_file import CacheFile
from tui.store.choices import ChoiceCache
from tui.store.database import DamagedFile
from tui.store.drafts import Drafts
from tui.store.folder import write_problem
from tui.store.intents import IntentLog
from tui.store.lease import Leases
from tui.store.ledger import Ledger
from tui.store.ledger_file import LedgerFile
from tui.store.local_acts import ActLog
from tui.store.losses import keep_former
from tui.store.poll_log import PollLog
from tui.store.queue_key import QueueKey
from tui.store.remembered import RememberedChoices
from tui.store.seen_marks import SeenMarks

PATIENCE: Final = timedelta(seconds=4)
"""How long a holder may be silent before another process polls in its place."""


class Journal:
    """Both files, open. Opening never fails: what cannot be used says why."""

    def __init__(
        self,
        folder: Path | None,
        queues: Mapping[str, QueueKey],
        *,
        clock: Clock,
        retention: timedelta = timedelta(days=30),
        store_bodies: bool = True,
    ) -> None:
        """Open the journal in `folder`; None: in memory, and nothing is left behind."""
        self.retention = retention
        self.file = CacheFile(folder, queues, clock=clock, store_bodies=store_bodies)
        self.cache = TicketCache(self.file, retention=retention)
        self.leases = Leases(self.file, patience=PATIENCE)
        self.polls = PollLog(self.file)
        self.seen = SeenMarks(self.file)
        self.choices = ChoiceCache(self.file)
        """Lists of choices, and the fields of tenants."""
        self.audit = AuditLog(folder)
        self.ledger: Ledger | None = None
        """Calls are counted in memory to the end where it could not be used at the beginning: what
        stands for an account, and with that for some queues, must not change meanwhile."""
        self.acts: ActLog | None = None
        """What people did here to tickets; in the ledger's file, like the next three."""
        self.outbox: IntentLog | None = None
        self.drafts: Drafts | None = None
        self.remembered: RememberedChoices | None = None
        self._ledger_file: LedgerFile | None = None
        """None where a person must look at it first."""
        self._damage: str | None = None
        self._ledger_loss: str | None = None
        self._write_problem = write_problem(folder) if folder and not self.banner else None
        try:
            if folder is None:
                ledger_file = LedgerFile.in_memory(queues, clock=clock)
            else:
                ledger_file = LedgerFile.open(
                    folder, queues, clock=clock, when_new=self._take_in_loss
                )
        except DamagedFile as damage:
            self._damage = str(damage)
        else:
            self._ledger_file = ledger_file
            self.ledger = None if ledger_file.problem else Ledger(ledger_file)
            self.acts = ActLog(ledger_file)
            self.outbox = IntentLog(ledger_file)
            self.drafts = Drafts(ledger_file)
            self.remembered = RememberedChoices(ledger_file)

    @property
    def ledger_problem(self) -> str | None:
        """Why the ledger cannot be used now, in one line: nothing is created or acknowledged."""
        return self._ledger_file.problem if self._ledger_file else self._damage

    @property
    def banner(self) -> str | None:
        """Why not all is kept on disk, in one line; None where it is, or is not meant to be."""
        waiting = self._ledger_file.problem if self._ledger_file else None
        return self.file.memory_only or waiting

    @property
    def notices(self) -> tuple[str, ...]:
        """What was put aside or found damaged, a line each."""
        ledger = self._ledger_file.notices if self._ledger_file else ()
        told = filter(None, (self._write_problem, self.ledger_problem, self._ledger_loss, *ledger))
        return (*self.file.notices, *told)

    def losses(self) -> tuple[str, ...]:
        """Return what the ledger has lost, a line each, until a person has looked.

        Nothing where it cannot be read.
        """
        with suppress(StateError):
            return self.outbox.losses() if self.outbox else ()
        return ()

    def _take_in_loss(self, ledger_file: LedgerFile) -> None:
        count = self.audit.open_creates()
        self._ledger_loss = _loss(count)
        if count is not None:
            with suppress(StateError):
                keep_former(ledger_file, count)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Begin no transaction meanwhile: the process is about to be suspended."""
        with (
            self.file.at_rest(),
            self._ledger_file.at_rest() if self._ledger_file else nullcontext(),
        ):
            yield

    def close(self) -> None:
        """Give both files back."""
        self.file.close()
        if self._ledger_file is not None:
            self._ledger_file.close()


def _loss(open_creates: int | None) -> str | None:
    """Return what is to be told where the ledger holds nothing and once held something."""
    if open_creates is None:
        return None
    loss = (
        "ledger.db was missing or empty and is begun anew: drafts, acknowledgements and the keys of"
        " creates are gone"
    )
    if open_creates:
        noun = "create" if open_creates == 1 else "creates"
        look = "look for them at the vendor before you create them again"
        loss += f"; audit.log names {open_creates} {noun} without a known end, {look}"
    return loss
