"""A ledger of an earlier version is brought up, and nothing that it held is lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.builders import NOON
from support.intents import CREATED, SOON, UNKNOWN, ends, make_intent
from support.journal import open_ledger_file, open_outbox, statement
from support.old_ledger import write_ledger_of_version_4
from tui.domain.creates import KeptDraft
from tui.domain.draft import Draft, OutcomeState
from tui.store.drafts import Drafts
from tui.store.intents import IntentLog
from tui.store.ledger_file import LEDGER


def test_its_creates_are_all_there_and_go_on(tmp_path: Path) -> None:
    write_ledger_of_version_4(tmp_path)
    file = open_ledger_file(tmp_path)
    outbox = IntentLog(file)

    entries = {entry.intent.id: entry for entry in outbox.entries()}

    assert file.notices == ()
    draft = Draft("qp", {"title": "It broke", "tags": ("x", "y")})
    for name, entry in entries.items():
        assert entry.intent == make_intent(name, draft=draft, by="")
    states = {name: entry.outcome and entry.outcome.state for name, entry in entries.items()}
    assert states == {
        "sending": None,
        "unknown": OutcomeState.UNKNOWN,
        "created": OutcomeState.CREATED,
        "refused": OutcomeState.NOT_CREATED,
        "dropped": OutcomeState.UNKNOWN,
    }
    assert entries["dropped"].is_dropped
    assert outbox.held("qp") == {"77"}
    taken = outbox.take_up(NOON, SOON, ["qp"])
    assert {entry.intent.id for entry in taken} == {"sending", "unknown"}
    assert outbox.resolve(ends(CREATED, "sending", ticket="78"), is_looked=True)
    assert outbox.resolve(ends(UNKNOWN, "unknown"), is_looked=True)
    assert outbox.supersede("refused", make_intent("again"), SOON) is None


@pytest.mark.parametrize("column", ["state", "content", "ticket"])
def test_a_row_that_was_wrong_before_is_told_after_it(tmp_path: Path, column: str) -> None:
    write_ledger_of_version_4(tmp_path)
    with closing(sqlite3.connect(tmp_path / LEDGER.file, isolation_level=None)) as connection:
        connection.execute(
            f"UPDATE intents SET {column} = CAST(x'ff' AS TEXT) WHERE id = 'unknown'"  # noqa: S608
        )
    file = open_ledger_file(tmp_path)

    entries = IntentLog(file).entries()

    assert len(entries) == 4
    (notice,) = file.notices
    assert "a create in the outbox was damaged" in notice


def test_what_comes_new_can_be_kept_in_it(tmp_path: Path) -> None:
    write_ledger_of_version_4(tmp_path)
    file = open_ledger_file(tmp_path)
    draft = KeptDraft(id="d", workspace="qp", texts={"title": "x"}, at=NOON)

    Drafts(file).save("ana", draft)
    whole = make_intent(key="k", draft_id="d", known=("1",))
    IntentLog(file).record(whole, SOON)

    entry = open_outbox(tmp_path).entry("a")
    assert entry is not None
    assert entry.intent == whole
    assert Drafts(open_ledger_file(tmp_path)).load("ana")[0].may_exist


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE intents SET key = 'k' WHERE id = 'plain'",
        "UPDATE intents SET key = NULL WHERE id = 'keyed'",
    ],
)
def test_a_value_that_comes_or_goes_in_a_column_of_later_is_noticed(
    tmp_path: Path, change: str
) -> None:
    outbox = open_outbox(tmp_path)
    outbox.record(make_intent("plain", by=""), NOON)
    outbox.record(make_intent("keyed", by="", key="k"), NOON)
    statement(tmp_path / LEDGER.file, change)
    file = open_ledger_file(tmp_path)

    assert len(IntentLog(file).entries()) == 1
    assert len(file.notices) == 1
