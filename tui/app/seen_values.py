"""The values that the tickets of a queue have, for whoever completes a query. Knows no widget."""

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
    """By the name of a query's field its values: those of open tickets first, as a list has them.

    So what is offered first is what stands on the first row. Nothing is read of a field that nobody
    asks for; what was read stays as it was.
    """

    def __init__(self, tickets: Callable[[], Iterable[Ticket]], workspaces: Iterable[str]) -> None:
        """`tickets` gives them in the order of the list."""
        self._tickets = tickets
        self._known: dict[str, Sequence[str]] = {"workspace": tuple(workspaces)}

    def __getitem__(self, name: str) -> Sequence[str]:
        if name not in self._known:
            read = _READ[name]
            of_open: dict[str, None] = {}
            of_closed: dict[str, None] = {}
            for ticket in self._tickets():
                values = of_closed if ticket.closed else of_open
                for value in read(ticket):
                    if value:
                        values[value] = None
            self._known[name] = list(of_open | of_closed)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**_READ, **self._known})

    def __len__(self) -> int:
        return len({**_READ, **self._known})
