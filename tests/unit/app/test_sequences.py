"""Keys in pieces are whole again, too late they are nothing, and what is typed is what is meant."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

from tui.app.paste import END, START
from tui.app.sequences import ESC, LATE_S, LONGEST, SURE_S, SequenceFilter, escape_delay

DELAY_S = 0.25
SLOW_S = 0.15
LATE = DELAY_S + 0.05
KEYS = (
    *(
        b"\x1b[A",
        b"\x1bOP",
        b"\x1bOA",
        b"\x1b[1;5A",
        b"\x1b[15~",
        b"\x1b[[A",
        b"\x1b[3$",
        b"\x1b[Z",
    ),
    *(b"\x1b[<0;10;5M", b"\x1b[<64;180;44m", b"\x1b[106;5u", b"\x1b[I", b"\x1b[O"),
    *(b"\x1b[?2026;2$y", b"\x1b[48;24;80;480;800t", b"\x1b[24;80R"),
)
ANSWERS = (
    *(b"\x1b]11;rgb:0000/0000/0000\x1b\\", b"\x1b]52;c;cXE=\x07", b"\x1bP>|tmux 3.3a\x1b\\"),
    *(b"\x1bP1$r0m\x1b\\", b"\x1b_Gi=1;OK\x1b\\", b"\x1b[M !!"),
)


class _Line:
    """A filter, and the time that passes; it is asked whenever something is due, as by a driver."""

    def __init__(self, alt_keys: str = "") -> None:
        self._filter = SequenceFilter(DELAY_S, alt_keys)
        self.now = 100.0
        self.given: list[bytes] = []

    def come(self, *parts: bytes, pause: float = 0.0) -> list[bytes]:
        """Bring these, with a pause between them, and then nothing; return all that came out."""
        for number, part in enumerate(parts):
            if number:
                self.wait(pause)
            self.given += self._filter.feed(part, self.now)
        self.wait(3.0)
        assert self._filter.due() is None
        return self.given

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self._filter.due()) is not None and due <= end:
            self.now = max(due, self.now)
            self.given += self._filter.quiet(self.now)
        self.now = end


def _letters(key: bytes) -> list[bytes]:
    return [key[at : at + 1] for at in range(len(key))]


def _cuts(key: bytes) -> list[tuple[bytes, bytes]]:
    return [(key[:at], key[at:]) for at in range(1, len(key))]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_a_key_that_is_cut_anywhere_is_one_key(key: bytes) -> None:
    for parts in [[key], _letters(key), *_cuts(key)]:
        assert _Line().come(*parts, pause=SLOW_S) == [key], parts


def test_every_key_that_textual_knows_and_none_of_us_can_type_comes_whole() -> None:
    keys = [key.encode() for key in ANSI_SEQUENCES_KEYS if key[:2] in ("\x1b[", "\x1bO")]

    assert len(keys) > 250
    assert [_Line().come(*_letters(key), pause=SLOW_S) for key in keys] == [[key] for key in keys]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_the_rest_of_a_key_that_comes_too_late_is_dropped(key: bytes) -> None:
    rest = key[1:]
    for pause in (LATE, DELAY_S + LATE_S):
        assert _Line().come(ESC, rest, pause=pause) == [ESC]
    assert _Line().come(*_letters(key), pause=LATE) == [ESC]


@pytest.mark.parametrize("key", [b"\x1b[A", b"\x1bOP", b"\x1b[15~", b"\x1b[[A"], ids=repr)
def test_an_esc_and_a_bracket_in_one_packet_wait_for_the_rest_of_their_key(key: bytes) -> None:
    for pause in (LATE, 3 * DELAY_S, SURE_S - 0.01):
        assert _Line().come(key[:2], key[2:], pause=pause) == [key]
    assert _Line().come(key[:2]) == [], "a part of a key is no command"
    assert _Line().come(key[:2], b"j", pause=SURE_S + 0.1) == [b"j"]


def test_what_is_typed_behind_a_late_rest_is_not_dropped_with_it() -> None:
    assert _Line().come(ESC, b"[Aj\x1b[Bk", pause=LATE) == [ESC, b"j", b"\x1b[B", b"k"]


@pytest.mark.parametrize("answer", [*ANSWERS, b"\x1b[?" + b"1;" * 20 + b"c"], ids=repr)
def test_an_answer_of_the_terminal_is_never_typed_text(answer: bytes) -> None:
    assert _Line().come(answer + b"j") == [b"j"]
    assert _Line().come(*_letters(answer), pause=SURE_S / 40) == []
    assert _Line().come(answer[:3], *_letters(answer[3:]), pause=SLOW_S) == []
    if answer[1:2] != b"_":
        assert _Line().come(ESC, answer[1:], pause=LATE) == [ESC]


STRINGS_TYPED = [
    [bytes([key]) for key in typed]
    for typed in (b"\x1b]1", b"\x1bP>", b"\x1bP!", b"\x1bP1", b"\x1b_a")
]


@pytest.mark.parametrize("typed", STRINGS_TYPED, ids=repr)
@pytest.mark.parametrize("pause", [0.05, 0.2, 0.3])
def test_keys_that_look_like_an_answer_make_nothing_deaf(typed: list[bytes], pause: float) -> None:
    line = _Line()
    line.come(*typed, *[b"j"] * 40, pause=pause)

    assert line.given.count(b"j") >= 40 - SURE_S / pause
    assert line.given[-1] == b"j"


@pytest.mark.parametrize("typed", STRINGS_TYPED, ids=repr)
@pytest.mark.parametrize("control", [b"\x03", b"\x11", b"\r", b"\x1a", b"\x7f"])
def test_a_control_key_ends_what_looks_like_an_answer(typed: list[bytes], control: bytes) -> None:
    for pause in (0.05, 0.3):
        assert _Line().come(*typed, control + b"j", pause=pause)[-1] == control + b"j"
    assert _Line().come(b"".join(typed) + b"x", control, pause=SLOW_S) == [control]


def test_a_string_that_may_be_typed_is_over_even_if_nobody_asked_in_between() -> None:
    line = _Line()
    for key in (ESC, b"]", b"1"):
        line.given += line._filter.feed(key, line.now)
    for _ in range(9):
        line.now += SURE_S / 8
        line.given += line._filter.feed(b"j", line.now)
    assert line.given == [b"j", b"j"]


@pytest.mark.parametrize(
    "typed", [b"j", b"[", b"]", b"O", b"P", b"q", b"\r", b"\x11", "é".encode()]
)
@pytest.mark.parametrize("pause", [0.0, 0.02, SLOW_S, LATE, 2.0])
def test_what_a_person_types_behind_an_esc_is_what_they_typed(typed: bytes, pause: float) -> None:
    for keys in (typed, typed + typed, typed + b"z", typed + ESC):
        came = b"".join(_Line().come(ESC, keys, pause=pause))
        assert came == ESC + keys


def test_a_bracket_typed_by_hand_waits_only_as_long_as_it_may_begin_a_key() -> None:
    line = _Line()
    line.given += line._filter.feed(ESC, line.now)
    line.wait(DELAY_S)
    assert line.given == [ESC]
    line.given += line._filter.feed(b"[", line.now)
    line.wait(2 * DELAY_S - 0.01)
    assert line.given == [ESC]
    line.wait(0.01)
    assert line.given == [ESC, b"["]
    assert line.come(b"[") == [ESC, b"[", b"["]


def test_a_bracket_long_after_an_esc_waits_for_nothing() -> None:
    line = _Line()
    line.come(ESC)
    assert line._filter.feed(b"[", line.now) == [b"["]


def test_an_esc_and_a_letter_in_one_packet_are_two_keys_unless_alt_is_one() -> None:
    assert _Line().come(b"\x1bjk") == [ESC, b"jk"]
    assert _Line(alt_keys="j").come(b"\x1bjk") == [b"\x1bj", b"k"]
    assert _Line(alt_keys="j").come(ESC, b"jk", pause=0.02) == [ESC, b"jk"]
    assert _Line().come(b"\x1bf\x1bb\x1b\x7f") == [b"\x1bf", b"\x1bb", b"\x1b\x7f"]


def test_esc_pressed_again_and_again_is_each_time_an_esc() -> None:
    assert _Line().come(b"\x1b\x1b\x1b") == [ESC] * 3
    assert _Line().come(ESC, ESC, ESC, pause=0.05) == [ESC] * 3
    assert _Line().come(b"\x1b\x1b[A") == [ESC, b"\x1b[A"]


@pytest.mark.parametrize(
    "broken", [b"\x1b[1;", b"\x1b[<0;1", b"\x1b]11;rgb:00", b"\x1bP>|x", b"\x1b[2"], ids=repr
)
def test_a_sequence_that_breaks_off_is_dropped_and_no_more(broken: bytes) -> None:
    assert _Line().come(broken) == []
    assert _Line().come(broken + b"\x1b[B") == [b"\x1b[B"]
    assert _Line().come(broken, b"j", pause=SURE_S + 0.1) == [b"j"]


def test_an_endless_answer_is_dropped_in_a_bounded_memory() -> None:
    line = _Line()
    for _ in range(100):
        line.given += line._filter.feed(b"\x1b]52;c;" + b"A" * LONGEST, line.now)
        assert len(line._filter._held) <= LONGEST + 8
    assert line.come(b"A\x1b", b"\\j") == [b"j"]


@pytest.mark.parametrize("pause", [0.02, SLOW_S, LATE, 2.0])
def test_a_paste_whose_bracket_is_cut_is_a_paste(pause: float) -> None:
    # As the filter of pastes gives it: first what may be a bracket, then all of it.
    for begun, _ in _cuts(START):
        came = _Line().come(begun, START + b"[A\rjq" + END, pause=pause)
        escaped = [ESC] if begun == ESC and pause > DELAY_S else []
        assert came == [*escaped, START, b"[A\rjq" + END], (begun, pause)


def test_a_paste_in_pieces_passes_through_whatever_is_in_it() -> None:
    came = _Line().come(START, b"a", b"[A\n", b"O" + END + b"j", pause=0.3)

    assert came == [START, b"a", b"[A\n", b"O" + END, b"j"]


@given(st.lists(st.one_of(st.binary(max_size=8), st.sampled_from(KEYS + ANSWERS)), max_size=12))
def test_whatever_comes_nothing_is_invented_or_held_for_ever(parts: Sequence[bytes]) -> None:
    came = b"".join(_Line().come(*parts, pause=SLOW_S))

    rest = iter(b"".join(parts))
    assert all(byte in rest for byte in came), "in its order, less what was dropped"


@given(st.binary(max_size=60).filter(lambda text: ESC not in text), st.floats(0.0, 2.0))
def test_text_without_an_esc_passes_at_once(text: bytes, pause: float) -> None:
    line = _Line()
    line.wait(pause)

    assert b"".join(line._filter.feed(text, line.now)) == text


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, 0.1),
        ({"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, 0.25),
        ({"SSH_TTY": "/dev/pts/1"}, 0.25),
        ({"SSH_TTY": "/dev/pts/1", "ESCDELAY": "400"}, 0.4),
        ({"ESCDELAY": "25"}, 0.025),
        ({"ESCDELAY": "0"}, 0.001),
        ({"ESCDELAY": "9999"}, 1.0),
        ({"ESCDELAY": "-5"}, 0.1),
        ({"ESCDELAY": "٣٣"}, 0.1),
        ({"ESCDELAY": "soon"}, 0.1),
    ],
)
def test_the_delay_is_longer_over_ssh_unless_somebody_says(
    environ: dict[str, str], seconds: float
) -> None:
    assert escape_delay(environ) == seconds
