"""Bytes become the events that were meant, and none makes the reading end."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.app.keyboard import Keyboard
from tui.app.paste import END, QUIET_LIMIT, START

DELAY_S = 0.25


def _events(*parts: bytes, alt_keys: str = "", pause: float = 0.15) -> list[Message]:
    keyboard, now, messages = Keyboard(DELAY_S, alt_keys), 50.0, list[Message]()
    for part in parts:
        messages += keyboard.feed(part, now)
        now += pause
        messages += keyboard.quiet(now)
    for _ in range(5):
        now += 1.0
        messages += keyboard.quiet(now)
    return messages


def _keys(*parts: bytes, alt_keys: str = "", pause: float = 0.15) -> list[str]:
    came = _events(*parts, alt_keys=alt_keys, pause=pause)
    assert all(isinstance(event, events.Key) for event in came), came
    return [event.key for event in came if isinstance(event, events.Key)]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (b"\x1b[A", "up"),
        (b"\x1bOA", "up"),
        (b"\x1bOP", "f1"),
        (b"\x1b[[A", "f1"),
        (b"\x1b[1;5A", "ctrl+up"),
        (b"\x1b[106;3u", "alt+j"),
        (b"\x1b[27u", "escape"),
        (b"\x1b", "escape"),
        ("é".encode(), "é"),
        ("漢".encode(), "漢"),
    ],
    ids=repr,
)
def test_a_key_is_the_same_however_it_is_cut(typed: bytes, key: str) -> None:
    for at in range(1, len(typed) + 1):
        assert _keys(typed[:at], typed[at:]) == [key]
    assert _keys(*(typed[at : at + 1] for at in range(len(typed)))) == [key]


def test_an_esc_needs_no_clock_of_textuals() -> None:
    assert _keys(b"\x1b", b"j", pause=1.0) == ["escape", "j"]
    assert _keys(b"\x1bj") == ["escape", "j"]
    assert _keys(b"\x1bj", alt_keys="j") == ["alt+j"]
    assert _keys(b"\x1bb") == ["ctrl+left"]


def test_the_way_out_is_never_swallowed_behind_an_esc_and_two_keys() -> None:
    for typed in (b"]1", b"P>", b"_a"):
        keys = (b"\x1b", typed[:1], typed[1:], b"x")
        assert _keys(*keys, b"\x03", b"\x11", pause=0.3)[-2:] == ["ctrl+c", "ctrl+q"]
        assert _keys(*keys, *[b"x"] * 4, b"q", pause=0.3)[-1] == "q"


def test_a_key_cut_behind_its_bracket_is_that_key_or_nothing() -> None:
    assert _keys(b"\x1bO", b"P", pause=0.6) == ["f1"]
    assert _keys(b"\x1b[", b"A", pause=0.6) == ["up"]
    assert _keys(b"\x1bO", b"j", pause=1.1) == ["j"]


def test_the_mouse_and_the_focus_are_read_in_pieces_too() -> None:
    clicked, focused, lost = _events(b"\x1b[<0;1", b"0;5M\x1b", b"[I\x1b[", b"O")

    assert isinstance(clicked, events.MouseDown)
    assert clicked.screen_offset == (9, 4)
    assert isinstance(focused, events.AppFocus)
    assert isinstance(lost, events.AppBlur)


@pytest.mark.parametrize(
    "answer",
    [
        *(b"\x1b[?62;22c", b"\x1b[>0;276;0c", b"\x1b[?1;2c", b"\x1b[0n", b"\x1b[8;24;80t"),
        *(b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07", b"\x1b]10;?\x1b\\", b"\x1bP>|XTerm(370)\x1b\\"),
        *(b"\x1bP1$r2 q\x1b\\", b"\x1b_Gi=31;OK\x1b\\", b"\x1b[?31u", b"\x1b[M #!"),
        *(b"\x1b[1114112u", b"\x1b[99999999999u", b"\x1b[1:2u", b"\x1b[;;;;u", b"\x1b[?2026;0$y"),
    ],
    ids=repr,
)
def test_what_a_terminal_answers_or_makes_up_is_no_key(answer: bytes) -> None:
    assert _keys(answer + b"j", answer, b"k") == ["j", "k"]


def test_the_answer_that_is_asked_for_is_heard_in_pieces() -> None:
    (answer,) = _events(b"\x1b[?20", b"26;2$", b"y")

    assert isinstance(answer, TerminalSupportsSynchronizedOutput)


@pytest.mark.parametrize("pause", [0.01, 0.15, 0.4, 2.0])
def test_a_paste_is_never_keys_wherever_its_brackets_are_cut(pause: float) -> None:
    whole = START + b"q\x13[A" + END
    for at in range(1, len(whole)):
        came = _events(whole[:at], whole[at:], pause=pause)

        *before, pasted = came
        assert isinstance(pasted, events.Paste)
        assert pasted.text == "q␓[A"
        assert [event.key for event in before if isinstance(event, events.Key)] in (
            [],
            ["escape"],
            ["escape", "left_square_bracket"],
        )


@given(st.lists(st.binary(max_size=20), max_size=8), st.sampled_from([0.0, 0.15, 0.4]))
@example([b"\x1b[1114112u"], 0.0)
@example([b"\x1b[48;0;0;0;0t", b"\x1b[<0;5;5M"], 0.0)
def test_whatever_comes_the_next_key_is_read(parts: list[bytes], pause: float) -> None:
    _after_garbage(Keyboard(DELAY_S), parts, pause)


def test_ten_thousand_random_strings_do_no_harm() -> None:
    chance = random.Random(6)
    alphabet = b"\x1b\x1b\x1b[[OP]<?;:0123456789$ ~uABMIRtc\x07\\\x00\x9b\xff\xc3"
    keyboard = Keyboard(DELAY_S)
    for _ in range(10_000):
        typed = bytes(chance.choices(alphabet, k=chance.randrange(1, 24)))
        _after_garbage(keyboard, [typed], 0.0)


def _after_garbage(keyboard: Keyboard, parts: list[bytes], pause: float) -> None:
    now = 50.0
    for part in parts:
        keyboard.feed(part, now)
        now += pause
        keyboard.quiet(now)
    for _ in range(QUIET_LIMIT if START in b"".join(parts) else 3):
        now += 2.0  # what is pasted or broken off is over by then
        keyboard.quiet(now)

    assert keyboard.due() is None
    *_, last = keyboard.feed(b"J", now)
    assert isinstance(last, events.Key)
    assert last.key == "J"
