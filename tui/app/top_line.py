"""The first line of a screen: where one is, what there is, and the minute. Knows no widget."""

from datetime import datetime

from rich.cells import cell_len

from tui.app.formatting import ClockFace, Line, Span, fit, line_width
from tui.app.mirror import Tally

_NAMES_LEAST, _NAMES_SHORTEST = 8, 3
"""Before the names get fewer cells than this, another count goes; and the minute."""


def scope_and_clock(
    scope: str,
    tally: Tally,
    clock: Line,
    *,
    unread: int,
    sources: int,
    width: int,
    cut: str,
) -> tuple[Line, Line]:
    """Return both sides of `All  231 open  6 OVER  4 CRIT  3 snoozed     DEMO  03:05 UTC`.

    Snoozed ones are counted as open too; `unread` of the sources were never read. `clock` ends with
    the minute. What is overdue or critical is never cut: the names are cut first, then what is
    snoozed goes, what is open, and the minute.
    """
    room = width - line_width(clock) - 1
    if unread and unread == sources:
        counts: tuple[Line, ...] = ((Span("not read yet", "warning"),),)
    else:
        counts = _counts(tally, is_least=bool(unread))
    names_least = min(cell_len(scope), _NAMES_LEAST)
    fitting = (each for each in counts if names_least + 2 + line_width(each) <= room)
    shown = next(fitting, counts[-1])
    left = room - line_width(shown) - 2
    if left < min(cell_len(scope), _NAMES_SHORTEST):
        clock = clock[:-1]
        left = width - line_width(clock) - 1 - line_width(shown) - 2
    if left <= 0:
        return shown, clock
    name = fit(scope, min(left, cell_len(scope)), cut=cut)
    return (Span(name, "accent", bold=True), Span("  "), *shown), clock


def _counts(tally: Tally, *, is_least: bool) -> tuple[Line, ...]:
    """Return the counts, from all of them to those that always stay."""
    least = (Span("at least ", "warning"),) if is_least else ()
    open_ones = (Span(f"{tally.open:,} open"), Span("  "))
    pressing = (
        _count(tally.overdue, "OVER", "overdue"),
        Span("  "),
        _count(tally.critical, "CRIT", "critical"),
    )
    snoozed = (Span(f"  {tally.snoozed:,} snoozed", "muted"),) if tally.snoozed else ()
    return (
        (*least, *open_ones, *pressing, *snoozed),
        (*least, *open_ones, *pressing),
        (*least, *pressing),
    )


def words_and_clock(words: tuple[str, ...], face: ClockFace, now: datetime) -> Line:
    """Return `DEMO  03:05 UTC`."""
    shown = tuple(Span(f"{word}  ", "warning", bold=True) for word in words)
    return (*shown, Span(face.minute(now), "muted"))


def _count(count: int, word: str, style: str) -> Span:
    return Span(f"{count:,} {word}", style if count else "muted", bold=bool(count))
