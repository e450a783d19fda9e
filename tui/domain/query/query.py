"""The parsed query: which tickets it matches, and what that depends on. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tui.domain.query.folding import folded
from tui.domain.query.matching import QueryContext, Test, test_of
from tui.domain.query.terms import Choice, Span, Term, Text
from tui.domain.ticket import Ticket

Row = TypeVar("Row")

_SOURCES = {
    "unseen": "novelties",
    "changed": "novelties",
    "acked": "acts",
    "snoozed": "acts",
    "pinned": "acts",
    "marked": "marked",
    "stale": "stale",
}
"""The part of a `QueryContext` that decides what a ticket is."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. The empty one matches everything."""

    terms: tuple[Term, ...] = ()
    _wanted: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Words that must be in the text of a ticket."""
    _unwanted: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _tests: tuple[Test, ...] = field(init=False, repr=False, compare=False)
    """One for every term that names a field."""
    _implied: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Texts that are in the text of every ticket that matches: it is quicker to look there first
    than to ask each of the many customers of a queue."""

    def __post_init__(self) -> None:
        words = [term for term in self.terms if not term.field]
        fields = [term for term in self.terms if term.field]
        made = {
            "_wanted": _texts(term for term in words if not term.negated),
            "_unwanted": _texts(term for term in words if term.negated),
            "_tests": tuple(map(test_of, fields)),
            "_implied": _texts(
                term
                for term in fields
                if term.field == "customer" and not term.negated and len(term.values) == 1
            ),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    @property
    def needs_text(self) -> bool:
        """Whether it has words, so that `matches` reads the `search_text` of a ticket."""
        return bool(self._wanted or self._unwanted)

    @property
    def names_fields(self) -> bool:
        """Whether it says anything of fields."""
        return bool(self._tests)

    @property
    def asks_for_snoozed(self) -> bool:
        """Whether it speaks of snoozed tickets at all, so that a list must not hide them."""
        return "snoozed" in self._states()

    @property
    def is_timed(self) -> bool:
        """Whether time alone can change its answer, beyond a ticket that becomes overdue."""
        return any(isinstance(value, Span) for term in self.terms for value in term.values)

    @property
    def depends_on(self) -> frozenset[str]:
        """The parts of a `QueryContext` that it reads: novelties, acts, marked, stale."""
        return frozenset(_SOURCES[state] for state in self._states() if state in _SOURCES)

    def narrows(self, other: "Query") -> bool:
        """Whether everything that this query matches surely matches the other one too.

        May be False though it does. A list that shows the other one's matches, all of the same
        moment, needs to look at nothing else.
        """
        return all(any(own.implies(term) for own in self.terms) for term in other.terms)

    def matches(self, ticket: Ticket, context: QueryContext, text: str | None = None) -> bool:
        """Whether every term agrees with the ticket; `text` is its `search_text`, if at hand.

        For a whole queue `select` is several times faster.
        """
        for test in self._tests:
            if not test(ticket, context):
                return False
        if not (self._wanted or self._unwanted):
            return True
        haystack = search_text(ticket) if text is None else text
        for word in self._wanted:
            if word not in haystack:
                return False
        return not any(word in haystack for word in self._unwanted)

    def select(
        self,
        tickets: Sequence[Ticket],
        context: QueryContext,
        texts: Sequence[str] | None = None,
    ) -> list[Ticket]:
        """Return those of the tickets that match, in their order.

        It goes term by term over all tickets, as fast as plain Python can. `texts` are the
        `search_text`s of the same tickets in the same order, for words need them. Without them
        they are made of the tickets that the fields leave over.
        """
        if texts is None:
            found = self.agreeing(tickets, context)
            if not self.needs_text:
                return found
            return self.holding(found, list(map(search_text, found)))
        return self.agreeing(self.holding(tickets, texts), context)

    def agreeing(self, tickets: Iterable[Ticket], context: QueryContext) -> list[Ticket]:
        """Return the tickets with which every term that names a field agrees; all if none does."""
        for test in self._tests:
            tickets = [ticket for ticket in tickets if test(ticket, context)]
        return list(tickets)

    def holding(self, rows: Sequence[Row], texts: Sequence[str]) -> list[Row]:
        """Return the rows whose texts have the words of the query, and not those it excludes.

        A row is whatever the caller wants back; the texts are in the same order.
        """
        first, *others = (*self._wanted, *self._implied) or ("",)
        if not (first or self._unwanted):
            return list(rows)
        if not (others or self._unwanted):
            return [row for row, text in zip(rows, texts, strict=True) if first in text]
        pairs = [pair for pair in zip(rows, texts, strict=True) if first in pair[1]]
        for word in others:
            pairs = [pair for pair in pairs if word in pair[1]]
        for word in self._unwanted:
            pairs = [pair for pair in pairs if word not in pair[1]]
        return [row for row, _ in pairs]

    def _states(self) -> frozenset[str]:
        return frozenset(
            value.name
            for term in self.terms
            if term.field == "is"
            for value in term.values
            if isinstance(value, Choice)
        )

    def __str__(self) -> str:
        """The query as `parse_query` reads it again."""
        return " ".join(map(str, self.terms))


def search_text(ticket: Ticket) -> str:
    """Return all that a word is looked for in, `folded`, one part a line."""
    ref, number = ticket.ref, ticket.number
    customer, assignee = ticket.customer, ticket.assignee
    parts = (
        f"{ref.workspace}/{ref.id}",
        number and f"{ref.workspace}/{number}",
        ticket.title,
        ticket.body,
        customer.name,
        customer.email,
        customer.phone,
        assignee.name,
        assignee.email,
        assignee.phone,
    )
    return folded("\n".join(filter(None, parts)))


def _texts(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(value.text for term in terms for value in term.values if isinstance(value, Text))
