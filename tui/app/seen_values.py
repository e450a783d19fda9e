"""The values that the tickets of a queue have, for whoever completes a query. Knows no widget."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tui.domain.ticket import Ticket

_Read = Callable[[Ticket], Iterable[str | None]]

_READ: Mapping[str, _Read] = {
    "assignee": lambda ticket: (ticket.assignee.words,),
    "customer": lambda ticket: (ticket.customer.words,),
    "tag": lambda ticket: ticket.tags,
    "channel": lambda ticket: (ticket.channel,),
    "segment": lambda ticket: (ticket.origin_segment, ticket.current_segment),
    "vendor": lambda ticket: (ticket.vendor,),
}


class SeenValues(Mapping[str, Sequence[str]]):
    """By the name of a query's field its values, the most frequent first.

    Of a field that nobody asks for nothing is counted; what was counted stays as it was.
    """

    def __init__(self, tickets: Iterable[Ticket], workspaces: Iterable[str]) -> None:
        self._tickets = tickets
        self._known: dict[str, Sequence[str]] = {"workspace": tuple(workspaces)}

    def __getitem__(self, name: str) -> Sequence[str]:
        if name not in self._known:
            read = _READ[name]
            counts = Counter(value for ticket in self._tickets for value in read(ticket) if value)
            self._known[name] = [value for value, _ in counts.most_common()]
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**_READ, **self._known})

    def __len__(self) -> int:
        return len({**_READ, **self._known})
