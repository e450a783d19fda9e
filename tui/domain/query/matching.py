"""What each term of a query asks of a ticket. Pure functions, made once for every query."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from tui.domain.activity import Novelty
from tui.domain.acts import NO_ACTS, NOBODY_ACTED, Acts, is_snoozed
from tui.domain.person import Person
from tui.domain.query.folding import folded
from tui.domain.query.terms import MISSING, Choice, Span, Term, Text, Value
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.domain.urgency import is_overdue

_REMEMBERED = 1_024
"""Different values of a field for which a term remembers whether they match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryContext:
    """What a query may ask of a ticket that the ticket itself does not know."""

    now: datetime
    novelties: Mapping[TicketRef, Novelty] = field(default_factory=dict)
    """Unseen tickets: new, or changed since the user looked."""
    acts: Acts = field(default_factory=lambda: NOBODY_ACTED)
    marked: Collection[TicketRef] = ()
    """Those that the user has marked on this screen."""
    stale: Collection[str] = ()
    """Workspaces whose tickets may not be current."""


Test = Callable[[Ticket, QueryContext], bool]


def test_of(term: Term) -> Test:
    """Return what tells whether a ticket agrees with a term that names a field."""
    test = _positive_test(term.field, term.values)
    if term.negated:
        return lambda ticket, context: not test(ticket, context)
    return test


def _positive_test(name: str, values: Sequence[Value]) -> Test:
    match name:
        case "status":
            statuses = frozenset(map(Status, _names(values)))
            return lambda ticket, _: ticket.status in statuses
        case "priority":
            priorities = frozenset(map(Priority, _names(values)))
            return lambda ticket, _: ticket.priority in priorities
        case "is":
            return _any_of([_STATES[state] for state in _names(values)])
        case "age" | "updated" | "due":
            return _span_test(_SPANS[name], values)
        case _:
            return _text_test(_TEXTS[name], values)


def _any_of(tests: Sequence[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda ticket, context: any(test(ticket, context) for test in tests)


def _names(values: Iterable[Value]) -> list[str]:
    return [value.name for value in values if isinstance(value, Choice)]


def _acked(ticket: Ticket, context: QueryContext) -> bool:
    return context.acts.get(ticket.ref, NO_ACTS).acknowledged is not None


def _pinned(ticket: Ticket, context: QueryContext) -> bool:
    return context.acts.get(ticket.ref, NO_ACTS).pinned is not None


def _snoozed(ticket: Ticket, context: QueryContext) -> bool:
    acts = context.acts.get(ticket.ref)
    return acts is not None and is_snoozed(acts, ticket, context.now)


_STATES: Mapping[str, Test] = {
    "overdue": lambda ticket, context: is_overdue(ticket, context.now),
    "open": lambda ticket, _: ticket.status is not Status.RESOLVED,
    "closed": lambda ticket, _: ticket.status is Status.RESOLVED,
    "unassigned": lambda ticket, _: not ticket.assignee,
    "unseen": lambda ticket, context: ticket.ref in context.novelties,
    "changed": lambda ticket, context: context.novelties.get(ticket.ref) is Novelty.CHANGED,
    "marked": lambda ticket, context: ticket.ref in context.marked,
    "acked": _acked,
    "snoozed": _snoozed,
    "pinned": _pinned,
    "stale": lambda ticket, context: ticket.ref.workspace in context.stale,
}

_Texts = Callable[[Ticket], tuple[str | None, ...]]


def _person_texts(person: Person) -> tuple[str | None, ...]:
    return (person.name, person.email, person.phone)


_TEXTS: Mapping[str, _Texts] = {
    "assignee": lambda ticket: _person_texts(ticket.assignee),
    "customer": lambda ticket: _person_texts(ticket.customer),
    "workspace": lambda ticket: (ticket.ref.workspace,),
    "vendor": lambda ticket: (ticket.vendor,),
    "tag": lambda ticket: ticket.tags,
    "channel": lambda ticket: (ticket.channel,),
    "segment": lambda ticket: (ticket.origin_segment, ticket.current_segment),
}


def _text_test(texts_of: _Texts, values: Sequence[Value]) -> Test:
    asked = [value for value in values if isinstance(value, Text)]
    parts = [value.text for value in asked if not value.is_whole]
    wholes = frozenset(value.text for value in asked if value.is_whole)
    takes_nothing = MISSING in values

    # A queue has few workspaces, tags or assignees, and each of them on many tickets.
    @lru_cache(maxsize=_REMEMBERED)
    def agrees(*texts: str | None) -> bool:
        there = [folded(text) for text in texts if text]
        if not there:
            return takes_nothing
        return not wholes.isdisjoint(there) or any(part in text for part in parts for text in there)

    return lambda ticket, _: agrees(*texts_of(ticket))


_SpanOf = Callable[[Ticket, datetime], timedelta | None]


def _age(ticket: Ticket, now: datetime) -> timedelta | None:
    return None if ticket.created_at is None else now - ticket.created_at


def _since_update(ticket: Ticket, now: datetime) -> timedelta | None:
    return None if ticket.updated_at is None else now - ticket.updated_at


def _until_due(ticket: Ticket, now: datetime) -> timedelta | None:
    """An overdue ticket is due within any time, also one that the vendor only flags."""
    if is_overdue(ticket, now):
        return timedelta.min
    return None if ticket.closed or ticket.due_at is None else ticket.due_at - now


_SPANS: Mapping[str, _SpanOf] = {"age": _age, "updated": _since_update, "due": _until_due}


def _span_test(span_of: _SpanOf, values: Sequence[Value]) -> Test:
    asked = [value for value in values if isinstance(value, Span)]
    least = min((value.length for value in asked if value.or_longer), default=None)
    most = max((value.length for value in asked if not value.or_longer), default=None)
    takes_nothing = MISSING in values

    def test(ticket: Ticket, context: QueryContext) -> bool:
        span = span_of(ticket, context.now)
        if span is None:
            return takes_nothing
        return (least is not None and span >= least) or (most is not None and span <= most)

    return test
