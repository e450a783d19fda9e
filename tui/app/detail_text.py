"""A ticket whole, in words: every field, its text, what was done here and how it changed.

Knows no widget.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from tui.app.acts_text import acts_rows
from tui.app.formatting import BLANK, ClockFace, Glyphs, Line, Span, wrap
from tui.app.health_text import is_trusted, state_words
from tui.app.history_text import history_rows
from tui.app.ticket_text import (
    body_beyond_title,
    facts,
    labelled,
    person_words,
    segment_words,
    title_lines,
)
from tui.domain.acts import NO_ACTS, LocalActs
from tui.domain.health import WorkspaceHealth
from tui.domain.revision import Revision
from tui.domain.ticket import DueSource, Scalar, Ticket
from tui.domain.urgency import due_words
from tui.domain.workspace import Workspace

MEASURE = 100
"""Cells of the longest line: longer ones are hard to read."""
_LABELS = 14
"""Cells of the column of labels; `Snoozed here` fits."""
_LABELS_OF_EXTRA = 30
_CUSTOM = "field."


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a ticket besides itself."""

    workspace: Workspace | None = None
    health: WorkspaceHealth | None = None
    acts: LocalActs = NO_ACTS
    revisions: Sequence[Revision] = ()
    """Newest first."""
    no_history: str = ""
    """Why there are no revisions, in one line."""
    is_fetched: bool = False
    """Whether the vendor was asked for this very ticket."""
    note: str = ""
    """How fresh all this is, in one line."""


@dataclass(slots=True)
class Document:
    """Lines in parts that have names, so that a reader stays at the place when others change."""

    lines: list[Line] = field(default_factory=list)
    parts: dict[str, int] = field(default_factory=dict)
    """The first line of each part, from the top down."""
    headings: list[int] = field(default_factory=list)
    """The lines with a heading."""

    def add(self, name: str, lines: Iterable[Line]) -> None:
        """Put a part below the others; a name that is there already goes on."""
        self.parts.setdefault(name, len(self.lines))
        self.lines += lines

    def head(self, title: str) -> None:
        """Begin a section."""
        self.add(f"before {title}", [BLANK])
        self.headings.append(len(self.lines))
        self.add(title, [(Span(title, "accent"),)])

    def place_of(self, line: int) -> tuple[str, int]:
        """Return the part that a line belongs to, and which of its lines it is."""
        name = max(
            (name for name, first in self.parts.items() if first <= line),
            key=lambda name: self.parts[name],
        )
        return name, line - self.parts[name]

    def line_of(self, line: int, other: "Document") -> int:
        """Return where a line of the `other` document is in this one, as near as can be told."""
        name, below = other.place_of(line)
        while name not in self.parts:
            line = other.parts[name] - 1
            if line < 0:
                return 0
            name, below = other.place_of(line)
        return self.parts[name] + below


def detail(
    ticket: Ticket,
    now: datetime,
    clock: ClockFace,
    *,
    width: int,
    glyphs: Glyphs,
    known: Known,
) -> Document:
    """Return all that is known of the ticket."""
    width = min(width, MEASURE)
    page = Document()
    page.add("title", title_lines(ticket, width, most=6, glyphs=glyphs))
    page.add("facts", [facts(ticket, now, clock, width=width, glyphs=glyphs, with_handle=False)])

    def rows(pairs: Iterable[tuple[str, str]], column: int = _LABELS) -> None:
        for label, value in pairs:
            if value:
                page.add(label, labelled(label, value, width, glyphs, column=column))

    rows([("Customer", person_words(ticket.customer) or "unknown")])
    rows([("Assignee", person_words(ticket.assignee) or "nobody")])
    rows((f"{label} here", value) for label, value in acts_rows(known.acts, ticket, now, clock))
    page.add("note", _freshness(ticket, known, now, clock, width))
    page.head("Text")
    page.add("body", _text_lines(ticket, width))
    page.head("Fields")
    fields = dict(_fields(ticket, known))
    rows(fields.items())
    if absent := [label.lower() for label, value in fields.items() if not value]:
        rows([("Not given", ", ".join(absent))])
    page.head("Times")
    rows(_times(ticket, known, now, clock))
    for title, extra in _extra_sections(ticket.extra):
        page.head(title)
        longest = max(len(key) for key in extra) + 2
        rows(extra.items(), max(_LABELS, min(longest, _LABELS_OF_EXTRA)))
    page.head("Changes")
    page.add("changes", _history(known, now, clock, width, glyphs))
    return page


def _freshness(
    ticket: Ticket, known: Known, now: datetime, clock: ClockFace, width: int
) -> Iterator[Line]:
    if known.health is not None and not is_trusted(known.health):
        state = state_words(known.health, clock, now)
        words = f"{ticket.ref.workspace} is {state.text}: this may not be the present state"
        yield from ((Span(text, state.style),) for text in wrap(words, width))
    if known.note:
        yield from _said(known.note, width)


def _text_lines(ticket: Ticket, width: int) -> Sequence[Line]:
    if body := body_beyond_title(ticket):
        return _wrapped(body, width)
    if ticket.body:
        return _said("The title is all of it.", width)
    if ticket.title:
        return _said("None.", width)
    return _said("None is known here: the vendor gave none, or texts are not kept.", width)


def _said(words: str, width: int) -> Sequence[Line]:
    """Return what the program itself says in place of something."""
    return [(Span(text, "muted"),) for text in wrap(words, width)]


@lru_cache(maxsize=2)
def _wrapped(body: str, width: int) -> Sequence[Line]:
    """Wrap a text once: it is laid out again each minute, and may be long."""
    return tuple((Span(text),) for text in wrap(body, width))


def _fields(ticket: Ticket, known: Known) -> Iterator[tuple[str, str]]:
    place = f", {known.workspace.title}" if known.workspace else ""
    if ticket.number:
        yield "Number", ticket.number
    yield "Id", ticket.ref.id
    yield "Workspace", f"{ticket.ref.workspace}{place} ({ticket.vendor})"
    state = "closed" if ticket.closed else ""
    yield "Status", _with_vendor_word(ticket.status.value, ticket.vendor_status, state)
    yield "Priority", _with_vendor_word(ticket.priority.value, ticket.vendor_priority)
    yield "Kind", ticket.kind or ""
    yield "Channel", ticket.channel or ""
    yield "Segments", segment_words(ticket)
    yield "Tags", ", ".join(ticket.tags)
    yield "Address", ticket.url or ""


def _times(
    ticket: Ticket, known: Known, now: datetime, clock: ClockFace
) -> Iterator[tuple[str, str]]:
    yield "Due", _due(ticket, now, clock)
    for label, moment in (("Created", ticket.created_at), ("Updated", ticket.updated_at)):
        yield label, clock.with_age(moment, now) if moment else "not told"
    yield "Last shown", last_shown(ticket, known, now, clock)


def last_shown(ticket: Ticket, known: Known, now: datetime, clock: ClockFace) -> str:
    """Return when the vendor last showed the ticket, and how: by itself, or in its list.

    A ticket remembers its last change; that it did not change since is known of the whole list.
    """
    if known.is_fetched:
        return f"{clock.with_age(ticket.confirmed_at, now)}, by itself"
    health = known.health
    as_of = health.as_of if health else None
    if health is None or as_of is None or as_of <= ticket.confirmed_at:
        return clock.with_age(ticket.confirmed_at, now)
    if health.is_whole:
        return f"{clock.with_age(as_of, now)}, with the whole list"
    return f"{clock.with_age(ticket.confirmed_at, now)}; the list has not come whole since"


def _due(ticket: Ticket, now: datetime, clock: ClockFace) -> str:
    flag = "flagged overdue by the vendor" if ticket.flagged_overdue else ""
    if ticket.due_at is None:
        return (
            f"{flag}, without a time" if flag else "none: neither the vendor nor an sla tells one"
        )
    sign = "~" if ticket.due_source is DueSource.ESTIMATE else ""
    source = {
        DueSource.VENDOR: "by the vendor",
        DueSource.SLA: f"by the sla of {ticket.ref.workspace}",
        DueSource.ESTIMATE: "an estimate",
    }.get(ticket.due_source or DueSource.VENDOR)
    parts = (f"{sign}{clock.both(ticket.due_at)}  {due_words(ticket, now)}".rstrip(), source, flag)
    return ", ".join(part for part in parts if part)


def _with_vendor_word(ours: str, theirs: str | None, remark: str = "") -> str:
    said = f"the vendor says {theirs}" if theirs else ""
    inside = ", ".join(part for part in (said, remark) if part)
    return f"{ours} ({inside})" if inside else ours


def _extra_sections(
    extra: Mapping[str, Scalar],
) -> Iterator[tuple[str, Mapping[str, str]]]:
    shown = {key: "-" if value is None else str(value) or "-" for key, value in extra.items()}
    custom = {
        key.removeprefix(_CUSTOM): value for key, value in shown.items() if key.startswith(_CUSTOM)
    }
    other = {key: value for key, value in shown.items() if not key.startswith(_CUSTOM)}
    if custom:
        yield "Custom fields", custom
    if other:
        yield "Other fields", other


def _history(
    known: Known, now: datetime, clock: ClockFace, width: int, glyphs: Glyphs
) -> Iterator[Line]:
    rows = list(history_rows(known.revisions, now, clock))
    if not rows:
        yield from _said(known.no_history or "None are known.", width)
        return
    column = max(len(moment) for moment, _ in rows) + 2
    for moment, words in rows:
        yield from labelled(moment, words, width, glyphs, column=column)
