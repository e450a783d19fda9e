"""What is written in fewer bytes draws the same."""

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.slimming import slim

RGB = st.integers(0, 255)
INK = st.one_of(
    st.just(""),
    st.sampled_from(["31", "97", "38;5;200"]),
    st.builds("38;2;{};{};{}".format, RGB, st.just(7), st.just(7)),
)
GROUND = st.one_of(st.just(""), st.sampled_from(["41", "107", "48;5;9", "48;2;1;2;3"]))
ATTRIBUTES = st.lists(st.sampled_from(["1", "3", "4", "7"]), unique=True).map(";".join)
STYLES = st.tuples(ATTRIBUTES, INK, GROUND).map(lambda codes: ";".join(filter(None, codes)))
PIECES = st.one_of(
    st.tuples(STYLES, st.text(st.sampled_from("ab ░é"), min_size=1, max_size=5)).map(
        lambda piece: f"\x1b[{piece[0]}m{piece[1]}\x1b[0m" if piece[0] else piece[1]
    ),
    st.builds("\x1b[{};{}H".format, st.integers(1, 4), st.integers(1, 20)),
    st.sampled_from(["\r\n", "plain", "\x1b[2J", "\x1b[K", "\x1b[?25l"]),
)


def _screen(text: str) -> list[dict[int, object]]:
    screen = pyte.Screen(20, 4)
    pyte.Stream(screen).feed(text)
    return [{x: screen.buffer[y][x] for x in range(20)} for y in range(4)]


@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_screen_is_the_same_and_the_bytes_are_no_more(text: str) -> None:
    slimmer = slim(text)

    assert _screen(slimmer) == _screen(text)
    assert len(slimmer) <= len(text) + 2 * text.count("\x1b[K") + 2


@given(st.lists(PIECES, max_size=6).map("".join), st.lists(PIECES, max_size=6).map("".join))
def test_nothing_of_a_style_is_left_behind(first: str, second: str) -> None:
    assert _screen(slim(first) + slim(second)) == _screen(first + second)


@pytest.mark.parametrize(
    ("text", "slimmer"),
    [
        (
            "\x1b[1;38;2;1;2;3;48;2;4;5;6ma\x1b[0m\x1b[38;2;7;8;9;48;2;4;5;6mb\x1b[0m",
            "\x1b[1;38;2;1;2;3;48;2;4;5;6ma\x1b[22;38;2;7;8;9mb\x1b[m",
        ),
        ("\x1b[31ma\x1b[0m\r\n\x1b[31mb\x1b[0m", "\x1b[31ma\r\nb\x1b[m"),
        ("\x1b[31ma\x1b[0m\x1b[5;1H\x1b[31mb\x1b[0m", "\x1b[31ma\x1b[5;1Hb\x1b[m"),
        ("no style at all", "no style at all"),
        ("\x1b[9mstruck\x1b[0m", "\x1b[9mstruck\x1b[0m"),
        ("a\x1b[31m", "a\x1b[31m"),
    ],
)
def test_only_what_differs_is_said(text: str, slimmer: str) -> None:
    assert slim(text) == slimmer
