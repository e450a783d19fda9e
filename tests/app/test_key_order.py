"""Keys that come in one packet, as over a slow line: each finds what the one before asked for."""

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from support.builders import NOON
from support.deck import SMALL, make_app, make_list_app, settle, text_of, tickets_screen, typed
from support.service import world
from tui.app.dashboard import Dashboard
from tui.app.screens.create import CreateScreen
from tui.app.screens.help import HelpScreen
from tui.app.screens.tickets import TicketsScreen
from tui.app.screens.workspaces import WorkspacesScreen


def _send(app: Dashboard, *keys: str) -> None:
    """Hand the keys over at once, as the terminal's driver does with a packet."""
    for key in keys:
        is_sign = len(key) == 1 and not key.isalnum()
        name = _character_to_key(key) if is_sign else key
        event = events.Key(name, key if len(key) == 1 else None)
        _hand_over(app, event)


def _hand_over(app: Dashboard, event: events.Event) -> None:
    assert app._driver is not None
    event.set_sender(app)
    app._driver.send_message(event)


async def _settle(pilot: Pilot[int]) -> None:
    for _ in range(4):
        await settle(pilot)


async def test_what_is_typed_behind_the_key_of_a_form_stands_in_its_fields() -> None:
    app = make_app(world(NOON, 50), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "n", "tab", "tab", *"quit all")
        await _settle(pilot)

        assert isinstance(app.screen, CreateScreen)
        assert typed(app) == "quit all"


async def test_what_is_typed_behind_a_choice_stands_in_the_form_that_it_opens() -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "n", "G", "enter", "tab", "tab", *"down")
        await _settle(pilot)

        assert "New ticket in qp" in text_of(app)
        assert typed(app) == "down"


async def test_a_filter_is_typed_kept_and_moved_in_at_one_go() -> None:
    app = make_list_app(world(NOON, 231))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "/", *"voucher", "enter", "j", "j")
        await _settle(pilot)

        screen = app.screen
        assert isinstance(screen, TicketsScreen)
        assert "/voucher" in text_of(app)
        assert screen.items.cursor == 2


async def test_a_paste_waits_for_its_field_too() -> None:
    app = make_app(world(NOON, 50), start_in=("qp",))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "n", "tab", "tab")
        _hand_over(app, events.Paste("pasted"))
        _send(app, *" by hand")
        await _settle(pilot)

        assert typed(app) == "pasted by hand"


async def test_moves_and_what_follows_them_keep_their_order() -> None:
    app = make_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "G", "k", "enter", "j", "j")
        await _settle(pilot)
        assert tickets_screen(app).workspaces == ("legacy",)
        assert tickets_screen(app).items.cursor == 2

        _send(app, "q", "j", "enter")
        await _settle(pilot)
        assert tickets_screen(app).workspaces == ("qp",)

        _send(app, "escape", "k")
        await _settle(pilot)
        assert isinstance(app.screen, WorkspacesScreen)


async def test_a_key_that_is_lost_on_its_way_does_not_hold_the_others_up() -> None:
    class Lost(MessagePump):
        def call_later(self, *_: object) -> bool:
            return True

    class Losing(Dashboard):
        PATIENCE_S = 0.01

        def _way(self) -> list[MessagePump]:
            return [Lost()]

    app = make_list_app(world(NOON, 50))
    app.__class__ = Losing
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        _send(app, "p", "p", "?")
        for _ in range(20):
            await pilot.pause()

        assert isinstance(app.screen, HelpScreen)


async def test_the_key_that_quits_overtakes_what_nobody_types_ahead(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for ahead in (20, 200):
        service = world(NOON, 231)
        app = make_list_app(service)
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            _send(app, *"a" * ahead, "ctrl+q")
            while app.is_running:
                await pilot.pause()

        told = capsys.readouterr().err
        left_out = int(told.split()[1]) if told else 0
        assert (left_out > 0) == (ahead > 50), told
        assert app.return_value == 0
        assert len(service.done) == ahead - left_out, "each was done or told"
