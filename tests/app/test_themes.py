"""Themes on the running dashboard: picked, previewed, changed on disk, drawn on poor terminals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.style import Style
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen

from support.builders import NOON, make_ticket
from support.deck import SMALL, make_list_app, settle, text_of
from support.drawn import Codes, drawn_by, is_faint, segments_of, sgr_codes
from support.service import FakeService, make_workspaces, world
from tui.app.dashboard import Dashboard
from tui.app.screens.theme_pick import ThemePickScreen
from tui.domain.person import Person
from tui.domain.ticket import Priority
from tui.theming.files import theme_names
from tui.theming.spec import Color, Depth

NAMES = theme_names()
WAYS = (
    ("j", "j"),
    ("T",),
    ("escape", "question_mark"),
    ("escape", "colon"),
    ("escape", "S"),
    ("escape", "i"),
    ("escape", "slash", *"price"),
    ("escape", "escape", "g", "P"),
    ("P", "enter"),
    ("escape", "L"),
    ("escape", "w"),
    ("escape", "n"),
    ("enter",),
    ("tab", "tab", *"Down"),
    ("ctrl+s",),
)
"""Keys that lead from the list to one kind of screen after the other."""


async def _tour(pilot: Pilot[int]) -> AsyncIterator[str]:
    """Go through all kinds of screens; yields where one is."""
    for way in WAYS:
        await pilot.press(*way)
        await settle(pilot)
        yield f"{type(pilot.app.screen).__name__} after {way[-1]}"


async def test_the_picker_shows_each_theme_while_the_cursor_is_on_it() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("T")
        await settle(pilot)
        assert isinstance(app.screen, ThemePickScreen)
        current = [line for line in text_of(app).splitlines() if "current" in line]
        assert [line.split()[-4:-1] for line in current] == [["midnight", "dark", "current"]]

        await pilot.press("up")
        await settle(pilot)
        assert app.look.painter.theme.name == "daylight"
        assert str(app.screen.styles.color.hex).lower() == "#20262d"

        await pilot.press("escape")
        await settle(pilot)
        assert app.look.painter.theme.name == app.themes.name == "midnight"


async def test_the_theme_that_is_picked_stays_and_says_how_to_keep_it() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("T", "T", "enter")
        await settle(pilot)

        assert app.look.painter.theme.name == app.themes.name == "mono"
        assert 'theme = "mono" in the configuration keeps it' in text_of(app)
        await pilot.press("T", "T")
        await settle(pilot)
        assert app.look.painter.theme.name == "ansi", "the first follows the last"


@pytest.mark.parametrize("name", NAMES)
async def test_the_cursors_row_is_seen(name: str) -> None:
    app = make_list_app(world(NOON, 20), theme=name)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "j", "j")
        await settle(pilot)
        row = app.cursor_position.y
        grounds: dict[int, set[tuple[object, object]]] = {row: set(), row + 1: set()}
        for y, _, segment in segments_of(app):
            if y in grounds and segment.style:
                style = segment.style
                grounds[y].add((style.bgcolor, bool(style.reverse)))

        assert not grounds[row] & grounds[row + 1]


def _in_front(app: Dashboard) -> Region:
    """Return where what is read stands; what is behind a dialog is faint on purpose."""
    if isinstance(app.screen, ModalScreen) and app.screen.query("#dialog"):
        return app.screen.query_one("#dialog").region
    return app.screen.region


def _faint_texts(app: Dashboard) -> dict[str, str]:
    """Return how texts are drawn that cannot be read on the screen in front, each with one."""
    region, shown = _in_front(app), {}
    for y, x, segment in segments_of(app):
        if segment.text.strip(" |─│╭╮╰╯") and region.contains(x, y):
            shown[segment.style or Style()] = segment.text
    return {str(style): text for style, text in shown.items() if is_faint(style)}


async def test_everything_that_any_screen_says_is_readable_in_every_theme() -> None:
    app = make_list_app(world(NOON, 40))
    async with app.run_test(size=SMALL) as pilot:
        async for place in _tour(pilot):
            # Only what Textual draws itself, in dialogs, has colours that are mixed from others.
            for name in NAMES if isinstance(app.screen, ModalScreen) else ("ansi", "daylight"):
                app.show_theme(name)
                await pilot.pause()
                assert not _faint_texts(app), (place, name)
                has_none = app.themes.fitted(name).depth is Depth.NONE
                assert sgr_codes(drawn_by(app)).any is not has_none, (place, name)


async def test_with_no_color_not_one_code_of_colour_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_list_app(world(NOON, 40), theme="daylight")
    async with app.run_test(size=SMALL) as pilot:
        for keys in (("j",), ("n",), ("enter",)):
            await pilot.press(*keys)
            await settle(pilot)
            assert not sgr_codes(drawn_by(app)).any
            assert "\x1b[" in drawn_by(app), "bold, underlined and reversed instead"


async def test_whoever_set_no_color_may_still_pick_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("T", "up", "enter")
        await settle(pilot)

        assert app.themes.name == "midnight"
        assert sgr_codes(drawn_by(app)).true


@pytest.mark.parametrize(
    ("term", "colorterm", "no_color", "theme", "codes"),
    [
        ("xterm-256color", "truecolor", "", "midnight", Codes(true=True)),
        ("xterm-256color", "", "", "midnight", Codes(indexed=True)),
        ("tmux-256color", "", "", "midnight", Codes(indexed=True)),
        ("screen-256color", "truecolor", "", "midnight", Codes(true=True)),
        ("alacritty", "", "", "midnight", Codes(true=True)),
        ("screen", "", "", "ansi", Codes(ansi=True)),
        ("xterm", "", "", "ansi", Codes(ansi=True)),
        ("linux", "", "", "ansi", Codes(ansi=True)),
        ("xterm", "truecolor", "", "midnight", Codes(true=True)),
        ("vt100", "", "", "mono", Codes()),
        ("vt220", "truecolor", "", "mono", Codes()),
        ("xterm-256color", "truecolor", "1", "mono", Codes()),
        ("linux", "", "0", "mono", Codes()),
    ],
)
async def test_a_terminal_gets_the_colours_that_it_has(  # noqa: PLR0917 - a table of six columns
    term: str,
    colorterm: str,
    no_color: str,
    theme: str,
    codes: Codes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colorterm)
    monkeypatch.setenv("NO_COLOR", no_color)
    app = make_list_app(world(NOON, 40))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert app.themes.name == theme
        assert sgr_codes(drawn_by(app)) == codes
        await pilot.press("n", "enter")
        await settle(pilot)
        assert sgr_codes(drawn_by(app)) == codes


async def test_a_terminal_of_16_colours_is_offered_what_it_can_draw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setenv("COLORTERM", "")
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("T")
        await settle(pilot)

        offered = [name for name in NAMES if f" {name} " in text_of(app)]
        assert offered == ["ansi", "mono"]


async def test_in_ascii_every_sign_of_ours_is_ascii() -> None:
    service = FakeService(make_workspaces())
    service.change(
        *(
            make_ticket(
                str(number),
                title=f"Price {number} " + "of a long title " * 8,
                body="A line.\n" * 60,
                priority=list(Priority)[number % len(Priority)],
                customer=Person("Ann", "ann@example.com", "1"),
            )
            for number in range(60)
        )
    )
    app = make_list_app(service, glyphs="ascii", theme="ansi")
    async with app.run_test(size=SMALL) as pilot:
        async for place in _tour(pilot):
            strange = {sign for sign in text_of(app) if not sign.isascii()}
            assert strange == set(), place


MINE = 'extend = "midnight"\n[colors]\ntext = "{}"\n'


def _text_color(app: Dashboard) -> object:
    return app.look.painter.theme.paints["text"].hue


async def test_a_theme_that_is_edited_is_shown_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE.format("#ffffff"))
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert _text_color(app) == Color(255, 255, 255)

        file.write_text(MINE.format("#eeeeee") + "# saved\n")
        app.look_for_changed_themes()
        await settle(pilot)
        assert _text_color(app) == Color(0xEE, 0xEE, 0xEE)
        assert app.screen.styles.color.rgb == (0xEE, 0xEE, 0xEE)

        file.write_text(MINE.format("loud"))
        app.look_for_changed_themes()
        await settle(pilot)
        assert _text_color(app) == Color(0xEE, 0xEE, 0xEE)
        assert "mine.toml:3: colors.text: write a colour as" in text_of(app)

        file.unlink()
        app.look_for_changed_themes()
        await settle(pilot)
        assert app.look.painter.theme.name == "midnight"


async def test_a_theme_that_is_repaired_is_worn_and_replaces_what_was_wrong(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[colors\n")
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert "mine.toml:1: not TOML" in text_of(app)

        file.write_text(MINE.format("#ffffff"))
        app.look_for_changed_themes()
        await settle(pilot)
        assert app.look.painter.theme.name == "mine"
        assert "Theme mine: its file can be read now" in text_of(app)
        assert "mine.toml:1" not in text_of(app)


async def test_the_picker_begins_with_what_the_files_are_now(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[colors\n")
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        file.write_text(MINE.format("#ffffff"))
        await pilot.press("T")
        await settle(pilot)

        assert app.look.painter.theme.name == "mine"


async def test_a_theme_that_did_not_change_costs_not_a_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(MINE.format("#ffffff"))
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    screen_updates: list[object] = []
    monkeypatch.setattr(app, "_display", lambda _, drawn: screen_updates.append(drawn))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        drawn = len(screen_updates)
        app.look_for_changed_themes()
        await settle(pilot)

        assert len(screen_updates) == drawn


async def test_what_is_wrong_with_a_theme_is_told_from_the_start(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[colors\n")
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)

        assert "mine.toml:1: not TOML" in text_of(app)
        assert app.themes.name == "midnight"
