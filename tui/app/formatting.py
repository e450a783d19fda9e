"""Text as a terminal shows it: cells, spans of one colour, and clock times. Knows no widget."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.cells import cell_len, chop_cells, set_cell_size

from tui.domain.urgency import span_words


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one colour; `style` is the name of a theme colour."""

    text: str
    style: str = "text"
    bold: bool = False


Line = tuple[Span, ...]
BLANK: Line = ()

_UNSTEADY = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|(?<=[\u2190-\U0001faff])\u200d"
"""Compiled, by `re` itself, with the first text that needs it: that takes longer than a frame."""
_PLAIN_LOCALES = ("C", "POSIX")
_PLAIN_TERMINALS = ("linux", "vt")


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The few signs that are not words.

    Of ambiguous width are only the dots that cut and the columns of a trend, which no other signs
    of every terminal's font can replace; where they take two cells, `glyphs = "ascii"` helps.
    """

    cursor: str
    cut: str
    place: str
    """Between a name and its place, as in `qp · QuestionPro EU`."""
    columns: str
    """Of a trend, from low to high."""
    acknowledged: str
    pinned: str
    snoozed: str
    up: str
    """Of a column by which a list is sorted: what is least stands above."""
    down: str


UNICODE = Glyphs(
    cursor="▸",
    cut="…",
    place="·",
    columns="▁▂▃▄▅▆▇█",
    acknowledged="✓",
    pinned="▴",
    snoozed="z",
    up="▴",
    down="▾",
)
ASCII = Glyphs(
    cursor=">",
    cut="..",
    place="-",
    columns="_-=#",
    acknowledged="a",
    pinned="^",
    snoozed="z",
    up="^",
    down="v",
)


def choose_glyphs(
    wanted: str,
    environ: Mapping[str, str],
    encoding: str,
    *,
    utf8_mode: bool = bool(sys.flags.utf8_mode),
) -> Glyphs:
    """Return the signs for `auto`, `unicode` or `ascii`.

    Auto takes Unicode for UTF-8, but where the locale is `C` or `POSIX`, by name or because none
    is set (`tui/app/encoding.py` says why), and where the terminal has few signs. In its UTF-8 mode
    it is Python that has set LC_CTYPE to C.UTF-8.
    """
    if wanted == "auto":
        utf8 = encoding.lower().replace("-", "").replace("_", "") == "utf8"
        ctype = "" if utf8_mode else environ.get("LC_CTYPE")
        locale = environ.get("LC_ALL") or ctype or environ.get("LANG") or "C"
        is_plain = locale in _PLAIN_LOCALES or environ.get("TERM", "").startswith(_PLAIN_TERMINALS)
        wanted = "unicode" if utf8 and not is_plain else "ascii"
    return UNICODE if wanted == "unicode" else ASCII


def steady(text: str) -> str:
    """Return the text without what terminals disagree on the width of.

    Joined and coloured emoji are one sign on some terminals and several on others, and a row that
    is measured wrongly pushes everything behind it; taken apart they are the same everywhere.
    """
    return text if text.isascii() else re.sub(_UNSTEADY, "", text)


def is_unsteady(line: Iterable[Span]) -> bool:
    """Whether terminals disagree on how many cells the line takes.

    Marks that take a cell of their own on some terminals are part of Hindi and Burmese spelling and
    stay; so do emoji, which older terminals give one cell and newer ones two.
    """
    return any(
        character >= "\U0001f000" or unicodedata.category(character) == "Mc"
        for span in line
        if not span.text.isascii()
        for character in span.text
        if character >= "\u0900"
    )


def fit(text: str, width: int, *, cut: str = "…") -> str:
    """Return `text` in exactly `width` cells: padded, or cut with the sign at its end."""
    if width <= 0:
        return ""
    text = steady(text)
    length = cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    if len(cut) >= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - len(cut)) + cut


def fit_handle(handle: str, width: int, *, cut: str = "…") -> str:
    """Return a ticket's handle in `width` cells; its id stays whole for as long as it can.

    Where there is less room than for `questio…/35637` that gets `…/35637`, `…35637` and `35637`;
    of an id that is longer still its end stays, which tells it from its neighbours.
    """
    workspace, slash, ticket_id = steady(handle).partition("/")
    room = width - cell_len(ticket_id) - 1
    if not ticket_id or cell_len(steady(handle)) <= width:
        return fit(handle, width, cut=cut)
    if room > len(cut):
        return fit(workspace, room, cut=cut) + slash + ticket_id
    ends = range(max(len(ticket_id) - width, 1), len(ticket_id))
    shorter = (cut + slash + ticket_id, cut + ticket_id, ticket_id)
    shown = (*shorter, *(cut + ticket_id[at:] for at in ends))
    return next(
        (fit(each, width) for each in shown if cell_len(each) <= width),
        fit(handle, width, cut=cut),
    )


def line_width(line: Iterable[Span]) -> int:
    """Return how many cells the spans take."""
    return sum(cell_len(span.text) for span in line)


def fit_line(line: Line, width: int, *, cut: str = "…") -> Line:
    """Return the spans in at most `width` cells; the one that does not fit whole is cut."""
    kept: list[Span] = []
    room = width
    for span in line:
        length = cell_len(span.text)
        if length > room:
            if room > 0:
                kept.append(Span(fit(span.text, room, cut=cut), span.style, span.bold))
            break
        kept.append(span)
        room -= length
    return tuple(kept)


def join_sides(left: Line, right: Line, width: int, *, cut: str = "…") -> Line:
    """Return a line of `width` cells with `right` at its end; what is left is cut before it."""
    right = fit_line(right, width, cut=cut)
    room = width - line_width(right)
    gap = 1 if right and room > 1 else 0
    left = fit_line(left, room - gap, cut=cut)
    return (*left, Span(" " * (room - line_width(left))), *right)


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield `text` in lines of at most `width` cells, broken between words where it can be.

    The indentation of a line stays, unless it would leave no room for words.
    """
    width = max(width, 2)
    for paragraph in steady(text).split("\n"):
        words = paragraph.lstrip(" ")
        line = paragraph[: min(len(paragraph) - len(words), width // 2)]
        used, has_word = len(line), False
        for word in words.split(" "):
            length = cell_len(word)
            if has_word and used + 1 + length > width:
                yield line
                line, used, has_word = "", 0, False
            if used + has_word + length > width:
                *whole, line = chop_cells(line + word, width)
                yield from whole
                used = cell_len(line)
            else:
                line = f"{line} {word}" if has_word else line + word
                used += has_word + length
            has_word = True
        yield line


class ClockFace:
    """Shows moments in one time zone, and always says which."""

    def __init__(self, zone: str = "local") -> None:
        self._zone = _find_zone(zone)

    def minute(self, now: datetime) -> str:
        """`03:05 UTC`."""
        return f"{self._local(now):%H:%M %Z}"

    def at(self, moment: datetime, now: datetime) -> str:
        """`03:01`; with the day in front where it is not the day of `now`."""
        there, here = self._local(moment), self._local(now)
        if there.date() == here.date():
            return f"{there:%H:%M}"
        if there.year == here.year:
            return f"{there:%m-%d %H:%M}"
        return f"{there.year:04}-{there:%m-%d %H:%M}"

    def brief(self, moment: datetime, now: datetime) -> str:
        """`03:01`; only the day, `02-04`, where it is not the day of `now`: never over 5 cells."""
        there, here = self._local(moment), self._local(now)
        return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%m-%d}"

    def second(self, moment: datetime, now: datetime) -> str:
        """`03:01:12`; `02-03 23:59` where it is not the day of `now`."""
        there, here = self._local(moment), self._local(now)
        return f"{there:%H:%M:%S}" if there.date() == here.date() else self.at(moment, now)

    def full(self, moment: datetime) -> str:
        """`2026-02-04 08:59 UTC`."""
        there = self._local(moment)
        return f"{there.year:04}-{there:%m-%d %H:%M %Z}"

    def zone(self, moment: datetime) -> str:
        """`CET`: what the zone calls itself at that moment."""
        return f"{self._local(moment):%Z}"

    def both(self, moment: datetime) -> str:
        """`2026-02-04 09:59 CET (08:59 UTC)`; once, where the zone is UTC by its clock."""
        there = self._local(moment)
        if not there.utcoffset():
            return self.full(moment)
        try:
            utc = moment.astimezone(UTC)
        except OverflowError:  # within hours of year 1 or 9999
            return self.full(moment)
        day = "" if utc.date() == there.date() else f"{utc:%m-%d} "
        return f"{self.full(moment)} ({day}{utc:%H:%M} UTC)"

    def with_age(self, moment: datetime, now: datetime) -> str:
        """`2026-02-04 09:59 CET (08:59 UTC)  3h ago`."""
        if moment > now:
            return f"{self.both(moment)}  in {span_words(moment - now)}"
        return f"{self.both(moment)}  {span_words(now - moment)} ago"

    def day(self, moment: datetime) -> date:
        """Return the day that it is here at a moment."""
        return self._local(moment).date()

    def moment(self, day: date, at: time) -> datetime:
        """Return when a clock here shows this time on this day."""
        return datetime.combine(day, at, tzinfo=self._zone).astimezone(UTC)

    def _local(self, moment: datetime) -> datetime:
        try:
            return moment.astimezone(self._zone)
        except OverflowError:  # within hours of year 1 or 9999
            return moment


def _find_zone(name: str) -> tzinfo | None:
    """Return the zone; None stands for the machine's own."""
    if name == "local":
        return None
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def is_remote(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal is on the other end of an SSH connection."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))
