"""The line of tabs: `1:On fire(4)  2:Overdue(6) [3:All(231)]`, by the room there is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.app.formatting import BLANK, Line, Span, fit, line_width

_NAME_WIDTHS = (24, 16, 12, 9, 7, 5)
"""So many cells a name takes at most; the first width with which all tabs fit is taken."""
_NAME_LEAST = 7
"""Before names get shorter than this, tabs go out of sight; that one in front stays."""


@dataclass(frozen=True, slots=True)
class TabLabel:
    """What stands on one tab."""

    name: str
    count: int | None = None
    """None: not counted yet."""


@dataclass(frozen=True, slots=True)
class TabLine:
    """The tabs as they are drawn."""

    line: Line
    places: tuple[tuple[int, int, int], ...]
    """The first cell of each tab, the first one behind it, and the tab's index."""

    def tab_at(self, cell: int) -> int | None:
        """Return the tab that a cell belongs to."""
        return next((tab for start, end, tab in self.places if start <= cell < end), None)


def whole_width(labels: Sequence[TabLabel]) -> int:
    """Return how many cells the tabs take with their names whole, as far as they may be."""
    most = _NAME_WIDTHS[0]
    return sum(_cells(_words(number, label, most, "")) for number, label in enumerate(labels))


def tab_line(labels: Sequence[TabLabel], active: int, width: int, *, cut: str) -> TabLine:
    """Return the tabs that fit into `width` cells, the active one always among them.

    Brackets and their blanks take the same cells, so that nothing moves when another is active.
    """
    every = range(len(labels))
    for most in _NAME_WIDTHS:
        words = [_words(number, label, most, cut) for number, label in enumerate(labels)]
        if sum(_cells(word) for word in words) <= width:
            return _drawn(words, every, active)
    words = [_words(number, label, _NAME_LEAST, cut) for number, label in enumerate(labels)]
    shown = _window(words, active, width)
    if shown == range(active, active + 1) and _cells(words[active]) > width:
        words[active] = fit(words[active], max(width - 2, 0), cut=cut)
    return _drawn(words, shown, active)


def _words(number: int, label: TabLabel, most: int, cut: str) -> str:
    name = label.name
    if line_width((Span(name),)) > most:
        name = fit(name, most, cut=cut).rstrip()
    count = "" if label.count is None else f"({label.count:,})"
    key = f"{number + 1}:" if number < 9 else ""
    return f"{key}{name}{count}"


def _cells(words: str) -> int:
    return line_width((Span(words),)) + 2


def _window(words: Sequence[str], active: int, width: int) -> range:
    """Return the tabs around the active one that fit beside the signs for those that do not."""
    first, last = active, active + 1
    room = width - _cells(words[active]) - 2
    while True:
        if last < len(words) and _cells(words[last]) <= room:
            room -= _cells(words[last])
            last += 1
        elif first > 0 and _cells(words[first - 1]) <= room:
            first -= 1
            room -= _cells(words[first])
        else:
            return range(first, last)


def _drawn(words: Sequence[str], shown: range, active: int) -> TabLine:
    line: list[Span] = []
    places: list[tuple[int, int, int]] = []
    if shown.start > 0:
        line.append(Span("<", "muted"))
    for number in shown:
        start = line_width(line)
        if number == active:
            line.append(Span(f"[{words[number]}]", "accent", bold=True))
        else:
            line.append(Span(f" {words[number]} ", "muted"))
        places.append((start, line_width(line), number))
    if shown.stop < len(words):
        line.append(Span(">", "muted"))
    return TabLine(tuple(line) or BLANK, tuple(places))
