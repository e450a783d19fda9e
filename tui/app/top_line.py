"""The first line of a screen: where one is, what there is, and the minute. Knows no widget."""

from datetime import datetime

from tui.app.formatting import ClockFace, Line, Span
from tui.app.mirror import Tally


def scope_counts(scope: str, tally: Tally, *, unread: int, sources: int) -> Line:
    """Return `All  231 open  6 OVER  4 CRIT  3 snoozed`; snoozed ones are counted as open too.

    `unread` of the sources were never read.
    """
    name = Span(scope, "accent", bold=True)
    if unread and unread == sources:
        return (name, Span("  "), Span("not read yet", "warning"))
    return (
        name,
        Span("  "),
        *((Span("at least ", "warning"),) if unread else ()),
        Span(f"{tally.open:,} open"),
        Span("  "),
        _count(tally.overdue, "OVER", "overdue"),
        Span("  "),
        _count(tally.critical, "CRIT", "critical"),
        *((Span(f"  {tally.snoozed:,} snoozed", "muted"),) if tally.snoozed else ()),
    )


def words_and_clock(words: tuple[str, ...], face: ClockFace, now: datetime) -> Line:
    """Return `DEMO  03:05 UTC`."""
    shown = tuple(Span(f"{word}  ", "warning", bold=True) for word in words)
    return (*shown, Span(face.minute(now), "muted"))


def _count(count: int, word: str, style: str) -> Span:
    return Span(f"{count:,} {word}", style if count else "muted", bold=bool(count))
