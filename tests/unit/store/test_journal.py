"""Both files together: what opens, what does not, and what is said then."""

import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.intents import make_intent
from support.journal import QUEUES, cache_path, closed_later, statement
from tui.domain.acts import Act, ActKind
from tui.domain.creates import KeptDraft
from tui.domain.errors import StateError
from tui.store.audit import AuditRecord
from tui.store.database import RETRY_S
from tui.store.journal import Journal


def open_journal(folder: Path | None) -> Journal:
    return closed_later(Journal(folder, QUEUES, clock=FakeClock()))


def test_a_sound_folder_needs_no_words(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)

    assert (journal.banner, journal.ledger_problem, journal.notices) == (None, None, ())
    assert {path.name for path in tmp_path.iterdir()} >= {"cache.db", "ledger.db"}


def test_without_a_folder_all_works_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    journal = open_journal(None)

    journal.cache.apply("qp", [make_ticket()])
    assert journal.leases.acquire("qp", "ana", NOON) is not None
    assert journal.outbox is not None
    assert journal.outbox.record(make_intent(), NOON) is None
    journal.audit.write(
        AuditRecord(
            at=NOON, who="ana", action="create", workspace="qp", vendor="questionpro", intent="a"
        )
    )

    assert (journal.banner, journal.ledger_problem, journal.notices) == (None, None, ())
    assert sorted(tmp_path.rglob("*")) == before


def test_a_damaged_ledger_stays_as_it_is_and_only_creates_are_refused(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    ledger.write_bytes(b"no database" * 100)
    was = ledger.read_bytes()

    journal = open_journal(tmp_path)

    assert ledger.read_bytes() == was
    for lost in (journal.ledger, journal.acts, journal.outbox, journal.drafts, journal.remembered):
        assert lost is None
    assert journal.banner is None, "the tickets are kept"
    problem = journal.ledger_problem or ""
    assert "move ledger.db away to begin anew; " in problem
    assert problem.endswith(f": {ledger}")
    assert problem in journal.notices
    journal.cache.apply("qp", [make_ticket()])


@pytest.mark.parametrize("loss", ["missing", "empty", "without tables"])
def test_a_ledger_that_is_lost_is_told_with_what_the_audit_log_knows(
    tmp_path: Path, loss: str
) -> None:
    journal = open_journal(tmp_path)
    for intent, outcome in (("a", None), ("b", "unknown"), ("c", "created")):
        journal.audit.write(
            AuditRecord(
                at=NOON,
                who="ana",
                action="create",
                workspace="qp",
                vendor="questionpro",
                intent=intent,
                outcome=outcome,
            )
        )
    journal.close()
    (tmp_path / "ledger.db").unlink()
    if loss == "empty":
        (tmp_path / "ledger.db").touch()
    elif loss == "without tables":
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
            connection.execute("VACUUM")

    (notice,) = open_journal(tmp_path).notices

    assert "ledger.db was missing or empty" in notice
    assert "audit.log names 2 creates without a known end, look for them at the vendor" in notice
    later = open_journal(tmp_path)
    assert later.notices == (), "told once"
    (lost,) = later.losses()
    assert lost.startswith("2 creates from before ledger.db was begun anew had no known end")


def test_who_begins_a_ledger_anew_looks_once_before_a_key_is_taken_again(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.audit.write(
        AuditRecord(
            at=NOON,
            who="ana",
            action="create",
            workspace="qp",
            vendor="questionpro",
            intent="a",
            outcome="created",
        )
    )
    journal.close()
    (tmp_path / "ledger.db").unlink()
    outbox = open_journal(tmp_path).outbox
    assert outbox is not None
    assert outbox.losses() == ()

    with pytest.raises(StateError, match=r"then: ticketdeck outbox drop lost$"):
        outbox.record(make_intent(key="k"), NOON)

    assert outbox.drop_losses()
    assert outbox.record(make_intent(key="k"), NOON) is None


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        ("UPDATE acts SET viewer = 'eve'", "an acknowledgement, snooze, pin or note was damaged"),
        ("UPDATE taken_back SET viewer = 'eve'", "what was undone may stand again"),
        ("UPDATE drafts SET version = 9", "a kept draft was damaged and is lost: type it again"),
    ],
)
def test_what_people_did_and_is_lost_is_told_until_somebody_has_looked(
    tmp_path: Path, change: str, loss: str
) -> None:
    journal = open_journal(tmp_path)
    assert journal.acts is not None
    assert journal.drafts is not None
    journal.acts.add("a", Act(ActKind.PIN), [make_ticket()], by="ana", at=NOON)
    journal.acts.take_back("a", by="ana", at=NOON)
    journal.drafts.save("ana", KeptDraft(id="d", workspace="qp", texts={"title": "x"}, at=NOON))
    statement(tmp_path / "ledger.db", change)

    for _ in range(2):
        journal = open_journal(tmp_path)
        (told,) = journal.losses()
        assert told.startswith(f"ledger.db: {loss}")
    assert journal.outbox is not None
    assert journal.outbox.record(make_intent(key="k"), NOON) is None, "it was no create"

    assert journal.outbox.drop_losses()
    assert open_journal(tmp_path).losses() == ()


def test_a_ledger_of_a_version_that_cannot_be_is_refused_in_one_line(tmp_path: Path) -> None:
    open_journal(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute("PRAGMA user_version = -1")

    journal = open_journal(tmp_path)

    assert journal.ledger is None
    assert "damaged (its version is -1)" in (journal.ledger_problem or "")
    assert journal.notices == (journal.ledger_problem,)


def test_a_first_ledger_has_lost_nothing(tmp_path: Path) -> None:
    assert open_journal(tmp_path).losses() == ()


def test_a_folder_that_cannot_be_used_is_said_once_and_the_rest_goes_on_in_memory(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "state"
    folder.write_text("a file in its place")

    journal = open_journal(folder)

    assert str(folder) in (journal.banner or "")
    assert "\n" not in (journal.banner or "")
    assert journal.ledger is None
    journal.cache.apply("qp", [make_ticket()])
    assert len(journal.cache.tickets()) == 1


def test_a_damaged_cache_is_begun_anew_and_told(tmp_path: Path) -> None:
    cache_path(tmp_path).write_bytes(b"no database" * 100)

    journal = open_journal(tmp_path)

    (notice,) = journal.notices
    assert "put aside" in notice
    assert journal.banner is None


@contextmanager
def without_room() -> Iterator[None]:
    """Let no file of this process grow, as on a full disk."""
    room, limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limit))


async def test_what_begins_without_room_is_kept_in_both_files_when_there_is_some(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    with without_room():
        journal = closed_later(Journal(tmp_path, QUEUES, clock=clock))
        await clock.advance(RETRY_S)
        journal.cache.apply("qp", [make_ticket()])
        outbox, drafts = journal.outbox, journal.drafts
        assert outbox is not None
        assert drafts is not None
        with pytest.raises(StateError, match="without the ledger nothing is created"):
            outbox.record(make_intent(), NOON)
    problem = journal.ledger_problem or ""
    assert problem in journal.notices

    await clock.advance(RETRY_S)
    journal.cache.apply("qp", [make_ticket()])

    assert journal.file.memory_only is None
    assert journal.banner == problem, "one of the two is not on the disk"
    assert outbox.version_at_once() is not None, "whoever looks for news brings it back"
    assert journal.notices == ()
    assert outbox.record(make_intent(), NOON) is None
    drafts.save("ana", KeptDraft(id="d", workspace="qp", texts={"title": "x"}, at=NOON))
    other = open_journal(tmp_path)
    assert other.outbox is not None
    assert len(other.outbox.open_entries()) == 1
    assert len(other.cache.tickets()) == 1


async def test_without_room_a_ledger_is_tried_now_and_then_only(tmp_path: Path) -> None:
    clock = FakeClock()
    with without_room():
        journal = closed_later(Journal(tmp_path, QUEUES, clock=clock))
    assert journal.outbox is not None

    with pytest.raises(StateError, match="without the ledger"):
        journal.outbox.data_version()
    with journal.at_rest():
        await clock.advance(RETRY_S)

    assert journal.outbox.data_version()


async def test_a_ledger_that_was_lost_is_told_too_where_it_is_begun_later(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.audit.write(
        AuditRecord(
            at=NOON, who="ana", action="create", workspace="qp", vendor="questionpro", intent="a"
        )
    )
    journal.close()
    (tmp_path / "ledger.db").unlink()
    clock = FakeClock()
    with without_room():
        journal = closed_later(Journal(tmp_path, QUEUES, clock=clock))
    assert journal.outbox is not None

    await clock.advance(RETRY_S)

    with pytest.raises(StateError, match=r"then: ticketdeck outbox drop lost$"):
        journal.outbox.record(make_intent(key="k"), NOON)
    (lost,) = journal.losses()
    assert lost.startswith("1 create from before ledger.db was begun anew had no known end")


def test_at_rest_neither_file_begins_a_transaction(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    outbox = journal.outbox
    assert outbox is not None
    done = [threading.Event(), threading.Event()]

    def apply() -> None:
        journal.cache.apply("qp", [make_ticket()])
        done[0].set()

    def record() -> None:
        outbox.record(make_intent(), NOON)
        done[1].set()

    with journal.at_rest():
        threads = [threading.Thread(target=work, daemon=True) for work in (apply, record)]
        for thread in threads:
            thread.start()
        assert not any(each.wait(0.05) for each in done)
    assert all(each.wait(5) for each in done)
