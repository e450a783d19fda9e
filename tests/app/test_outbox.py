"""Creates without an end on the screens: their rows, the outbox, and what is told of them."""

from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.creates import make_create
from support.deck import SMALL, WIDE, make_app, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, world
from tui.app.dashboard import Dashboard
from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.create import CreateScreen
from tui.app.screens.deck import DeckScreen
from tui.app.screens.detail import DetailScreen
from tui.app.screens.outbox import OutboxScreen
from tui.app.screens.reading import RequestScreen
from tui.app.screens.workspaces import WorkspacesScreen
from tui.domain.creates import ChoiceList, Form, OpenCreate, Stage
from tui.domain.draft import (
    Choice,
    Draft,
    FieldSpec,
    FieldType,
    Outcome,
    OutcomeState,
    RequestPreview,
)
from tui.domain.ticket import TicketRef

LATER = NOON + timedelta(minutes=1)


def _world(*creates: OpenCreate, count: int = 40) -> FakeService:
    service = world(NOON, count)
    service.creates.open = creates
    return service


def _become(service: FakeService, *creates: OpenCreate) -> None:
    service.creates.open = creates
    service.tell()


def _lines(app: Dashboard) -> list[str]:
    return text_of(app).splitlines()


def _row_of(app: Dashboard, words: str) -> int:
    return next(number for number, line in enumerate(_lines(app)) if words in line)


async def _press(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def _shows(app: Dashboard, kind: type[DeckScreen[Any]]) -> bool:
    return isinstance(app.screen, kind)


def _new(**overrides: Any) -> OpenCreate:
    values: dict[str, Any] = {"at": LATER, "stage": Stage.SENDING, "message": ""}
    return make_create(**(values | overrides))


async def test_a_create_has_its_row_above_the_first_ticket_as_soon_as_it_is_open() -> None:
    service = _world()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        first = tickets_screen(app).items.ticket
        _become(service, _new())
        await settle(pilot)

        row = _row_of(app, "Create 1")
        assert " sending " in _lines(app)[row]
        assert "n new  X outbox" in _lines(app)[-1]
        assert "TITLE" in _lines(app)[row - 1]
        assert _lines(app)[row + 1].startswith("▸")
        assert tickets_screen(app).items.ticket == first

        _become(service, _new(stage=Stage.LOOKING))
        await settle(pilot)
        assert " looking " in _lines(app)[row]


async def test_the_real_row_takes_the_place_and_the_cursor_when_the_create_ends_well() -> None:
    service = _world()
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n", "tab", "tab", *"Down", "ctrl+s")
        draft, future = service.created[0]
        create = _new(draft=draft, title="Down")
        _become(service, create)
        await settle(pilot)
        fresh = make_ticket("99999", title="Down")
        service.queue.apply([fresh])
        outcome = Outcome(intent_id="i1", state=OutcomeState.CREATED, ref=fresh.ref, ticket=fresh)
        service.creates.ended = (outcome,)
        _become(service)
        future.set_result(outcome)
        await settle(pilot)

        assert len(app.screen_stack) == 1
        assert not any(" sending " in line for line in _lines(app))
        assert tickets_screen(app).items.ticket == fresh
        assert _lines(app)[-1].strip().startswith("Created qp/99999")


async def test_rows_stand_in_an_empty_list_and_whatever_the_filter() -> None:
    service = _world(make_create(), count=0)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert "Create 1" in text_of(app)
        assert tickets_screen(app).items.ticket is None

        service.change(make_ticket("1", title="Till"))
        await _press(pilot, "/", *"nothing like it", "enter")
        assert "Nothing matches" in text_of(app)
        assert "Create 1" in text_of(app)


async def test_rows_are_those_of_the_workspaces_that_are_shown() -> None:
    app = make_app(_world(make_create(1), make_create(2, "klink")), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)

        assert "Create 1" in text_of(app)
        assert "Create 2" not in text_of(app)


async def test_neither_a_key_nor_the_mouse_gets_onto_a_row_that_is_no_ticket() -> None:
    service = _world(make_create())
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "k", "g")
        items = tickets_screen(app).items
        first = items.ticket
        assert first is not None
        await pilot.click("#list", offset=(10, 1))
        await _press(pilot, "a")

        assert items.ticket == first
        assert service.done[-1][1] == (first.ref,)
        await pilot.click("#list", offset=(10, 3))
        assert items.cursor == 1


async def test_a_list_that_was_scrolled_stays_where_it_is() -> None:
    service = _world(count=90)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, *["j"] * 40)
        before = _lines(app)
        _become(service, _new())
        await settle(pilot)
        assert _lines(app)[5:-7] == before[5:-7]

        _become(service)
        await settle(pilot)
        assert _lines(app)[4:-7] == before[4:-7]


async def test_the_cursor_stays_in_sight_on_its_ticket_when_rows_come() -> None:
    service = _world()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        items = tickets_screen(app).items
        await _press(pilot, *["j"] * (items.page - 1))
        chosen = items.ticket
        _become(service, *(make_create(number) for number in range(1, 7)))
        await settle(pilot)

        assert items.ticket == chosen
        assert 0 <= items.cursor - items.top < items.page
        assert "3 more open creates; X shows all" in text_of(app)


@pytest.mark.parametrize("size", [(40, 10), (60, 14), (80, 24), (120, 36), (160, 45)])
async def test_rows_and_outbox_are_drawn_at_every_size(size: tuple[int, int]) -> None:
    creates = tuple(make_create(number, candidates=(TicketRef("qp", "7"),)) for number in range(9))
    app = make_list_app(_world(*creates))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        assert "open creates; X" in text_of(app)
        assert tickets_screen(app).items.page >= 3

        await _press(pilot, "X", "G", "pagedown")
        assert "Create 8" in text_of(app)
        assert "▸" in text_of(app)
        assert "STATE" in text_of(app)


async def test_nothing_is_drawn_while_creates_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = _world(make_create())
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("l")
        await settle(pilot)
        drawn: list[object] = []
        monkeypatch.setattr(app, "_display", lambda *parts: drawn.append(parts))
        for _ in range(5):
            service.tell()
            await settle(pilot)
        assert drawn == []

        _become(service, replace(make_create(), stage=Stage.LOOKING))
        await settle(pilot)
        assert drawn


async def test_what_was_open_at_the_start_is_told_with_the_way_to_it() -> None:
    app = make_app(_world(make_create(1), make_create(2)))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert _shows(app, WorkspacesScreen)
        assert "2 open creates from before; X shows them" in text_of(app)
        await _press(pilot, "j")
        assert "X outbox" in _lines(app)[-1]

        await _press(pilot, "X")
        assert "2 open creates" in _lines(app)[0]


async def test_one_that_exists_after_all_is_told_and_the_cursor_is_left_alone() -> None:
    service = _world(make_create(stage=Stage.LOOKING))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "j")
        chosen = tickets_screen(app).items.ticket
        fresh = make_ticket("123", title="Create 1")
        service.queue.apply([fresh])
        outcome = Outcome(intent_id="i1", state=OutcomeState.CREATED, ref=fresh.ref)
        service.creates.ended = (outcome,)
        _become(service)
        await settle(pilot)

        assert "Created after all: qp/123" in text_of(app)
        assert tickets_screen(app).items.ticket == chosen


async def test_that_nobody_can_find_out_is_told() -> None:
    service = _world(make_create(stage=Stage.LOOKING))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "j")
        _become(service, make_create(message="probably not created: look before sending again"))
        await settle(pilot)

        notice = 'qp "Create 1": probably not created: look before sending again'
        assert notice in text_of(app)


async def test_the_outbox_says_all_that_is_known_of_each_create() -> None:
    known = make_ticket("7", title="Till is down")
    create = make_create(candidates=(known.ref, TicketRef("qp", "8")))
    service = _world(create, make_create(2, "klink", stage=Stage.LOOKING, by="ben"))
    service.queue.apply([known])
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X")
        text = text_of(app)
        for words in (
            "2 open creates",
            "unknown",
            "11:59",
            "looking",
            "ben",
            "no answer came",
            "by ana to qp · QuestionPro EU",
            "qp/7  Till is down",
            "Priority  High",
            "Comment   Create 1",
            "enter request",
            "r send again",
            "d drop",
            "o ticket",
            "e form",
        ):
            assert words in text

        await _press(pilot, "j")
        assert "Comment   Create 2" in text_of(app)


async def test_a_long_text_is_read_to_its_end_with_the_page_keys() -> None:
    text = "\n".join(f"line {number}" for number in range(60))
    app = make_list_app(_world(make_create(draft=Draft("qp", {"comment": text}))))
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X")
        assert "line 59" not in text_of(app)
        await _press(pilot, *["pagedown"] * 9)
        assert "line 59" in text_of(app)
        await _press(pilot, *["pageup"] * 9)
        assert "no answer came" in text_of(app)


async def test_enter_shows_the_exact_request() -> None:
    service = _world(make_create())
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X", "enter")
        draft, future = service.rendered[0]
        assert draft == make_create().draft
        future.set_result(
            RequestPreview(method="POST", url="https://x.example", headers={}, body="{1}")
        )
        await settle(pilot)

        assert _shows(app, RequestScreen)
        assert "POST https://x.example" in text_of(app)
        await _press(pilot, "escape")
        assert _shows(app, OutboxScreen)


async def test_sending_again_asks_once_and_names_the_risk() -> None:
    service = _world(make_create())
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X", "r")
        assert _shows(app, ConfirmScreen)
        assert "may exist" in text_of(app)
        await _press(pilot, "n")
        assert service.creates.sent_again == []

        await _press(pilot, "r", "y")
        [(intent_id, future)] = service.creates.sent_again
        assert intent_id == "i1"
        assert "Sending it again to qp" in text_of(app)

        _become(service)
        fresh = make_ticket("123")
        service.queue.apply([fresh])
        outcome = Outcome(intent_id="i2", state=OutcomeState.CREATED, ref=fresh.ref, ticket=fresh)
        service.creates.ended = (outcome,)
        service.tell()
        future.set_result(outcome)
        await settle(pilot)
        assert "Created qp/123" in text_of(app)
        assert "Nothing is open." in text_of(app)


@pytest.mark.parametrize("creates", [(), (make_create(),)])
async def test_a_create_that_is_lost_is_told_as_long_as_it_is(
    creates: tuple[OpenCreate, ...],
) -> None:
    service = _world(*creates)
    loss = "1 create in the outbox was damaged and set apart: look at the vendor"
    service.creates.lost = (loss,)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert creates or "outbox" in _lines(app)[-1]
        await _press(pilot, "X")

        assert loss in text_of(app)
        assert ("Nothing else is open." in text_of(app)) is (not creates)
        assert "How every create ended is known." not in text_of(app)

        if creates:
            await _press(pilot, "d", "j", "enter")
        else:
            await _press(pilot, "d")
        assert "Have you looked after what is lost?" in text_of(app)
        await _press(pilot, "n")
        assert loss in text_of(app)
        await _press(pilot, *(("d", "j", "enter") if creates else ("d",)), "y")
        assert loss not in text_of(app)
        assert service.creates.open == creates


async def test_dropping_asks_once() -> None:
    service = _world(make_create(1), make_create(2))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X", "d", "escape")
        assert service.creates.dropped == []

        await _press(pilot, "j", "d", "enter")
        assert service.creates.dropped == ["i2"]
        assert "Dropped; it is not looked for any more" in text_of(app)
        assert "1 open create" in _lines(app)[0]
        assert "Comment   Create 1" in text_of(app)


async def test_what_is_still_on_its_way_is_not_for_a_person_to_decide() -> None:
    service = _world(make_create(stage=Stage.LOOKING))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X")
        for key in ("r", "d", "e"):
            await _press(pilot, key)
            assert _shows(app, OutboxScreen)
            assert "still on its way" in text_of(app)


async def test_what_settles_while_the_question_stands_is_left_alone() -> None:
    service = _world(make_create())
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X", "r")
        _become(service)
        await _press(pilot, "y")

        assert service.creates.sent_again == []
        assert "not open any more" in text_of(app)


async def test_a_candidate_opens_whole_and_esc_leads_back() -> None:
    known = make_ticket("7", title="Till is down")
    service = _world(make_create(candidates=(known.ref,)))
    service.queue.apply([known])
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X", "o")
        assert _shows(app, DetailScreen)
        assert "qp/7" in _lines(app)[0]
        await _press(pilot, "escape")
        assert _shows(app, OutboxScreen)


async def test_of_several_candidates_one_is_picked_also_where_no_list_is_open() -> None:
    refs = (TicketRef("qp", "7"), TicketRef("qp", "8"))
    service = _world(make_create(candidates=refs))
    service.queue.apply([make_ticket("7"), make_ticket("8")])
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X", "o", "j", "enter")
        assert _shows(app, DetailScreen)
        assert "qp/8" in _lines(app)[0]

        await _press(pilot, "X")
        assert _shows(app, OutboxScreen)
        assert len(app.screen_stack) == 2


async def test_what_was_typed_opens_in_the_form() -> None:
    app = make_list_app(_world(make_create()))
    async with app.run_test(size=WIDE) as pilot:
        await _press(pilot, "X", "e")

        assert _shows(app, CreateScreen)
        assert "New ticket in qp" in text_of(app)
        assert "Create 1" in text_of(app)


async def test_in_observe_mode_nothing_is_sent_and_dropping_is_allowed() -> None:
    service = _world(make_create())
    app = make_list_app(service, observe=True)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X")
        for key in ("r", "e"):
            await _press(pilot, key)
            assert _shows(app, OutboxScreen)
            assert "qp is in observe mode: nothing is written to the vendor" in text_of(app)

        await _press(pilot, "d", "y")
        assert service.creates.dropped == ["i1"]
        assert service.creates.sent_again == []


@pytest.mark.parametrize("way", [(), ("enter",), ("enter", "enter"), ("X",)])
async def test_observe_mode_refuses_a_new_ticket_in_every_screen(way: tuple[str, ...]) -> None:
    service = _world(make_create())
    app = make_app(service, observe=True)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, *way)
        before = app.screen
        for key in ("N", "n"):
            await _press(pilot, key)
            assert app.screen is before
        if way != ("X",):
            assert "observe mode: nothing is written to the vendor" in text_of(app)
        assert service.created == []


async def test_a_create_of_a_workspace_that_is_gone_can_be_read_and_dropped() -> None:
    service = _world(make_create(workspace="old"))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X")
        assert "to old (not configured here)" in text_of(app)
        for key in ("enter", "r", "e"):
            await _press(pilot, key)
            assert "old is not configured here" in _lines(app)[-1]
        await _press(pilot, "d", "y")
        assert service.creates.dropped == ["i1"]


async def test_keys_do_nothing_in_an_outbox_where_nothing_is_open() -> None:
    service = _world()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "X")
        assert "Nothing is open." in text_of(app)
        for key in ("enter", "r", "d", "o", "e", "j", "G", "pagedown"):
            await _press(pilot, key)
            assert _shows(app, OutboxScreen)

        _become(service, make_create())
        await settle(pilot)
        assert "Comment   Create 1" in text_of(app)


async def test_the_outbox_tells_what_was_chosen_by_its_label_as_soon_as_that_is_known() -> None:
    code = "6f1c2b5e-8f0a-4c39-9d0e-1f2a3b4c5d6e"
    users = FieldSpec(key="assignTo", label="Assign to", type=FieldType.CHOICE, lookup="users")
    service = _world(_new(stage=Stage.OPEN, draft=Draft("qp", {"assignTo": code})))
    service.field_specs["qp"] = (users,)
    form = Form((users,), {"users": ChoiceList((Choice(code, "Ann Larsen"),), NOON)})
    came: Future[Form] = Future()
    service.forms.form = lambda workspace: came  # type: ignore[method-assign]  # noqa: ARG005
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "X")
        assert f"Assign to  {code}" in text_of(app)
        came.set_result(form)
        await settle(pilot)
        assert "Assign to  Ann Larsen" in text_of(app)
        assert code not in text_of(app)
