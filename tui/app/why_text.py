"""Why a row has its place, its words and its colours, in words. Knows no widget."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui.app.acts_text import acts_line
from tui.app.formatting import BLANK, ClockFace, Line, Span, fit, fit_line, line_width, wrap
from tui.app.health_text import is_trusted, state_words
from tui.app.ticket_text import PRIORITY_STYLES, due_style
from tui.domain.activity import Novelty
from tui.domain.acts import NO_ACTS, LocalActs, is_snoozed
from tui.domain.duration import duration_words
from tui.domain.health import WorkspaceHealth
from tui.domain.labels import priority_label
from tui.domain.order import Order
from tui.domain.ticket import DueSource, Priority, Ticket
from tui.domain.urgency import SOON, Band, band, due_words, is_overdue, span_words
from tui.domain.why import BAND_OF, Case, DueKind, case_of, coming_turn, due_kind
from tui.domain.workspace import Workspace

BANDS = {
    Band.CRITICAL: "critical",
    Band.HIGH_PRESSING: "high, and overdue or due within the hour",
    Band.PRESSING: "any other, overdue for at most 7 days or due within the hour",
    Band.OPEN: "all other open tickets",
    Band.CLOSED: "closed",
}
"""What each band holds, in the words of the contract."""

_CASES = {
    Case.CLOSED: "Its status is {status}.",
    Case.CRITICAL: "Its priority is critical; nothing else counts.",
    Case.HIGH_OVERDUE: "Its priority is high, and its due time has passed.",
    Case.HIGH_FLAGGED: "Its priority is high, and the vendor flags it overdue.",
    Case.HIGH_SOON: "Its priority is high, and its due time is within the hour.",
    Case.OVERDUE: "Its due time has passed, by at most 7 days.",
    Case.GIVEN_UP: "Its due time passed more than 7 days ago, and its priority is not high.",
    Case.FLAGGED: "The vendor flags it overdue.",
    Case.SOON: "Its due time is within the hour.",
    Case.ESTIMATED: "Its due time is an estimate: that lifts high tickets only.",
    Case.LATER: "Its due time is more than an hour away.",
    Case.UNDATED: "It has no due time, and no vendor's flag.",
}
_KINDS = {
    DueKind.KNOWN: "Its due time is known.",
    DueKind.FLAG: "A flag without a known time stands behind known times.",
    DueKind.ESTIMATE: "An estimate stands behind known times and flags.",
    DueKind.NONE: "Without a due time it stands behind those that have one.",
}
_LABELS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decides on a row besides its ticket."""

    workspace: Workspace | None = None
    health: WorkspaceHealth | None = None
    acts: LocalActs = NO_ACTS
    novelty: Novelty | None = None
    is_marked: bool = False
    order: Order = field(default_factory=Order)


def why(
    ticket: Ticket,
    now: datetime,
    clock: ClockFace,
    around: Circumstances,
    *,
    width: int,
) -> list[Line]:
    """Return which field, rule, threshold and zone put the row where it is, as it is."""
    where = BAND_OF[case_of(ticket, now)]
    title = f"Band {where.value} of {len(Band)}: {BANDS[where]}"
    lines: list[Line] = [(Span(text, bold=True),) for text in wrap(title, width)]
    lines.append(BLANK)
    label_before = ""
    for label, word, text in _rows(ticket, now, clock, around):
        lines += _row("" if label == label_before else label, word, text, width)
        label_before = label
    return lines


_Row = tuple[str, Span | None, str]
"""A label, a word as the list shows it, and what is to be said of it."""


def _rows(ticket: Ticket, now: datetime, clock: ClockFace, around: Circumstances) -> Iterator[_Row]:
    case = case_of(ticket, now)
    yield "Place", None, _CASES[case].format(status=ticket.status.value)
    for text in _place(ticket, now, around):
        yield "Place", None, text
    yield "Priority", *_priority(ticket)
    yield from _due(ticket, now, clock, around)
    for text in _dimmed(ticket, now, clock, around):
        yield "Dimmed", None, text
    if around.novelty is Novelty.NEW:
        yield "Signs", Span("*", "new", bold=True), "new, and nobody has looked at it"
    elif around.novelty is Novelty.CHANGED:
        yield "Signs", Span("+", "new", bold=True), "changed since it was looked at"
    if around.is_marked:
        yield "Signs", Span("x", "mark", bold=True), "marked on this screen"
    if done := acts_line(around.acts, ticket, now, clock):
        yield "Here", done[0], "the vendor hears nothing of it"
    yield "Next", None, _next(ticket, now, clock)
    yield "Zone", None, f"clock times are {clock.zone(now)}; bands compare moments, in any zone"


def _place(ticket: Ticket, now: datetime, around: Circumstances) -> Iterator[str]:
    if ticket.closed:
        yield "Within the band: the latest update, then priority, sooner due, older."
    else:
        yield "Within the band: priority, then sooner due, then older."
        yield _KINDS[due_kind(ticket)]
    if around.acts.pinned:
        yield "It is pinned here: that puts it above all bands, in every order."
    if is_snoozed(around.acts, ticket, now):
        yield "It is snoozed here: only a filter with is:snoozed shows it."
    order = around.order
    if order.key != "urgency":
        yield f"The list is sorted by {order.key} now: urgency decides among equals only."
    elif order.descending:
        yield "The list is turned around now: the least urgent comes first."


def _priority(ticket: Ticket) -> tuple[Span, str]:
    style = PRIORITY_STYLES[ticket.priority]
    word = Span(priority_label(ticket), style, bold=style == "critical")
    if ticket.priority is Priority.NONE:
        return word, "its vendor has no priorities"
    if ticket.priority is Priority.UNKNOWN:
        if not ticket.vendor_priority:
            return word, "the vendor tells no priority"
        said = f"the vendor's word {ticket.vendor_priority!r} is not known"
        return word, f"{said}; priority_words in the configuration can teach it"
    said = f" (the vendor says {ticket.vendor_priority})" if ticket.vendor_priority else ""
    return word, f"{ticket.priority.value}{said}; {_color(style)}"


def _due(ticket: Ticket, now: datetime, clock: ClockFace, around: Circumstances) -> Iterator[_Row]:
    words, style = due_words(ticket, now), due_style(ticket, now)
    if words:
        shown = Span(words, style, bold=is_overdue(ticket, now))
        yield "Due", shown, f"{_due_state(ticket, now)}; {_color(style)}"
    elif ticket.closed and ticket.due_at is not None:
        yield "Due", None, "a closed ticket is never overdue"
    yield "Due", None, _due_source(ticket, clock, around)
    if ticket.flagged_overdue and not ticket.closed:
        yield "Due", None, "The vendor itself flags it overdue."


def _due_state(ticket: Ticket, now: datetime) -> str:
    if ticket.due_at is None:
        return "flagged overdue, and no time is told: none is invented"
    left = ticket.due_at - now
    if left <= timedelta():
        return f"overdue: the due time passed {_exact(-left)} ago"
    if is_overdue(ticket, now):
        return f"flagged overdue, though the due time is {_exact(left)} away"
    soon = ", within the hour" if left <= SOON else ""
    return f"the due time is {_exact(left)} away{soon}"


def _due_source(ticket: Ticket, clock: ClockFace, around: Circumstances) -> str:
    name, priority = ticket.ref.workspace, ticket.priority.value
    if ticket.due_at is None:
        why_none = f"the vendor gives none, and {name} has no sla for {priority}"
        return f"There is no due time (due_at): {why_none}."
    sign = "~" if ticket.due_source is DueSource.ESTIMATE else ""
    said = f"The due time (due_at) is {sign}{clock.both(ticket.due_at)}"
    match ticket.due_source:
        case DueSource.SLA:
            allowed = around.workspace.sla.get(ticket.priority) if around.workspace else None
            if allowed is None or ticket.created_at is None:
                return f"{said}, from the sla of {name}"
            sum_of = (
                f"created {clock.both(ticket.created_at)} + {priority} {duration_words(allowed)}"
            )
            return f"{said}, from the sla of {name}: {sum_of}"
        case DueSource.ESTIMATE:
            return f"{said}, estimated from what the vendor tells: always written with ~"
        case _:
            return f"{said}, from the vendor"


def _dimmed(
    ticket: Ticket, now: datetime, clock: ClockFace, around: Circumstances
) -> Iterator[str]:
    health, name = around.health, ticket.ref.workspace
    if not is_trusted(health):
        state = f"is {state_words(health, clock, now).text}" if health else "was not read yet"
        yield f"with !, {_color('stale')}, because {name} {state}"
    elif ticket.closed:
        yield f"{_color('muted')}, because it is closed"


def _next(ticket: Ticket, now: datetime, clock: ClockFace) -> str:
    turn = coming_turn(ticket, now)
    if turn is None:
        return "nothing changes its place by time alone"
    moment = f"in {span_words(turn.at - now)}, {clock.at(turn.at, now)} {clock.zone(turn.at)}"
    becomes = ["becomes OVER"] if turn.overdue and not is_overdue(ticket, now) else []
    if turn.band is not band(ticket, now):
        becomes.append(f"goes to band {turn.band.value}: {BANDS[turn.band]}")
    return f"{moment}: {', '.join(becomes)}"


def _color(style: str) -> str:
    """Return which colour of the theme it is, by what that stands for."""
    return f"colour: {style.replace('_', ' ')}"


def _exact(span: timedelta) -> str:
    """Return a span in whole minutes: `3h5m`, `<1m`."""
    minute = timedelta(minutes=1)
    return duration_words(span // minute * minute) if span >= minute else "<1m"


def _row(label: str, word: Span | None, text: str, width: int) -> Iterator[Line]:
    """Yield a row wrapped beside its label, and beside the word as the list shows it."""
    column = min(_LABELS, max(width // 4, 1))
    head: Line = (Span(fit(label, column - 1, cut="") + " ", "muted"),)
    if word is not None:
        shown = fit_line((word,), width - column)
        if line_width(shown) + 2 <= (width - column) // 2:
            head = (*head, *shown, Span("  "))
        else:
            yield (*head, *shown)
            head = (Span(" " * column),)
    room = line_width(head)
    for part in wrap(text, width - room):
        yield (*head, Span(part))
        head = (Span(" " * room),)
