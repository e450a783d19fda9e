"""The line below a list: where one is in it, what is not in it, and what is marked. Pure."""

from dataclasses import dataclass

from tui.app.formatting import Line, Span, line_width


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is in a list, and what is not."""

    first: int
    last: int
    """The rows in sight, counted from 1."""
    shown: int
    total: int
    """Shown or not, of the workspaces that the list is about."""
    is_narrowed: bool
    """Whether a view or a filter hides anything."""
    is_whole: bool = True
    """Whether the tickets that are counted are all there, not only those that come first."""
    hidden_overdue: int = 0
    snoozed: int = 0
    """Hidden because they are put off."""
    marked: int = 0
    hidden_marked: int = 0
    hidden_marked_overdue: int = 0


def place_line(place: Place, *, view: str, typed: str, width: int) -> Line:
    """Return `/till  12 of 231; hides 2 OVER; 3 snoozed   3 marked, 2 hidden (1 OVER)`.

    `view` is the name of the one in front where no tab tells it. What is typed is cut before
    anything is left out.
    """
    parts = (*counted(place), *_marks(place))
    head: list[Span] = []
    if view:
        head.append(Span(f"{view}  ", "accent"))
    if typed:
        room = max(width - line_width(head) - line_width(parts) - 3, 8)
        text = f"/{typed}"
        head += [Span(text if len(text) <= room else f"{text[: room - 2]}..", "accent"), Span("  ")]
    return (*head, *parts)


def counted(place: Place) -> Line:
    """Return `12 of 231; hides 2 OVER`, or where in the list one is if nothing narrows it.

    Empty where there is no ticket at all: why there is none, the list itself says.
    """
    if place.is_narrowed:
        line = [Span(f"{place.shown:,} of {place.total:,}")]
        if place.hidden_overdue:
            words = f"; hides {place.hidden_overdue:,} OVER"
            line.append(Span(words, "overdue", bold=True))
        if place.snoozed:
            line.append(Span(f"; {place.snoozed:,} snoozed", "muted"))
        return (*line, *_loading(place))
    if not place.total or place.last < place.first:
        return ()
    # The tab counts the same: what is put off stands behind the number, not in it.
    awake = place.total - place.snoozed
    line = [Span(f"{place.first:,}-{place.last:,} of {awake:,}", "muted")]
    if place.snoozed:
        line.append(Span(f"; {place.snoozed:,} snoozed", "muted"))
        if place.hidden_overdue:
            words = f", {place.hidden_overdue:,} of them OVER"
            line.append(Span(words, "overdue", bold=True))
    return (*line, *_loading(place))


def _loading(place: Place) -> Line:
    return () if place.is_whole else (Span("; loading the rest", "warning"),)


def _marks(place: Place) -> Line:
    if not place.marked:
        return ()
    line: Line = (Span("   "), Span(f"{place.marked:,} marked", "mark", bold=True))
    if place.hidden_marked:
        line = (*line, Span(f", {place.hidden_marked:,} hidden", "warning", bold=True))
    if place.hidden_marked_overdue:
        words = f" ({place.hidden_marked_overdue:,} OVER)"
        line = (*line, Span(words, "overdue", bold=True))
    return line
