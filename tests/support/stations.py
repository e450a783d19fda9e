"""Processes on one journal, each with a clock of its own that a test can stop."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from support.builders import NOON
from support.clock import FakeClock
from support.journal import QUEUES, closed_later
from support.offload import at_once
from support.sources import FixedCredential, make_allowance
from support.vendors import ListVendor
from tui.domain.errors import CredentialRefused
from tui.domain.health import WorkspaceHealth
from tui.domain.page import Page, PageKey
from tui.domain.ports import Clock
from tui.domain.secret import CredentialSource, Secret
from tui.domain.workspace import Workspace
from tui.engine.accounts import IdentifyingCredential
from tui.engine.allowance import Gate
from tui.engine.attention import Attention
from tui.engine.follower import Follower
from tui.engine.outage import Outage
from tui.engine.poller import Poller
from tui.engine.shared_acts import SharedActs
from tui.engine.source import Source
from tui.engine.tenure import Tenure
from tui.store.journal import Journal
from tui.store.queue import TicketQueue
from tui.store.queue_key import QueueKey

STEP_S = 0.25


class _Counted:
    """A vendor whose calls are counted, and whose credential is read, as a session does it."""

    def __init__(self, vendor: ListVendor, gate: Gate, credential: CredentialSource) -> None:
        self._vendor = vendor
        self._gate = gate
        self._credential = credential
        self._secret: Secret | None = None

    @property
    def sections(self) -> int:
        return self._vendor.sections

    async def fetch_page(self, key: PageKey) -> Page:
        self._secret = self._secret or self._credential.read()
        await self._gate.admit()
        try:
            return await self._vendor.fetch_page(key)
        except CredentialRefused:
            self._secret = None
            raise

    async def close(self) -> None:
        await self._vendor.close()


def make_acts(
    journal: Journal,
    queue: TicketQueue,
    clock: Clock,
    notify: Callable[[], None],
    *,
    viewer: str = "ana",
) -> SharedActs:
    return SharedActs(
        journal.acts,
        problem=journal.ledger_problem,
        viewer=viewer,
        retention=journal.retention,
        clock=clock,
        offload=at_once,
        notify=notify,
        missing=queue.missing,
    )


class Station:
    """What one process has: a poller for each workspace, and a follower."""

    def __init__(
        self,
        vendors: Mapping[str, ListVendor],
        *,
        folder: Path | None = None,
        name: str = "ana",
        now: datetime = NOON,
        interval_s: float | None = 60,
        credential: FixedCredential | None = None,
        calls: int = 1_000_000,
        queues: Mapping[str, QueueKey] = QUEUES,
        store_bodies: bool = True,
        is_named_by_credential: bool = False,
        **rules: Any,
    ) -> None:
        self.clock = FakeClock(now)
        self.journal = closed_later(
            Journal(folder, queues, clock=self.clock, store_bodies=store_bodies)
        )
        self.credential = credential or FixedCredential()
        self._is_named_by_credential = is_named_by_credential
        self.allowance = make_allowance(self.clock, calls=calls)
        self.queue = TicketQueue(vendors)
        self.attention = Attention(self.journal.seen, viewer=name, offload=at_once)
        self.notified = 0
        plain = Workspace(name="", vendor="v", title="V", poll_interval_s=interval_s, **rules)
        workspaces = {each: replace(plain, name=each) for each in vendors}
        self.acts = make_acts(self.journal, self.queue, self.clock, self._count, viewer=name)
        self.follower = Follower(
            self.journal.cache,
            self.queue,
            self.attention,
            [self.acts],
            workspaces,
            clock=self.clock,
            offload=at_once,
            notify=self._count,
        )
        outage = Outage(clock=self.clock, random=Random(name))
        self.pollers = {
            each: self._poller(workspace, vendors[each], name, outage)
            for each, workspace in workspaces.items()
        }
        self._tasks: list[asyncio.Task[None]] = []

    def _identify(self, secret: Secret) -> None:
        self.allowance.account = f"account of {secret.reveal()}"

    def _poller(
        self, workspace: Workspace, vendor: ListVendor, owner: str, outage: Outage
    ) -> Poller:
        gate = self.allowance.gate(workspace.name)
        credential = IdentifyingCredential(self.credential, self._identify)
        source = Source(
            workspace=workspace,
            open_vendor=lambda: _Counted(vendor, gate, credential),
            credential=credential,
            gate=gate,
            is_named_by_credential=self._is_named_by_credential,
        )
        tenure = Tenure(
            workspace.name,
            self.journal.leases,
            clock=self.clock,
            owner=f"{owner}.{workspace.name}",
            offload=at_once,
        )
        return Poller(
            source,
            tenure,
            self.journal.cache,
            self.journal.polls,
            outage,
            clock=self.clock,
            random=Random(f"{owner} {workspace.name}"),
            offload=at_once,
            pull=self.follower.pull,
            tell=self.follower.tell,
            notify=self._count,
        )

    def _count(self) -> None:
        self.notified += 1

    @property
    def poller(self) -> Poller:
        """The poller of the first workspace."""
        return next(iter(self.pollers.values()))

    @property
    def health(self) -> WorkspaceHealth:
        """What this process shows of the first workspace."""
        shown = next(iter(self.queue.health().values()))
        return self.poller.trouble or shown.at(self.clock.now())

    @property
    def holds(self) -> bool:
        """Whether it holds the first workspace's lease, as far as it knows."""
        return self.poller.tenure.lease is not None

    @property
    def titles(self) -> list[str]:
        """What it shows."""
        return sorted(ticket.title for ticket in self.queue.tickets())

    async def start(self) -> None:
        await self.follower.pull()
        runs = [self.follower.run(), *(poller.run() for poller in self.pollers.values())]
        self._tasks = [asyncio.create_task(run) for run in runs]

    async def stop(self) -> None:
        """End in good order; no task may have ended before."""
        assert not any(task.done() for task in self._tasks), self._tasks
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []


async def pass_time(seconds: float, *stations: Station) -> None:
    """Let the clocks of these stations go on together; all others stand as if stopped."""
    step = seconds if len(stations) == 1 else STEP_S
    for _ in range(round(seconds / step)):
        for station in stations:
            await station.clock.advance(step)


async def oversleep(seconds: float, *stations: Station) -> None:
    """Bring the clocks of stopped stations up to date; what is overdue happens now."""
    for station in stations:
        station.clock.jump(seconds)
        await station.clock.advance(0)


def all_calls(vendors: Sequence[ListVendor]) -> int:
    return sum(len(vendor.calls) for vendor in vendors)
