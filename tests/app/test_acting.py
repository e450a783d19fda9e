"""Marking and acting here: what it is about, what is said of it, and that it can be taken back."""

from collections.abc import Callable, Collection
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, make_list_app, settle, text_of, tickets_screen, typed, until
from support.service import FakeForms, FakeService, make_workspaces
from tui.app.dashboard import Dashboard
from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.detail import DetailScreen
from tui.app.screens.note import NoteScreen
from tui.app.screens.snooze import SnoozeScreen
from tui.app.screens.tickets import TicketsScreen
from tui.domain.acts import Act, ActKind, LocalActs
from tui.domain.creates import KeptDraft
from tui.domain.errors import StateError
from tui.domain.ticket import Ticket, TicketRef

T = TypeVar("T")
NOTICE = -1
"""The line of keys."""


def _service(count: int = 6) -> FakeService:
    """Return tickets whose order in the list is that of their numbers."""
    tickets = [
        make_ticket(f"{number:02}", created_at=NOON - timedelta(hours=50 - number))
        for number in range(1, count + 1)
    ]
    service = FakeService(make_workspaces(), tickets)
    service.now = NOON
    return service


class LateService(FakeService):
    """Answers when a test says so, as the engine does when the disk is slow."""

    def __init__(self, service: FakeService) -> None:
        vars(self).update(vars(service))
        self._waiting: list[Callable[[], object]] = []

    def act(self, act: Act, tickets: Collection[Ticket]) -> Future[str]:
        return self._later(lambda: super(LateService, self).act(act, tickets))

    def undo(self, batch: str) -> Future[int]:
        return self._later(lambda: super(LateService, self).undo(batch))

    def answer(self) -> bool:
        """Do what was asked for next; return whether there was anything."""
        if not self._waiting:
            return False
        self._waiting.pop(0)()
        return True

    def _later(self, work: Callable[[], Future[T]]) -> Future[T]:
        answer: Future[T] = Future()
        self._waiting.append(lambda: answer.set_result(work().result()))
        return answer


def _refs(*numbers: int) -> tuple[TicketRef, ...]:
    return tuple(TicketRef("qp", f"{number:02}") for number in numbers)


def _acts(service: FakeService, number: int) -> LocalActs:
    return service.acts().get(_refs(number)[0], LocalActs())


def _said(app: Dashboard) -> str:
    return text_of(app).splitlines()[NOTICE].strip()


def _cursor(app: Dashboard) -> str:
    ticket = tickets_screen(app).items.ticket
    assert ticket is not None
    return ticket.ref.id


def _marked(app: Dashboard) -> set[str]:
    return {ref.id for ref in tickets_screen(app).marked}


async def _press(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def _send(app: Dashboard, *keys: str) -> None:
    """Hand the keys over at once, as the terminal's driver does with a packet."""
    for key in keys:
        is_sign = len(key) == 1 and not key.isalnum()
        event = events.Key(
            _character_to_key(key) if is_sign else key, key if len(key) == 1 else None
        )
        event.set_sender(app)
        assert app._driver is not None
        app._driver.send_message(event)


async def test_space_marks_and_goes_on_and_takes_the_mark_away_again() -> None:
    app = make_list_app(_service())
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "space")
        assert _marked(app) == {"01", "02"}
        assert _cursor(app) == "03"
        assert "2 marked" in text_of(app)

        await _press(pilot, "k", "space")
        assert _marked(app) == {"01"}
        assert _cursor(app) == "03"

        await _press(pilot, "G", "space")
        assert _cursor(app) == "06"


async def test_all_of_the_list_are_marked_or_none() -> None:
    app = make_list_app(_service())
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "V")
        assert _marked(app) == {"01", "02", "03", "04", "05", "06"}

        await _press(pilot, "V")
        assert _marked(app) == set()
        assert _said(app).startswith("6 marks removed; u brings them back")

        await _press(pilot, "u")
        assert len(_marked(app)) == 6
        assert _said(app).startswith("6 tickets marked again")


async def test_marks_survive_a_refresh_a_filter_and_another_workspace() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "space")
        service.change(make_ticket("02", title="Voucher rejected"))
        await settle(pilot)
        assert _marked(app) == {"01", "02"}

        await _press(pilot, "/", *"voucher", "enter")
        assert "2 marked, 1 hidden" in text_of(app)

        await _press(pilot, "escape")
        tickets_screen(app).open_scope(("klink",))
        await settle(pilot)
        assert "2 marked, 2 hidden" in text_of(app)


async def test_marks_survive_that_the_list_is_left() -> None:
    service = _service()
    app = make_list_app(service)
    app._options = app._options.__class__(clock=FakeClock(), time_zone="UTC")
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "enter")
        await _press(pilot, "space", "q", "enter")
        assert _marked(app) == {"01"}
        assert "1 marked" in text_of(app)


async def test_a_query_for_what_is_marked_follows_the_marks() -> None:
    app = make_list_app(_service())
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "space", "space", "/", *"is:marked", "enter")
        assert len(tickets_screen(app).view) == 3

        await _press(pilot, "g", "space")
        assert len(tickets_screen(app).view) == 2
        assert _cursor(app) == "02"


async def test_a_marked_ticket_that_the_vendor_removed_leaves_the_marks_and_it_is_said() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "space", "space")
        service.change(removed=_refs(2))
        await settle(pilot)
        assert _marked(app) == {"01", "03"}
        assert "1 marked ticket gone at the vendor: qp/02" in _said(app)

        service.change(removed=_refs(1, 5))
        await settle(pilot)
        assert _marked(app) == {"03"}


async def test_esc_clears_the_filter_then_the_marks_and_never_quits() -> None:
    app = make_list_app(_service())
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "/", *"ticket", "enter")
        assert "esc clear filter" in text_of(app)
        await _press(pilot, "escape")
        assert _marked(app) == {"01"}
        assert "esc unmark" in text_of(app)

        await _press(pilot, "escape")
        assert _marked(app) == set()
        assert _said(app).startswith("1 mark removed; u brings it back")
        await _press(pilot, "u")
        assert _marked(app) == {"01"}


async def test_the_ticket_under_the_cursor_is_acked_by_name_and_taken_back() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "j", "a")
        assert service.done == [(Act(ActKind.ACKNOWLEDGE), _refs(2))]
        assert _said(app) == "Acked here only: qp/02; u takes it back"

        await _press(pilot, "u")
        assert _acts(service, 2).acknowledged is None
        assert _said(app) == "No longer acked here: qp/02"

        await _press(pilot, "u")
        assert _said(app) == "Nothing done here is left to take back"


async def test_an_ack_concerns_only_those_that_have_none_and_takes_it_back_where_all_do() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "a", "V", "a")
        assert service.done[-1] == (Act(ActKind.ACKNOWLEDGE), _refs(2, 3, 4, 5, 6))
        assert _marked(app) == set()

        await _press(pilot, "V", "a")
        assert service.done[-1] == (Act(ActKind.UNACKNOWLEDGE), _refs(1, 2, 3, 4, 5, 6))
        assert _said(app).startswith("No longer acked here: 6 tickets; u takes it back")


async def test_marks_go_with_the_act_and_come_back_with_its_undo_level_by_level() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "space", "a")
        assert _marked(app) == set()
        assert _said(app).endswith("; marks removed")

        await _press(pilot, "G", "b")
        assert _said(app) == "Pinned here only: qp/06; u takes it back"
        await _press(pilot, "u")
        assert _acts(service, 6).pinned is None
        assert _said(app) == "No longer pinned here: qp/06; u takes back more"
        assert _acts(service, 1).acknowledged is not None

        await _press(pilot, "u")
        assert _acts(service, 1).acknowledged is None
        assert _marked(app) == {"01", "02"}
        assert _said(app) == "No longer acked here: 2 tickets; marked again"


@pytest.mark.parametrize(
    ("answer", "acked", "left"),
    [
        (("enter",), (2,), {"01", "03"}),
        (("j", "enter"), (6,), {"01", "02", "03"}),
        (("j", "j", "enter"), (1, 2, 3), set()),
        (("escape",), (), {"01", "02", "03"}),
    ],
)
async def test_where_marks_are_hidden_it_is_asked_which_tickets_are_meant(
    answer: tuple[str, ...], acked: tuple[int, ...], left: set[str]
) -> None:
    service = _service()
    service.change(make_ticket("02", title="The same as 06", created_at=NOON))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        app.desk.mark(_refs(1, 2, 3))
        tickets_screen(app).marks_changed()
        await _press(pilot, "/", *"06", "enter", "g")
        assert _cursor(app) == "06"
        await _press(pilot, "a")
        text = text_of(app)
        assert "2 of 3 marked tickets not in this list" in text
        assert "qp/02  marked, in this list" in text
        assert "qp/06  under the cursor" in text
        assert "all 3  marked, 2 of them not in this list" in text

        await _press(pilot, *answer)
        assert {ref for _, refs in service.done for ref in refs} == set(_refs(*acked))
        assert _marked(app) == left
        if not acked:
            assert _said(app) == "Nothing was done; what was marked still is"


async def test_where_all_marks_are_hidden_the_ticket_under_the_cursor_comes_first() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "/", *"06", "enter", "s")
        assert "1 of 1 marked ticket not in this list" in text_of(app)
        assert "qp/01  marked, not in this list" in text_of(app)
        await _press(pilot, "enter")
        assert "Snooze qp/06, here only" in text_of(app)


async def test_the_line_below_the_list_says_how_many_hidden_marks_are_overdue() -> None:
    service = _service()
    service.change(make_ticket("01", due_at=NOON - timedelta(hours=1)))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "space", "/", *"06", "enter")
        assert "2 marked, 2 hidden (1 OVER)" in text_of(app)


@pytest.mark.parametrize(("answer", "count"), [("enter", 1), ("y", 1), ("n", 0), ("escape", 0)])
async def test_over_ten_marked_tickets_it_is_asked_first(answer: str, count: int) -> None:
    service = _service(14)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "V", "a")
        assert isinstance(app.screen, ConfirmScreen)
        text = text_of(app)
        assert "Acknowledge 14 tickets here?" in text
        assert "enter, y yes   esc, n no" in text
        assert "enter yes  esc no" in text

        await _press(pilot, answer)
        assert len(service.done) == count
        assert len(_marked(app)) == (0 if count else 14)
        if not count:
            assert _said(app) == "Nothing was done; what was marked still is"


async def test_over_ten_marked_tickets_it_is_asked_though_some_are_done_already() -> None:
    service = _service(11)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "b", "V", "b")

        assert isinstance(app.screen, ConfirmScreen)
        assert "Pin 10 tickets here?" in text_of(app)
        assert len(service.done) == 1


async def test_ten_are_not_asked_for() -> None:
    service = _service(10)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "V", "a")

        assert len(service.done) == 1


async def test_a_question_goes_before_the_choice_of_a_time() -> None:
    service = _service(12)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "V", "s", "y")
        assert isinstance(app.screen, SnoozeScreen)
        await _press(pilot, "j", "enter")

        act, refs = service.done[0]
        assert act == Act(ActKind.SNOOZE, until=NOON + timedelta(minutes=30))
        assert len(refs) == 12


async def test_a_snoozed_ticket_leaves_and_its_neighbour_has_the_cursor() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "j", "s")
        assert "Snooze qp/02, here only" in text_of(app)
        assert "1h       until 13:00 UTC" in text_of(app)
        await _press(pilot, "j", "j", "enter")

        assert _said(app) == (
            "Snoozed here only until 13:00 UTC: qp/02; u takes it back; is:snoozed shows it"
        )
        assert tickets_screen(app).view.find(_refs(2)[0]) is None
        assert _cursor(app) == "03"

        await _press(pilot, "u")
        assert tickets_screen(app).view.find(_refs(2)[0]) == 1


@pytest.mark.parametrize(
    ("keys", "until"),
    [
        ("45m", NOON + timedelta(minutes=45)),
        ("07:30", datetime(2026, 2, 5, 7, 30, tzinfo=UTC)),
        ("mon", datetime(2026, 2, 9, 8, 0, tzinfo=UTC)),
    ],
)
async def test_any_time_can_be_typed_at_once(keys: str, until: datetime) -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "s", *keys, "enter", "j")
        for _ in range(4):
            await settle(pilot)

        assert service.done == [(Act(ActKind.SNOOZE, until=until), _refs(1))]
        assert _cursor(app) == "03"


async def test_what_turns_overdue_before_its_snooze_ends_comes_back_then_as_is_said_at_once() -> (
    None
):
    service = _service()
    service.change(make_ticket("01", due_at=NOON + timedelta(minutes=42)))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "g", "s")
        assert "15m      until 12:15 UTC " in text_of(app)
        assert "1h       until 13:00 UTC, or 12:42 when OVER" in text_of(app)
        await _press(pilot, *"1d")
        assert "enter: until Thu 02-05 12:00 UTC, or 12:42 when OVER" in text_of(app)
        await _press(pilot, "enter")
        assert _said(app).startswith(
            "Snoozed here only until Thu 02-05 12:00 UTC, or 12:42 when OVER: qp/01"
        )

        await _press(pilot, "/", *"is:snoozed", "enter")
        assert "snoozed until 12:42, when OVER" in text_of(app)


async def test_a_time_that_cannot_be_read_stays_and_says_why() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "s", *"tomorow")
        assert "type 45m, 2h" in text_of(app)
        await _press(pilot, "enter")
        assert "! 'tomorow' is no time; type 45m, 07:30 or mon 07:30" in text_of(app)
        assert "esc clear" in _said(app)
        await _press(pilot, "escape")
        assert "esc back" in _said(app)
        await _press(pilot, "escape")

        await _press(pilot, "s", *"25:00", "enter")
        assert "25:00 is no time of day" in text_of(app)
        assert typed(app) == "25:00"

        await _press(pilot, "escape")
        assert "type 45m, 2h" in text_of(app)
        await _press(pilot, "escape")
        assert isinstance(app.screen, TicketsScreen)
        assert not service.done


async def test_the_list_of_times_and_the_field_below_it_are_one_way_up_and_down() -> None:
    app = make_list_app(_service())
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "s", "G", "down", "9")
        assert typed(app) == "9"

        await _press(pilot, "up", "k")
        screen = app.screen
        assert isinstance(screen, SnoozeScreen)
        assert screen.items.has_focus
        assert screen.items.cursor == 4
        await _press(pilot, "tab", "m")
        assert typed(app) == "9m"


async def test_a_snoozed_ticket_can_be_woken() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "s", "enter", "/", *"is:snoozed", "enter", "s")
        assert "wake     1 snoozed now" in text_of(app)

        await _press(pilot, "enter")
        assert service.done[-1] == (Act(ActKind.WAKE), _refs(1))
        assert _acts(service, 1).snooze is None
        assert _said(app).startswith("Woken here: qp/01; u takes it back")


async def test_a_note_is_written_and_the_earlier_ones_stand_above_the_next() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "m", *"called Ann", "enter")
        assert service.done == [(Act(ActKind.NOTE, text="called Ann"), _refs(1))]
        assert _said(app) == "Noted here only: qp/01; u takes it back"

        await _press(pilot, "m")
        assert "note, ana 12:00: called Ann" in text_of(app)
        assert typed(app) == ""


async def test_nothing_typed_into_a_note_is_lost() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "m", *"half", "escape")
        assert _said(app) == "The note is kept, not written; m goes on with it"

        await _press(pilot, "j", "m")
        assert typed(app) == ""
        await _press(pilot, "escape", "k", "m")
        assert typed(app) == "half"
        await _press(pilot, *" done", "enter")
        assert service.done == [(Act(ActKind.NOTE, text="half done"), _refs(1))]

        await _press(pilot, "u")
        assert _said(app) == "Note taken away here: qp/01; m offers its text again"
        await _press(pilot, "m")
        assert typed(app) == "half done"


async def test_a_note_that_was_not_written_outlives_the_program() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "m", *"half")
        await _press(pilot, "escape", "V", "m", *"both")
        await _press(pilot, "ctrl+q")
    assert app.return_value == 0
    assert {draft.texts["note"] for draft in service.forms.kept.values()} == {"half", "both"}

    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "m")
        assert typed(app) == "half"
        await _press(pilot, *" done", "enter")
        assert service.done == [(Act(ActKind.NOTE, text="half done"), _refs(1))]
    (left,) = service.forms.kept.values()
    assert left.texts == {"note": "both"}


class _LateForms(FakeForms):
    """Reads what is kept when a test says so."""

    def drafts(self) -> Future[tuple[KeptDraft, ...]]:
        self.reading: Future[tuple[KeptDraft, ...]] = Future()
        return self.reading

    def answer(self) -> None:
        self.reading.set_result(tuple(self.kept.values()))


async def test_a_note_opens_once_it_is_known_what_was_kept_of_it() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "m", *"half")
    kept = service.forms.kept
    service.forms = forms = _LateForms(service)
    forms.kept = kept

    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        app.PATIENCE_S = 0.05
        _send(app, "m", *" a j", "escape")
        await pilot.pause(0.2)
        app.work_ends()  # as where something else is done meanwhile
        await settle(pilot)
        assert isinstance(app.screen, TicketsScreen)
        assert "note opens as soon as" in _said(app)

        app.PATIENCE_S = 10.0
        forms.answer()
        await until(pilot, lambda: "kept, not written" in _said(app))
        assert [draft.texts for draft in forms.kept.values()] == [{"note": "half a j"}]
        assert service.done == []


async def test_a_note_that_cannot_be_kept_is_told_before_it_is_lost() -> None:
    service = _service()
    service.forms.keep_problem = StateError("the disk is full")
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "m", *"half", "escape")
        assert _said(app) == "Note not kept: the disk is full; m goes on with it until you quit"
        await _press(pilot, "ctrl+q")
        assert _said(app) == "qp: note not kept: the disk is full; quit again to lose it"
        assert app.is_running


async def test_a_pasted_note_keeps_its_lines_and_is_clean() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "m")
        app.post_message(events.Paste("one\r\ntwo\x1b[2J"))
        await settle(pilot)
        await _press(pilot, "ctrl+s")

        assert service.done == [(Act(ActKind.NOTE, text="one\ntwo␛"), _refs(1))]


async def test_an_empty_note_is_none() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "m", "space", "enter")

        assert isinstance(app.screen, TicketsScreen)
        assert not service.done


async def test_what_is_typed_behind_the_key_of_a_note_stands_in_it() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "m", *"quiet, j V a", "enter", "space")
        for _ in range(6):
            await settle(pilot)

        assert service.done == [(Act(ActKind.NOTE, text="quiet, j V a"), _refs(1))]
        assert _marked(app) == {"01"}


async def test_an_act_that_fails_says_why_and_loses_nothing() -> None:
    service = _service()
    service.act_problem = StateError("ledger.db cannot be written: the disk is full")
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "space", "a")
        assert _said(app) == "Not acked: ledger.db cannot be written: the disk is full"
        assert _marked(app) == {"01", "02"}

        await _press(pilot, "m", *"kept", "enter")
        assert _said(app).startswith("Note not written, but kept: ledger.db")
        service.act_problem = None
        await _press(pilot, "m")
        assert typed(app) == "kept"

        await _press(pilot, "enter")
        assert len(service.done) == 1
        await _press(pilot, "u")
        assert _said(app).startswith("Note taken away here: 2 tickets")


async def test_an_undo_right_behind_an_act_takes_that_one_back() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "a")
        _send(app, "j", "b", "u")
        for _ in range(4):
            await settle(pilot)

        assert _acts(service, 2).pinned is None
        assert _acts(service, 1).acknowledged is not None


@pytest.mark.parametrize(
    "keys",
    [
        ("s", *"1h", "enter", "s", *"2h", "enter"),
        ("a", "a"),
        ("a", "j", "a", "u"),
        ("space", "space", "a", "space"),
        ("space", "space", "a", "b", "u"),
        ("s", "enter", "j", "b"),
        ("m", *"seen", "enter", "m", *"again", "enter", "u", "m"),
    ],
)
async def test_keys_in_one_packet_mean_what_they_mean_one_by_one(keys: tuple[str, ...]) -> None:
    slowly, at_once = _service(), LateService(_service())
    app = make_list_app(slowly)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        for key in keys:
            await _press(pilot, "space" if key == " " else key)
        expected = (slowly.done, slowly.acts(), _marked(app), text_of(app))

    app = make_list_app(at_once)
    app.PATIENCE_S = 60.0
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, *keys)
        for _ in range(4):
            await settle(pilot)
        while at_once.answer():
            for _ in range(8):
                await settle(pilot)

        assert (at_once.done, at_once.acts(), _marked(app), text_of(app)) == expected


async def test_an_engine_that_does_not_answer_holds_keys_up_for_a_moment_only() -> None:
    app = make_list_app(LateService(_service()))
    app.PATIENCE_S = 0.05
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "a", "j", "j")
        await pilot.pause(0.5)
        assert _cursor(app) == "03"
        _send(app, "j")
        await settle(pilot)
        assert _cursor(app) == "04"


async def test_the_open_ticket_is_acted_on_whatever_is_marked() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "space", "enter")
        assert isinstance(app.screen, DetailScreen)
        await _press(pilot, "a")
        assert service.done[-1] == (Act(ActKind.ACKNOWLEDGE), _refs(2))
        assert _said(app) == "Acked here only: qp/02; u takes it back"

        await _press(pilot, "b", "m", *"seen", "enter", "s", "enter")
        acts = _acts(service, 2)
        assert acts.pinned is not None
        assert acts.snooze is not None
        assert [note.text for note in acts.notes] == ["seen"]
        await _press(pilot, "u", "u", "u", "u")
        assert _acts(service, 2) == LocalActs()
        assert _marked(app) == {"01"}


async def test_own_acts_show_while_the_screen_is_frozen() -> None:
    service = _service()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "P", "s", "enter")
        assert "FROZEN" in text_of(app)
        assert tickets_screen(app).view.find(_refs(1)[0]) is None

        await _press(pilot, "u")
        assert tickets_screen(app).view.find(_refs(1)[0]) == 0


async def test_in_observe_mode_people_act_here_all_the_same() -> None:
    service = _service()
    app = make_list_app(service, observe=True)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "a")

        assert len(service.done) == 1


async def test_where_there_is_no_ticket_that_is_said() -> None:
    service = FakeService(make_workspaces())
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        for key in ("a", "s", "b", "m"):
            await _press(pilot, key)
            assert "There is no ticket here" in _said(app)
        await _press(pilot, "space", "V")

        assert not service.done
        assert not _marked(app)


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (300, 100)])
async def test_the_dialogs_fit_every_size(size: tuple[int, int]) -> None:
    app = make_list_app(_service(12))
    async with app.run_test(size=size) as pilot:
        await _press(pilot, "s")
        assert {"Snooze", "15m", "until"} <= set(text_of(app).split())
        assert "mon 07:30" in text_of(app)
        await _press(pilot, "G")
        assert "Monday" in text_of(app)

        await _press(pilot, "escape", "m")
        assert isinstance(app.screen, NoteScreen)
        await _press(pilot, *"x")
        assert "x" in text_of(app)
        assert "enter write" in text_of(app)

        await _press(pilot, "escape", "V", "b")
        assert "Pin 12 tickets here?" in text_of(app)


async def test_rebound_keys_are_the_ones_that_are_told() -> None:
    keys: dict[str, Any] = {"ticket.undo": ("z",), "ticket.acknowledge": ("A",)}
    service = _service()
    app = make_list_app(service, keys=keys)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "A")
        assert _said(app) == "Acked here only: qp/01; z takes it back"

        await _press(pilot, "z")
        assert _acts(service, 1).acknowledged is None


async def test_a_notice_stands_its_own_time_and_not_that_of_the_one_before() -> None:
    app = make_list_app(_service())
    async with app.run_test(size=SMALL) as pilot:
        screen: Any = tickets_screen(app)
        screen.NOTICE_S = 0.05
        screen.say("the first")
        await _press(pilot, "j")
        screen.NOTICE_S = 60.0
        screen.say("the second")
        await pilot.pause(0.1)

        assert _said(app) == "the second"
