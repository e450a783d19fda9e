"""A field that a tenant has its own way is shown that way, in a form that is open already."""

from dataclasses import replace

from support.builders import NOON
from support.deck import SMALL, make_app, settle, text_of
from support.service import FIELDS, world
from tui.app.messages import FormCame
from tui.app.screens.create import CreateScreen
from tui.domain.creates import Form
from tui.domain.draft import Choice, FieldSpec


async def test_the_tenants_own_choices_replace_the_vendors() -> None:
    service = world(NOON, 20)
    own = next(spec for spec in FIELDS if spec.key == "priority")
    words = (Choice("P1", "Burning"), Choice("P2", "Later"))
    service.forms.tenant_fields["qp"] = (
        replace(own, label="Urgency of ours", choices=words, default=None),
    )
    app = make_app(service, start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("n")
        await settle(pilot)
        assert isinstance(app.screen, CreateScreen)
        assert "Urgency of ours" in text_of(app)
        field = next(each for each in app.screen.grid.fields if each.spec.key == "priority")
        assert field.spec.choices == words


async def test_fields_that_come_while_the_program_ends_disturb_nothing() -> None:
    app = make_app(world(NOON, 20), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("n", *"Store")
        await settle(pilot)
        assert isinstance(app.screen, CreateScreen)

        app.post_message(FormCame("qp", Form((FieldSpec(key="store", label="Store"), *FIELDS[1:]))))
        app.exit(143)
        await settle(pilot)

    app.raise_failure()
    assert app.return_value == 143
