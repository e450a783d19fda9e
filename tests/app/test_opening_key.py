"""The key that opens the form is often held a little too long; what it repeats is no text."""

import pytest
from textual import events
from textual.pilot import Pilot

from support.builders import NOON
from support.deck import SMALL, make_app, settle, typed
from support.service import FakeService, world
from tui.app.dashboard import Dashboard
from tui.app.opening_key import PAUSE_S
from tui.app.screens.create import CreateScreen
from tui.domain.creates import KeptDraft


def _app(service: FakeService) -> Dashboard:
    return make_app(service, start_in=("inbox",))


def _send(app: Dashboard, keys: str, *, apart: float = 0.03, after: float = 0.5) -> None:
    """Hand these over in one packet, as if they had been typed so far apart."""
    assert app._driver is not None
    at = 0.0
    for number, key in enumerate(keys):
        event = events.Key(key, key)
        at = at or event.time
        event.time = at + (after + number * apart if number else 0)
        event.set_sender(app)
        app._driver.send_message(event)


async def _pause(pilot: Pilot[int]) -> None:
    """Wait until the form stands, and then until a held key counts as let go."""
    for _ in range(4):
        await settle(pilot)
    await pilot.pause(PAUSE_S + 0.1)
    await settle(pilot)


@pytest.mark.parametrize("count", [3, 4, 39])
async def test_a_held_key_writes_nothing_into_the_form_it_opened(count: int) -> None:
    service = world(NOON, 20)
    kept = KeptDraft(id="d", workspace="inbox", texts={"comment": "Tills"}, at=NOON, version=1)
    service.forms.kept["d"] = kept
    app = _app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "n" * (count + 1))
        await _pause(pilot)

        assert isinstance(app.screen, CreateScreen)
        assert typed(app) == "Tills"
        assert service.forms.kept["d"].texts["comment"] == "Tills"


@pytest.mark.parametrize("text", ["n", "nn", "no power", "n n", "nnx"])
async def test_what_is_typed_ahead_stays_text(text: str) -> None:
    app = _app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "n" + text)
        await _pause(pilot)

        assert typed(app) == text


async def test_another_key_ends_a_held_one_and_the_opening_key_is_a_letter_again() -> None:
    app = _app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "nnnnnTills nnnn")
        await _pause(pilot)

        assert typed(app) == "Tills nnnn"


async def test_a_pause_ends_a_held_key() -> None:
    app = _app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "n" * 9)
        await _pause(pilot)
        await pilot.press("n", "n", "n")
        await settle(pilot)

        assert typed(app) == "nnn"


async def test_the_same_letter_typed_by_hand_is_text() -> None:
    app = _app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "nnnn", apart=PAUSE_S + 0.1)
        await _pause(pilot)

        assert typed(app) == "nnn"
