"""Tickets written for others: as JSON and CSV for programs, as Markdown for notes. Pure."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from tui.domain.labels import priority_label
from tui.domain.record import to_record, utc_text
from tui.domain.ticket import DueSource, Ticket, TicketRef
from tui.domain.urgency import due_words

Encode = Callable[[object], bytes]
"""Encodes as compact JSON. Handed in, because a fast encoder is no part of the standard library."""

_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""What makes a spreadsheet take a cell for a formula, some behind blanks; also in full width."""
_NOT_IN_CSV = frozenset({"tags", "extra"})
"""Keys that hold several values or a different set of them for each ticket."""
_ROW_END = "\r\n"
"""Not what is printed. Before 3.13 Python quotes only those line ends that are in the row's own."""
_NOT_PRINTABLE = re.compile(r"[^ -~]+")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&]")
"""What could end a cell, or make a picture, a link or HTML of what a stranger wrote."""
_MARKDOWN_COLUMNS = (
    "Ticket",
    "Priority",
    "Due (UTC)",
    "Status",
    "Title",
    "Customer",
    "Assignee",
    "Created (UTC)",
)
_TO_THE_MINUTE = len("2026-02-04T08:59")


class _Rows(list[str]):
    """What a CSV writer writes to, row by row."""

    def write(self, row: str) -> None:
        self.append(row.removesuffix(_ROW_END))


def to_json(value: object, encode: Encode) -> str:
    """Return strict JSON on one line of printable ASCII: no terminal or parser trips over it."""
    text = encode(value).decode()
    is_plain = text.isascii() and text.isprintable()
    return text if is_plain else _NOT_PRINTABLE.sub(_escaped, text)


def as_json(tickets: Sequence[Ticket], now: datetime, encode: Encode) -> str:
    """Return a JSON array with a ticket a line."""
    if not tickets:
        return "[]"
    rows = (to_json(to_record(ticket, now), encode) for ticket in tickets)
    return "[\n" + ",\n".join(rows) + "\n]"


def as_csv(tickets: Sequence[Ticket], now: datetime) -> str:
    """Return a header and a row a ticket: the scalar keys, nested ones dotted."""
    rows = _Rows()
    writer = csv.writer(rows, lineterminator=_ROW_END)
    blank = Ticket(ref=TicketRef("", ""), vendor="", title="", confirmed_at=now)
    writer.writerow(key for key, _ in _flat(to_record(blank, now)))
    writer.writerows(
        [_cell(value) for _, value in _flat(to_record(ticket, now))] for ticket in tickets
    )
    return "\n".join(rows)


def as_markdown(tickets: Sequence[Ticket], now: datetime) -> str:
    """Return a table for notes: what a list shows of each ticket, as of `now`."""
    noun = "ticket" if len(tickets) == 1 else "tickets"
    rows = [_MARKDOWN_COLUMNS, ("---",) * len(_MARKDOWN_COLUMNS)]
    rows += [tuple(map(_markdown, _noted(ticket, now))) for ticket in tickets]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{len(tickets)} {noun} as of {_minute(now)} UTC\n\n{table}"


def _noted(ticket: Ticket, now: datetime) -> tuple[str, ...]:
    return (
        ticket.handle,
        priority_label(ticket),
        _due(ticket, now),
        ticket.status.value,
        ticket.title,
        ticket.customer.words,
        ticket.assignee.words,
        _minute(ticket.created_at),
    )


def _due(ticket: Ticket, now: datetime) -> str:
    """Return the words of the list, which a note outlives, and the moment."""
    words = due_words(ticket, now)
    if not words or ticket.due_at is None:
        return words
    sign = "~" if ticket.due_source is DueSource.ESTIMATE else ""
    return f"{sign}{_minute(ticket.due_at)}, {words}"


def _minute(moment: datetime | None) -> str:
    return (utc_text(moment) or "")[:_TO_THE_MINUTE].replace("T", " ")


def _markdown(text: str) -> str:
    return _MARKDOWN.sub(lambda found: f"\\{found[0]}", text)


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def _flat(record: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if key in _NOT_IN_CSV:
            continue
        if isinstance(value, dict):
            for part, inner in value.items():
                yield f"{key}.{part}", inner
        else:
            yield key, value


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) else text
