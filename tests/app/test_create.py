"""The form: nothing typed is lost, nothing is sent twice, nothing is claimed that is not known."""

from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, make_app, make_list_app, settle, text_of, tickets_screen, typed
from support.service import FakeService, world
from tui.app.dashboard import Dashboard
from tui.app.paste import PASTE_LIMIT
from tui.app.screens.create import CreateScreen
from tui.app.screens.pick import PickScreen
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Outcome, OutcomeState, RequestPreview
from tui.domain.errors import StateError, WriteRefused
from tui.vendors.registry import vendor_spec


async def _open_form(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press("n", *keys)
    await settle(pilot)


def _qp(service: FakeService, **options: Any) -> Dashboard:
    return make_app(service, start_in=("qp",), **options)


def _below(app: Dashboard, label: str) -> str:
    """Return the line below a label, from where it begins."""
    lines = text_of(app).splitlines()
    at = next(at for at, line in enumerate(lines) if label in line)
    return lines[at + 1][lines[at].index(label) :]


async def _fill(pilot: Pilot[int]) -> None:
    """Fill in what is required: the comment has the focus second."""
    await pilot.press("tab", "tab", *"Down")


async def test_the_place_that_gets_the_ticket_stands_in_the_title_and_on_the_button() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)

        assert "New ticket in qp · QuestionPro EU" in text_of(app)
        assert "Create in qp" in text_of(app)
        assert typed(app) == "Medium"


async def test_from_all_the_workspace_is_chosen_among_those_that_can() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        text = text_of(app)
        assert "New ticket in" in text
        assert "QuestionPro legacy" not in text

        await pilot.press("g", "j", "enter")
        await settle(pilot)
        assert "New ticket in klink · KlinkCX" in text_of(app)


async def test_a_created_ticket_is_selected_and_told() -> None:
    service = world(NOON, 50)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "Sending to QuestionPro EU" in text_of(app)
        draft, future = service.created[0]
        assert draft.values == {"priority": "MEDIUM", "status": "NEW", "comment": "Down"}

        fresh = make_ticket("99999", title="Down")
        future.set_result(
            Outcome(intent_id="i", state=OutcomeState.CREATED, ref=fresh.ref, ticket=fresh)
        )
        service.change(fresh)
        await settle(pilot)

        assert "Created qp/99999" in text_of(app)
        assert tickets_screen(app).items.ticket == fresh
        await _open_form(pilot)
        assert typed(app) == "Medium"
        assert "Down" not in text_of(app)


async def test_a_ticket_that_is_seen_later_is_selected_then() -> None:
    service = world(NOON, 50)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("f2")
        fresh = make_ticket("99999", title="Down")
        service.created[0][1].set_result(
            Outcome(intent_id="i", state=OutcomeState.CREATED, ref=fresh.ref)
        )
        await settle(pilot)
        assert tickets_screen(app).items.ticket != fresh

        service.change(fresh)
        await settle(pilot)
        assert tickets_screen(app).items.ticket == fresh


async def test_a_refusal_keeps_the_form_its_text_and_shows_the_reason() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        service.created[0][1].set_result(
            Outcome(
                intent_id="i", state=OutcomeState.NOT_CREATED, message="[status] is not allowed"
            )
        )
        await settle(pilot)

        text = text_of(app)
        assert "Not created: Status: [status] is not allowed" in text
        assert "! not accepted" in next(line for line in text.splitlines() if "Status !" in line)
        assert typed(app) == "New"
        assert "Down" in text
        await pilot.press("ctrl+s")
        assert len(service.created) == 2


async def test_an_unknown_outcome_is_called_unknown_and_a_second_send_is_asked_for() -> None:
    service, clock = world(NOON, 20), FakeClock()
    app = _qp(service, clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        service.created[0][1].set_result(
            Outcome(intent_id="i", state=OutcomeState.UNKNOWN, message="no answer in 20 s")
        )
        await settle(pilot)
        assert "Unknown: no answer in 20 s" in text_of(app)

        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "may exist already" in text_of(app)
        assert len(service.created) == 1
        clock.jump(2.0)
        await pilot.press("ctrl+s")
        assert len(service.created) == 2


async def test_a_held_key_does_not_answer_whether_to_create_a_second_time() -> None:
    service, clock = world(NOON, 20), FakeClock()
    app = _qp(service, clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        service.created[0][1].set_result(
            Outcome(intent_id="i", state=OutcomeState.UNKNOWN, message="no answer in 20 s")
        )
        await settle(pilot)
        for _ in range(60):
            clock.jump(0.03)
            await pilot.press("ctrl+s")
        await settle(pilot)
        assert "may exist already" in text_of(app)
        assert len(service.created) == 1


async def test_a_question_that_was_not_answered_is_asked_again_in_the_reopened_form() -> None:
    service, clock = world(NOON, 20), FakeClock()
    app = _qp(service, clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        service.created[0][1].set_result(
            Outcome(intent_id="i", state=OutcomeState.UNKNOWN, message="no answer in 20 s")
        )
        await settle(pilot)
        await pilot.press("ctrl+s", "escape")
        await settle(pilot)

        await _open_form(pilot)
        clock.jump(2.0)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "may exist already" in text_of(app)
        assert len(service.created) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WriteRefused("observe mode"), "Not created: observe mode"),
        (StateError("the outbox is locked"), "Not created: the outbox is locked"),
        (RuntimeError("sk-canary"), "Unknown: the program failed (RuntimeError); it may or may"),
    ],
)
async def test_a_create_that_fails_inside_is_never_claimed_wrongly(
    error: Exception, words: str
) -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        service.created[0][1].set_exception(error)
        await settle(pilot)

        assert words in text_of(app)
        assert "canary" not in text_of(app)


async def test_a_form_never_sends_twice_by_itself() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s", "ctrl+s", "f2", "enter")
        await settle(pilot)

        assert len(service.created) == 1
        assert "Already on its way" in text_of(app)


async def test_a_fast_double_key_opens_one_form() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        screen = tickets_screen(app)
        screen.action_ticket_create()
        screen.action_ticket_create()
        await settle(pilot)

        forms = [screen for screen in app.screen_stack if isinstance(screen, CreateScreen)]
        assert len(forms) == 1


async def test_esc_keeps_the_draft_and_says_so() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "Draft kept; n reopens" in text_of(app)

        await _open_form(pilot)
        assert f"Your draft from {NOON:%H:%M}; ctrl+n begins another." in text_of(app)
        assert "Down" in text_of(app)


async def test_a_reopened_draft_that_may_exist_is_not_sent_again_without_asking() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s", "escape")
        await settle(pilot)

        await _open_form(pilot)
        assert "It may exist already" in text_of(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert len(service.created) == 1

        await pilot.press("escape")
        service.created[0][1].set_result(
            Outcome(intent_id="i", state=OutcomeState.NOT_CREATED, message="no such segment")
        )
        await settle(pilot)
        await _open_form(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert len(service.created) == 2


async def test_a_form_that_closes_while_sending_cancels_nothing() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s", "escape")
        await settle(pilot)
        assert "Still sending to qp; the answer shows here" in text_of(app)
        _, future = service.created[0]
        assert not future.cancelled()

        future.set_result(
            Outcome(intent_id="i", state=OutcomeState.NOT_CREATED, message="422 no such segment")
        )
        await settle(pilot)
        assert "qp: not created: 422 no such segment; n reopens the draft" in text_of(app)
        await _open_form(pilot)
        assert "Down" in text_of(app)


async def test_the_first_wrong_field_gets_the_focus() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, *["tab"] * 4, *"ann@", "tab")
        assert "! not an e-mail address" in text_of(app)

        await pilot.press("ctrl+s")
        await settle(pilot)
        assert service.created == []
        assert "Comment: required" in text_of(app)
        assert typed(app) == ""
        await pilot.press(*"Down")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert typed(app) == "ann@"


async def test_choices_come_by_letter_or_from_their_list() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, "h", "tab")
        assert "High" in _below(app, "Priority")

        await pilot.press("down", "down", "enter")
        await settle(pilot)
        assert "Open" in _below(app, "Status")

        await pilot.press(*"Down", "ctrl+s")
        values = service.created[0][0].values
        assert (values["priority"], values["status"]) == ("HIGH", "OPEN")


async def test_the_list_of_choices_opens_on_the_value_of_the_field() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, "down")
        assert "▸ Medium" in text_of(app)
        assert "MEDIUM" not in text_of(app), "a value that says no more than its label"
        assert "3 of 3" in text_of(app)

        await pilot.press("enter")
        await settle(pilot)
        assert "▸ Medium" not in text_of(app)
        assert typed(app) == "New", "enter goes on"


async def test_ctrl_c_closes_lists_and_forms_as_esc_does() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        assert isinstance(app.screen, PickScreen)
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert len(app.screen_stack) == 1

        await _open_form(pilot, "enter", "tab", "tab", "x", "ctrl+c")
        await settle(pilot)
        assert len(app.screen_stack) == 1
        assert "Draft kept; n reopens" in text_of(app)
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert "This is the first screen" in text_of(app)


async def test_the_workspace_of_the_ticket_under_the_cursor_is_chosen_first() -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        items = tickets_screen(app).items
        while items.ticket is None or items.ticket.ref.workspace != "qp":
            await pilot.press("j")
        await _open_form(pilot, "enter")
        await settle(pilot)

        assert "New ticket in qp" in text_of(app)


async def test_every_width_of_the_form_leaves_room_to_type() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await pilot.resize_terminal(120, 36)
        await settle(pilot)
        assert "New, Open, or another" in text_of(app)

        await pilot.resize_terminal(50, 20)
        await settle(pilot)
        assert app.focused is not None
        assert app.focused.size.width >= 26
        await pilot.press(*["tab"] * 4, *"ann@", "tab", "shift+tab")
        await settle(pilot)
        assert "E-mail ! not an e-mail address" in text_of(app)


async def test_letters_are_text_in_the_form() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, *["tab"] * 3, *"qnrwT?/")

        assert typed(app) == "qnrwT?/"
        assert isinstance(app.screen, CreateScreen)


async def test_what_is_pasted_is_cleaned() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, "tab", "tab")
        app.post_message(events.Paste("one\x1b]52;c;UFdORUQ=\x07two\nthree\x9b2J" + "x" * 70_000))
        await settle(pilot)

        assert typed(app).startswith("one␛two\nthree␛")
        assert "\x1b" not in typed(app)


async def test_a_paste_far_over_the_limit_stays_whole_and_is_told_beside_the_field() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, "tab", "tab")
        app.post_message(events.Paste("a log line\n" * 9_000))
        await settle(pilot)
        assert len(typed(app)) == 99_000
        assert "99,000 of 10,000" in text_of(app)

        await pilot.press("ctrl+s")
        await settle(pilot)
        assert service.created == []
        assert "Comment: 99,000 characters; at most 10,000" in text_of(app)


async def test_more_than_is_taken_of_a_paste_is_told() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, "tab", "tab")
        app.post_message(events.Paste("x" * (PASTE_LIMIT + 1)))
        await settle(pilot)
        assert len(typed(app)) == PASTE_LIMIT
        assert "only the first 131,072 characters" in text_of(app)


async def test_a_form_without_an_answer_says_that_it_looks_whether_the_ticket_exists() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        draft, future = service.created[0]
        looking = OpenCreate(
            id="i", draft=draft, at=NOON, by="ana", title="Down", stage=Stage.LOOKING
        )
        service.creates.open = (looking,)
        service.tell()
        await settle(pilot)
        assert "No answer; looking whether it exists" in text_of(app)
        assert "Down" in text_of(app)

        future.set_result(
            Outcome(
                intent_id="i",
                state=OutcomeState.UNKNOWN,
                message="probably not created: look before sending again",
            )
        )
        await settle(pilot)
        assert "Unknown: probably not created: look before" in text_of(app)


async def test_what_is_sent_once_more_takes_the_place_of_the_open_create() -> None:
    service, clock = world(NOON, 20), FakeClock()
    app = _qp(service, clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        form = app.screen
        assert isinstance(form, CreateScreen)
        await pilot.press("ctrl+s")
        draft, future = service.created[0]
        unknown = OpenCreate(
            id="i",
            draft=draft,
            at=NOON,
            by="ana",
            title="Down",
            stage=Stage.OPEN,
            draft_id=form.draft.id,
        )
        service.creates.open = (unknown,)
        future.set_result(Outcome(intent_id="i", state=OutcomeState.UNKNOWN, message="no answer"))
        await settle(pilot)

        await pilot.press("ctrl+s")
        await settle(pilot)
        assert service.creates.sent_again == []
        clock.jump(2.0)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert [intent_id for intent_id, _ in service.creates.sent_again] == ["i"]
        assert len(service.created) == 1
        assert form.sending is draft


async def test_arrows_in_a_field_of_one_line_do_not_move_the_form() -> None:
    service = world(NOON, 5)
    service.field_specs["qp"] = vendor_spec("socialboards").fields
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, "tab")
        before = text_of(app)
        await pilot.press("down", "down", "pagedown", "up")
        await settle(pilot)
        assert text_of(app) == before


@pytest.mark.parametrize("vendor", ["questionpro", "socialboards", "klinkcx"])
async def test_every_hint_of_a_vendor_is_there_to_read_and_no_field_is_covered(vendor: str) -> None:
    service = world(NOON, 5)
    service.field_specs["qp"] = vendor_spec(vendor).fields
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        form = app.screen
        assert isinstance(form, CreateScreen)
        for field in form.grid.fields:
            field.enter()
            await settle(pilot)
            words = " ".join(text_of(app).replace("│", " ").replace("Create in qp", "").split())
            assert field.spec.hint[1:] in words, field.spec.key
            assert form.grid.region.contains_region(field.region), field.spec.key


async def test_a_reason_names_its_field_once_and_as_the_form_does() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        refused = OutcomeState.NOT_CREATED
        service.created[0][1].set_result(
            Outcome(intent_id="i", state=refused, message="422: priority: must be HIGH")
        )
        await settle(pilot)
        assert "Not created: 422: Priority: must be HIGH" in text_of(app)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12)])
async def test_a_message_is_read_whole_after_the_screen_has_another_size(
    size: tuple[int, int],
) -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=(120, 36)) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s")
        unknown = OutcomeState.UNKNOWN
        words = "probably not created: look before sending again, it may be qp/35001 or qp/35002"
        service.created[0][1].set_result(Outcome(intent_id="i", state=unknown, message=words))
        await settle(pilot)
        await pilot.resize_terminal(*size)
        await settle(pilot)
        shown = " ".join(text_of(app).replace("│", " ").replace("Create in qp", " ").split())
        assert f"Unknown: {words}" in shown


async def test_lines_pasted_into_a_field_of_one_line_become_blanks() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, "tab", "tab", "tab")
        app.post_message(events.Paste("Ann\tLarsen\r\nOslo\rNorway\n"))
        await settle(pilot)
        assert typed(app) == "Ann Larsen Oslo Norway"

        await pilot.press("shift+tab")
        app.post_message(events.Paste("a\tb\r\nc\rd"))
        await settle(pilot)
        assert typed(app) == "a    b\nc\nd"


async def test_what_is_typed_in_one_breath_with_a_paste_goes_where_it_is_meant_to() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot, "tab", "tab")
        form = app.screen
        assert isinstance(form, CreateScreen)
        app.post_message(events.Paste("Down\nsince noon"))
        app.post_message(events.Key("tab", "\t"))
        app.post_message(events.Key("A", "A"))
        await settle(pilot)
        assert form.texts["comment"] == "Down\nsince noon"
        assert form.texts["firstName"] == "A"


async def test_the_exact_request_can_be_read_before_sending() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+r")
        service.rendered[0][1].set_result(
            RequestPreview(
                method="POST",
                url="https://api.example/tickets",
                headers={"api-key": "***"},
                body='{"comment": "Down"}',
            )
        )
        await settle(pilot)
        text = text_of(app)
        assert "POST https://api.example/tickets" in text
        assert "api-key: ***" in text

        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, CreateScreen)
        assert service.created == []


async def test_observe_mode_writes_nothing_and_says_so() -> None:
    service = world(NOON, 20)
    app = _qp(service, observe=True)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)

        assert len(app.screen_stack) == 1
        assert "qp is in observe mode: nothing is written to the vendor" in text_of(app)
        assert "OBSERVE" in text_of(app).splitlines()[0]


async def test_a_vendor_without_creates_says_so() -> None:
    app = make_app(world(NOON, 20), start_in=("legacy",))
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)

        assert "QuestionPro legacy takes no new tickets" in text_of(app)


async def test_a_form_under_its_help_still_closes_when_the_ticket_exists() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _open_form(pilot)
        await _fill(pilot)
        await pilot.press("ctrl+s", "f1")
        await settle(pilot)
        assert "form.send" in text_of(app)

        fresh = make_ticket("99999")
        service.created[0][1].set_result(
            Outcome(intent_id="i", state=OutcomeState.CREATED, ref=fresh.ref, ticket=fresh)
        )
        await settle(pilot)
        assert len(app.screen_stack) == 1
        assert "Created qp/99999" in text_of(app)
