"""`ticketdeck themes`, and a configuration that names a theme of the user's own."""

import json
from pathlib import Path

import pytest

from support.program import Configure, Program

pytestmark = pytest.mark.e2e

SHIPPED = ["ansi", "colorblind", "contrast", "daylight", "midnight", "mono"]


def test_themes_are_listed_without_a_configuration() -> None:
    ended = Program()("themes")

    assert (ended.code, ended.err) == (0, "")
    assert [line[2:].split()[0] for line in ended.out.splitlines()] == SHIPPED
    assert "* midnight    dark        comes with ticketdeck" in ended.out


def test_the_users_themes_are_among_them_and_what_is_wrong_is_told(
    configure: Configure, tmp_path: Path
) -> None:
    folder = tmp_path / "themes"
    folder.mkdir()
    mine = folder / "mine.toml"
    mine.write_text('extend = "daylight"\n[colors]\nacent = "#000"\n')
    (folder / "broken.toml").write_text('extend = "daylight"\n[colors]\naccent = "loud"\n')
    ticketdeck = configure(('theme = "midnight"', 'theme = "mine"'))

    ended = ticketdeck("themes", "--format", "json")

    themes = {theme["name"]: theme for theme in json.loads(ended.out)}
    assert ended.code == 0
    assert set(themes) == {*SHIPPED, "mine"}
    assert themes["mine"] == {
        "name": "mine",
        "kind": "light",
        "dark": False,
        "file": str(mine),
        "shipped": False,
        "current": True,
    }
    assert len(ended.lines) == 2
    assert ended.lines[0].startswith("themes/broken.toml:3: colors.accent: write a colour as")
    assert ended.lines[1].endswith("colors.acent: is not known (nearest key: accent)")
    assert ticketdeck("config", "validate").err == ""


def test_the_terminal_may_have_another_theme_than_the_configuration() -> None:
    ended = Program()("themes", environ={"NO_COLOR": "1"})

    assert ended.code == 0
    assert ended.lines == ["NO_COLOR is set: the dashboard starts in mono here"]


def test_a_theme_that_is_nowhere_is_told(configure: Configure) -> None:
    ended = configure(('theme = "midnight"', 'theme = "midnite"'))("themes")

    assert ended.code == 0
    assert "midnite" in ended.err
    assert "* midnight" in ended.out
