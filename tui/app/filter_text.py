"""What is said below a filter that is typed: what may come next, or what is wrong. Pure."""

from tui.app.formatting import Glyphs, Line, Span, line_width
from tui.domain.query import Completions, QueryError

_GAP = 2


def fault_line(error: QueryError, width: int) -> Line:
    """Return `column 8: not known (nearest: open)`; without the place where it is narrow."""
    reason = Span(error.reason, "error", bold=True)
    place = Span(f"column {error.column}: ", "error")
    return (place, reason) if line_width((place, reason)) <= width else (reason,)


def candidates_line(
    completions: Completions, chosen: int | None, width: int, glyphs: Glyphs
) -> Line:
    """Return the candidates that fit, from the one on the key takes first, and what that means.

    `chosen`: the one that stands in the text already; those behind it come next.
    """
    items = completions.items
    if not items:
        return ()
    at = chosen or 0
    texts = [item.text for item in (*items[at:], *items[:at])]
    key = Span("tab ", "accent")
    hint = Span(f" {items[at].hint}" if items[at].hint else "", "muted")
    first, others = Span(texts[0], bold=True), texts[1:]
    whole = (key, first, hint, *(Span(" " * _GAP + text, "muted") for text in others))
    if line_width(whole) <= width:
        return tuple(span for span in whole if span.text)
    cut = Span(" " * _GAP + glyphs.cut, "muted")
    line: Line = (key, first)
    for text in others:
        part = Span(" " * _GAP + text, "muted")
        if line_width((*line, part, cut)) > width:
            return (*line, cut)
        line = (*line, part)
    return line
