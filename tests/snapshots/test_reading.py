"""Pictures of a ticket that is read. After a wanted change: `make snap`, and look at it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.deck import SMALL, WIDE, make_list_app, settle
from support.service import FakeService, make_workspaces
from tui.app.dashboard import Dashboard
from tui.domain.acts import Act, ActKind
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.revision import Revision
from tui.domain.ticket import DueSource, Priority, Status, Ticket
from tui.domain.workspace import Workspace

pytestmark = pytest.mark.snapshot

Compare = Callable[..., bool]

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TICKET = make_ticket(
    "b7f2",
    workspace="klink",
    vendor="klinkcx",
    number="2323",
    title="Card terminals offline in all four stores",
    body="Card terminals offline in all four stores\n\n"
    "Since 20:05 no till in Bergen accepts cards. Staff sends people away.\n"
    "The till says:\n\n    ERR 71  no route to https://pay.example/v2/authorize\n"
    "    retry in 30 s\n\nWe open again at 07:00.",
    status=Status.ESCALATED,
    vendor_status="escalated to L2",
    priority=Priority.HIGH,
    vendor_priority="high",
    channel="phone",
    tags=("till", "bergen"),
    customer=Person("Nordic Foods", "it@nordicfoods.example", "+47 22 00 00 00"),
    assignee=Person("M. Larsen", "m.larsen@desk.example"),
    created_at=NOON - 7 * HOUR,
    updated_at=NOON - 20 * MINUTE,
    due_at=NOON - 3 * HOUR,
    due_source=DueSource.SLA,
    extra={"field.till": "7", "field.cf_store": "Bergen 2", "rating": 2},
)


def _app(*, is_late: bool = False, time_zone: str = "UTC") -> Dashboard:
    return make_list_app(_service(is_late=is_late), time_zone=time_zone)


def _service(*, is_late: bool = False) -> FakeService:
    workspaces = [
        replace(each, sla={Priority.HIGH: 4 * HOUR}) if each.name == "klink" else each
        for each in make_workspaces()
    ]
    service = FakeService(workspaces, [TICKET, *_others(workspaces)])
    service.now = NOON - 9 * MINUTE
    for each in workspaces:
        service.queue.set_health(
            each.name, WorkspaceHealth(state=HealthState.OK, as_of=NOON - MINUTE)
        )
    if is_late:
        late = WorkspaceHealth(state=HealthState.LATE, as_of=NOON - 6 * MINUTE, error="502")
        service.queue.set_health("klink", late)
    service.act(Act(ActKind.ACKNOWLEDGE), [TICKET])
    service.act(Act(ActKind.NOTE, text="Called the shop.\nNobody picks up."), [TICKET])
    before = replace(TICKET, priority=Priority.MEDIUM, assignee=Person())
    service.histories[TICKET.ref] = (
        _revision(before, TICKET, 20),
        _revision(replace(before, body="Card terminals offline"), before, 200),
    )
    return service


def _others(workspaces: list[Workspace]) -> list[Ticket]:
    return [make_ticket(str(number), workspace=workspaces[number % 4].name) for number in range(30)]


def _revision(before: Ticket, after: Ticket, minutes: int) -> Revision:
    return Revision(
        n=1,
        at=NOON - minutes * MINUTE,
        ref=TICKET.ref,
        existed=True,
        exists=True,
        before=before,
        after=after,
        is_news=True,
    )


def test_detail(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=SMALL, press=["enter"])


def test_detail_wide_in_another_zone(snap_compare: Compare) -> None:
    app = _app(time_zone="Europe/Oslo", is_late=True)

    assert snap_compare(app, terminal_size=(120, 60), press=["enter"])


def test_detail_at_its_end(snap_compare: Compare) -> None:
    async def go_to_the_end(pilot: Pilot[int]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("G")
        await settle(pilot)

    assert snap_compare(_app(), terminal_size=WIDE, run_before=go_to_the_end)


def test_detail_narrow(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=(40, 10), press=["enter"])


def test_detail_of_a_ticket_that_went(snap_compare: Compare) -> None:
    service = _service()

    async def let_it_go(pilot: Pilot[int]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        service.change(removed=[TICKET.ref])
        await settle(pilot)

    assert snap_compare(make_list_app(service), terminal_size=SMALL, run_before=let_it_go)


def test_why(snap_compare: Compare) -> None:
    assert snap_compare(_app(is_late=True), terminal_size=SMALL, press=["i"])


def test_why_in_the_detail(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=WIDE, press=["enter", "i"])
