"""Fields with choices: filtered by typing, from lists that may come late, or not at all."""

from concurrent.futures import Future
from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot

from support.builders import NOON
from support.deck import SMALL, make_app, settle, text_of, typed
from support.service import FIELDS, FakeForms, FakeService, world
from tui.app.dashboard import Dashboard
from tui.app.screens.choosing import SEARCH_PAUSE_S
from tui.app.screens.create import CreateScreen
from tui.app.widgets.field_entry import ChoiceEntry
from tui.domain.creates import ChoiceList
from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType

USERS = FieldSpec(
    key="assignTo",
    label="Assign to",
    type=FieldType.CHOICE,
    takes_other_values=True,
    role=FieldRole.ASSIGNEE,
    lookup="users",
    hint="the e-mail address of a user",
)
CONTACTS = replace(
    USERS, key="contact", label="Contact", role=None, lookup="contacts", searches=True
)
STATE = FieldSpec(
    key="state",
    label="State",
    type=FieldType.CHOICE,
    choices=(Choice("OPEN", "Open"), Choice("CLOSED", "Closed")),
)
TITLE = FieldSpec(key="title", label="Title", role=FieldRole.TITLE)
MANY = tuple(Choice(f"user{n}@example.com", f"User {n}") for n in range(1_000))
ANN = Choice("c-1", "Ann Larsen")


def _service(*specs: FieldSpec) -> FakeService:
    service = world(NOON, 5)
    service.field_specs["qp"] = (TITLE, *specs)
    return service


async def _open(pilot: Pilot[int], app: Dashboard, field: str) -> CreateScreen:
    """Open the form, and go to a field."""
    await pilot.press("n")
    await settle(pilot)
    form = app.screen
    assert isinstance(form, CreateScreen)
    wanted = form.grid.field(field)
    assert wanted is not None
    wanted.enter()
    await settle(pilot)
    return form


def _label(app: Dashboard, label: str) -> str:
    return next(line for line in text_of(app).splitlines() if label in line)


async def test_a_thousand_users_are_filtered_as_one_types() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        assert "1,000 choices" in _label(app, "Assign to")
        await pilot.press(*"998")
        await settle(pilot)
        assert "1 of 1,000" in _label(app, "Assign to")
        assert "User 998" in text_of(app)

        await pilot.press("tab")
        await settle(pilot)
        assert form.texts["assignTo"] == "user998@example.com"
        assert "User 998" in text_of(app)


async def test_a_list_takes_six_rows_at_most_and_esc_closes_it_before_the_form() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        await pilot.press("down")
        await settle(pilot)
        assert sum("│ User " in line or "│▸ User " in line for line in _rows(app)) == 6
        await pilot.press("pagedown", "down", "up")
        await settle(pilot)
        assert "▸ User 5" in text_of(app)

        await pilot.press("escape")
        await settle(pilot)
        assert app.screen is form
        assert "User 5" not in text_of(app)
        assert typed(app) == ""
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen is not form


def _rows(app: Dashboard) -> list[str]:
    return [line.replace("│  ", "│ ") for line in text_of(app).splitlines()]


async def test_of_a_list_that_cannot_be_had_the_field_says_so_and_takes_any_text() -> None:
    app = make_app(_service(USERS), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        assert "no list: free text" in _label(app, "Assign to")
        assert "No list: it cannot be asked. The e-mail address of a user" in text_of(app)
        await pilot.press(*"bo@example.com", "tab")
        assert form.texts["assignTo"] == "bo@example.com"


async def test_of_a_list_that_is_on_its_way_the_field_says_so() -> None:
    service = _service(USERS)
    service.forms = _SlowForms(service)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot, app, "assignTo")
        assert "loading" in _label(app, "Assign to")


class _SlowForms(FakeForms):
    def look_up(self, workspace: str, lookup: str, keyword: str = "") -> Future[ChoiceList]:
        return Future()


async def test_a_list_that_comes_late_changes_nothing_that_is_being_typed() -> None:
    app = make_app(_service(USERS), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        await pilot.press(*"user 9")
        form.show_choices("users", "", ChoiceList(MANY, NOON))
        await settle(pilot)
        assert typed(app) == "user 9"
        assert "of 1,000" in _label(app, "Assign to")

        await pilot.press("enter")
        assert form.texts["assignTo"] == "user9@example.com"


async def test_the_value_of_a_field_is_shown_by_its_label_once_that_is_known() -> None:
    app = make_app(_service(USERS), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "title")
        form.fill([("assignTo", "user7@example.com")])
        form.show_choices("users", "", ChoiceList(MANY, NOON))
        await settle(pilot)
        assert "User 7" in text_of(app)
        assert form.texts["assignTo"] == "user7@example.com"
        assert form.is_blank


async def test_a_search_asks_once_nobody_types_and_drops_old_answers() -> None:
    service = _service(CONTACTS)
    service.forms.lists["qp", "contacts"] = ChoiceList((ANN,), NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "contact")
        assert "searched by name" in _label(app, "Contact")
        assert service.forms.asked == []
        await pilot.press(*"ann")
        assert "searching" in _label(app, "Contact")
        form.show_choices("contacts", "an", ChoiceList((Choice("c-9", "An old answer"),), NOON))
        await settle(pilot)
        assert "old answer" not in text_of(app)

        await pilot.pause(SEARCH_PAUSE_S + 0.2)
        await settle(pilot)
        assert service.forms.asked == [("qp", "contacts", "ann")]
        assert "Ann Larsen" in text_of(app)
        await pilot.press("x", "backspace")
        await pilot.pause(SEARCH_PAUSE_S + 0.2)
        assert service.forms.asked == [("qp", "contacts", "ann")], "it is known by now"

        await pilot.press("enter")
        await settle(pilot)
        assert form.texts["contact"] == "c-1"
        assert "Ann Larsen" in text_of(app)


async def test_a_field_that_is_cleared_by_typing_stays_empty() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        await pilot.press("9", "backspace", "tab")
        await settle(pilot)
        assert form.texts["assignTo"] == ""

        form.fill([("title", "Down")], only_untouched=False)
        field = form.grid.field("assignTo")
        assert field is not None
        field.enter()
        await pilot.press("9", "backspace", "ctrl+s")
        await settle(pilot)
        [(draft, _)] = service.created
        assert draft.values == {"title": "Down"}


async def test_what_stood_in_a_field_and_is_typed_again_is_what_is_meant() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        await pilot.press(*"998", "enter")
        field = form.grid.field("assignTo")
        assert field is not None
        field.enter()
        await settle(pilot)
        await pilot.press("end", "backspace", "8", "tab")
        await settle(pilot)
        assert form.texts["assignTo"] == "user998@example.com"


async def test_of_several_matches_one_is_taken_by_the_first_send_and_sent_by_the_next() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        form.fill([("title", "Down")], only_untouched=False)
        await pilot.press(*"99", "ctrl+s")
        await settle(pilot)
        assert service.created == []
        assert typed(app) == "User 99"
        assert "Assign to: User 99 taken. Send once more to create it." in text_of(app)

        await pilot.press("ctrl+s")
        await settle(pilot)
        [(draft, _)] = service.created
        assert draft.values == {"title": "Down", "assignTo": "user99@example.com"}


@pytest.mark.parametrize(
    ("keys", "value"),
    [("998", "user998@example.com"), ("user 99", "user99@example.com")],
    ids=["the only one", "named whole"],
)
async def test_a_match_beyond_doubt_is_sent_at_once(keys: str, value: str) -> None:
    users = replace(USERS, takes_other_values=False)
    service = _service(users)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot, app, "assignTo")
        await pilot.press(*keys, "ctrl+s")
        await settle(pilot)
        [(draft, _)] = service.created
        assert draft.values == {"assignTo": value}


async def test_the_beginning_of_a_choice_is_a_value_of_its_own_where_others_are_taken() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList((ANN,), NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        assert "esc keeps what you" in text_of(app)
        await pilot.press(*"ann", "escape", "tab")
        await settle(pilot)
        assert form.texts["assignTo"] == "ann"


async def test_the_beginning_of_the_only_choice_is_that_one_where_no_others_are_taken() -> None:
    service = _service(replace(USERS, takes_other_values=False))
    service.forms.lists["qp", "users"] = ChoiceList((ANN,), NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        assert "esc keeps" not in text_of(app)
        await pilot.press(*"ann", "escape", "tab")
        await settle(pilot)
        assert form.texts["assignTo"] == ANN.value


async def test_a_row_that_is_no_longer_shown_is_not_taken() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        await pilot.press(*"99")
        await settle(pilot)
        await pilot.press(*"@home.example", "tab")
        await settle(pilot)
        assert form.texts["assignTo"] == "99@home.example"


@pytest.mark.parametrize("key", ["enter", "tab", "shift+tab", "ctrl+s"])
async def test_no_row_of_another_field_is_taken_where_nothing_matches(key: str) -> None:
    service = _service(STATE, USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "state")
        await pilot.press(*"clo", "enter")
        await settle(pilot)
        assert form.texts["state"] == "CLOSED"
        field = form.grid.field("assignTo")
        assert field is not None
        field.enter()
        await pilot.press(*"larq", key)
        await settle(pilot)
        assert form.texts["assignTo"] == "larq"


@pytest.mark.parametrize("key", ["enter", "tab", "shift+tab", "ctrl+s"])
async def test_where_nothing_matches_and_no_other_value_is_taken_the_field_complains(
    key: str,
) -> None:
    service = _service(STATE)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "state")
        await pilot.press(*"clo", "x", key)
        await settle(pilot)
        assert form.texts["state"] == "clox"
        assert "takes one of" in _label(app, "State")
        assert service.created == []


async def test_an_answer_older_than_the_text_is_not_taken() -> None:
    service = _service(CONTACTS)
    service.forms.lists["qp", "contacts"] = ChoiceList((ANN,), NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "contact")
        await pilot.press("a")
        await pilot.pause(SEARCH_PAUSE_S + 0.2)
        await settle(pilot)
        assert "Ann Larsen" in text_of(app)
        await pilot.press(*"zqpeter", "enter")
        await settle(pilot)
        assert form.texts["contact"] == "azqpeter"


async def test_what_was_chosen_goes_where_another_text_is_typed_over_it() -> None:
    service = _service(CONTACTS)
    service.forms.lists["qp", "contacts"] = ChoiceList((ANN,), NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "contact")
        await pilot.press(*"ann")
        await pilot.pause(SEARCH_PAUSE_S + 0.2)
        await settle(pilot)
        await pilot.press("enter", "shift+tab")
        await settle(pilot)
        assert form.texts["contact"] == ANN.value
        field = form.grid.field("contact")
        assert field is not None
        field.enter()
        service.forms.lists["qp", "contacts"] = ChoiceList((), NOON)
        await pilot.press(*"zzzz nobody", "tab")
        await settle(pilot)
        assert form.texts["contact"] == "zzzz nobody"


async def test_a_key_in_one_breath_with_letters_takes_no_row_that_was_there_before_them() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        await pilot.press("9")
        await settle(pilot)
        for key, character in (("x", "x"), ("q", "q"), ("tab", "\t")):
            app.post_message(events.Key(key, character))
        await settle(pilot)
        assert form.texts["assignTo"] == "9xq"
        assert not form.drop.visible


@pytest.mark.parametrize("size", [SMALL, (120, 36), (60, 20)])
async def test_a_list_hangs_below_its_field_and_moves_nothing(size: tuple[int, int]) -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=size) as pilot:
        form = await _open(pilot, app, "assignTo")
        before = form.grid.region
        await pilot.press("9")
        await settle(pilot)
        assert form.grid.region == before
        field = form.grid.field("assignTo")
        assert field is not None
        assert form.drop.region.y == field.entry.region.bottom


async def test_a_list_that_gets_shorter_lets_the_fields_below_it_be_seen() -> None:
    service = _service(USERS)
    service.forms.lists["qp", "users"] = ChoiceList(MANY, NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "assignTo")
        await pilot.press("9")
        await settle(pilot)
        assert form.drop.size.height == 6
        await pilot.press("9", "8")
        await settle(pilot)
        assert form.drop.size.height == 1


async def test_a_search_that_fails_says_so_and_why_and_the_field_takes_any_text() -> None:
    app = make_app(_service(CONTACTS), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "contact")
        await pilot.press(*"c-7")
        await pilot.pause(SEARCH_PAUSE_S + 0.2)
        await settle(pilot)
        assert "no list: free text" in _label(app, "Contact")
        assert "No list: it cannot be asked" in text_of(app)

        await pilot.press("tab")
        assert form.texts["contact"] == "c-7"


async def test_several_values_are_chosen_one_after_the_other() -> None:
    tags = replace(USERS, key="tags", label="Tags", role=None, lookup="tags", repeats=True)
    service = _service(tags)
    service.forms.lists["qp", "tags"] = ChoiceList((Choice("1", "Red"), Choice("2", "Blue, dark")))
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "tags")
        await pilot.press(*"r", "enter")
        field = form.grid.field("tags")
        assert field is not None
        field.enter()
        await pilot.press("end", *", bl", "enter")
        assert form.texts["tags"] == "1, 2"
        assert field.shown == 'Red, "Blue, dark"'


async def test_fields_of_the_tenant_come_while_one_types_and_disturb_nothing() -> None:
    service = _service(*FIELDS)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "email")
        await pilot.press(*"ann@ex")
        focused = app.focused
        new = FieldSpec(key="customFields.cf_shop", label="Shop")
        specs = service.field_specs["qp"]
        form.grid.take_specs((*specs[:-1], new, specs[-1]))
        await settle(pilot)

        await pilot.press(*"ample.com")
        assert app.focused is focused
        assert typed(app) == "ann@example.com"
        keys = [field.spec.key for field in form.grid.fields]
        assert keys[-2:] == ["customFields.cf_shop", "customFields"]
        added = form.grid.field("customFields.cf_shop")
        assert added is not None
        added.enter()
        await pilot.press(*"Oslo")
        await settle(pilot)
        assert form.texts["customFields.cf_shop"] == "Oslo"
        assert "Oslo" in text_of(app)


async def test_what_is_chosen_is_read_from_its_beginning_and_replaced_by_what_is_typed() -> None:
    long = Choice("c-2", "Hannah Berg of the department with the long name, hannah@example.com")
    service = _service(CONTACTS)
    service.forms.lists["qp", "contacts"] = ChoiceList((long,), NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "contact")
        await pilot.press(*"hannah")
        await pilot.pause(SEARCH_PAUSE_S + 0.2)
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        field = form.grid.field("contact")
        assert field is not None
        assert "Hannah Berg" in _below(app, "Contact")
        field.enter()
        await settle(pilot)
        assert "Hannah Berg" in _below(app, "Contact")
        assert isinstance(field.entry, ChoiceEntry)
        assert field.entry.selection == (len(field.shown), 0)
        await pilot.press("q")
        assert field.shown == "q"
        await pilot.press("r", "tab")
        assert form.texts["contact"] == "qr"


async def test_a_code_stands_beside_its_label_only_where_labels_repeat() -> None:
    code, other = "6f1c2b5e-8f0a-4c39-9d0e-1f2a3b4c5d6e", "0e8a1111-8f0a-4c39-9d0e-1f2a3b4c5d6e"
    users = replace(USERS, hint="")
    service = _service(users)
    choices = (Choice(code, "Ann"), Choice("bo@example.com", "Bo"), Choice(other, "Cy"))
    service.forms.lists["qp", "users"] = ChoiceList((*choices, Choice("c-4", "Cy")), NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot, app, "assignTo")
        await pilot.press("down")
        await settle(pilot)
        text = text_of(app)
        assert code not in text
        assert "bo@example.com" in text
        assert f"Cy ({other})" in text


@pytest.mark.parametrize("spec", [USERS, CONTACTS], ids=["listed", "searched"])
async def test_what_is_none_of_the_choices_is_told_to_be_sent_as_typed(spec: FieldSpec) -> None:
    service = _service(spec)
    service.forms.lists["qp", spec.lookup] = ChoiceList((ANN,), NOON)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot, app, spec.key)
        await pilot.press(*"nordx", "tab")
        await settle(pilot)
        assert "sent as typed" in _label(app, spec.label)
        await pilot.press("shift+tab", "delete", "tab")
        await settle(pilot)
        assert "sent as typed" not in _label(app, spec.label)


async def test_once_a_list_is_back_nothing_says_that_there_is_none() -> None:
    service = _service(CONTACTS)
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        form = await _open(pilot, app, "contact")
        await pilot.press(*"an")
        await pilot.pause(SEARCH_PAUSE_S + 0.2)
        await settle(pilot)
        assert "No list: it cannot be asked" in text_of(app)

        service.forms.lists["qp", "contacts"] = ChoiceList((ANN,), NOON)
        await pilot.press("n", "backspace")
        await pilot.pause(SEARCH_PAUSE_S + 0.2)
        await settle(pilot)
        assert "No list" not in text_of(app)
        assert "no list" not in text_of(app)
        assert "Ann Larsen" in text_of(app)
        await pilot.press("enter")
        assert form.texts["contact"] == ANN.value


def _below(app: Dashboard, label: str) -> str:
    """Return the line below a label, from where it begins."""
    lines = text_of(app).splitlines()
    at = next(at for at, line in enumerate(lines) if label in line)
    return lines[at + 1][lines[at].index(label) :]
