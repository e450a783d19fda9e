"""Texts of tickets that are kept in this process only, where the user wants none on the disk."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from tui.domain.ticket import Ticket
from tui.store.ticket_rows import has_texts

Key = tuple[int, str]
"""A queue's number and a ticket's id."""


@dataclass(frozen=True, slots=True)
class _Texts:
    ticket: Ticket
    stamp: int


@dataclass(frozen=True, slots=True)
class Stamped:
    """Tickets that are about to be written, each with a stamp that stands for its texts."""

    stamps: list[int] = field(default_factory=list)
    texts: dict[Key, _Texts] = field(default_factory=dict)


class UnstoredTexts:
    """Remembers the texts of the tickets that this process was shown.

    The row of a ticket holds a stamp in their place. New texts get a new one, so that the row
    changes when they do; after a restart all are new.
    """

    def __init__(self) -> None:
        self._known: dict[Key, _Texts] = {}

    def stamped(self, queue: int, tickets: Iterable[Ticket]) -> Stamped:
        """Return the stamps of tickets; nothing is remembered until `keep`."""
        stamped = Stamped()
        for ticket in tickets:
            key = (queue, ticket.ref.id)
            known = stamped.texts.get(key) or self._known.get(key)
            if known is not None and _same_texts(known.ticket, ticket):
                stamp = known.stamp
            else:
                stamp = _new_stamp() if has_texts(ticket) else 0
            stamped.stamps.append(stamp)
            stamped.texts[key] = _Texts(ticket, stamp)
        return stamped

    def keep(self, stamped: Stamped) -> None:
        """Remember texts whose stamps have been written."""
        self._known.update(stamped.texts)

    def added_to(self, queue: int, ticket: Ticket) -> Ticket:
        """Return the ticket with the texts that are known of it."""
        known = self._known.get((queue, ticket.ref.id))
        if known is None:
            return ticket
        return replace(
            ticket,
            title=known.ticket.title,
            body=known.ticket.body,
            customer=known.ticket.customer,
            extra=known.ticket.extra,
        )

    def forget(self, queues: Collection[int] | None = None) -> None:
        """Forget the texts of these queues' tickets; None: of all."""
        self._known = {
            key: texts
            for key, texts in self._known.items()
            if queues is not None and key[0] not in queues
        }


def _new_stamp() -> int:
    """Return a number that no other process has drawn, and that is not 0: that means no texts."""
    return int.from_bytes(os.urandom(7), "big") | 1


def _same_texts(known: Ticket, ticket: Ticket) -> bool:
    return (known.title, known.body, known.customer, known.extra) == (
        ticket.title,
        ticket.body,
        ticket.customer,
        ticket.extra,
    )
