"""Files of the user's themes that break, go and come back while the dashboard runs."""

from pathlib import Path

from support.builders import NOON
from support.deck import SMALL, make_list_app, settle, text_of
from support.service import world
from tui.theming.spec import Color

MINE = 'extend = "midnight"\n[colors]\ntext = "{}"\n'


async def test_a_broken_theme_that_is_mended_is_worn(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[colors\n")
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("T", "escape")
        file.write_text(MINE.format("#ffffff"))
        app.look_for_changed_themes()
        await settle(pilot)

        assert app.look.painter.theme.name == app.themes.name == "mine"


async def test_a_theme_whose_file_comes_back_is_worn_again_and_followed(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE.format("#ffffff"))
    app = make_list_app(world(NOON, 5), user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        app.themes.choose("mine")
        for moved, name in (("mine.bak", "midnight"), ("mine.toml", "mine")):
            file = file.rename(tmp_path / moved)
            app.look_for_changed_themes()
            await settle(pilot)
            assert app.look.painter.theme.name == name
        file.write_text(MINE.format("#eeeeee"))
        app.look_for_changed_themes()
        await settle(pilot)

        assert app.look.painter.theme.paints["text"].hue == Color(0xEE, 0xEE, 0xEE)


async def test_a_theme_that_was_picked_stays_when_another_file_changes(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE.format("#ffffff"))
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        app.choose_theme("daylight")
        (tmp_path / "mine.toml").write_text(MINE.format("#eeeeee") + "# saved")
        app.look_for_changed_themes()
        await settle(pilot)

        assert app.look.painter.theme.name == app.themes.name == "daylight"


async def test_of_several_bad_themes_the_one_that_is_wanted_is_told_first(tmp_path: Path) -> None:
    for name in ("a", "mine", "z"):
        (tmp_path / f"{name}.toml").write_text("[colors\n")
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)

        assert "mine.toml:1: not TOML" in text_of(app)
        assert "(and 2 more" in text_of(app)
