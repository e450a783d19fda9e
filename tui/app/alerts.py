"""When the bell rings, and what the terminal's title says. Pure; knows no terminal."""

from collections.abc import Collection
from datetime import datetime

from tui.app.mirror import QueueMirror, Touched
from tui.domain.ticket import Priority, Ticket, TicketRef
from tui.domain.urgency import is_overdue


class Alerts:
    """Rings once for a ticket that becomes critical or overdue.

    Once for both together: a critical ticket that becomes overdue as well was rung for. It rings
    again only for a ticket that was neither in between.
    """

    def __init__(self, rules: Collection[str]) -> None:
        self._for_critical = "critical" in rules
        self._for_overdue = "overdue" in rules
        self._rung: set[TicketRef] = set()
        """The tickets in a state that rings, also those that were so from the start."""

    def take(self, touched: Touched, mirror: QueueMirror, now: datetime) -> bool:
        """Take in what changed; return whether to ring, once for all of it together.

        What comes of a workspace that was not known as it is, is no reason to ring.
        """
        if not (self._for_critical or self._for_overdue):
            return False
        rings = False
        for ref in touched.refs:
            ticket = mirror.tickets.get(ref)
            if ticket is None or not self._matters(ticket, now):
                self._rung.discard(ref)
            elif ref not in self._rung:
                self._rung.add(ref)
                rings = rings or ref.workspace not in touched.unread
        return rings

    def _matters(self, ticket: Ticket, now: datetime) -> bool:
        if ticket.closed:
            return False
        is_critical = self._for_critical and ticket.priority is Priority.CRITICAL
        return is_critical or (self._for_overdue and is_overdue(ticket, now))


def title_words(pressing: int, *, demo: bool) -> str:
    """Return the terminal's title: `6! ticketdeck`, or `ticketdeck` where nothing presses.

    Our own words and digits only: a title is no place for what strangers write.
    """
    count = f"{pressing}! " if pressing else ""
    return f"{count}ticketdeck{' DEMO' if demo else ''}"
