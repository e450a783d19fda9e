"""What the dashboard does when it fails, and what it never offers: files with all that it shows."""

import inspect

import pytest
from textual.app import App

from support.builders import NOON
from support.deck import SMALL, make_list_app, settle, tickets_screen
from support.service import world
from tui.app.commands import BY_ID
from tui.app.failure import DashboardFailed

CANARY = "canary-8d1f"


class _DrawsItself(Exception):
    def __rich__(self) -> str:
        return str(self)


@pytest.mark.parametrize("kind", [RuntimeError, _DrawsItself])
async def test_a_failure_is_handed_on_with_its_screens_and_drawn_nowhere(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    app = make_list_app(world(NOON, 5))

    def fail(*_: object) -> None:
        raise kind(CANARY)

    async def run() -> None:
        async with app.run_test(size=SMALL) as pilot:
            monkeypatch.setattr(tickets_screen(app).items, "move_by", fail)
            await pilot.press("j")
            await settle(pilot)

    with pytest.raises(kind):
        await run()
    with pytest.raises(DashboardFailed) as failed:
        app.raise_failure()
    assert isinstance(failed.value.__cause__, kind)
    assert failed.value.screens == ("TicketsScreen",)
    assert CANARY not in str(failed.value)
    assert app._exit_renderables == []
    assert capfd.readouterr() == ("", "")


async def test_no_key_and_no_palette_makes_a_picture_of_the_screen() -> None:
    app = make_list_app(world(NOON, 5))
    assert "screenshot" in inspect.getsource(App), "Textual has it still"

    async with app.run_test(size=SMALL) as pilot:
        for keys in ("ctrl+p", "escape enter", "escape n"):
            await pilot.press(*keys.split())
            await settle(pilot)
            bound = [binding.binding.action for binding in app.active_bindings.values()]
            assert not [action for action in bound if "screenshot" in action or "svg" in action]

    assert not app.ENABLE_COMMAND_PALETTE
    assert not [command for command in BY_ID if "screenshot" in command]
