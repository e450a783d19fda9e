"""How many tickets each saved view shows, kept by counting what changes. Knows no widget.

A ticket's answers to all views are one number, with a bit for each: what a change makes different
is found without asking about any other ticket. The first count, and the one by the minute for views
that ask for time, goes in slices, so that no key waits for it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from tui.app.mirror import QueueMirror
from tui.domain.activity import Novelty
from tui.domain.query import Query, QueryContext
from tui.domain.ticket import Ticket, TicketRef

SLICE = 1000
"""So many tickets are asked about at a time, in a few milliseconds."""


class ViewCounts:
    """Counts per workspace what each of some views shows."""

    def __init__(self, mirror: QueueMirror, queries: Sequence[Query]) -> None:
        self._mirror = mirror
        self._bits = [1 << place for place in range(len(queries))]
        self._asked = [pair for pair in zip(self._bits, queries, strict=True) if pair[1].terms]
        self._shows_all = {place for place, query in enumerate(queries) if not query.terms}
        """Views without a query; they show whatever is not put off."""
        self._depend_on = frozenset[str]().union(*(query.depends_on for _, query in self._asked))
        self._answers: dict[TicketRef, int] = {}
        """Of the tickets that any view shows because of its query."""
        self._counts: Counter[tuple[str, int]] = Counter()
        self._left: list[TicketRef] = list(mirror.tickets)
        """Tickets that are to be asked about yet."""
        self._is_whole = mirror.is_whole
        """Whether what was asked about are all the tickets there are."""
        self._is_known = not self._left
        self._novelties: Mapping[TicketRef, Novelty] = {}
        self._marked: frozenset[TicketRef] = frozenset()
        self._stale: frozenset[str] = frozenset()

    @property
    def is_counting(self) -> bool:
        """Whether `go_on` has something to do."""
        return bool(self._left)

    def count(self, view: int, workspaces: Collection[str] = ()) -> int | None:
        """Return how many tickets of these workspaces a view shows, of all workspaces if none.

        None while the first count goes on, or while only a part of the tickets is there.
        """
        if view in self._shows_all:
            snoozed = sum(
                not workspaces or ref.workspace in workspaces for ref in self._mirror.snoozed
            )
            return self._mirror.count(workspaces) - snoozed
        if not (self._is_known and self._is_whole):
            return None
        names = workspaces or {name for name, _ in self._counts}
        return sum(self._counts[name, self._bits[view]] for name in names)

    def take(self, refs: Collection[TicketRef], context: QueryContext) -> None:
        """Take in that these tickets may be others now, and what else the context tells anew."""
        if self._mirror.is_whole and not self._is_whole:
            self._left = list({*self._mirror.tickets, *self._answers})
            self._is_whole, self._is_known = True, not self._left
        changed = {*refs, *self._changed_beside(context)}
        if len(changed) <= SLICE:
            self._ask(changed, context)
        else:
            self._left += changed

    def minute_passed(self) -> None:
        """Ask everything again, where a view's answers change with the time."""
        if not self._left and any(query.is_timed for _, query in self._asked):
            self._left = list(self._mirror.tickets)

    def go_on(self, context: QueryContext) -> None:
        """Ask about the next slice of what is left."""
        slice_of_it = self._left[-SLICE:]
        del self._left[-SLICE:]
        self._ask(slice_of_it, context)
        self._is_known = self._is_known or not self._left

    def _ask(self, refs: Iterable[TicketRef], context: QueryContext) -> None:
        tickets, answers = self._mirror.tickets, self._answers
        for ref in refs:
            ticket = tickets.get(ref)
            before = answers.get(ref, 0)
            after = 0 if ticket is None else self._answer(ticket, context)
            if after == before:
                continue
            if after:
                answers[ref] = after
            else:
                del answers[ref]
            for bit in self._bits:
                if (before ^ after) & bit:
                    self._counts[ref.workspace, bit] += 1 if after & bit else -1

    def _answer(self, ticket: Ticket, context: QueryContext) -> int:
        answer = 0
        is_snoozed = ticket.ref in self._mirror.snoozed
        for bit, query in self._asked:
            if is_snoozed and not query.asks_for_snoozed:
                continue
            text = self._mirror.texts[ticket.ref] if query.needs_text else None
            if query.matches(ticket, context, text):
                answer |= bit
        return answer

    def _changed_beside(self, context: QueryContext) -> set[TicketRef]:
        """Return the tickets of which something is different that they do not know themselves.

        What was done to tickets here the mirror tells of, as of any change.
        """
        changed: set[TicketRef] = set()
        if "novelties" in self._depend_on and context.novelties is not self._novelties:
            changed = _different(self._novelties, context.novelties)
            self._novelties = context.novelties
        if "marked" in self._depend_on:
            marked = frozenset(context.marked)
            changed |= self._marked ^ marked
            self._marked = marked
        if "stale" in self._depend_on:
            stale = frozenset(context.stale)
            if turned := self._stale ^ stale:
                self._left += [ref for ref in self._mirror.tickets if ref.workspace in turned]
            self._stale = stale
        return changed


def _different(
    before: Mapping[TicketRef, Novelty], after: Mapping[TicketRef, Novelty]
) -> set[TicketRef]:
    changed = {ref for ref, novelty in after.items() if before.get(ref) is not novelty}
    changed.update(ref for ref in before if ref not in after)
    return changed
