"""A configured queue: what the domain needs to know of it, and the rules it adds to its tickets."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import quote

from tui.domain.clean import raw_id
from tui.domain.ticket import DueSource, Priority, Status, Ticket

_SEPARATORS = re.compile(r"[\s_-]+")
_WHOLE_NUMBER = re.compile(r"-?[0-9]+")


def plain_word(word: str) -> str:
    """Return a status or priority word for comparison: `In_Progress` is `in progress`."""
    if _WHOLE_NUMBER.fullmatch(word.strip()):
        return word.strip()
    return _SEPARATORS.sub(" ", word).strip().casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One queue: a vendor, its credential and the vendor's own workspace or inbox."""

    name: str
    vendor: str
    """The vendor's id in the registry."""
    title: str
    """The place as people know it, such as `QuestionPro EU`."""
    observe: bool = False
    """Never write to the vendor."""
    poll_interval_s: float | None = None
    """None: paced by us. 0: never, by hand only."""
    sla: Mapping[Priority, timedelta] = field(default_factory=dict)
    status_words: Mapping[str, Status] = field(default_factory=dict)
    """Keys as `plain_word` makes them."""
    priority_words: Mapping[str, Priority] = field(default_factory=dict)
    link: str | None = None
    """An address for a ticket, with `{id}` and `{number}`."""

    def apply_rules(self, ticket: Ticket) -> Ticket:
        """Return the ticket with this workspace's words, due times and link filled in."""
        status, priority = ticket.status, ticket.priority
        if ticket.vendor_status is not None:
            status = self.status_words.get(plain_word(ticket.vendor_status), status)
        if ticket.vendor_priority is not None:
            priority = self.priority_words.get(plain_word(ticket.vendor_priority), priority)
        due_at, due_source = ticket.due_at, ticket.due_source
        allowed = self.sla.get(priority)
        if allowed and ticket.created_at and due_source is not DueSource.VENDOR:
            with suppress(OverflowError):
                due_at, due_source = ticket.created_at + allowed, DueSource.SLA
        url = ticket.url or self._link_to(ticket)
        if (status, priority, due_at, due_source, url) == (
            ticket.status,
            ticket.priority,
            ticket.due_at,
            ticket.due_source,
            ticket.url,
        ):
            return ticket
        return replace(
            ticket,
            status=status,
            priority=priority,
            due_at=due_at,
            due_source=due_source,
            url=url,
        )

    def _link_to(self, ticket: Ticket) -> str | None:
        if self.link is None:
            return None
        raw = raw_id(ticket.ref.id)
        ticket_id = None if raw is None else quote(raw, safe="", errors="replace")
        number = quote(ticket.number, safe="") if ticket.number else ticket_id
        link = self.link
        for place, value in (("{id}", ticket_id), ("{number}", number)):
            if place in link:
                if value is None:
                    return None
                link = link.replace(place, value)
        return link
