"""What an empty list says: why there is nothing, and what to do. Knows no widget."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tui.app.formatting import ClockFace, Line, Span
from tui.app.health_text import loading_words, state_words, trouble_words
from tui.app.place_line import Place
from tui.domain.health import WorkspaceHealth


def empty_lines(
    healths: Mapping[str, WorkspaceHealth],
    clock: ClockFace,
    now: datetime,
    *,
    place: Place,
    typed: str,
    view: str,
    way_to_all: str,
) -> Sequence[Line]:
    """Return the lines for a list without a row.

    `typed` is the filter, `view` the name of the view in front unless it shows everything, and
    `way_to_all` says which key brings the one that does.
    """
    if place.total:
        return _all_hidden(place, typed, view, way_to_all)
    lines: list[Line] = []
    for name, health in healths.items():
        if trouble := trouble_words(health, clock, now):
            state = state_words(health, clock, now)
            lines.append((Span(f"{name} ", bold=True), state))
            lines.append((Span(trouble, "muted"),))
    if reading := loading_words(healths):
        lines = [(Span("Reading", bold=True),), *((Span(words),) for words in reading), *lines]
    elif lines:
        lines.insert(0, (Span("No tickets could be read.", bold=True),))
    else:
        lines.append((Span("No tickets.", bold=True),))
        lines.append((Span("Nothing is waiting here.", "muted"),))
    return lines


def _all_hidden(place: Place, typed: str, view: str, way_to_all: str) -> Sequence[Line]:
    if typed:
        where = f" in {view}" if view else ""
        head: Line = (Span("Nothing matches ", bold=True), Span(typed, "accent"), Span(where))
        way = "esc clears the filter."
    elif view:
        head = (Span("Nothing in ", bold=True), Span(view, "accent"), Span(" now.", bold=True))
        way = way_to_all
    else:
        head = (Span("Everything here is snoozed.", bold=True),)
        way = "The filter is:snoozed shows it."
    hidden = place.total - place.shown
    words: list[Span] = [Span(f"{hidden:,} ticket{'s are' if hidden > 1 else ' is'} hidden")]
    if place.hidden_overdue:
        words += [Span(", "), Span(f"{place.hidden_overdue:,} OVER", "overdue", bold=True)]
    if place.snoozed and (typed or view):
        words.append(Span(f", {place.snoozed:,} that would match are snoozed"))
    return head, tuple(words), (Span(way, "muted"),)
