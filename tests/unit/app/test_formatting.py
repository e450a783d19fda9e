"""Text in cells: nothing is wider than its place, and nothing of a row is lost to a wide sign."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from support.builders import NOON, make_ticket
from tui.app.detail_text import Known, detail
from tui.app.formatting import (
    ASCII,
    UNICODE,
    ClockFace,
    Glyphs,
    Span,
    choose_glyphs,
    fit,
    fit_handle,
    fit_line,
    is_unsteady,
    join_sides,
    line_width,
    wrap,
)
from tui.app.ticket_text import preview
from tui.domain.clean import clean
from tui.domain.person import Person

TEXT = st.text() | st.text(st.sampled_from("aé漢字👩\u200d👧\ufe0f🏽 \u0627\u0301\u0e33ﷺ[]/"))


@given(TEXT.map(clean), st.integers(-2, 60), st.sampled_from(["…", "..", ""]))
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int, cut: str) -> None:
    assert cell_len(fit(text, width, cut=cut)) == max(width, 0)


@given(TEXT.map(clean), TEXT.map(clean), st.integers(0, 40))
def test_the_sides_of_a_bar_fill_it_exactly(left: str, right: str, width: int) -> None:
    line = join_sides((Span(left), Span(left)), (Span(right),), width)

    assert line_width(line) == width


@given(st.lists(TEXT.map(clean)), st.integers(0, 40))
def test_a_line_never_outgrows_its_room(texts: list[str], width: int) -> None:
    assert line_width(fit_line(tuple(map(Span, texts)), width)) <= width


@given(st.text(st.sampled_from("abc 漢\n"), max_size=200), st.integers(2, 30))
def test_wrapping_keeps_every_letter_and_every_width(text: str, width: int) -> None:
    lines = list(wrap(text, width))

    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")


def test_wrapping_breaks_between_words() -> None:
    assert list(wrap("one two three\n\nfour", 8)) == ["one two", "three", "", "four"]
    assert list(wrap('{\n  "a": 1\n}', 20)) == ["{", '  "a": 1', "}"]


def test_what_is_cut_says_so() -> None:
    assert fit("Checkout down", 9) == "Checkout…"
    assert fit("Checkout down", 9, cut="..") == "Checkou.."
    assert fit("漢字漢字", 6) == "漢字 …"


def test_a_handle_keeps_its_id_for_as_long_as_it_can() -> None:
    assert fit_handle("questionpro-emea/35637", 14) == "questio…/35637"
    assert fit_handle("qp/35637", 10) == "qp/35637  "
    assert fit_handle("inbox/4478939", 9) == "…/4478939"
    assert fit_handle("inbox/4478939", 8) == "…4478939"
    assert fit_handle("inbox/4478939", 7) == "4478939"
    assert fit_handle("inbox/4478939", 8, cut="..") == "4478939 "
    assert fit_handle("questionpro/123456789", 8) == "…3456789"
    assert fit_handle("questionpro/123456789", 8, cut="..") == "..456789"


@given(st.text().map(clean), st.integers(0, 24), st.sampled_from(["…", ".."]))
def test_a_handle_is_exactly_as_wide_as_its_column(handle: str, width: int, cut: str) -> None:
    assert cell_len(fit_handle(handle, width, cut=cut)) == width


HOSTILE = "\x1b]52;c;UFdORUQ=\x07\x9b31m\u202e[@click=app.quit]x[/] \x00\x7f\ud800 漢字 " * 3


@given(st.text(), st.integers(0, 120), st.integers(0, 30))
def test_preview_and_detail_stay_in_their_room(text: str, width: int, height: int) -> None:
    ticket = make_ticket(
        title=clean(text + HOSTILE),
        body=clean(HOSTILE + text, multiline=True),
        customer=Person(clean(text), clean(text), clean(text)),
        extra={clean(text): clean(text)},
    )
    face = ClockFace("UTC")
    short = preview(ticket, NOON, face, width=width, height=height, glyphs=UNICODE)
    known = Known(note="n")
    page = detail(ticket, NOON, face, width=max(width, 20), glyphs=UNICODE, known=known)

    assert len(short) <= height
    for line in (*short, *page.lines):
        assert not any(
            ord(letter) < 32 or 127 <= ord(letter) < 160 for s in line for letter in s.text
        )
    assert all(line_width(line) <= max(width, 20) for line in page.lines)


def test_a_clock_time_names_its_day_if_it_is_another_one() -> None:
    face = ClockFace("UTC")

    assert face.at(NOON, NOON) == "12:00"
    assert face.at(NOON - timedelta(days=1), NOON) == "02-03 12:00"
    assert face.at(NOON - timedelta(days=400), NOON) == "2024-12-31 12:00"
    assert face.minute(NOON) == "12:00 UTC"
    assert ClockFace("Europe/Oslo").full(NOON) == "2026-02-04 13:00 CET"
    assert ClockFace("no/where").minute(NOON) == "12:00 UTC"


@pytest.mark.parametrize("zone", ["UTC", "local", "Asia/Tokyo", "America/New_York"])
def test_no_moment_is_too_far_for_the_clock(zone: str) -> None:
    face = ClockFace(zone)

    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert face.full(moment)
        assert face.at(moment, NOON)


def test_the_terminal_decides_the_glyphs_unless_told() -> None:
    assert choose_glyphs("auto", {"TERM": "xterm", "LANG": "C.UTF-8"}, "UTF-8") is UNICODE
    assert choose_glyphs("auto", {"TERM": "linux", "LANG": "C.UTF-8"}, "utf-8") is ASCII
    assert choose_glyphs("auto", {"TERM": "vt100", "LANG": "C.UTF-8"}, "utf-8") is ASCII
    assert choose_glyphs("unicode", {"TERM": "vt220", "LC_ALL": "C"}, "utf-8") is UNICODE
    assert choose_glyphs("auto", {"LANG": "C.UTF-8"}, "ascii") is ASCII
    assert choose_glyphs("unicode", {}, "ascii") is UNICODE
    assert ASCII.cursor.isascii()
    assert (ASCII.cut + ASCII.place).isascii()


@pytest.mark.parametrize(
    ("environ", "glyphs"),
    [
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, ASCII),
        ({"LC_ALL": "POSIX"}, ASCII),
        ({"LANG": "C"}, ASCII),
        ({"LC_CTYPE": "C", "LANG": "de_DE.UTF-8"}, ASCII),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "C"}, UNICODE),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, UNICODE),
        ({"LC_ALL": "C.UTF-8"}, UNICODE),
        ({"LC_CTYPE": "UTF-8"}, UNICODE),
        ({"LC_ALL": "", "LANG": ""}, ASCII),
        ({}, ASCII),
    ],
)
def test_a_locale_that_is_plain_by_name_or_by_default_is_taken_at_its_word(
    environ: dict[str, str], glyphs: Glyphs
) -> None:
    assert choose_glyphs("auto", environ, "utf-8", utf8_mode=False) is glyphs


def test_the_locale_that_python_itself_sets_is_not_taken_for_the_users() -> None:
    set_by_python = {"LC_CTYPE": "C.UTF-8"}
    for locale, glyphs in ({}, ASCII), ({"LANG": "C"}, ASCII), ({"LANG": "de_DE.UTF-8"}, UNICODE):
        environ = {**set_by_python, **locale}
        assert choose_glyphs("auto", environ, "utf-8", utf8_mode=True) is glyphs


@pytest.mark.parametrize(
    ("text", "unsteady"),
    [
        ("Card terminals offline", False),
        ("Zahlung überfällig", False),
        ("請求書が二重に請求された", False),
        ("เข้าระบบไม่ได้", False),
        ("रिफ़ंड बाकी है", True),
        ("စာရင်း", True),
        ("down 🔥", True),
    ],
)
def test_only_texts_that_terminals_measure_otherwise_are_unsteady(
    text: str,
    unsteady: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert is_unsteady((Span("plain "), Span(text))) is unsteady
