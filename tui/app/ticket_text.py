"""A ticket in words: the cells of its row, its preview and its detail. Knows no widget."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tui.app.formatting import BLANK, ClockFace, Glyphs, Line, Span, fit, join_sides, wrap
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

_LABEL_WIDTH = 12


def due_style(ticket: Ticket, now: datetime) -> str:
    """Return the colour of the due words."""
    estimated = ticket.due_source is DueSource.ESTIMATE and not ticket.flagged_overdue
    if is_overdue(ticket, now):
        return "due_soon" if estimated else "overdue"
    if ticket.due_at is not None and not estimated and ticket.due_at - now <= SOON:
        return "due_soon"
    return "muted"


def facts(ticket: Ticket, now: datetime, clock: ClockFace, *, width: int, glyphs: Glyphs) -> Line:
    """Return the one line that says what the ticket is and when it is due."""
    priority = Span(priority_label(ticket), PRIORITY_STYLES[ticket.priority])
    left: list[Span] = [Span(ticket.handle, "accent", bold=True), Span("  "), priority]
    left.append(Span(f"  {_status_words(ticket)}", "muted"))
    if segments := _segments(ticket):
        left.append(Span(f"  {segments}", "muted"))
    return join_sides(tuple(left), _due_line(ticket, now, clock), width, cut=glyphs.cut)


def preview(
    ticket: Ticket, now: datetime, clock: ClockFace, *, width: int, height: int, glyphs: Glyphs
) -> list[Line]:
    """Return what the ticket is about in at most `height` lines."""
    lines = [facts(ticket, now, clock, width=width, glyphs=glyphs)]
    lines += _bold(ticket.title, width, most=2 if height > 5 else 1, glyphs=glyphs)
    if people := _people(ticket):
        lines.append((Span(people, "muted"),))
    body = _body_beyond_title(ticket)
    for text in wrap(body[: width * height * 4], width):
        if len(lines) >= height:
            break
        lines.append((Span(text),))
    return lines[:height]


def detail(
    ticket: Ticket, now: datetime, clock: ClockFace, *, width: int, glyphs: Glyphs, note: str
) -> list[Line]:
    """Return all that is known of the ticket; `note` tells how fresh that is."""
    lines = _bold(ticket.title, width, most=6, glyphs=glyphs)
    lines += [facts(ticket, now, clock, width=width, glyphs=glyphs), BLANK]
    for label, value in _rows(ticket, now, clock):
        if value:
            lines += _labelled(label, value, width, glyphs)
    lines += [BLANK, (Span(note, "muted"),), BLANK]
    if ticket.body:
        lines += [(Span(text),) for text in wrap(ticket.body, width)]
    else:
        lines.append((Span("No text.", "muted"),))
    if ticket.extra:
        lines += [BLANK, (Span("Other fields", "accent"),)]
        for key, scalar in ticket.extra.items():
            lines += _labelled(key, "-" if scalar is None else str(scalar), width, glyphs)
    return lines


def person_words(person: Person) -> str:
    """Return `Ann <ann@example.com>  +49 30 1`, or what there is of it."""
    parts = [person.name or ""]
    if person.email:
        parts.append(f"<{person.email}>" if person.name else person.email)
    if person.phone:
        parts.append(f" {person.phone}")
    return " ".join(part for part in parts if part)


def _rows(ticket: Ticket, now: datetime, clock: ClockFace) -> Iterator[tuple[str, str]]:
    def when(moment: datetime | None) -> str:
        return clock.full(moment) if moment else ""

    yield "Customer", person_words(ticket.customer)
    yield "Assignee", person_words(ticket.assignee)
    yield "Status", _with_vendor_word(ticket.status.value, ticket.vendor_status)
    yield "Priority", _with_vendor_word(ticket.priority.value, ticket.vendor_priority)
    yield "Kind", ticket.kind or ""
    yield "Channel", ticket.channel or ""
    yield "Segments", _segments(ticket)
    yield "Tags", ", ".join(ticket.tags)
    due = due_words(ticket, now)
    source = f" ({ticket.due_source})" if ticket.due_source else ""
    yield "Due", f"{when(ticket.due_at)}{source}  {due}".strip() if due or ticket.due_at else ""
    yield "Created", when(ticket.created_at)
    yield "Updated", when(ticket.updated_at)
    yield "Last shown", when(ticket.confirmed_at)
    yield "Id", ticket.ref.id if ticket.number else ""
    yield "Address", ticket.url or ""


def _labelled(label: str, value: str, width: int, glyphs: Glyphs) -> Iterator[Line]:
    column = min(max(_LABEL_WIDTH, len(label) + 1), max(width // 3, 1))
    head = fit(label, column - 1, cut=glyphs.cut) + " "
    for text in wrap(value, width - column):
        yield (Span(head, "muted"), Span(text))
        head = " " * column


def _bold(text: str, width: int, *, most: int, glyphs: Glyphs) -> list[Line]:
    lines = list(wrap(text, width))
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        lines = [*lines[: most - 1], fit(rest, width, cut=glyphs.cut)]
    return [(Span(line, bold=True),) for line in lines]


def _due_line(ticket: Ticket, now: datetime, clock: ClockFace) -> Line:
    words = due_words(ticket, now)
    if not words:
        return BLANK
    style = due_style(ticket, now)
    if ticket.due_at is None:
        return (Span(words, style),)
    over = ticket.due_at <= now
    near = abs(ticket.due_at - now) < timedelta(days=1)
    moment = clock.at(ticket.due_at, now) if near else clock.full(ticket.due_at)
    source = f" ({ticket.due_source})" if ticket.due_source else ""
    return (Span(words, style), Span(f" {'since' if over else 'at'} {moment}{source}", "muted"))


def _people(ticket: Ticket) -> str:
    customer, assignee = person_words(ticket.customer), ticket.assignee.words
    return "  ".join(part for part in (customer, assignee and f"assigned to {assignee}") if part)


def _segments(ticket: Ticket) -> str:
    here, there = ticket.origin_segment, ticket.current_segment
    return f"{here} > {there}" if here and there else here or there or ""


def _status_words(ticket: Ticket) -> str:
    if ticket.status is Status.UNKNOWN:
        return f"status {ticket.vendor_status}" if ticket.vendor_status else "status unknown"
    return ticket.status.value


def _with_vendor_word(ours: str, theirs: str | None) -> str:
    return f"{ours} (the vendor says {theirs})" if theirs else ours


def _body_beyond_title(ticket: Ticket) -> str:
    """The text without a first line that only repeats the title."""
    first, _, rest = ticket.body.partition("\n")
    return rest.lstrip("\n") if first.strip() == ticket.title else ticket.body
