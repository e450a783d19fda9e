"""A form is filled with what need not be typed, and never over what was typed."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import SMALL, make_app, settle, text_of, tickets_screen, until
from support.service import FIELDS, FakeService, world
from tui.app.dashboard import Dashboard
from tui.app.screens.choosing import SEARCH_PAUSE_S
from tui.app.screens.create import CreateScreen
from tui.domain.creates import ChoiceList, Remembered, Template
from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType
from tui.domain.person import Person

TEMPLATES = (
    Template(
        name="Outage",
        pairs=(("comment", "Tills down"), ("priority", "HIGH"), ("tags", "a"), ("tags", "b")),
    ),
    Template(name="Only in klink", workspace="klink", pairs=(("comment", "x"),)),
    Template(name="Elsewhere", pairs=(("nothing", "here"),)),
    Template(name="Voucher", workspace="qp", pairs=(("comment", "Voucher rejected"),)),
)
ASSIGNEE = FieldSpec(
    key="assignee",
    label="Assign to",
    type=FieldType.CHOICE,
    lookup="users",
    role=FieldRole.ASSIGNEE,
)
CONTACT = FieldSpec(
    key="contact_id",
    label="Contact",
    type=FieldType.CHOICE,
    takes_other_values=True,
    lookup="contacts",
    role=FieldRole.CUSTOMER_ID,
    searches=True,
)


def _qp(service: FakeService, **options: Any) -> Dashboard:
    return make_app(service, start_in=("qp",), **options)


async def _press(pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def _form(app: Dashboard) -> CreateScreen:
    assert isinstance(app.screen, CreateScreen)
    return app.screen


async def test_a_template_fills_what_nobody_typed() -> None:
    service = world(NOON, 20)
    app = _qp(service, templates=TEMPLATES)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n", "tab", "tab", *"Mine", "ctrl+t")
        text = text_of(app)
        assert "Template for qp" in text
        assert "Comment, Priority, Tags" in text
        assert "klink" not in text
        assert "Elsewhere" not in text

        await _press(pilot, "enter")
        texts = _form(app).texts
        assert (texts["comment"], texts["priority"], texts["tags"]) == ("Mine", "HIGH", "a, b")
        assert "Outage: 3 values filled in, 1 not: what is typed stays" in text_of(app)
        await _press(pilot, "ctrl+s")
        assert service.created[0][0].values["tags"] == ("a", "b")


async def test_what_a_template_fills_is_cut_with_a_mark_where_there_is_no_room() -> None:
    pairs = tuple((spec.key, "x") for spec in FIELDS if not spec.open_keys)
    long = Template(name="Everything that can be filled in", pairs=pairs)
    app = _qp(world(NOON, 20), templates=(long,))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n", "ctrl+t")
        [row] = [line for line in text_of(app).splitlines() if "Everything that" in line]
        assert "…│" in row


async def test_where_no_template_fits_it_is_said_how_to_have_one() -> None:
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        assert "template" not in text_of(app)

        await _press(pilot, "ctrl+t")

        assert "There is no template for qp; [[templates]] in the configuration" in text_of(app)
        assert isinstance(app.screen, CreateScreen)


async def test_the_key_for_templates_is_named_once_a_field_came_that_one_is_for() -> None:
    service = world(NOON, 20)
    app = _qp(service, templates=(Template(name="Store", pairs=(("store", "12"),)),))
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        assert "ctrl+t" not in text_of(app)
        await _press(pilot, "escape")

        service.forms.tenant_fields["qp"] = (FieldSpec(key="store", label="Store number"),)
        await _press(pilot, "n")
        assert "ctrl+t template" in text_of(app)


async def test_what_was_chosen_last_stands_in_a_new_form_only() -> None:
    service = world(NOON, 20)
    service.forms.last = Remembered("qp", {"qp": {"priority": "LOW", "comment": "never"}})
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n")
        texts = _form(app).texts
        assert (texts["priority"], texts["comment"]) == ("LOW", "")
        await _press(pilot, "tab", "tab", *"Down", "escape")

        service.forms.last = Remembered("qp", {"qp": {"priority": "HIGH"}})
        await _press(pilot, "n")
        assert _form(app).texts["priority"] == "LOW"


async def test_what_was_chosen_last_is_told_beside_the_field_until_somebody_chooses() -> None:
    service = world(NOON, 20)
    users = ChoiceList((Choice("u6", "Bo"), Choice("u7", "Ana")), NOON)
    service.field_specs = {"qp": (*FIELDS, ASSIGNEE)}
    service.forms.lists["qp", "users"] = users
    last = {"priority": "LOW", "status": "NEW", "assignee": "u7"}
    service.forms.last = Remembered("qp", {"qp": last})
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "n")
        lines = text_of(app).splitlines()
        [labels] = [line for line in lines if "Priority" in line]
        assert labels.count("as last time") == 1, "the status is what it is by default"
        assert sum("Assign to" in line and "as last time" in line for line in lines) == 1

        await _press(pilot, "h", "enter")
        assert text_of(app).count("as last time") == 1
        assert _form(app).texts["assignee"] == "u7"


async def test_lists_that_come_late_complete_a_ticket_like_this_one() -> None:
    service = world(NOON, 0)
    ticket = make_ticket("7", assignee=Person("Ana", "ana@example.com"))
    service.change(ticket)
    service.field_specs = {"qp": (*FIELDS, ASSIGNEE)}
    users = ChoiceList((Choice("u6", "Bo"), Choice("u7", "Ana")), NOON)
    service.forms.lists["qp", "users"] = users
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert tickets_screen(app).items.ticket == ticket
        await _press(pilot, "N")

        assert _form(app).texts["assignee"] == "u7"


async def test_who_was_picked_stands_by_name_in_a_reopened_draft() -> None:
    service = world(NOON, 0)
    service.field_specs = {"qp": (*FIELDS, CONTACT)}
    service.forms.lists["qp", "contacts"] = ChoiceList((Choice("c-7", "Ann Larsen"),), NOON)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")
        field = _form(app).grid.field("contact_id")
        assert field is not None
        field.enter()
        await _press(pilot, *"ann")
        await pilot.pause(SEARCH_PAUSE_S + 0.1)
        await _press(pilot, "enter")
        await _press(pilot, "escape", "n")

        assert _form(app).texts["contact_id"] == "c-7"
        assert "Ann Larsen" in text_of(app)
        assert "c-7" not in text_of(app)


async def test_the_customer_of_a_ticket_like_this_one_stands_by_name() -> None:
    service = world(NOON, 0)
    ann = Person("Ann Larsen", "ann@example.com")
    service.change(make_ticket("7", customer=ann, extra={"contactId": "c-7"}))
    service.field_specs = {"qp": (*FIELDS, CONTACT)}
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await _press(pilot, "N")

        field = _form(app).grid.field("contact_id")
        assert field is not None
        assert (field.shown, field.value) == ("Ann Larsen", "c-7")
        await _press(pilot, "escape")
        assert service.forms.kept == {}, "nothing was typed"


async def test_fields_of_the_tenant_come_into_the_open_form() -> None:
    service = world(NOON, 20)
    service.forms.tenant_fields["qp"] = (FieldSpec(key="store", label="Store number"),)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n")

        assert "Store number" in text_of(app)
        await _press(pilot, "escape", "n")
        assert "store" in _form(app).texts


Editor = Callable[[str], None]
"""Makes `$VISUAL` do this; `$1` is the file."""


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    def editor(body: str) -> None:
        path = tmp_path / "editor"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o700)
        monkeypatch.setenv("VISUAL", str(path))

    return editor


async def test_the_editor_gets_the_text_and_gives_it_back(editor: Editor) -> None:
    editor('printf "%s in Oslo\\nSince eight\\n" "$(cat "$1")" > "$1"')
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n", "tab", "tab", *"Down", "f4")

        assert _form(app).long_text == "Down in Oslo\nSince eight"
        kept = next(iter(service.forms.kept.values()))
        assert kept.texts["comment"] == "Down in Oslo\nSince eight"


async def test_the_editor_gets_no_variable_with_a_credential(
    editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUESTIONPRO_API_KEY", "sk-canary")
    editor(f'env > "{tmp_path}/seen"')
    app = _qp(world(NOON, 20), withheld=frozenset({"QUESTIONPRO_API_KEY"}))
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n", "f4")

    seen = (tmp_path / "seen").read_text()
    assert "PATH=" in seen
    assert "canary" not in seen
    assert os.environ["QUESTIONPRO_API_KEY"] == "sk-canary"


async def test_a_failing_editor_is_told_and_the_text_stays(editor: Editor) -> None:
    editor("exit 2")
    app = _qp(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n", "tab", "tab", *"Down", "f4")

        assert "Not edited: editor failed (2)" in text_of(app)
        assert _form(app).long_text == "Down"


async def test_what_a_failing_editor_wrote_becomes_a_draft_beside_the_form(
    editor: Editor,
) -> None:
    editor('echo "Down in Oslo" > "$1"; kill -HUP $$')
    service = world(NOON, 20)
    app = _qp(service)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n", "tab", "tab", *"Down", "f4")

        told = "editor was ended by signal 1; what it wrote is another draft"
        await until(pilot, lambda: told in text_of(app))
        await until(pilot, lambda: len(service.forms.kept) == 2)
        assert _form(app).long_text == "Down"
        kept = {draft.texts["comment"] for draft in service.forms.kept.values()}
        assert kept == {"Down", "Down in Oslo"}


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12)])
async def test_where_a_refused_text_lies_stands_in_full_for_one_key_more(
    editor: Editor, tmp_path: Path, size: tuple[int, int]
) -> None:
    editor("printf 'caf\\351' > \"$1\"")
    folder = tmp_path / "drafts"
    app = make_app(world(NOON, 20), start_in=("qp",), drafts_folder=folder)
    async with app.run_test(size=size) as pilot:
        await _press(pilot, "n", "f4")
        (file,) = folder.iterdir()
        for key in ("tab", "tab"):
            shown = "".join(line.strip(" │") for line in text_of(app).splitlines())
            assert file.name in shown
            assert "ctrl+s send" in text_of(app)
            await _press(pilot, key)

        assert file.name not in "".join(line.strip(" │") for line in text_of(app).splitlines())


async def test_an_editor_that_left_at_once_is_told_to_wait_and_a_held_key_opens_one(
    editor: Editor, tmp_path: Path
) -> None:
    editor(f'echo once >> "{tmp_path}/seen"')
    clock = FakeClock()
    app = _qp(world(NOON, 20), clock=clock)
    async with app.run_test(size=SMALL) as pilot:
        await _press(pilot, "n", "f4")
        assert "an editor with a window of its own must wait" in text_of(app)
        await _press(pilot, "f4", "f4")
        assert (tmp_path / "seen").read_text() == "once\n"

        clock.jump(5.0)
        await _press(pilot, "f4")
        assert (tmp_path / "seen").read_text() == "once\n" * 2
