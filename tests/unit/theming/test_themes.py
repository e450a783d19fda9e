"""Themes: the shipped ones are whole and readable, and no file can break the start."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import ConfigError
from tui.resources import resource
from tui.theming.contrast import READABLE, contrast, pairs
from tui.theming.load import DEFAULT, load_themes, theme_names
from tui.theming.spec import COLORS, PLAIN, Color, parse_theme

SHIPPED = load_themes()


def test_every_shipped_theme_loads_without_a_complaint() -> None:
    assert SHIPPED.problems == ()
    assert tuple(sorted(SHIPPED.by_name)) == theme_names()
    assert DEFAULT in SHIPPED.by_name


def test_there_is_a_dark_and_a_light_theme() -> None:
    assert {theme.dark for theme in SHIPPED.by_name.values()} == {True, False}


@pytest.mark.parametrize("name", theme_names())
def test_every_text_of_a_shipped_theme_is_readable_on_every_ground(name: str) -> None:
    faint = [pair for pair in pairs(SHIPPED.by_name[name]) if pair[2] < READABLE]

    assert faint == []


def test_contrast_is_that_of_the_standard() -> None:
    black, white = Color.parse("#000"), Color.parse("#ffffff")

    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == pytest.approx(1)
    assert contrast(Color.parse("#777777"), white) == pytest.approx(4.48, abs=0.005)


@given(st.builds(Color, *[st.integers(0, 255)] * 3))
def test_a_color_survives_its_own_notation(color: Color) -> None:
    assert Color.parse(color.hex) == color


def _theme_text(**changes: str) -> str:
    colors = dict.fromkeys(COLORS, '"#102030"') | changes
    return "[colors]\n" + "\n".join(f"{key} = {value}" for key, value in colors.items())


@pytest.mark.parametrize(
    "bad", ['"red"', '""', "7", '"#12345"', "[]", '"#fff; }"', '"#\uff11\uff12\uff13"']
)
def test_a_wrong_color_names_file_and_key(bad: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_theme(_theme_text(accent=bad), name="mine", path="mine.toml")

    assert str(caught.value) == "mine.toml: colors.accent: write a colour as #rrggbb"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_theme('dark = "yes"\n[colors]\ntext = "#fff"', name="mine", path="mine.toml")

    assert len(caught.value.problems) == 1 + len(COLORS) - 1


def test_an_unknown_key_is_a_warning_with_the_nearest_one() -> None:
    theme, warnings = parse_theme(_theme_text(acent='"#fff"'), name="mine", path="mine.toml")

    assert theme.colors["accent"] == Color(0x10, 0x20, 0x30)
    assert [str(problem) for problem in warnings] == [
        "mine.toml: colors.acent: is not known (nearest key: accent)"
    ]


def test_a_bad_file_leaves_the_others_and_falls_back(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("[colors\n")
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "good.toml").write_text(_theme_text())

    themes = load_themes(resource("themes"), tmp_path)

    assert {problem.path for problem in themes.problems} == {"broken.toml", "latin.toml"}
    assert themes.pick("good").name == "good"
    assert themes.pick("broken").name == DEFAULT


def test_without_any_theme_file_there_is_still_a_readable_one(tmp_path: Path) -> None:
    themes = load_themes(tmp_path)

    assert themes.pick("midnight") is PLAIN
    assert themes.after("midnight") is PLAIN
    assert min(ratio for _, _, ratio in pairs(PLAIN)) == pytest.approx(21)


def test_themes_follow_each_other_in_a_circle() -> None:
    name = DEFAULT
    seen = []
    for _ in SHIPPED.by_name:
        name = SHIPPED.after(name).name
        seen.append(name)

    assert sorted(seen) == sorted(SHIPPED.by_name)
    assert name == DEFAULT


@given(
    st.dictionaries(
        st.sampled_from([*COLORS, "x", "é"]), st.one_of(st.text(), st.integers(), st.booleans())
    ),
    st.integers(0, 200),
)
def test_a_mutated_file_gives_a_theme_or_named_problems(
    values: dict[str, object], cut: int
) -> None:
    text = _theme_text(**{f'"{key}"': repr(value) for key, value in values.items()})
    try:
        theme, _ = parse_theme(text[: len(text) - cut], name="mine", path="mine.toml")
    except ConfigError as error:
        named = {problem.path for problem in error.problems}
    else:
        named = {"mine.toml"} if set(theme.colors) == set(COLORS) else set()

    assert named == {"mine.toml"}
