"""Nothing typed for a new ticket is ever lost, and it is offered where it is wanted again."""

from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from support.builders import NOON
from support.clock import FakeClock
from support.deck import (
    SMALL,
    make_app,
    make_list_app,
    settle,
    text_of,
    tickets_screen,
    typed,
    until,
)
from support.service import FIELDS, FakeForms, FakeService, world
from tui.app.dashboard import Dashboard
from tui.app.screens.create import CreateScreen
from tui.app.screens.pick import PickScreen
from tui.domain.creates import KeptDraft, OpenCreate, Remembered, Stage
from tui.domain.draft import Draft, FieldSpec, Outcome, OutcomeState
from tui.domain.errors import StateError
from tui.domain.ticket import TicketRef


def _qp(service: FakeService, **options: Any) -> Dashboard:
    return make_app(service, start_in=("qp",), **options)


def _kept(text: str, draft_id: str = "d", *, workspace: str = "qp", **more: Any) -> KeptDraft:
    values: dict[str, Any] = {"at": NOON, "version": 1} | more
    return KeptDraft(id=draft_id, workspace=workspace, texts={"comment": text}, **values)


def _put(service: FakeService, *drafts: KeptDraft) -> None:
    service.forms.kept.update({draft.id: draft for draft in drafts})


def _comments(service: FakeService) -> list[str]:
    return sorted(draft.texts["comment"] for draft in service.forms.kept.values())


async def _press(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


async def _type(pilot: Pilot[int], text: str) -> None:
    """Type the comment of an open form."""
    assert isinstance(pilot.app.screen, CreateScreen)
    field = pilot.app.screen.grid.field("comment")
    assert field is not None
    field.enter()
    await settle(pilot)
    await _press(pilot, *text)


def _form(app: Dashboard) -> CreateScreen:
    assert isinstance(app.screen, CreateScreen)
    return app.screen


async def test_every_letter_is_kept_as_it_is_typed() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        assert service.forms.kept == {}
        for end, letter in enumerate("Down", start=1):
            await _type(pilot, letter)
            assert _comments(service) == ["Down"[:end]]


async def test_one_kept_draft_is_opened_at_once_and_told() -> None:
    service = world(NOON, 20)
    _put(service, _kept("Tills down"))
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("n")
        await pilot.pause()

        assert _form(app).long_text == "Tills down"
        await settle(pilot)
        assert f"Your draft from {NOON:%H:%M}; ctrl+n begins another." in text_of(app)


async def test_what_is_typed_blindly_into_a_reopened_draft_stands_behind_its_text() -> None:
    service = world(NOON, 20)
    lines = [f"Till {number} is down" for number in range(30)]
    _put(service, _kept("\n".join(lines)))
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n", *" again")

        assert _form(app).long_text.endswith("Till 29 is down again")
        assert _form(app).texts["priority"] == "MEDIUM"
        assert "Till 29 is down again" in text_of(app)


async def test_a_reopened_draft_begins_where_something_required_is_missing() -> None:
    service = world(NOON, 20)
    title = FieldSpec(key="title", label="Title", required=True)
    service.field_specs["qp"] = (*FIELDS, title)
    _put(service, _kept("Tills down"))
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n", *"Oslo")

        assert _form(app).texts["title"] == "Oslo"
        assert _form(app).long_text == "Tills down"


async def test_of_several_drafts_one_is_picked_or_another_begun() -> None:
    service = world(NOON, 20)
    older = NOON - timedelta(minutes=5)
    _put(service, _kept("Tills down"), _kept("Voucher", "e", at=older, may_exist=True))
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n")
        text = text_of(app)
        assert "2 drafts for qp" in text
        assert f"{NOON:%H:%M}" in text
        assert "sent, may exist: Voucher" in text

        await _press(pilot, "j", "enter")
        assert _form(app).long_text == "Voucher"
        await _press(pilot, "escape", "n", "G", "enter")
        assert _form(app).long_text == ""
        assert _form(app).draft.id not in ("d", "e")


async def test_a_draft_of_another_workspace_is_not_in_the_way() -> None:
    service = world(NOON, 20)
    _put(service, _kept("Elsewhere", workspace="klink"))
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n")

        assert _form(app).long_text == ""


async def test_a_form_that_nobody_typed_in_leaves_no_draft() -> None:
    service = world(NOON, 20)
    service.forms.last = Remembered("qp", {"qp": {"priority": "HIGH"}})
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n")
        assert _form(app).texts["priority"] == "HIGH"
        await _press(pilot, "escape")

        assert "Draft kept" not in text_of(app)
        assert service.forms.kept == {}


async def test_a_draft_that_was_emptied_is_forgotten() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Hm")
        assert _comments(service) == ["Hm"]
        await _press(pilot, "backspace", "backspace")
        assert service.forms.kept == {}

        await _press(pilot, "escape")
        assert "Draft kept" not in text_of(app)


async def test_from_all_the_last_workspace_comes_first_and_drafts_are_counted() -> None:
    service = world(NOON, 50)
    service.forms.last = Remembered("qp")
    _put(service, _kept("Tills down"))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n")
        lines = [line for line in text_of(app).splitlines() if "│" in line]
        first = next(line for line in lines if "QuestionPro EU" in line or "KlinkCX" in line)
        assert "qp" in first
        assert "1 draft" in first

        await _press(pilot, "enter")
        assert _form(app).long_text == "Tills down"


async def test_two_keys_at_once_open_one_form() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        screen = tickets_screen(app)
        screen.action_ticket_create()
        screen.action_ticket_create()
        screen.action_ticket_create_like()
        await settle(pilot)

        assert sum(isinstance(each, CreateScreen) for each in app.screen_stack) == 1


async def test_a_key_held_down_opens_one_form_and_sends_nothing() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, *["n"] * 12)

        assert sum(isinstance(each, CreateScreen) for each in app.screen_stack) == 1
        await _press(pilot, *["escape"] * 4)
        assert app.screen is tickets_screen(app)
        await _press(pilot, *["N"] * 12)
        assert sum(isinstance(each, CreateScreen) for each in app.screen_stack) == 1
        assert service.created == []


async def test_ctrl_n_puts_the_draft_aside_and_begins_another() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n", "ctrl+n")
        assert "still empty" in text_of(app)
        await _type(pilot, "One")
        await _press(pilot, "ctrl+n")
        assert _form(app).long_text == ""
        assert "Put aside. Kept for qp: 1 draft." in text_of(app)
        await _type(pilot, "Two")
        await _press(pilot, "escape", "n")

        assert "2 drafts for qp" in text_of(app)
        assert _comments(service) == ["One", "Two"]


async def test_a_ticket_like_this_one_begins_with_what_it_has() -> None:
    service = world(NOON, 50)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        ticket = tickets_screen(app).items.ticket
        assert ticket is not None
        _put(service, _kept("Tills down"))
        await _press(pilot, "N")

        form = _form(app)
        assert "Tills down" not in form.texts.values()
        await _press(pilot, "escape")
        assert "Draft kept" not in text_of(app), "nothing was typed"
        assert _comments(service) == ["Tills down"]


async def test_a_ticket_of_a_place_without_creates_can_be_the_pattern_elsewhere() -> None:
    service = world(NOON, 50)
    app = make_app(service, start_in=("legacy",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "N")

        assert isinstance(app.screen, PickScreen)
        assert "New ticket like legacy/" in text_of(app)
        await _press(pilot, "enter")
        assert _form(app).workspace != "legacy"


async def test_from_an_open_ticket_a_new_one_goes_to_its_place() -> None:
    service = world(NOON, 50)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        items = tickets_screen(app).items
        while items.ticket is None or items.ticket.ref.workspace != "klink":
            await pilot.press("j")
        await _press(pilot, "enter", "n")

        assert _form(app).workspace == "klink"


class _SlowForms(FakeForms):
    """Answers when a test says so."""

    def __init__(self, service: FakeService) -> None:
        super().__init__(service)
        self.asked_to_keep: list[tuple[KeptDraft, Future[KeptDraft]]] = []
        self.asked_for_drafts: list[Future[tuple[KeptDraft, ...]]] = []
        self.is_quick = False

    def keep_draft(self, draft: KeptDraft) -> Future[KeptDraft]:
        if self.is_quick:
            return super().keep_draft(draft)
        self.asked_to_keep.append((draft, Future()))
        return self.asked_to_keep[-1][1]

    def drafts(self) -> Future[tuple[KeptDraft, ...]]:
        self.asked_for_drafts.append(Future())
        return self.asked_for_drafts[-1]

    def finish(self, at: int = -1) -> None:
        draft, future = self.asked_to_keep[at]
        future.set_result(super().keep_draft(draft).result())


def _slow() -> tuple[FakeService, _SlowForms]:
    service = world(NOON, 20)
    service.forms = forms = _SlowForms(service)
    return service, forms


async def test_while_a_save_runs_only_the_newest_text_waits() -> None:
    service, forms = _slow()
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Down")
        assert [draft.texts["comment"] for draft, _ in forms.asked_to_keep] == ["D"]

        forms.finish()
        await settle(pilot)
        asked = forms.asked_to_keep[-1][0]
        assert (asked.texts["comment"], asked.version) == ("Down", 1)
        forms.finish()
        await settle(pilot)
        assert len(forms.asked_to_keep) == 2


async def test_the_form_stands_before_the_drafts_are_known_and_gives_way_to_them() -> None:
    service, forms = _slow()
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        assert _form(app).long_text == ""

        forms.asked_for_drafts[-1].set_result((_kept("Tills down"),))
        await settle(pilot)
        for answer in forms.asked_for_drafts[1:]:
            answer.set_result((_kept("Tills down"),))
        await settle(pilot)
        assert _form(app).long_text == "Tills down"


async def test_what_is_typed_before_the_drafts_are_known_stays() -> None:
    service, forms = _slow()
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "New")
        forms.asked_for_drafts[-1].set_result((_kept("Tills down"),))
        await settle(pilot)

        assert _form(app).long_text == "New"
        assert len(app.drafts.of("qp")) == 2


async def test_drafts_that_could_not_be_read_are_read_as_soon_as_they_can_be() -> None:
    service, forms = _slow()
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        forms.asked_for_drafts[-1].set_exception(StateError("ledger.db is locked"))
        await settle(pilot)
        app.time_passed()
        forms.asked_for_drafts[-1].set_result((_kept("Tills down"),))
        await settle(pilot)

        assert [draft.texts["comment"] for draft in app.drafts.of("qp")] == ["Tills down"]


async def test_what_another_dashboard_typed_meanwhile_is_shown() -> None:
    service = world(NOON, 20)
    _put(service, _kept("Tills"))
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _put(service, _kept("Tills down", version=7))
        await _press(pilot, "n")

        assert _form(app).long_text == "Tills down"
        assert _form(app).draft.version == 7


async def test_two_dashboards_with_one_draft_keep_both_texts() -> None:
    service, forms = _slow()
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        forms.asked_for_drafts[0].set_result((_kept("Tills"),))
        await settle(pilot)
        await _press(pilot, "n")
        await _type(pilot, "!")
        asked, future = forms.asked_to_keep[0]
        future.set_result(replace(asked, id="fork", version=1))
        await settle(pilot)

        assert "changed elsewhere too: both are kept" in text_of(app)
        await _type(pilot, "?")
        assert "changed elsewhere too: both are kept" in text_of(app)
        assert _form(app).draft.id == "fork"
        await _type(pilot, "!")
        assert forms.asked_to_keep[-1][0].id == "fork"


async def test_a_draft_that_cannot_be_kept_is_told_and_stays_for_the_session() -> None:
    service = world(NOON, 20)
    service.forms.keep_problem = StateError("the disk is full")
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Down")
        assert "qp: draft not kept: the disk is full; it stays in this form" in text_of(app)
        await _press(pilot, "escape")
        assert "Draft not kept: the disk is full; n reopens it until you quit" in text_of(app)

        await _press(pilot, "n")
        assert _form(app).long_text == "Down"
        service.forms.keep_problem = None
        await _type(pilot, "!")
        assert "the draft is kept again" in text_of(app)
        assert len(_comments(service)) == 1


async def test_what_could_not_be_kept_is_kept_by_itself_as_soon_as_there_is_room() -> None:
    service = world(NOON, 20)
    service.forms.keep_problem = StateError("the disk is full")
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Down")
        await _press(pilot, "escape")
        await _press(pilot, "j")
        app.time_passed()
        await settle(pilot)
        assert "not kept" not in text_of(app), "it was told, and nothing is new"

        service.forms.keep_problem = None
        app.time_passed()
        await settle(pilot)
        assert _comments(service) == ["Down"]
        assert "qp: the draft is kept again" in text_of(app)


async def test_who_would_lose_a_draft_by_quitting_is_told_once() -> None:
    service = world(NOON, 20)
    service.forms.keep_problem = StateError("the disk is full")
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Down")
        await _press(pilot, "ctrl+q")
        assert app.is_running
        assert "qp: draft not kept: the disk is full; quit again to lose it" in text_of(app)

        await pilot.press("ctrl+q")
    assert app.return_value == 0


@pytest.mark.parametrize("code", [129, 143])
async def test_a_signal_ends_the_program_with_all_that_could_be_kept(code: int) -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Down")
        service.forms.keep_problem = StateError("the disk is full")
        await _type(pilot, "!")
        app.end_soon(code)
        await settle(pilot)
    assert app.return_value == code
    assert _comments(service) == ["Down"]


async def test_quitting_waits_for_the_newest_text_to_be_kept() -> None:
    service, forms = _slow()
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Down")
        forms.finish()
        forms.is_quick = True
        app.exit(0)
    assert _comments(service) == ["Down"]


async def _crash(app: Dashboard, forms: _SlowForms) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Down")
        forms.finish()
        forms.is_quick = True
        app.call_later(lambda: 1 / 0)
        await settle(pilot)


async def test_a_crash_keeps_what_stands_in_the_form() -> None:
    service, forms = _slow()
    with pytest.raises(ZeroDivisionError):
        await _crash(_qp(service), forms)

    assert _comments(service) == ["Down"]


def _sent(draft: Draft, draft_id: str) -> OpenCreate:
    return OpenCreate(
        id="i", draft=draft, at=NOON, by="ana", title="Down", stage=Stage.OPEN, draft_id=draft_id
    )


def _created(ref: str) -> Outcome:
    return Outcome(intent_id="i", state=OutcomeState.CREATED, ref=TicketRef("qp", ref))


async def _send_into_the_unknown(pilot: Pilot[int], service: FakeService) -> CreateScreen:
    await _press(pilot, "n")
    await _type(pilot, "Down")
    await _press(pilot, "ctrl+s")
    assert isinstance(pilot.app.screen, CreateScreen)
    form = pilot.app.screen
    draft, future = service.created[0]
    service.creates.open = (_sent(draft, form.draft.id),)
    service.tell()
    future.set_result(Outcome(intent_id="i", state=OutcomeState.UNKNOWN, message="no answer"))
    await settle(pilot)
    return form


async def test_a_form_closes_when_its_ticket_is_found_after_all() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _send_into_the_unknown(pilot, service)
        service.creates.open, service.creates.ended = (), (_created("99"),)
        service.tell()
        await settle(pilot)

        assert app.screen is tickets_screen(app)
        assert service.forms.kept == {}
        await _press(pilot, "n")
        assert _form(app).long_text == ""


async def test_what_was_typed_since_becomes_a_draft_of_its_own() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        form = await _send_into_the_unknown(pilot, service)
        before = form.draft.id
        await _type(pilot, "!")
        service.creates.open, service.creates.ended = (), (_created("99"),)
        service.tell()
        await settle(pilot)

        assert app.screen is form
        assert "what you typed since is a new draft" in text_of(app)
        assert form.draft.id != before
        assert not form.draft.may_exist
        assert before not in service.forms.kept
        assert len(_comments(service)) == 1


async def test_what_was_typed_since_stays_a_draft_when_the_form_is_closed() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        form = await _send_into_the_unknown(pilot, service)
        await _type(pilot, "!")
        await _press(pilot, "escape")
        service.creates.open, service.creates.ended = (), (_created("99"),)
        service.tell()
        await settle(pilot)

        assert form.draft.id not in service.forms.kept
        assert [text for text in _comments(service) if "!" in text]
        await _press(pilot, "n")
        assert "!" in _form(app).long_text
        assert not _form(app).draft.may_exist


async def test_a_closed_form_leaves_no_draft_when_its_ticket_exists_after_all() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _send_into_the_unknown(pilot, service)
        await _press(pilot, "escape")
        service.creates.open, service.creates.ended = (), (_created("99"),)
        service.tell()
        await settle(pilot)

        assert service.forms.kept == {}


async def test_what_the_ledger_keeps_of_a_draft_from_before_the_start_stays() -> None:
    service = world(NOON, 20)
    draft = _kept("typed on", may_exist=True)
    _put(service, draft)
    service.creates.open = (_sent(Draft("qp", {"comment": "as it was sent"}), draft.id),)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        service.tell()
        await settle(pilot)
        service.creates.open, service.creates.ended = (), (_created("99"),)
        service.tell()
        await settle(pilot)

        assert _comments(service) == ["typed on"]


async def test_a_draft_reopened_while_it_is_sent_closes_when_its_ticket_exists() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        await _type(pilot, "Down")
        await _press(pilot, "ctrl+s", "escape", "n")
        assert _form(app).draft.may_exist
        service.created[0][1].set_result(_created("99"))
        await settle(pilot)

        assert app.screen is tickets_screen(app)
        assert "Created qp/99" in text_of(app)
        assert service.forms.kept == {}


async def test_an_open_create_is_opened_in_the_form_as_it_was_sent() -> None:
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        draft = Draft("qp", {"comment": "Down", "tags": ("a", "b, c"), "priority": "LOW"})
        app.open_in_form(_sent(draft, ""))
        await settle(pilot)

        form = _form(app)
        assert form.texts["comment"] == "Down"
        assert form.texts["tags"] == 'a, "b, c"'
        assert form.draft.may_exist
        assert typed(app) is not None


async def test_what_came_from_no_form_is_sent_again_from_one_in_its_own_place() -> None:
    service, clock = world(NOON, 20), FakeClock()
    create = _sent(Draft("qp", {"comment": "Down", "priority": "LOW", "status": "NEW"}), "")
    service.creates.open = (create,)
    app = _qp(service, clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        app.open_in_form(create)
        await settle(pilot)
        await _press(pilot, "ctrl+s")
        assert service.creates.sent_again == []
        clock.jump(2.0)
        await _press(pilot, "ctrl+s")

        assert [intent_id for intent_id, _ in service.creates.sent_again] == ["i"]
        assert service.created == []


async def test_in_observe_mode_no_draft_is_opened() -> None:
    service = world(NOON, 20)
    _put(service, _kept("Tills down"))
    app = _qp(service, observe=True)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n")
        assert "qp is in observe mode" in text_of(app)
        await _press(pilot, "N")
        assert "qp is in observe mode" in text_of(app)
        app.open_in_form(_sent(Draft("qp", {"comment": "Down"}), "d"))
        await settle(pilot)

        assert app.screen is tickets_screen(app)


async def test_a_form_wanted_before_the_engine_is_there_opens_with_it_and_gets_what_was_typed() -> (
    None
):
    service = world(NOON, 20)
    service.is_ready = False
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        app.PATIENCE_S = 0.3
        for key in ("n", "tab", "tab", "q", "a"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        assert app.screen is tickets_screen(app)
        assert "opens as soon as the program is loaded" in text_of(app)
        await pilot.pause(0.7)  # patience is lost meanwhile, twice
        app.PATIENCE_S = 10.0  # building the form may take this machine a while
        service.is_ready = True
        service.tell()
        await until(pilot, lambda: app.form is not None and app.form.long_text == "qa")
        assert service.done == []


async def test_what_was_typed_for_a_form_that_does_not_open_is_no_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.app.drafting._LOADING_S", 0.0)
    service = world(NOON, 20)
    service.is_ready = False
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        app.PATIENCE_S = 0.3
        for key in ("n", "question_mark"):
            app.post_message(events.Key(key, "n" if key == "n" else "?"))
        await pilot.pause(0.5)
        await settle(pilot)
        shown = text_of(app)
        assert "what was typed meanwhile did nothing" in shown
        assert "One row down" not in shown
        await pilot.press("question_mark")
        await settle(pilot)

        assert "One row down" in text_of(app), "the keys are given back"
