"""Creates as the rows of the ledger's tables, and the other way."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tui.domain.clean import clean
from tui.domain.draft import Draft, Outcome, OutcomeState, Value
from tui.domain.ports import Intent
from tui.domain.ticket import TicketRef
from tui.store.act_rows import NamesOf
from tui.store.checked_rows import CheckedTable
from tui.store.entry import Entry
from tui.store.ledger_file import ReadRows
from tui.store.moments import to_microseconds, to_moment

INTENTS: Final = CheckedTable(
    *("intents", "id", "queue", "workspace", "at", "content"),
    *("state", "message", "ticket", "resolved"),
    added=("viewer", "key", "draft", "known", "candidates", "looked"),
    loss="a create in the outbox was damaged: look at the vendor whether its ticket exists",
)
HOLDS: Final = CheckedTable(
    *("holds", "intent", "until"),
    loss="who was at a create was damaged: its ticket may be looked for twice",
)
IS_OPEN: Final = "(state IS NULL OR state = 'unknown')"
NO_VALUES: Final = "{}"
DROPPED: Final = "dropped"
RETRIED: Final = "retried"


class IntentRow(NamedTuple):
    """A row of `intents`."""

    id: str
    queue: str
    workspace: str
    at: int
    content: str
    state: str | None = None
    """NULL: not answered yet. Else an `OutcomeState`, or how a person closed it."""
    message: str | None = None
    ticket: str | None = None
    resolved: int | None = None
    viewer: str | None = None
    key: str | None = None
    draft: str | None = None
    known: str | None = None
    candidates: str | None = None
    looked: int | None = None


def to_row(queue: str, intent: Intent) -> IntentRow:
    """Return the row of an intent for that queue, before anything of it is sent."""
    return IntentRow(
        id=intent.id,
        queue=queue,
        workspace=intent.draft.workspace,
        at=to_microseconds(intent.at),
        content=json.dumps(dict(intent.draft.values)),
        viewer=intent.by or None,
        key=intent.key,
        draft=intent.draft_id or None,
        known=_to_json(intent.known),
    )


def ended(row: IntentRow, outcome: Outcome, at: datetime, *, is_looked: bool) -> IntentRow:
    """Return the row of a create with its end.

    What was in it goes where its sender knows that the ticket exists. What was read may be wrong.
    """
    is_created = outcome.state is OutcomeState.CREATED and not is_looked
    return row._replace(
        content=NO_VALUES if is_created else row.content,
        known=None if is_created else row.known,
        state=outcome.state.value,
        message=outcome.message,
        ticket=None if outcome.ref is None else outcome.ref.id,
        resolved=to_microseconds(at),
        candidates=_to_json([ref.id for ref in outcome.candidates]),
        looked=int(is_looked) or None,
    )


def closed(row: IntentRow, state: str, at: datetime) -> IntentRow:
    """Return the row of a create that a person closed."""
    return row._replace(state=state, resolved=to_microseconds(at), looked=None)


def reopened(row: IntentRow, message: str) -> IntentRow:
    """Return the row of a create whose ticket turned out to be another one's."""
    return row._replace(
        state=OutcomeState.UNKNOWN.value,
        message=message,
        ticket=None,
        candidates=None,
        looked=None,
    )


def may_replace(row: IntentRow, state: OutcomeState, *, is_looked: bool) -> bool:
    """Whether an end counts for more than the one that is kept."""
    if row.state in (None, OutcomeState.UNKNOWN.value):
        return True
    if is_looked or state is OutcomeState.UNKNOWN:
        return False
    was_read = row.state == OutcomeState.CREATED.value and bool(row.looked)
    return was_read or (state is OutcomeState.CREATED and row.state != OutcomeState.CREATED.value)


def is_kept(row: IntentRow, outcome: Outcome) -> bool:
    """Whether the row says the same of the ticket."""
    ticket = None if outcome.ref is None else outcome.ref.id
    return (row.state, row.ticket) == (outcome.state.value, ticket)


def read_entries(
    read_rows: ReadRows, names_of: NamesOf, condition: str, *values: object
) -> list[Entry]:
    """Return the creates for which a condition holds, oldest first."""
    rows = [
        IntentRow(*row) for row in read_rows(INTENTS, f"{condition} ORDER BY at, rowid", *values)
    ]
    if not rows:
        return []
    holds = {row[0]: row[1] for row in read_rows(HOLDS, "1")}
    return [entry for row in rows if (entry := to_entry(row, names_of, holds)) is not None]


def to_entry(row: IntentRow, names_of: NamesOf, holds: Mapping[str, int]) -> Entry | None:
    """Return the create of a row; None where a later version or somebody else has written it.

    Whoever shares the state directory may have written anything: what is shown of it is cleaned.
    """
    names_here = names_of(row.queue)
    name = clean(row.workspace)
    if names_here and name not in names_here:
        name = names_here[0]
    until = holds.get(row.id)
    try:
        return Entry(
            intent=Intent(
                id=_own_id(row.id),
                draft=Draft(name, read_values(row.content)),
                at=to_moment(row.at),
                by=clean(row.viewer or ""),
                key=row.key,
                draft_id=row.draft or "",
                known=_from_json(row.known),
            ),
            outcome=_outcome(row, name),
            is_looked=bool(row.looked),
            is_dropped=row.state == DROPPED,
            is_retried=row.state == RETRIED,
            busy_until=None if until is None else to_moment(until),
            is_configured=bool(names_here),
        )
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None


def read_values(text: str) -> Mapping[str, Value]:
    """Return values by the vendor's keys, from JSON."""
    return {
        key: value if isinstance(value, str) else tuple(value)
        for key, value in json.loads(text).items()
    }


def _own_id(text: str) -> str:
    """Return an id as the program makes them. Raises ValueError for another one."""
    if clean(text) != text:
        raise ValueError(text)
    return text


def _outcome(row: IntentRow, name: str) -> Outcome | None:
    is_closed = row.state in (DROPPED, RETRIED)
    if row.state is None or (is_closed and row.message is None):
        return None
    return Outcome(
        intent_id=row.id,
        state=OutcomeState.UNKNOWN if is_closed else OutcomeState(row.state),
        ref=None if row.ticket is None else TicketRef(name, clean(row.ticket)),
        message=clean(row.message or ""),
        candidates=tuple(TicketRef(name, clean(each)) for each in _from_json(row.candidates)),
    )


def _to_json(ids: Sequence[str]) -> str | None:
    return json.dumps(list(ids)) if ids else None


def _from_json(text: str | None) -> tuple[str, ...]:
    found: Iterable[object] = () if text is None else json.loads(text)
    return tuple(str(each) for each in found)
