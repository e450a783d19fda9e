"""What an empty list says: why there is nothing, and what to do. Knows no widget."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tui.app.formatting import ClockFace, Line, Span
from tui.app.health_text import loading_words, state_words, trouble_words
from tui.domain.health import WorkspaceHealth


def empty_lines(
    healths: Mapping[str, WorkspaceHealth],
    clock: ClockFace,
    now: datetime,
    *,
    query: str,
    hidden: int,
) -> Sequence[Line]:
    """Return the lines for a list without a row; `hidden` tickets do not match the query."""
    if query and hidden:
        return (
            (Span("Nothing matches ", bold=True), Span(query, "accent")),
            (Span(f"{hidden:,} tickets are hidden; esc clears the filter.", "muted"),),
        )
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
