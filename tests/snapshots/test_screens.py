"""Pictures of the screens. After a wanted change: `make snap`, and look at the difference."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from textual import events
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, WIDE, make_app, make_list_app, settle
from support.service import FakeService, make_workspaces, world
from tui.domain.activity import Novelty
from tui.domain.draft import Outcome, OutcomeState, RequestPreview
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.urgency import urgency_key

pytestmark = pytest.mark.snapshot

Compare = Callable[..., bool]


def _troubled(state: HealthState, error: str, advice: str) -> FakeService:
    service = FakeService(make_workspaces())
    for workspace in service.workspaces:
        service.queue.set_health(
            workspace.name,
            WorkspaceHealth(
                state=state, error=error, advice=advice, retry_at=NOON + timedelta(minutes=2)
            ),
        )
    return service


def test_workspaces(snap_compare: Compare) -> None:
    assert snap_compare(make_app(world(NOON, 231), demo=True), terminal_size=SMALL)


def test_tickets(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231), demo=True)

    assert snap_compare(app, terminal_size=SMALL, press=["j", "j", "j", "j", "j"])


def test_tickets_wide(snap_compare: Compare) -> None:
    assert snap_compare(make_list_app(world(NOON, 231)), terminal_size=WIDE, press=["j"])


def test_tickets_with_the_preview_beside(snap_compare: Compare) -> None:
    assert snap_compare(make_list_app(world(NOON, 231)), terminal_size=(160, 45), press=["j"])


def test_tickets_narrow_and_in_ascii(snap_compare: Compare) -> None:
    app = make_list_app(world(NOON, 231), glyphs="ascii")

    assert snap_compare(app, terminal_size=(40, 10), press=["j"])


def _with_news() -> FakeService:
    service = world(NOON, 231)
    tickets = sorted(service.queue.tickets(), key=lambda ticket: urgency_key(ticket, NOON))
    kinds = [Novelty.NEW, Novelty.CHANGED]
    service.unseen = {tickets[row].ref: kinds[row % 2] for row in (1, 2, 5, 8, 11, 40)}
    return service


def test_unseen(snap_compare: Compare) -> None:
    assert snap_compare(make_list_app(_with_news()), terminal_size=SMALL, press=["comma"])


def test_frozen(snap_compare: Compare) -> None:
    service = world(NOON, 231)

    async def freeze(pilot: Pilot[int]) -> None:
        await pilot.press("j", "P")
        service.change(*(make_ticket(f"n{number}") for number in range(14)))
        await pilot.pause()

    assert snap_compare(make_list_app(service), terminal_size=SMALL, run_before=freeze)


def test_since_one_looked(snap_compare: Compare) -> None:
    service, clock = _with_news(), FakeClock()
    app = make_list_app(service, clock)

    async def come_back(pilot: Pilot[int]) -> None:
        await pilot.pause()
        app.post_message(events.AppBlur())
        await pilot.pause()
        service.change(*(make_ticket(f"n{number}") for number in range(3)))
        await pilot.pause()
        await clock.advance(600)
        app.time_passed()
        app.post_message(events.AppFocus())
        await pilot.pause(0.3)

    assert snap_compare(app, terminal_size=SMALL, run_before=come_back)


def test_empty(snap_compare: Compare) -> None:
    service = FakeService(make_workspaces())
    for workspace in service.workspaces:
        service.queue.set_health(workspace.name, WorkspaceHealth(state=HealthState.OK, as_of=NOON))

    assert snap_compare(make_list_app(service), terminal_size=SMALL)


def test_loading(snap_compare: Compare) -> None:
    service = FakeService(make_workspaces())
    service.queue.set_health("qp", WorkspaceHealth(pages_done=2, pages_known=12))

    assert snap_compare(make_list_app(service), terminal_size=SMALL)


def test_refused(snap_compare: Compare) -> None:
    service = _troubled(HealthState.REFUSED, "401 Unauthorized", "set the key")

    assert snap_compare(make_list_app(service), terminal_size=SMALL)


def test_errors(snap_compare: Compare) -> None:
    service = _troubled(HealthState.BACKING_OFF, "502 Bad Gateway", "tried again at 12:02")

    assert snap_compare(make_list_app(service), terminal_size=SMALL)


def test_tickets_with_hardly_any_room(snap_compare: Compare) -> None:
    assert snap_compare(make_list_app(world(NOON, 231)), terminal_size=(20, 5), press=["j"])


def test_workspaces_before_the_first_answer(snap_compare: Compare) -> None:
    service = FakeService(make_workspaces())
    service.queue.set_health("qp", WorkspaceHealth(pages_done=2, pages_known=12))

    assert snap_compare(make_app(service), terminal_size=SMALL)


def test_form(snap_compare: Compare) -> None:
    app = make_app(world(NOON, 231), start_in=("qp",))

    assert snap_compare(app, terminal_size=SMALL, press=["n", "tab", "tab", *"Down"])


def test_form_refused(snap_compare: Compare) -> None:
    service = world(NOON, 231)
    app = make_app(service, start_in=("qp",))

    async def refuse(pilot: Pilot[int]) -> None:
        await pilot.press("n", "tab", "tab", *"Down", "ctrl+s")
        (_, future), *_ = service.created
        future.set_result(
            Outcome(intent_id="i", state=OutcomeState.NOT_CREATED, message="no segment named S9")
        )
        await pilot.pause()

    assert snap_compare(app, terminal_size=SMALL, run_before=refuse)


def test_form_with_wrong_fields(snap_compare: Compare) -> None:
    app = make_app(world(NOON, 231), start_in=("qp",), theme="daylight")
    keys = ["n", *["tab"] * 4, *"ann@", "ctrl+s"]

    assert snap_compare(app, terminal_size=WIDE, press=keys)


def test_form_narrow_and_in_ascii(snap_compare: Compare) -> None:
    app = make_app(world(NOON, 231), start_in=("qp",), glyphs="ascii")

    assert snap_compare(app, terminal_size=(40, 10), press=["n", "tab", "tab", *"Down"])


def test_request(snap_compare: Compare) -> None:
    service = world(NOON, 231)
    app = make_app(service, start_in=("qp",))

    async def show(pilot: Pilot[int]) -> None:
        await pilot.press("n", "tab", "tab", *"Down", "ctrl+r")
        (_, future), *_ = service.rendered
        future.set_result(
            RequestPreview(
                method="POST",
                url="https://api.example/v2/workspaces/25739/tickets",
                headers={"Content-Type": "application/json", "api-key": "(hidden)"},
                body='{"priority": "MEDIUM", "status": "NEW", "comment": "Down"}',
            )
        )
        await settle(pilot)

    assert snap_compare(app, terminal_size=SMALL, run_before=show)


def test_pick(snap_compare: Compare) -> None:
    assert snap_compare(make_list_app(world(NOON, 100)), terminal_size=SMALL, press=["n", "j"])
