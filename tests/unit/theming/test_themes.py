"""Themes: the shipped ones are whole and readable, and no file can break the start."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.domain.errors import ConfigError
from tui.theming.contrast import READABLE, contrast, luminance, pairs
from tui.theming.files import folder_state, theme_names
from tui.theming.load import DEFAULT, load_themes
from tui.theming.palette import VGA, XTERM, on_screen
from tui.theming.parse import parse_paint, parse_theme
from tui.theming.spec import (
    GROUNDS,
    PLAIN,
    ROLES,
    TEXTS,
    Ansi,
    Attribute,
    Color,
    Depth,
    Paint,
    Pair,
    Theme,
)

SHIPPED = load_themes()
NAMES = theme_names()


def test_every_shipped_theme_loads_without_a_complaint() -> None:
    assert SHIPPED.problems == ()
    assert SHIPPED.names == NAMES
    assert DEFAULT in NAMES


def test_there_is_a_theme_for_every_eye_and_terminal() -> None:
    depths = {name: theme.depth for name, theme in SHIPPED.by_name.items()}

    assert depths == {
        "ansi": Depth.ANSI,
        "colorblind": Depth.INDEXED,
        "contrast": Depth.INDEXED,
        "daylight": Depth.INDEXED,
        "midnight": Depth.INDEXED,
        "mono": Depth.NONE,
    }
    assert not SHIPPED.by_name["daylight"].dark


@pytest.mark.parametrize("palette", [XTERM, VGA], ids=["xterm", "vga"])
@pytest.mark.parametrize("name", NAMES)
def test_every_text_of_a_shipped_theme_is_readable_on_every_ground(
    name: str, palette: tuple[Color, ...]
) -> None:
    faint = [pair for pair in pairs(SHIPPED.by_name[name], palette) if pair[2] < READABLE]

    assert faint == []


@pytest.mark.parametrize("palette", [XTERM, VGA], ids=["xterm", "vga"])
@pytest.mark.parametrize("name", NAMES)
def test_the_lines_of_a_shipped_theme_are_seen(name: str, palette: tuple[Color, ...]) -> None:
    theme = SHIPPED.by_name[name]
    for ground in ("background", "surface"):
        colors = on_screen(
            Pair(theme.paints["border"].hue, theme.paints[ground].hue, frozenset()), palette
        )

        assert colors is None or contrast(*colors) >= 3, "WCAG 2.2, success criterion 1.4.11"


def test_the_high_contrast_theme_has_the_contrast_of_the_highest_grade() -> None:
    assert min(ratio for _, _, ratio in pairs(SHIPPED.by_name["contrast"], XTERM)) >= 7


@pytest.mark.parametrize("name", NAMES)
def test_the_cursors_row_is_seen_in_every_shipped_theme(name: str) -> None:
    theme = SHIPPED.by_name[name]
    row, below = theme.meet("text", "cursor"), theme.meet("text", "background")

    assert row.ground != below.ground or Attribute.REVERSE in row.attributes ^ below.attributes


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_a_shipped_theme_is_dim(name: str) -> None:
    """Several terminals draw dim text so faintly that nobody can read it."""
    attributes = {
        each for paint in SHIPPED.by_name[name].paints.values() for each in paint.attributes
    }

    assert Attribute.DIM not in attributes


def test_without_colours_what_is_urgent_is_still_told_apart() -> None:
    mono = SHIPPED.by_name["mono"]
    attributes = {role: mono.paints[role].attributes for role in TEXTS}

    for urgent in ("critical", "high", "overdue", "due_soon", "new", "error", "accent"):
        assert attributes[urgent] != attributes["text"] == attributes["muted"]
    assert attributes["critical"] != attributes["high"]
    assert Attribute.REVERSE in attributes["overdue"], "nothing is as strong as that"
    assert not any(
        Attribute.REVERSE in each for role, each in attributes.items() if role != "overdue"
    )


# How the colours look to eyes without one kind of cones: Viénot, Brettel and Mollon 1999, on linear
# parts of red, green and blue.
_WITHOUT_GREEN = ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1))
_WITHOUT_RED = ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1))


def _linear(color: Color) -> list[float]:
    parts = (color.red, color.green, color.blue)
    return [luminance(Color(part, part, part)) for part in parts]


def _lab(linear: list[float]) -> list[float]:
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (max(part, 0.008856) ** (1 / 3) for part in (x, y, z))
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]


@pytest.mark.parametrize("cones", [_WITHOUT_GREEN, _WITHOUT_RED], ids=["deutan", "protan"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("critical", "high"),
        ("critical", "text"),
        ("critical", "accent"),
        ("high", "text"),
        ("high", "accent"),
        ("overdue", "due_soon"),
        ("new", "text"),
        ("success", "error"),
        ("success", "warning"),
    ],
)
def test_red_blind_and_green_blind_eyes_tell_the_colours_apart(
    cones: tuple[tuple[float, float, float], ...], one: str, other: str
) -> None:
    labs = []
    for role in (one, other):
        hue = SHIPPED.by_name["colorblind"].paints[role].hue
        assert isinstance(hue, Color)
        linear = _linear(hue)
        labs.append(
            _lab([sum(w * part for w, part in zip(row, linear, strict=True)) for row in cones])
        )
    difference = sum((a - b) ** 2 for a, b in zip(*labs, strict=True)) ** 0.5

    assert difference > 20, "2.3 is just noticeable (CIE 1976)"


def test_contrast_is_that_of_the_standard() -> None:
    black, white = Color.parse("#000"), Color.parse("#ffffff")

    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == pytest.approx(1)
    assert contrast(Color.parse("#777777"), white) == pytest.approx(4.48, abs=0.005)


def test_the_terminals_own_ground_under_a_chosen_colour_is_not_trusted() -> None:
    mixed = replace(
        SHIPPED.by_name["ansi"],
        paints={**SHIPPED.by_name["ansi"].paints, "background": Paint(Ansi.DEFAULT)},
    )

    assert min(ratio for _, _, ratio in pairs(mixed, XTERM)) == 1


@given(st.builds(Color, *[st.integers(0, 255)] * 3))
def test_a_color_survives_its_own_notation(color: Color) -> None:
    assert parse_paint(color.word) == Paint(color)


@pytest.mark.parametrize("hue", list(Ansi))
def test_a_color_of_the_terminal_survives_its_name(hue: Ansi) -> None:
    assert parse_paint(hue.word) == Paint(hue)


def test_attributes_stand_beside_a_color_or_alone() -> None:
    bold = frozenset({Attribute.BOLD, Attribute.UNDERLINE})

    assert parse_paint("#fff bold underline") == Paint(Color(255, 255, 255), bold)
    assert parse_paint("underline bold") == Paint(Ansi.DEFAULT, bold)


def _theme(**paints: Paint) -> Theme:
    return replace(PLAIN, paints={**PLAIN.paints, **paints})


def test_a_reversed_text_on_a_reversed_row_is_seen() -> None:
    theme = _theme(critical=parse_paint("bold reverse"))

    assert theme.meet("critical", "background").attributes == {Attribute.BOLD, Attribute.REVERSE}
    assert theme.meet("critical", "cursor").attributes == {Attribute.BOLD}
    assert theme.meet("text", "cursor").attributes == {Attribute.REVERSE}


def test_the_cursors_row_may_have_one_color_for_all_its_text() -> None:
    theme = _theme(
        cursor=parse_paint("ansi_blue"),
        cursor_text=parse_paint("ansi_white"),
        critical=parse_paint("ansi_red bold"),
    )

    pair = theme.meet("critical", "cursor")
    assert pair == Pair(Ansi.WHITE, Ansi.BLUE, frozenset({Attribute.BOLD}))
    assert theme.meet("critical", "surface").hue is Ansi.RED


@pytest.mark.parametrize("name", NAMES)
def test_a_bar_of_a_texts_color_is_as_readable_as_the_text(name: str) -> None:
    theme = SHIPPED.by_name[name]
    bar, text = theme.meet("background", "warning"), theme.meet("warning", "background")
    on_bar, on_ground = on_screen(bar, XTERM), on_screen(text, XTERM)

    if on_ground is None:
        assert Attribute.REVERSE in bar.attributes
    else:
        assert on_bar == on_ground[::-1]


def _theme_text(**changes: str) -> str:
    colors = dict.fromkeys(ROLES, '"#102030"') | changes
    return "[colors]\n" + "\n".join(f"{key} = {value}" for key, value in colors.items())


@pytest.mark.parametrize(
    "bad",
    ['""', '" "', "7", "[]", '"#fff; }"', '"#ffff }"', "true", "1979-05-27"],
)
def test_a_wrong_color_names_file_line_and_key(bad: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_theme(_theme_text(accent=bad), name="mine", path="mine.toml")

    line = 2 + ROLES.index("accent")
    assert str(caught.value).startswith(f"mine.toml:{line}: colors.accent: write a colour as ")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('"#12345"', "write a colour as #rrggbb"),
        ('"#\uff11\uff12\uff13"', "write a colour as #rrggbb"),
        ('"#fff ansi_red"', "takes one colour only"),
        ('"ansi_read"', "(nearest: ansi_red)"),
    ],
)
def test_the_reason_is_told_as_exactly_as_it_is_known(bad: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_theme(_theme_text(accent=bad), name="mine", path="mine.toml")

    assert str(caught.value).endswith(reason)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = 'dark = "yes"\n[colors]\ntext = "loud"\nacent = "#fff"'
    with pytest.raises(ConfigError) as caught:
        parse_theme(text, name="mine", path="mine.toml")

    keys = [problem.key for problem in caught.value.problems]
    assert keys == ["dark", "colors.text", "colors.acent"]


def test_a_theme_that_lacks_colors_is_told_how_to_borrow_them() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_theme('[colors]\ntext = "#fff"', name="mine", path="mine.toml")

    assert str(caught.value) == (
        f'mine.toml: colors: {len(ROLES) - 1} are missing (or write: extend = "midnight"): '
        + ", ".join(role for role in ROLES if role != "text")
    )
    lines = [line for line in _theme_text().splitlines() if not line.startswith("accent")]
    with pytest.raises(ConfigError) as caught:
        parse_theme("\n".join(lines), name="mine", path="mine.toml")

    assert str(caught.value) == (
        'mine.toml: colors.accent: is missing (or write: extend = "midnight")'
    )


def test_an_unknown_key_is_a_warning_with_the_nearest_one() -> None:
    theme, warnings = parse_theme(_theme_text(acent='"#fff"'), name="mine", path="mine.toml")

    assert theme.paints["accent"] == Paint(Color(0x10, 0x20, 0x30))
    assert [str(problem) for problem in warnings] == [
        f"mine.toml:{len(ROLES) + 2}: colors.acent: is not known (nearest key: accent)"
    ]


def test_a_theme_may_change_a_few_colors_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extend = "daylight"\n[colors]\naccent = "#008800"\n')
    (tmp_path / "none.toml").write_text('extend = "nothing"\n')

    themes = load_themes(tmp_path)

    mine, daylight = themes.by_name["mine"], SHIPPED.by_name["daylight"]
    assert mine.paints == {**daylight.paints, "accent": Paint(Color(0, 0x88, 0))}
    assert not mine.dark
    assert [str(problem) for problem in themes.problems] == [
        f"{tmp_path.name}/none.toml:1: extend: takes one of: {', '.join(NAMES)}"
    ]


def test_a_theme_of_the_users_stands_before_a_shipped_one_and_may_extend_it(tmp_path: Path) -> None:
    (tmp_path / f"{DEFAULT}.toml").write_text(
        f'extend = "{DEFAULT}"\n[colors]\nbackground = "#000"\n'
    )

    theme = load_themes(tmp_path).pick(DEFAULT)

    assert theme.paints["background"] == Paint(Color(0, 0, 0))
    assert theme.paints["text"] == SHIPPED.pick(DEFAULT).paints["text"]


def test_a_bad_file_leaves_the_others_and_falls_back(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("[colors\n")
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "huge.toml").write_text("#" * 70_000)
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    (tmp_path / "gone.toml").symlink_to("nowhere")
    (tmp_path / "good.toml").write_text(_theme_text())
    (tmp_path / f"{DEFAULT}.toml").write_text("[colors\n")
    (tmp_path / ".hidden.toml").write_text("[colors\n")

    themes = load_themes(tmp_path)

    broken = {problem.path.rpartition("/")[2] for problem in themes.problems}
    assert broken == {
        "broken.toml",
        "latin.toml",
        "huge.toml",
        "folder.toml",
        "pipe.toml",
        "zero.toml",
        "gone.toml",
        f"{DEFAULT}.toml",
    }
    assert themes.pick("good").name == "good"
    assert themes.pick("broken") == SHIPPED.pick(DEFAULT)
    assert set(themes.names) == {*NAMES, "good"}
    assert set(theme_names(tmp_path)) == {*NAMES, "good", *(name[:-5] for name in broken)}
    told = {problem.path.rpartition("/")[2]: problem.message for problem in themes.problems}
    assert told["pipe.toml"] == told["zero.toml"] == "cannot be read: not a file"


@pytest.mark.parametrize("name", ["ansi", "mono"])
def test_nobody_can_give_colors_to_the_themes_that_do_without(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.toml").write_text('extend = "midnight"\n')

    themes = load_themes(tmp_path)

    assert themes.by_name[name] == SHIPPED.by_name[name]
    assert "give the file another name" in str(themes.problems[0])


def test_what_could_be_read_before_stays_while_its_file_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(_theme_text())
    before = load_themes(tmp_path)
    state = folder_state(tmp_path)

    file.write_text("[colors\n")
    assert folder_state(tmp_path) != state
    after = load_themes(tmp_path).over(before)
    assert after.by_name["mine"] == before.by_name["mine"]
    assert len(after.problems) == 1

    file.unlink()
    assert "mine" not in load_themes(tmp_path).over(after).by_name


def test_a_theme_that_was_saved_twice_in_one_moment_is_noticed_by_its_size(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("a")
    os.utime(file, ns=(1, 1))
    state = folder_state(tmp_path)
    file.write_text("ab")
    os.utime(file, ns=(1, 1))

    assert folder_state(tmp_path) != state
    assert folder_state(tmp_path / "nowhere") == ()


def test_without_any_theme_file_the_terminals_own_colors_do(tmp_path: Path) -> None:
    themes = load_themes(shipped=tmp_path)

    assert themes.pick("midnight") is PLAIN
    assert PLAIN.depth is Depth.NONE
    assert PLAIN.meet("text", "cursor").attributes == {Attribute.REVERSE}


@settings(max_examples=1000)
@given(
    st.dictionaries(
        st.sampled_from([*ROLES, "cursor_text", "x", "é"]),
        st.one_of(
            st.text(),
            st.integers(),
            st.booleans(),
            st.lists(st.text(), max_size=2),
            st.sampled_from(["ansi_red", "#fff", "bold bold", "default default", "} $x"]),
        ),
        max_size=4,
    ),
    st.one_of(st.just(0), st.integers(0, 700)),
    st.text(max_size=3),
)
def test_a_mutated_file_gives_a_theme_or_problems_with_their_keys(
    values: dict[str, object], cut: int, junk: str
) -> None:
    text = _theme_text(**{f'"{key}"': repr(value) for key, value in values.items()})
    text = text[: len(text) - cut] + junk
    try:
        theme, problems = parse_theme(text, name="mine", path="mine.toml")
    except ConfigError as error:
        theme, problems = PLAIN, error.problems
        is_told = bool(problems)
    else:
        is_told = set(theme.paints) >= set(ROLES)

    assert is_told
    assert all(theme.meet(role, ground) for role in TEXTS for ground in GROUNDS)
    for problem in problems:
        assert problem.path == "mine.toml"
        assert problem.key or problem.message.startswith("not TOML: ")
        assert "\n" not in str(problem)
