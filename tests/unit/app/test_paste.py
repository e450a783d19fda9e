"""Between the brackets of a paste there is only text; outside them nothing is touched."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from tui.app.paste import (
    END,
    QUIET_LIMIT,
    SIZE_LIMIT,
    START,
    PasteFilter,
    clean_paste,
    clean_pasted_line,
)

_PIECES = st.one_of(
    st.sampled_from([START, END, *(START[:n] for n in range(1, 6)), *(END[:n] for n in (1, 3, 5))]),
    st.sampled_from([b"\x1b", b"\x1b[31m", b"\x13", b"\r\n", b"\r", b"\t", b"\x1b]52;c;x\x07"]),
    st.sampled_from(["å".encode(), "漢".encode()[:2], b"\xff", b"\x9b2J"]),
    st.binary(max_size=6),
)
STREAMS = st.lists(_PIECES, max_size=20).map(b"".join)


def _filtered(*chunks: bytes) -> bytes:
    pastes = PasteFilter()
    return b"".join(map(pastes.feed, chunks))


def _cut(stream: bytes, places: Sequence[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in pairwise(edges)]


@given(STREAMS, st.lists(st.integers(0, 500), max_size=12))
def test_it_does_not_matter_how_the_bytes_are_cut(stream: bytes, places: list[int]) -> None:
    assert _filtered(*_cut(stream, places)) == _filtered(stream)


@given(STREAMS)
def test_outside_pastes_every_byte_passes_at_once(stream: bytes) -> None:
    keys = stream.replace(START, b"")
    assume(START not in keys)
    pastes = PasteFilter()

    assert [pastes.feed(keys[at : at + 1]) for at in range(len(keys))] == [
        keys[at : at + 1] for at in range(len(keys))
    ]


@given(STREAMS, STREAMS)
def test_inside_a_paste_no_control_survives_but_the_newline(body: bytes, keys: bytes) -> None:
    body, keys = body.replace(END, b""), keys.replace(START, b"")
    assume(END not in body and START not in keys)
    came = _filtered(START + body + END + keys)

    pasted = came.removeprefix(START).partition(END)[0].decode()
    assert came == START + pasted.encode() + END + keys
    assert not [letter for letter in pasted if letter < " " and letter != "\n"]


def test_a_log_with_colours_and_flow_control_is_text_in_its_order() -> None:
    log = b"a\t\x1b[31mERR\x1b[0m\rb\x13\r\nc"

    assert _filtered(START + log + END) == START + "a    ␛ERR␛\nb␓\nc".encode() + END


def test_a_bracket_that_is_cut_by_a_pause_is_given_whole() -> None:
    pastes = PasteFilter()
    pastes.feed(START[:3])
    pastes.quiet()

    assert pastes.feed(START[3:] + b"\x13" + END) == START + "␓".encode() + END


def test_a_pause_after_an_escape_key_loses_nothing() -> None:
    pastes = PasteFilter()
    pastes.feed(b"\x1b")
    pastes.quiet()

    assert pastes.feed(b"jk" + START) == b"jk" + START


def test_a_paste_without_an_end_is_over_after_a_while() -> None:
    pastes = PasteFilter()
    pastes.feed(START + b"half\x1b[20")
    moments = [pastes.quiet() for _ in range(QUIET_LIMIT)]

    assert moments == [b""] * (QUIET_LIMIT - 1) + [b"half" + END]
    assert pastes.feed(b"q\x13") == b"q\x13"


def test_a_slow_paste_is_not_cut() -> None:
    pastes = PasteFilter()
    pastes.feed(START)
    for _ in range(3):
        for _ in range(QUIET_LIMIT - 1):
            assert pastes.quiet() == b""
        assert pastes.feed(b"x") == b""

    assert pastes.feed(END) == b"xxx" + END


def test_what_is_over_the_limit_is_no_key_either() -> None:
    pastes = PasteFilter()
    came = pastes.feed(START + b"\n" * 10)
    for _ in range(20):
        came += pastes.feed(b"\x13" * (SIZE_LIMIT // 8))
        assert len(pastes._pasted) <= SIZE_LIMIT

    came += pastes.feed(END + b"j")
    assert b"\x13" not in came
    assert came.endswith(END + b"j")


def test_a_pasted_line_has_one_blank_for_a_break_or_a_tab() -> None:
    assert clean_pasted_line("till 4\r\n\toffline\rnow\n") == "till 4 offline now"
    assert clean_paste("a\r\n\tb\rc") == "a\n    b\nc"


def test_marks_of_direction_are_left_out_and_never_spelled_out() -> None:
    pasted = "a\u200fb \u2067x\u2069 \u202e\u061cend"

    assert clean_paste(pasted) == "ab x end"
    assert clean_pasted_line(pasted) == "ab x end"


def test_a_mark_of_direction_hides_no_escape_sequence() -> None:
    assert "\x1b" not in clean_paste("\x1b\u200f]52;c;x\x07")
