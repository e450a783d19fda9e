"""What happens in the world as time passes: the same events at the same moments for one seed."""

import heapq
from datetime import datetime, timedelta
from random import Random

from tui.sandbox.accounts import QUESTIONPRO, QUESTIONPRO_LEGACY, SOCIALBOARDS, VENDORS
from tui.sandbox.directory import ASSIGNABLE
from tui.sandbox.ticket import PRIORITIES, Ticket, Tickets
from tui.sandbox.writer import TicketWriter

VENDOR_WEIGHTS = (40, 15, 20, 25)
"""How the world's tickets are shared among `VENDORS`."""
GAP_S = (6.0, 20.0)
"""Something happens every 13 seconds on average: enough to see it live, not enough to hurry."""
EVENTS_LIMIT = 5_000
"""Events made up for after a long pause, such as a closed laptop; the rest never happened."""
_ROOM = 12
"""So many open tickets more than at the start, and arrivals become resolutions."""
_PICKS = 40
"""How often an unsuitable ticket is put back before something new happens instead."""

_EVENTS = {
    "arrive": 29,
    "pick_up": 20,
    "resolve": 25,
    "reply": 11,
    "reassign": 5,
    "escalate": 5,
    "raise_priority": 4,
    "withdraw": 1,
}


class Tape:
    """Plays events onto tickets, each at its moment."""

    def __init__(self, tickets: Tickets, *, seed: int, start: datetime) -> None:
        self._rng = Random(f"tape/{seed}")
        self._writer = TicketWriter(self._rng)
        self._tickets = tickets
        self._next_at = start + self._gap()
        self._open: dict[str, list[int]] = {vendor: [] for vendor in VENDORS}
        """Numbers that were open when last seen."""
        self._open_count = 0
        self._due: list[tuple[datetime, str, int]] = []
        for vendor in VENDORS:
            for ticket in tickets.of(vendor):
                self.watch(ticket)
        self._open_limit = self._open_count + _ROOM

    def watch(self, ticket: Ticket) -> None:
        """Take a new ticket into account, and remember when the vendor has to flag it."""
        if not ticket.is_open:
            return
        self._open[ticket.vendor].append(ticket.number)
        self._open_count += 1
        if ticket.due_at is not None and not ticket.is_overdue:
            heapq.heappush(self._due, (ticket.due_at, ticket.vendor, ticket.number))

    def play(self, until: datetime) -> int:
        """Let everything happen that is due by then; return how many events that were."""
        count = 0
        while self._next_at <= until:
            if count == EVENTS_LIMIT:
                self._next_at = until + self._gap()
                break
            self._flag(self._next_at)
            self._happen(self._next_at)
            count += 1
            self._next_at += self._gap()
        return count + self._flag(until)

    def _gap(self) -> timedelta:
        return timedelta(seconds=self._rng.uniform(*GAP_S))

    def _flag(self, until: datetime) -> int:
        count = 0
        while self._due and self._due[0][0] <= until:
            _, vendor, number = heapq.heappop(self._due)
            ticket = self._tickets.find(vendor, number)
            if ticket is not None and ticket.is_open and not ticket.is_overdue:
                ticket.is_overdue = True
                count += 1
        return count

    def _happen(self, at: datetime) -> None:
        rng = self._rng
        [event] = rng.choices(tuple(_EVENTS), tuple(_EVENTS.values()))
        [vendor] = rng.choices(VENDORS, VENDOR_WEIGHTS)
        if event == "arrive" and self._open_count >= self._open_limit:
            event = "resolve"
        for _ in range(_PICKS if event != "arrive" else 0):
            ticket = self._pick(vendor)
            if ticket is not None and self._change(ticket, event):
                ticket.updated_at = at
                if event == "withdraw":
                    ticket.deleted_at = at
                self._open_count -= not ticket.is_open
                return
        if self._open_count < self._open_limit:
            self.watch(self._tickets.add(self._writer.write_arrival(vendor, at)))

    def _pick(self, vendor: str) -> Ticket | None:
        """Return an open ticket by chance; forget a number that turns out to be closed."""
        numbers = self._open[vendor]
        if not numbers:
            return None
        index = self._rng.randrange(len(numbers))
        ticket = self._tickets.find(vendor, numbers[index])
        if ticket is not None and ticket.is_open:
            return ticket
        numbers[index] = numbers[-1]
        numbers.pop()
        return None

    def _change(self, ticket: Ticket, event: str) -> bool:
        """Apply one event; False where it does not suit the ticket."""
        rng = self._rng
        match event:
            case "pick_up" if ticket.status in ("new", "pending") or ticket.agent is None:
                ticket.status = "open"
                ticket.agent = ticket.agent or rng.choice(ASSIGNABLE)
            case "resolve":
                ticket.status = "resolved"
                ticket.is_overdue = False
            case "reply" if ticket.status in ("open", "pending"):
                ticket.replies += 1
                if ticket.vendor not in (QUESTIONPRO, QUESTIONPRO_LEGACY):
                    ticket.status = "pending" if ticket.status == "open" else "open"
            case "reassign" if ticket.agent is not None:
                ticket.agent = rng.choice(ASSIGNABLE)
            case "escalate" if ticket.vendor in (QUESTIONPRO, QUESTIONPRO_LEGACY):
                if ticket.status == "escalated":
                    return False
                ticket.status = "escalated"
            case "raise_priority" if ticket.vendor != SOCIALBOARDS:
                rank = PRIORITIES.index(ticket.priority)
                if rank == len(PRIORITIES) - 1:
                    return False
                ticket.priority = PRIORITIES[rank + 1]
            case "withdraw" if ticket.status == "new":
                pass
            case _:
                return False
        return True
