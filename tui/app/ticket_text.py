"""A ticket in words: what its row, its preview and its detail share. Knows no widget."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from rich.cells import cell_len

from tui.app.acts_text import acts_line, note_line
from tui.app.formatting import (
    BLANK,
    ClockFace,
    Glyphs,
    Line,
    Span,
    fit,
    fit_line,
    join_sides,
    line_width,
    wrap,
)
from tui.domain.acts import NO_ACTS, LocalActs
from tui.domain.labels import priority_label
from tui.domain.person import Person
from tui.domain.ticket import DueSource, Priority, Status, Ticket
from tui.domain.urgency import SOON, due_words, is_overdue

PRIORITY_STYLES = {
    Priority.CRITICAL: "critical",
    Priority.HIGH: "high",
    Priority.MEDIUM: "medium",
    Priority.LOW: "low",
    Priority.NONE: "muted",
    Priority.UNKNOWN: "muted",
}
"""The colour that only repeats what a priority's label says."""

_TWO_TITLE_LINES_FROM = 6
_GAP_FROM = 10
"""From how many lines on a preview has room for a longer title, and for a blank line."""
_TALL_FROM = 20
"""From how many lines on nothing has to share a line or be cut."""
_BLANK_LINES = re.compile(r"\n\s*\n")


def due_style(ticket: Ticket, now: datetime) -> str:
    """Return the colour of the due words."""
    estimated = ticket.due_source is DueSource.ESTIMATE and not ticket.flagged_overdue
    if is_overdue(ticket, now):
        return "due_soon" if estimated else "overdue"
    if ticket.due_at is not None and not estimated and ticket.due_at - now <= SOON:
        return "due_soon"
    return "muted"


def facts(
    ticket: Ticket,
    now: datetime,
    clock: ClockFace,
    *,
    width: int,
    glyphs: Glyphs,
    with_handle: bool = True,
) -> Line:
    """Return the one line that says what the ticket is and when it is due.

    Where it is narrow, the reason of the due time goes first, then its clock time.
    """
    label = Span(priority_label(ticket), PRIORITY_STYLES[ticket.priority], bold=True)
    first = (Span(f"{ticket.handle}  ", "accent", bold=True), label) if with_handle else (label,)
    room = width - line_width(first)
    if room <= 0:
        return fit_line(first, width, cut=glyphs.cut)
    status, segments = status_words(ticket), segment_words(ticket)
    words = f"  {status}  {segments}" if segments else f"  {status}"
    rights = _due_lines(ticket, now, clock)
    right = next(
        (
            line
            for needed in (cell_len(words), cell_len(status) + 2, 0)
            for line in rights
            if needed + 1 + line_width(line) <= room
        ),
        BLANK,
    )
    space = room - line_width(right) - bool(right)
    # Blanks in the colour of the words: each change of colour costs bytes.
    middle = fit(words if cell_len(words) <= space else f"  {status}", space, cut=glyphs.cut)
    return (*first, Span(middle + " " * bool(right), "muted"), *right)


def preview(
    ticket: Ticket,
    now: datetime,
    clock: ClockFace,
    *,
    width: int,
    height: int,
    glyphs: Glyphs,
    acts: LocalActs = NO_ACTS,
) -> list[Line]:
    """Return what the ticket is about, and what was done here, in at most `height` lines."""
    lines = [facts(ticket, now, clock, width=width, glyphs=glyphs)]
    most = 2 if height >= _TWO_TITLE_LINES_FROM else 1
    lines += title_lines(ticket, width, most=most, glyphs=glyphs)
    done = acts_line(acts, ticket, now, clock)
    if height >= _TALL_FROM:
        lines += _at_leisure(ticket, now, clock, width, has_due=lines[0])
        lines += [fit_line(done, width, cut=glyphs.cut)] if done else []
    else:
        lines += _beside_or_below(_people(ticket), done, width, cut=glyphs.cut)
    if acts.notes:
        lines.append(fit_line(note_line(acts.notes[-1], now, clock), width, cut=glyphs.cut))
    body = body_beyond_title(ticket)[: width * height * 4]
    if body and height >= _GAP_FROM:
        lines.append(BLANK)
    elif body:
        body = _BLANK_LINES.sub("\n", body)
    room = height - len(lines)
    if body and room > 0:
        # One line more than there is room for tells whether there is more.
        texts = list(islice(wrap(body, width), room + 1))
        if len(texts) > room:
            texts = [*texts[: room - 1], _cut_after(texts[room - 1], width, glyphs)]
        lines += [(Span(text),) for text in texts]
    return lines[: max(height, 0)]


def title_lines(ticket: Ticket, width: int, *, most: int, glyphs: Glyphs) -> list[Line]:
    """Return the title in bold, in at most so many lines; none where it is not known."""
    if not ticket.title:
        return []
    lines = list(wrap(ticket.title, width))
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        lines = [*lines[: most - 1], fit(rest, width, cut=glyphs.cut)]
    return [(Span(line, bold=True),) for line in lines]


def labelled(
    label: str, value: str, width: int, glyphs: Glyphs, *, column: int, style: str = "text"
) -> Iterator[Line]:
    """Yield a value beside its label, wrapped; the label takes a third of the room at most."""
    column = min(column, max(width // 3, 1))
    head = fit(label, column - 1, cut=glyphs.cut) + " "
    for text in wrap(value, width - column):
        yield (Span(head, "muted"), Span(text, style))
        head = " " * column


def person_words(person: Person) -> str:
    """Return `Ann <ann@example.com>  +49 30 1`, or what there is of it."""
    parts = [person.name or ""]
    if person.email:
        parts.append(f"<{person.email}>" if person.name else person.email)
    if person.phone:
        parts.append(f" {person.phone}")
    return " ".join(part for part in parts if part).lstrip()


def segment_words(ticket: Ticket) -> str:
    """Return `S1 > CS`: where the ticket came from and where it is."""
    here, there = ticket.origin_segment, ticket.current_segment
    return f"{here} > {there}" if here and there else here or there or ""


def status_words(ticket: Ticket) -> str:
    """Return the status in full; of one that is not known the vendor's own word."""
    if ticket.status is Status.UNKNOWN:
        return f"status {ticket.vendor_status}" if ticket.vendor_status else "status unknown"
    return ticket.status.value


def body_beyond_title(ticket: Ticket) -> str:
    """Return the text without a first line that only repeats the title."""
    first, _, rest = ticket.body.partition("\n")
    return rest.lstrip("\n") if first.strip() == ticket.title else ticket.body


def _due_lines(ticket: Ticket, now: datetime, clock: ClockFace) -> list[Line]:
    """Return the due words with all there is to say of them, and shorter ones behind it."""
    words = due_words(ticket, now)
    if not words:
        return [BLANK]
    style = due_style(ticket, now)
    said = Span(words, style, bold=is_overdue(ticket, now))
    if ticket.due_at is None:
        return [(said, Span(" flagged by the vendor", "muted")), (said,)]
    near = abs(ticket.due_at - now) < timedelta(days=1)
    moment = clock.full(ticket.due_at)
    if near:
        moment = f"{clock.at(ticket.due_at, now)} {clock.zone(ticket.due_at)}"
    if ticket.due_at <= now:
        when = f" since {moment}"
    elif is_overdue(ticket, now):
        when = f" flagged, due {moment}"
    else:
        when = f" at {moment}"
    source = f" ({ticket.due_source})" if ticket.due_source else ""
    return [(said, Span(when + source, "muted")), (said, Span(when, "muted")), (said,)]


def _people(ticket: Ticket) -> Line:
    assignee = ticket.assignee.words
    parts = (person_words(ticket.customer), f"for {assignee}" if assignee else "unassigned")
    return (Span("  ".join(part for part in parts if part), "muted"),)


def _at_leisure(
    ticket: Ticket, now: datetime, clock: ClockFace, width: int, *, has_due: Line
) -> Iterator[Line]:
    """Yield people and times, each on lines of their own; the due time if it was shortened."""
    people = (person_words(ticket.customer), f"for {ticket.assignee.words or 'nobody'}")
    whole = _due_lines(ticket, now, clock)[0]
    due = "".join(span.text for span in whole) if whole[-1:] != has_due[-1:] else ""
    times = (("created", ticket.created_at), ("updated", ticket.updated_at))
    said = ", ".join(f"{word} {clock.at(at, now)}" for word, at in times if at is not None)
    for words in (*people, due, said):
        if words:
            yield from ((Span(text, "muted"),) for text in wrap(words, width))


def _beside_or_below(left: Line, right: Line, width: int, *, cut: str) -> Iterator[Line]:
    """Yield one line with both sides, or two where that is too narrow for them."""
    if right and line_width(left) + 2 + line_width(right) <= width:
        yield join_sides(left, right, width, cut=cut)
    else:
        yield fit_line(left, width, cut=cut)
        if right:
            yield fit_line(right, width, cut=cut)


def _cut_after(text: str, width: int, glyphs: Glyphs) -> str:
    """Return the text with the sign of a cut behind it, in the room there is."""
    return fit(f"{text} {glyphs.cut}".lstrip(), width, cut=glyphs.cut).rstrip()
