"""What people typed into forms and notes and have not sent or written, kept in the ledger.

It is kept also where `store_bodies = false`: it is the user's own words and exists nowhere else.
"""

import json
import sqlite3
import uuid
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Final, NamedTuple

from tui.domain.creates import KeptDraft
from tui.domain.ticket import TicketRef
from tui.store.checked_rows import CheckedTable
from tui.store.intent_rows import INTENTS, IS_OPEN, IntentRow
from tui.store.ledger_file import LedgerFile, ReadRows
from tui.store.moments import to_microseconds, to_moment

DRAFTS: Final = CheckedTable(
    *("drafts", "viewer", "id", "queue", "workspace", "at", "version", "origin", "content"),
    added=("tickets",),
    loss="a kept draft was damaged and is lost: type it again",
)


class _DraftRow(NamedTuple):
    """A row of `drafts`."""

    viewer: str
    id: str
    queue: str
    workspace: str
    at: int
    version: int
    origin: str
    """The id that it began under: of two versions of one draft, one has another id since."""
    content: str
    tickets: str | None = None


class Drafts:
    """The drafts of every viewer. For any thread; methods raise StateError like the ledger's."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def load(self, viewer: str) -> tuple[KeptDraft, ...]:
        """Return a viewer's drafts for the configured workspaces, latest first."""

        def operation(_: sqlite3.Connection, read_rows: ReadRows) -> tuple[KeptDraft, ...]:
            found = read_rows(DRAFTS, "viewer = ? ORDER BY at DESC, rowid DESC", viewer)
            rows = [_DraftRow(*row) for row in found]
            sent = _sent(read_rows, rows)
            drafts = (self._to_draft(row, sent) for row in rows)
            return tuple(draft for draft in drafts if draft is not None)

        return self._file.read(operation)

    def save(self, viewer: str, draft: KeptDraft) -> KeptDraft:
        """Keep a draft in place of the version it was made from; return it as it is kept.

        Where another version is kept meanwhile, both stay, this one under another id. So too where
        its ticket was created meanwhile.
        """
        row = _DraftRow(
            viewer=viewer,
            id=draft.id,
            queue=self._file.key_of(draft.workspace) or draft.workspace,
            workspace=draft.workspace,
            at=to_microseconds(draft.at),
            version=draft.version + 1,
            origin=draft.id,
            content=json.dumps(dict(draft.texts)),
            tickets=self._to_json(draft.tickets),
        )
        with self._file.writing() as connection:
            read_rows = partial(self._file.checked, connection)
            known = self._find(connection, viewer, draft.id)
            if known is not None:
                row = row._replace(origin=known.origin)
            if known is not None and known.version != draft.version:
                row = known if _is_like(known, row) else _forked(row)
            elif read_rows(INTENTS, "draft = ? AND state = 'created'", draft.id):
                row = _forked(row)
            if row is not known:
                DRAFTS.put(connection, row)
            sent = _sent(read_rows, [row])
        return KeptDraft(
            id=row.id,
            workspace=draft.workspace,
            texts=draft.texts,
            at=to_moment(row.at),
            version=row.version,
            may_exist=not sent.isdisjoint((row.id, row.origin)),
            tickets=draft.tickets,
        )

    def forget(self, viewer: str, draft_id: str) -> None:
        """Delete a draft; nothing happens where there is none of this id."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM drafts WHERE viewer = ? AND id = ?", (viewer, draft_id))

    def _find(self, connection: sqlite3.Connection, viewer: str, draft_id: str) -> _DraftRow | None:
        condition = "viewer = ? AND id = ?"
        for row in self._file.checked(connection, DRAFTS, condition, viewer, draft_id):
            return _DraftRow(*row)
        return None

    def _to_draft(self, row: _DraftRow, sent: frozenset[str]) -> KeptDraft | None:
        """Return the draft of a row; None where a workspace of it is not configured here."""
        names_here = self._file.names_of(row.queue)
        tickets = self._from_json(row.tickets)
        if not names_here or tickets is None:
            return None
        return KeptDraft(
            id=row.id,
            workspace=row.workspace if row.workspace in names_here else names_here[0],
            texts=read_texts(row.content),
            at=to_moment(row.at),
            version=row.version,
            may_exist=not sent.isdisjoint((row.id, row.origin)),
            tickets=tickets,
        )

    def _to_json(self, tickets: Iterable[TicketRef]) -> str | None:
        keys = {ref: self._file.key_of(ref.workspace) or ref.workspace for ref in tickets}
        return json.dumps(sorted((key, ref.id) for ref, key in keys.items())) if keys else None

    def _from_json(self, text: str | None) -> frozenset[TicketRef] | None:
        """Return the tickets of a note; None where one of them is of no workspace here."""
        pairs = json.loads(text) if text else ()
        names = {key: self._file.names_of(key) for key, _ in pairs}
        if not all(names.values()):
            return None
        return frozenset(TicketRef(names[key][0], ticket) for key, ticket in pairs)


def read_texts(content: str) -> Mapping[str, str]:
    """Return texts by the vendor's keys, from JSON."""
    return {str(key): str(text) for key, text in json.loads(content).items()}


def _forked(row: _DraftRow) -> _DraftRow:
    return row._replace(id=uuid.uuid4().hex, version=1)


def _is_like(known: _DraftRow, row: _DraftRow) -> bool:
    return (known.queue, known.content) == (row.queue, row.content)


def _sent(read_rows: ReadRows, rows: Collection[_DraftRow]) -> frozenset[str]:
    """Return the ids that drafts were sent under, unless it is known that nothing came of it.

    One that was begun from a create of no form has the id of that.
    """
    ids = {each for row in rows for each in (row.id, row.origin)}
    if not ids:
        return frozenset()
    places = ", ".join("?" * len(ids))
    condition = f"({IS_OPEN} OR state = 'created') AND (draft IN ({places}) OR id IN ({places}))"
    found = [IntentRow(*row) for row in read_rows(INTENTS, condition, *ids, *ids)]
    return frozenset(row.draft or row.id for row in found)
