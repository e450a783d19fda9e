"""What one vendor does on the wire costs the other workspaces nothing, and is over when it ends."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from support.fault_server import FaultServer, Send, answer
from support.journal import closed_later
from support.sources import FixedCredential, make_allowance
from support.wire_faults import FLOODS, HANGS, Context
from support.wrong_vendors import WrongVendors
from tui.domain.health import HealthState
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.engine.service import Service
from tui.engine.source import Source
from tui.sandbox.accounts import VENDORS
from tui.store.journal import Journal
from tui.store.queue_key import QueueKey

pytestmark = pytest.mark.e2e

GOOD = "HTTP/1.0"
"""A right answer, behind which the server closes the connection."""
TEN = 10.0
"""Seconds after which a test that waits has failed."""
INTERVAL_S = 2.0
TIMEOUT_S = 4.5
"""Longer than anybody may wait for whom it does not concern."""
WATCHED_S = 8.0
"""Long enough for what the first time-outs of the broken ones may do to the others."""
OLDER_S = 2.0
"""Beyond the interval, nobody's tickets are older."""
BROKEN = {
    name.replace(" ", "-"): (name, VENDORS[number % len(VENDORS)])
    for number, name in enumerate((*HANGS, "1xx without end", "a gzip bomb", "a JSON bomb"))
}
"""Workspaces by name: a fault each, the vendors in turn."""
WELL = {f"well-{vendor}": (GOOD, vendor) for vendor in VENDORS}


@pytest.fixture
def wrong() -> Iterator[WrongVendors]:
    with FaultServer((Send(answer()),)) as elsewhere:
        wrong = WrongVendors(elsewhere)
        for make in FLOODS.values():  # before anything is timed; afterwards it is kept
            make(Context(b"", ""))
        with wrong.server:
            yield wrong


@pytest.fixture
def service(wrong: WrongVendors) -> Iterator[Service]:
    clock = SystemClock()

    def source(name: str, fault: str, vendor: str) -> Source:
        return Source(
            workspace=Workspace(name=name, vendor=vendor, title=vendor, poll_interval_s=INTERVAL_S),
            open_vendor=lambda: wrong.open(vendor, fault, timeout_s=TIMEOUT_S, clock=clock),
            credential=FixedCredential(),
            gate=make_allowance(clock).gate(name),
        )

    workspaces = {**BROKEN, **WELL}
    keys = {name: QueueKey("v", f"https://{name}.example", name) for name in workspaces}
    journal = closed_later(Journal(None, keys, clock=clock))
    sources = [source(name, *each) for name, each in workspaces.items()]
    service = Service(sources, journal, clock=clock)
    yield service
    service.stop()


def test_what_hangs_or_floods_makes_nobody_else_older_and_is_over_when_it_ends(
    wrong: WrongVendors, service: Service
) -> None:
    clock = SystemClock()
    service.start()
    service.start_polling()
    begun = clock.now()
    oldest_s = 0.0
    while (now := clock.now()) < begun + timedelta(seconds=WATCHED_S):
        health = service.health()
        ages = [now - (health[name].as_of or begun) for name in WELL]
        oldest_s = max(oldest_s, *(age.total_seconds() for age in ages))
        threading.Event().wait(0.02)
    assert oldest_s <= INTERVAL_S + OLDER_S

    broken = {name: service.health()[name] for name in BROKEN}
    assert {name for name, each in broken.items() if not each.error} == set()
    assert {each.state for each in broken.values()} == {HealthState.BACKING_OFF}
    assert {service.health()[name].state for name in WELL} == {HealthState.OK}

    wrong.is_over = True
    errors: dict[str, str | None] = {}
    for _ in range(2):  # the first may be answered by a poll that was under way
        swept = {name: service.sweep(name) for name in BROKEN}
        errors = {name: each.result(TEN).error for name, each in swept.items()}
    assert errors == dict.fromkeys(BROKEN)
