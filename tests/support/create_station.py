"""What one process needs to create tickets, over a ledger that it shares, and a vendor that fails.

A station can be killed at any step, or stopped for a while: nothing of it goes on then.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import TypeVar

from support.builders import make_ticket
from support.clock import FakeClock
from support.journal import QUEUES, closed_later
from support.sources import FixedCredential, make_allowance
from support.stations import make_acts
from tui.domain.creates import OpenCreate
from tui.domain.draft import Choice, Created, Draft, FieldRole, FieldSpec, FieldType, Outcome
from tui.domain.errors import (
    BadRequest,
    BadResponse,
    ConnectionLost,
    CredentialError,
    CredentialRefused,
    RateLimited,
    Redirected,
    Unreachable,
    UsageError,
    VendorFailure,
)
from tui.domain.page import Page, PageKey
from tui.domain.person import Person
from tui.domain.ports import Clock
from tui.domain.ticket import Ticket
from tui.domain.workspace import Workspace
from tui.engine.attention import Attention
from tui.engine.create_runs import CreateRuns
from tui.engine.follower import Follower
from tui.engine.leaving import check_leaving
from tui.engine.outage import Outage
from tui.engine.poller import Poller
from tui.engine.source import Source
from tui.engine.tenure import Tenure
from tui.store.entry import Entry
from tui.store.journal import Journal
from tui.store.queue import TicketQueue

T = TypeVar("T")
Awake = Callable[[], Awaitable[None]]
"""Waits as long as the process is stopped, and for ever where it was killed."""

SPECS = (
    FieldSpec(key="title", label="Title", role=FieldRole.TITLE),
    FieldSpec(key="text", label="Text", type=FieldType.LONG_TEXT, role=FieldRole.TEXT),
    FieldSpec(key="email", label="E-mail", type=FieldType.EMAIL, role=FieldRole.CUSTOMER_EMAIL),
    FieldSpec(
        key="priority",
        label="Priority",
        type=FieldType.CHOICE,
        role=FieldRole.PRIORITY,
        choices=(Choice("high", "High"), Choice("low", "Low")),
    ),
    FieldSpec(key="serial", label="Serial"),
)


class Fate(StrEnum):
    """What becomes of one request at the vendor."""

    CREATED = "created"
    CREATED_ID_ONLY = "created, the answer has the id alone"
    REFUSED = "400"
    REDIRECTED = "302"
    UNAUTHORISED = "401"
    LATER = "429"
    UNREACHABLE = "connection refused"
    NO_CREDENTIAL = "no credential"
    ERROR_INSIDE = "200 with an error inside"
    LOST_BEFORE = "time-out, nothing was committed"
    LOST_AFTER = "reset after committing"
    FAILED_BEFORE = "500, nothing was committed"
    FAILED_AFTER = "500 after committing"
    GARBAGE_AFTER = "HTML after committing"
    DEFECT_AFTER = "a defect of ours after committing"
    COMMITTED_LATE = "time-out, and committed some seconds later"
    HANGS_BEFORE = "no answer yet, nothing is committed yet"
    HANGS_AFTER = "no answer yet, committed"

    @property
    def commits(self) -> bool:
        """Whether a ticket comes of it, at once."""
        return self in _COMMITTING


_COMMITTING = frozenset(
    {
        Fate.CREATED,
        Fate.CREATED_ID_ONLY,
        Fate.LOST_AFTER,
        Fate.FAILED_AFTER,
        Fate.GARBAGE_AFTER,
        Fate.DEFECT_AFTER,
        Fate.HANGS_AFTER,
    }
)
_FAILURES: dict[Fate, Exception] = {
    Fate.REFUSED: BadRequest("400: text is required", status=400),
    Fate.REDIRECTED: Redirected("302: points elsewhere", status=302),
    Fate.UNAUTHORISED: CredentialRefused("401: bad key", status=401),
    Fate.LATER: RateLimited("429: later", status=429),
    Fate.UNREACHABLE: Unreachable("connection refused"),
    Fate.NO_CREDENTIAL: CredentialError("QP_KEY is not set", advice="set QP_KEY"),
    Fate.ERROR_INSIDE: VendorFailure("error 7", status=200, nothing_was_created=True),
    Fate.LOST_BEFORE: ConnectionLost("timed out"),
    Fate.LOST_AFTER: ConnectionLost("connection reset"),
    Fate.FAILED_BEFORE: VendorFailure("502 Bad Gateway", status=502),
    Fate.FAILED_AFTER: VendorFailure("500", status=500),
    Fate.GARBAGE_AFTER: BadResponse("HTML instead of JSON", status=200),
    Fate.DEFECT_AFTER: RuntimeError("a defect of ours"),
    Fate.COMMITTED_LATE: ConnectionLost("timed out"),
}
HANGS = frozenset({Fate.HANGS_BEFORE, Fate.HANGS_AFTER})
LATE_S = 12.0
"""How long a vendor takes to make a ticket of what it takes late."""


@dataclass(frozen=True)
class Post:
    """One request as the vendor received it."""

    serial: str
    fate: Fate


class QuickClock(FakeClock):
    """Goes on as soon as nothing is left to do, instead of after a number of rounds."""

    async def _settle(self) -> None:
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # asyncio tells nobody
        for _ in range(1_000):
            await asyncio.sleep(0)
            if not ready:
                return
        raise AssertionError("something goes round and round")


@dataclass
class Mailroom:
    """A vendor's books, shared by all stations."""

    clock: FakeClock
    tickets: list[Ticket] = field(default_factory=list)
    made_by: dict[str, str] = field(default_factory=dict)
    """The serial of what each ticket came of, by id."""
    posts: list[Post] = field(default_factory=list)
    fate: Fate = Fate.CREATED
    """Of the next request."""
    list_failure: Exception | None = None
    newest_failure: Exception | None = None
    reads: int = 0
    skew_s: float = 0.0
    """How far its clock is ahead."""
    tells_time: bool = True
    tells_date: bool = True
    """Its answers say what time it is by its clock."""
    cut: int | None = None
    """Characters of a text that it shows."""
    late_s: float = LATE_S
    """How long it may take to make a ticket of what it has taken."""
    pending: list[tuple[float, Draft]] = field(default_factory=list)
    """Taken and not shown yet: from when on, by the clock that only grows."""

    def shown(self) -> list[Ticket]:
        """Return the tickets as the lists show them now."""
        due = [draft for at, draft in self.pending if at <= self.clock.monotonic()]
        self.pending = [each for each in self.pending if each[0] > self.clock.monotonic()]
        for draft in due:
            self.commit(draft)
        return self.tickets

    def commit(self, draft: Draft, *, serial: str | None = None, age_s: float = 0.0) -> Ticket:
        """Make a ticket of a draft, so many seconds ago."""
        text = draft.text("text") or ""
        ticket = make_ticket(
            str(1000 + len(self.tickets)),
            workspace=draft.workspace,
            title=draft.text("title") or text.split("\n")[0],
            body=text if self.cut is None or len(text) <= self.cut else f"{text[: self.cut]}…",
            customer=Person(email=draft.text("email")),
            created_at=self.clock.now() + timedelta(seconds=self.skew_s - age_s)
            if self.tells_time
            else None,
            confirmed_at=self.clock.now(),
        )
        self.tickets.append(ticket)
        self.made_by[ticket.ref.id] = serial or draft.text("serial") or ""
        return ticket


class MailroomVendor:
    """One station's way to the mailroom: what the station is stopped for, waits."""

    sections = 1

    def __init__(self, mailroom: Mailroom, awake: Awake) -> None:
        self.last_date: datetime | None = None
        self._mailroom = mailroom
        self._awake = awake

    async def fetch_page(self, key: PageKey) -> Page:
        await self._awake()
        self._mailroom.reads += 1
        if self._mailroom.list_failure is not None:
            raise self._mailroom.list_failure
        self._note_date()
        tickets = self._mailroom.shown()
        part = tickets[key.index * 50 : key.index * 50 + 50]
        return Page(key=key, tickets=tuple(part), total=len(tickets))

    async def fetch_newest(self, since: datetime) -> Sequence[Ticket]:
        await self._awake()
        self._mailroom.reads += 1
        if self._mailroom.newest_failure is not None:
            raise self._mailroom.newest_failure
        self._note_date()
        return [
            ticket
            for ticket in self._mailroom.shown()
            if ticket.created_at is None or ticket.created_at >= since
        ]

    async def create(self, draft: Draft) -> Created:
        await self._awake()
        await check_leaving()
        mailroom = self._mailroom
        fate, mailroom.fate = mailroom.fate, Fate.CREATED
        mailroom.posts.append(Post(draft.text("serial") or "", fate))
        ticket = mailroom.commit(draft) if fate.commits else None
        if fate is Fate.COMMITTED_LATE:
            mailroom.pending.append((mailroom.clock.monotonic() + mailroom.late_s, draft))
        await asyncio.sleep(0)
        if fate in HANGS:
            await asyncio.get_running_loop().create_future()
        await self._awake()
        if fate in _FAILURES:
            raise _FAILURES[fate]
        assert ticket is not None
        return Created(ref=ticket.ref, ticket=None if fate is Fate.CREATED_ID_ONLY else ticket)

    async def close(self) -> None:
        pass

    def _note_date(self) -> None:
        if self._mailroom.tells_date:
            told = self._mailroom.clock.now() + timedelta(seconds=self._mailroom.skew_s)
            self.last_date = told.replace(microsecond=0)


class _StationClock:
    """The clock of everybody; who is stopped or dead does not wake up."""

    def __init__(self, clock: FakeClock, awake: Awake) -> None:
        self._clock = clock
        self._awake = awake

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        await self._awake()


class CreateStation:
    """One process with a ledger in `folder`; it follows what others write."""

    def __init__(
        self,
        mailroom: Mailroom,
        folder: Path | None,
        *,
        name: str = "ana",
        observe: bool = False,
        specs: tuple[FieldSpec, ...] = SPECS,
        vendor: object | None = None,
    ) -> None:
        self.mailroom = mailroom
        self.name = name
        self.is_dead = False
        self.dies_in: int | None = None
        """Steps until it is killed: each is a write or a read of the journal."""
        self.dies_after_work = False
        """Whether the last step is made before it is killed."""
        self.notified = 0
        self._running = asyncio.Event()
        self._running.set()
        self.clock: Clock = _StationClock(mailroom.clock, self._awake)
        self.journal = closed_later(Journal(folder, QUEUES, clock=self.clock))
        self.queue = TicketQueue(["qp"])
        workspace = Workspace(
            name="qp",
            vendor="v",
            title="QuestionPro EU",
            observe=observe,
            poll_interval_s=3_600,
            link="https://v.example/{id}",
        )
        gate = make_allowance(self.clock).gate("qp")
        source = Source(
            workspace=workspace,
            open_vendor=lambda: vendor or MailroomVendor(mailroom, self._awake),  # type: ignore[arg-type, return-value]  # a test may hand in less than a vendor
            credential=FixedCredential(),
            gate=gate,
            fields=specs,
        )
        self.runs = CreateRuns(
            self.journal,
            {"qp": source},
            self.queue,
            self._poller_of,
            viewer=name,
            clock=self.clock,
            offload=self.offload,
            pull=self._pull,
            notify=self._count,
        )
        acts = make_acts(self.journal, self.queue, self.clock, self._count, viewer=name)
        self.follower = Follower(
            self.journal.cache,
            self.queue,
            Attention(self.journal.seen, viewer=name, offload=self.offload),
            [acts, self.runs],
            {"qp": workspace},
            clock=self.clock,
            offload=self.offload,
            notify=self._count,
        )
        tenure = Tenure(
            "qp", self.journal.leases, clock=self.clock, owner=f"{name}.qp", offload=self.offload
        )
        self.poller = Poller(
            source,
            tenure,
            self.journal.cache,
            self.journal.polls,
            Outage(clock=self.clock, random=Random(name)),
            clock=self.clock,
            random=Random(name),
            offload=self.offload,
            pull=self.follower.pull,
            tell=self.follower.tell,
            notify=self._count,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin as `Service.start` does."""
        await self.follower.pull()
        await self.runs.look()
        self._tasks = [asyncio.create_task(self.follower.run())]

    async def stop(self) -> None:
        """End as `Service.stop` does, with creates that come to their end."""
        for task in self._tasks:
            task.cancel()
        await self.runs.finish()

    def kill(self) -> None:
        """End as by kill -9: nothing more is written, and nobody is told."""
        self.is_dead = True
        self._running.set()

    def suspend(self) -> None:
        """Stop as by SIGSTOP."""
        self._running.clear()

    def resume(self) -> None:
        """Go on as by SIGCONT."""
        self._running.set()

    @property
    def is_suspended(self) -> bool:
        return not self._running.is_set()

    async def offload(self, work: Callable[[], T], /) -> T:
        """Do the work at once, as long as the process lives."""
        await self._awake()
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in <= 0:
                self.dies_in = None
                if self.dies_after_work:
                    work()
                self.kill()
        await self._awake()
        return work()

    def send(self, draft: Draft, *, key: str | None = None) -> "asyncio.Task[Outcome]":
        """Begin a create; it goes on by itself."""
        return asyncio.create_task(self.runs.create(draft, draft_id="", key=key))

    @property
    def open(self) -> tuple[OpenCreate, ...]:
        return self.runs.view.creates

    def entries(self) -> tuple[Entry, ...]:
        """Return the whole outbox."""
        assert self.journal.outbox is not None
        return self.journal.outbox.entries()

    async def _awake(self) -> None:
        await self._running.wait()
        if self.is_dead:
            await asyncio.get_running_loop().create_future()

    async def _pull(self) -> None:
        await self.follower.pull()

    def _poller_of(self, workspace: str) -> Poller:
        if workspace != "qp":
            raise UsageError(f"no workspace {workspace} (known: qp)")
        return self.poller

    def _count(self) -> None:
        self.notified += 1


def make_draft(serial: str = "1", **values: str) -> Draft:
    """Return a draft whose ticket can be told by its title and its text."""
    return Draft("qp", {"title": "Tills down", "text": "Since noon.", "serial": serial} | values)
