"""The queue as other programs read it: JSON, JSON lines and CSV. Pure."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from tui.domain.health import WorkspaceHealth
from tui.domain.record import to_record, utc_text
from tui.domain.ticket import Ticket, TicketRef

FORMATS = ("table", "json", "jsonl", "csv")
ENVELOPE_FORMATS = ("json", "jsonl")
"""Those that can tell of the workspaces too."""

_FORMULA_BEGINS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet take a cell for a formula; the last four are the full-width forms."""
_NOT_IN_CSV = frozenset({"tags", "extra"})
"""Keys that hold several values or a different set of them for each ticket."""
_ROW_END = "\r\n"
"""Not what is printed. Before 3.13 Python quotes only those line ends that are in the row's own."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


class _Rows(list[str]):
    """What a CSV writer writes to, row by row."""

    def write(self, row: str) -> None:
        self.append(row.removesuffix(_ROW_END))


def written(
    tickets: Sequence[Ticket], now: datetime, form: str, *, columns: int | None = None
) -> str:
    """Return the tickets in one of `FORMATS`, without a newline at the end.

    `columns` is the width of the terminal that a table must fit.
    """
    match form:
        case "json":
            return as_json(tickets, now)
        case "jsonl":
            return "\n".join(to_json(to_record(ticket, now)) for ticket in tickets)
        case "csv":
            return as_csv(tickets, now)
        case _:
            from tui.cli.table import table

            return table(tickets, now, columns)


def in_envelope(
    tickets: Sequence[Ticket], healths: Mapping[str, WorkspaceHealth], now: datetime, form: str
) -> str:
    """Return the tickets with what is to be known of their workspaces, as `json` or `jsonl`.

    As JSON it is one object, as JSON lines the workspaces are the first line.
    """
    workspaces = to_json(
        [
            {
                "name": name,
                "state": health.state.value,
                "as_of": utc_text(health.as_of),
                "error": health.error,
            }
            for name, health in healths.items()
        ]
    )
    if form == "jsonl":
        first = f'{{"workspaces": {workspaces}}}'
        return "\n".join((first, *(to_json(to_record(ticket, now)) for ticket in tickets)))
    return f'{{"workspaces": {workspaces},\n"tickets": {as_json(tickets, now)}}}'


def to_json(value: object) -> str:
    """Return strict JSON on one line, ASCII only, so that no terminal or parser trips over it."""
    # Several times faster than the standard library's, but it escapes only what must be.
    from msgspec.json import encode

    text = encode(value).decode()
    return text if text.isascii() else _NOT_ASCII.sub(_escaped, text)


def as_json(tickets: Sequence[Ticket], now: datetime) -> str:
    """Return a JSON array with a ticket a line."""
    if not tickets:
        return "[]"
    return "[\n" + ",\n".join(to_json(to_record(ticket, now)) for ticket in tickets) + "\n]"


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
    return f"'{text}" if text[:1] in _FORMULA_BEGINS else text
