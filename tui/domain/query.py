"""What a person types to find tickets. Pure.

Words are AND; quotes hold spaces; `-` or `not:` in front negates. A word matches anywhere in ref,
number, title, body, customer or assignee, ignoring case. What is not finished yet, a lone `-` or
quote, means nothing, so that a list which filters while one types does not flicker.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tui.domain.activity import Novelty
from tui.domain.acts import NOBODY_ACTED, Acts
from tui.domain.errors import UsageError
from tui.domain.ticket import Ticket, TicketRef

_WORD = re.compile(r'(?P<no>-|(?i:not:))?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S+))?')
_FIELDS = frozenset(
    {"status", "priority", "is", "assignee", "customer", "workspace", "vendor"}
    | {"tag", "channel", "segment", "age", "updated", "due"}
)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query, lower-cased."""

    text: str
    negated: bool = False


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


class QueryError(UsageError):
    """The query cannot be read; `column` counts from 1."""

    def __init__(self, column: int, reason: str) -> None:
        super().__init__(f"query, column {column}: {reason}")
        self.column = column


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. The empty one matches everything."""

    terms: tuple[Term, ...] = ()

    def matches(self, ticket: Ticket, context: QueryContext, text: str | None = None) -> bool:
        """Whether every term agrees with the ticket; `text` is its `search_text`, if at hand."""
        if not self.terms:
            return True
        haystack = search_text(ticket) if text is None else text
        return all((term.text in haystack) is not term.negated for term in self.terms)


def parse_query(text: str) -> Query:
    """Parse what was typed.

    Raises:
        QueryError: a word is meant as a field, which queries do not have yet.
    """
    terms: list[Term] = []
    for found in _WORD.finditer(text):
        bare = found["bare"] or ""
        name, colon, _ = bare.partition(":")
        if colon and name.casefold() in _FIELDS:
            reason = f'{name}: cannot be searched yet; to find these words write "{bare}"'
            raise QueryError(found.start() + 1, reason)
        if word := (bare or found["quoted"] or "").casefold():
            terms.append(Term(word, negated=found["no"] is not None))
    return Query(tuple(terms))


def search_text(ticket: Ticket) -> str:
    """Return all that a word is looked for in, case folded, one part a line."""
    people = (ticket.customer, ticket.assignee)
    parts = [
        str(ticket.ref),
        ticket.handle,
        ticket.title,
        ticket.body,
        *(part for person in people for part in (person.name, person.email, person.phone) if part),
    ]
    return "\n".join(parts).casefold()
