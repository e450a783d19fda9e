"""The queue as other programs read it: JSON, JSON lines and CSV. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tui.domain import export
from tui.domain.health import WorkspaceHealth
from tui.domain.record import to_record, utc_text
from tui.domain.ticket import Ticket

FORMATS = ("table", "json", "jsonl", "csv")
ENVELOPE_FORMATS = ("json", "jsonl")
"""Those that can tell of the workspaces too."""


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
            return export.as_csv(tickets, now)
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
    """Return strict JSON on one line, ASCII only."""
    return export.to_json(value, _encode)


def as_json(tickets: Sequence[Ticket], now: datetime) -> str:
    """Return a JSON array with a ticket a line."""
    return export.as_json(tickets, now, _encode)


def _encode(value: object) -> bytes:
    # Several times faster than the standard library's, but it escapes only what must be.
    from msgspec.json import encode

    return encode(value)
