"""What people do here is kept, told to everyone the same, and undone batch by batch."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.journal import QUEUES, closed_later, open_acts, open_cache, statement
from tui.domain.acts import NO_ACTS, Act, ActKind, Acts, LocalActs, Note, Signed, Snooze
from tui.domain.errors import StateError
from tui.domain.ticket import Priority, Status, Ticket, TicketRef
from tui.store.database import open_kept
from tui.store.ledger_file import LEDGER
from tui.store.local_acts import ActLog
from tui.store.queue_key import QueueKey
from tui.store.stored_acts import stored_acts

HOUR = timedelta(hours=1)
ACK = Act(ActKind.ACKNOWLEDGE)
ONE, TWO = make_ticket("1"), make_ticket("2")


def do(
    log: ActLog, act: Act = ACK, *tickets: Ticket, batch: str = "a", by: str = "ana", hour: int = 0
) -> None:
    log.add(batch, act, tickets or (ONE,), by=by, at=NOON + hour * HOUR)


def note(text: str) -> Act:
    return Act(ActKind.NOTE, text=text)


def undo(log: ActLog, batch: str = "a") -> int:
    return log.take_back(batch, by="ben", at=NOON + 50 * HOUR)


def of(acts: Acts, ticket_id: str = "1", workspace: str = "qp") -> LocalActs:
    return acts.get(TicketRef(workspace, ticket_id), NO_ACTS)


def count(folder: Path, table: str = "acts") -> int:
    with open_acts(folder)._file.writing() as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  ours
    return int(found)


class TestKeeping:
    def test_what_was_done_is_there_after_a_restart_with_who_and_when(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log, ACK, ONE, TWO)
        do(log, Act(ActKind.PIN), by="ben", hour=1)
        do(log, note("Called.\nNobody there."), by="cem", hour=2)

        acts = open_acts(tmp_path).read().acts

        assert of(acts) == LocalActs(
            acknowledged=Signed(by="ana", at=NOON),
            pinned=Signed(by="ben", at=NOON + HOUR),
            notes=(Note(by="cem", at=NOON + 2 * HOUR, text="Called.\nNobody there."),),
        )
        assert of(acts, "2") == LocalActs(acknowledged=Signed(by="ana", at=NOON))

    def test_a_snooze_keeps_how_the_ticket_was(self, tmp_path: Path) -> None:
        ticket = make_ticket(
            status=Status.PENDING, priority=Priority.HIGH, due_at=NOON - timedelta(minutes=1)
        )
        do(open_acts(tmp_path), Act(ActKind.SNOOZE, until=NOON + HOUR), ticket)

        assert of(open_acts(tmp_path).read().acts).snooze == Snooze(
            by="ana",
            at=NOON,
            until=NOON + HOUR,
            status=Status.PENDING,
            priority=Priority.HIGH,
            overdue=True,
        )

    def test_a_renamed_workspace_keeps_its_acts_and_another_of_its_name_gets_none(
        self, tmp_path: Path
    ) -> None:
        do(open_acts(tmp_path))
        other = QueueKey("questionpro", "https://other.example", "1")

        renamed = open_acts(tmp_path, queues={"emea": QUEUES["qp"]}).read().acts
        elsewhere = open_acts(tmp_path, queues={"qp": other}).read().acts
        twice = open_acts(tmp_path, queues={"x": QUEUES["qp"], "y": QUEUES["qp"]}).read().acts

        assert set(renamed) == {TicketRef("emea", "1")}
        assert not elsewhere
        assert set(twice) == {TicketRef("x", "1"), TicketRef("y", "1")}

    def test_one_ticket_under_two_names_is_acted_on_once(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path, queues={"x": QUEUES["qp"], "y": QUEUES["qp"]})
        do(log, note("once"), make_ticket(workspace="x"), make_ticket(workspace="y"))

        assert [len(each.notes) for each in log.read().acts.values()] == [1, 1]

    def test_a_workspace_that_is_not_configured_is_refused_and_nothing_is_kept(
        self, tmp_path: Path
    ) -> None:
        log = open_acts(tmp_path)

        with pytest.raises(StateError, match="gone/1: its workspace is not configured here"):
            do(log, ACK, ONE, make_ticket(workspace="gone"))
        assert not log.read().acts

    def test_what_others_wrote_past_the_program_cannot_act_on_a_terminal(
        self, tmp_path: Path
    ) -> None:
        """Whoever shares the folder can write any bytes, with the checksum that fits."""
        log = open_acts(tmp_path)
        log.add("a", note("x\x1b]0;evil\x07y"), [ONE], by="a\x1b[2Jna", at=NOON)

        (found,) = of(log.read().acts).notes

        assert (found.by, found.text) == ("a␛na", "x␛y")

    def test_no_purge_touches_them(self, tmp_path: Path) -> None:
        do(open_acts(tmp_path), note("stays"))
        cache = open_cache(tmp_path)
        cache.apply("qp", [ONE])

        assert cache.purge() == 1
        assert cache.purge(timedelta(0), ["qp"]) == 0

        assert of(open_acts(tmp_path).read().acts).notes[0].text == "stays"

    def test_notes_are_kept_where_customers_texts_are_not(self, tmp_path: Path) -> None:
        do(open_acts(tmp_path), note("stays"))
        cache = open_cache(tmp_path, store_bodies=False)
        cache.apply("qp", [ONE])
        cache.purge()

        assert of(open_acts(tmp_path).read().acts).notes

    def test_in_memory_all_works(self) -> None:
        log = open_acts(None)
        do(log)
        assert of(log.read().acts).acknowledged
        assert undo(log) == 1
        assert log.read().acts == {}
        assert log.is_shared is False


class TestTakingBack:
    def test_it_takes_back_that_batch_of_all_its_tickets_and_nothing_else(
        self, tmp_path: Path
    ) -> None:
        log = open_acts(tmp_path)
        do(log, ACK, ONE, TWO, batch="a")
        do(log, ACK, ONE, batch="b", by="ben", hour=1)
        do(log, note("stays"), TWO, batch="c")

        assert undo(log, "a") == 2

        acts = open_acts(tmp_path).read().acts
        assert of(acts) == LocalActs(acknowledged=Signed(by="ben", at=NOON + HOUR))
        assert of(acts, "2") == LocalActs(notes=(Note(by="ana", at=NOON, text="stays"),))

    def test_it_brings_back_what_the_batch_had_ended(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log, ACK, batch="a")
        do(log, Act(ActKind.UNACKNOWLEDGE), batch="b", hour=1)
        assert log.read().acts == {}

        undo(log, "b")

        assert of(log.read().acts).acknowledged == Signed(by="ana", at=NOON)

    def test_it_happens_once(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log)

        assert [undo(log), undo(open_acts(tmp_path)), undo(log, "never done")] == [1, 0, 0]

    def test_who_took_it_back_is_told(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log, batch="a")
        do(log, Act(ActKind.PIN), batch="b", hour=2)
        undo(log, "a")

        first, second = log.since(NOON)

        assert first.taken_back == Signed(by="ben", at=NOON + 50 * HOUR)
        assert (second.kind, second.ref, second.taken_back) == (ActKind.PIN, ONE.ref, None)
        assert log.since(NOON + HOUR) == (second,)


class TestReading:
    def test_where_nothing_was_done_it_is_the_same_object(self, tmp_path: Path) -> None:
        log, other = open_acts(tmp_path), open_acts(tmp_path)
        first = log.read()
        assert log.read(first) is first
        do(other)
        second = log.read(first)
        assert log.read(second) is second

        do(other, ACK, batch="b", hour=0)

        third = log.read(second)
        assert third.mark != second.mark
        assert third.acts is second.acts, "the same again is no news"

    def test_it_cannot_be_changed_by_a_reader(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log)

        with pytest.raises(TypeError):
            log.read().acts[ONE.ref] = NO_ACTS  # type: ignore[index]

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([*ActKind, None]),
                st.sets(st.sampled_from("1234"), min_size=1).map(sorted),
                st.integers(0, 9),
                st.booleans(),
            ),
            max_size=20,
        )
    )
    def test_news_by_news_it_comes_to_what_all_of_it_comes_to(
        self, steps: list[tuple[ActKind | None, list[str], int, bool]]
    ) -> None:
        """None undoes one of the batches before; not every step is followed by a reading."""
        log, reading = open_acts(None), None
        for number, (kind, ids, chosen, is_read) in enumerate(steps):
            if kind is None:
                undo(log, str(chosen % (number + 1)))
            else:
                until = NOON + HOUR if kind is ActKind.SNOOZE else None
                tickets = [make_ticket(each) for each in ids]
                do(log, Act(kind, until=until, text="x"), *tickets, batch=str(number), hour=number)
            if is_read:
                reading = log.read(reading)
        assert log.read(reading).acts == log.read().acts

    def test_the_version_changes_when_another_process_has_written_and_only_then(
        self, tmp_path: Path
    ) -> None:
        log, other = open_acts(tmp_path), open_acts(tmp_path)
        before = log.data_version()
        do(log)
        assert log.data_version() == before
        do(other, batch="b")
        assert log.data_version() != before

    def test_none_is_lost_where_many_act_at_once(self, tmp_path: Path) -> None:
        logs = [open_acts(tmp_path) for _ in range(4)]

        def act(number: int) -> None:
            for each in range(10):
                do(logs[number], note(f"{number}.{each}"), batch=f"{number}.{each}")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(act, range(4)))

        notes = of(logs[0].read().acts).notes
        assert {each.text for each in notes} == {f"{n}.{i}" for n in range(4) for i in range(10)}
        assert len({each.n for each in logs[0].since(NOON)}) == 40


class TestTidying:
    def test_what_nobody_misses_goes_and_notes_stay_for_ever(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log, ACK, ONE, TWO, batch="a")
        do(log, Act(ActKind.UNACKNOWLEDGE), ONE, batch="b", hour=1)
        do(log, note("stays"), ONE, batch="c", hour=2)
        do(log, note("taken back"), ONE, batch="d", hour=3)
        undo(log, "d")
        reading = log.read()

        assert log.tidy(NOON + 99 * HOUR, frozenset()) == 3

        assert log.tidy(NOON + 99 * HOUR, frozenset()) == 0
        assert log.read().acts == log.read(reading).acts == reading.acts
        assert (count(tmp_path), count(tmp_path, "taken_back")) == (2, 0)

    def test_of_tickets_that_are_gone_only_the_notes_stay(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log, ACK, ONE, TWO, batch="a")
        do(log, note("stays"), ONE, batch="b")

        assert log.tidy(NOON - HOUR, {ONE.ref}) == 0
        assert log.tidy(NOON + HOUR, {ONE.ref}) == 1

        acts = log.read().acts
        assert of(acts) == LocalActs(notes=(Note(by="ana", at=NOON, text="stays"),))
        assert of(acts, "2").acknowledged

    def test_a_number_is_never_given_out_twice(self, tmp_path: Path) -> None:
        """Or whoever read up to it would miss what comes under it."""
        log = open_acts(tmp_path)
        do(log, ACK, batch="a")
        undo(log, "a")
        reading = open_acts(tmp_path).read()
        log.tidy(NOON + 99 * HOUR, frozenset())
        assert count(tmp_path) == 0

        do(log, ACK, batch="b")
        undo(log, "b")

        assert [each.n for each in log.since(NOON)] == [2]
        assert log.read(reading).mark.taken_back == 2

    def test_acts_of_other_configurations_are_left_alone(self, tmp_path: Path) -> None:
        do(open_acts(tmp_path), ACK, ONE)
        elsewhere = open_acts(tmp_path, queues={"klink": QUEUES["klink"]})

        assert elsewhere.tidy(NOON + 99 * HOUR, {ONE.ref, TicketRef("klink", "1")}) == 0
        assert count(tmp_path) == 1


class TestDamage:
    @pytest.mark.parametrize(
        ("change", "use", "loss"),
        [
            ("UPDATE acts SET viewer = 'eve' WHERE n = 1", ActLog.read, "an acknowledgement"),
            (
                "UPDATE acts SET text = CAST(x'ff' AS TEXT) WHERE n = 1",
                ActLog.read,
                "snooze, pin or note was damaged",
            ),
            ("UPDATE acts SET queue = '' WHERE n = 1", undo, "an acknowledgement"),
            (
                "UPDATE acts SET at = at + 1 WHERE n = 1",
                lambda log: log.since(NOON),
                "an acknowledgement",
            ),
            (
                "UPDATE acts SET ticket = '2' WHERE n = 1",
                lambda log: log.tidy(NOON, frozenset()),
                "an acknowledgement",
            ),
            ("UPDATE taken_back SET viewer = 'eve'", ActLog.read, "what was undone may stand"),
        ],
    )
    def test_a_wrong_row_is_set_apart_and_told_and_never_used(
        self, tmp_path: Path, change: str, use: Callable[[ActLog], object], loss: str
    ) -> None:
        log = open_acts(tmp_path)
        do(log, ACK, ONE, batch="a")
        do(log, ACK, TWO, batch="b")
        do(log, Act(ActKind.PIN), TWO, batch="c")
        undo(log, "c")
        statement(tmp_path / LEDGER.file, change)

        use(log)

        (notice,) = log._file.notices
        assert notice.startswith("ledger.db: ")
        assert loss in notice
        acts = open_acts(tmp_path).read().acts
        assert of(acts, "2").acknowledged == Signed(by="ana", at=NOON)
        assert bool(of(acts).acknowledged) == ("acts" not in change)
        assert count(tmp_path, "set_apart") == 1

    def test_who_reads_on_notices_what_was_set_apart_elsewhere(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log)
        reading = log.read()
        statement(tmp_path / LEDGER.file, "UPDATE acts SET viewer = 'eve'")
        open_acts(tmp_path).read()

        assert log.read(reading).acts == {}

    def test_what_a_later_version_wrote_is_left_out_and_kept(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log, replace(ACK, kind=_LaterKind("assign")), batch="a")  # type: ignore[arg-type]
        do(log, ACK, TWO, batch="b")

        assert set(log.read().acts) == {TWO.ref}
        assert log.tidy(NOON + 99 * HOUR, {ONE.ref}) == 0
        assert log._file.notices == ()
        assert count(tmp_path) == 2


class _LaterKind(str):
    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


class TestVersions:
    def test_a_ledger_from_before_there_were_any_is_brought_up(self, tmp_path: Path) -> None:
        closed_later(open_kept(tmp_path, replace(LEDGER, version=3))).close()

        do(open_acts(tmp_path))

        assert count(tmp_path) == 1


class TestStoredActs:
    """For commands that read and never write."""

    def test_they_are_what_the_log_says(self, tmp_path: Path) -> None:
        log = open_acts(tmp_path)
        do(log, ACK, ONE, TWO, batch="a")
        do(log, note("x"), make_ticket(workspace="klink"), batch="b")
        do(log, Act(ActKind.PIN), TWO, batch="c")
        undo(log, "c")
        before = (tmp_path / LEDGER.file).read_bytes()

        assert stored_acts(tmp_path, QUEUES) == log.read().acts
        assert set(stored_acts(tmp_path, {"emea": QUEUES["qp"]})) == {
            TicketRef("emea", "1"),
            TicketRef("emea", "2"),
        }
        assert stored_acts(tmp_path, {}) == {}
        assert (tmp_path / LEDGER.file).read_bytes() == before

    def test_where_nobody_ever_did_anything_there_are_none_and_no_file_comes_of_it(
        self, tmp_path: Path
    ) -> None:
        assert stored_acts(tmp_path, QUEUES) == {}
        assert stored_acts(tmp_path / "missing", QUEUES) == {}
        assert not list(tmp_path.glob("*.db"))
        closed_later(open_kept(tmp_path, replace(LEDGER, version=3))).close()
        assert stored_acts(tmp_path, QUEUES) == {}

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ("PRAGMA user_version = 99", "written by a newer ticketdeck"),
            ("PRAGMA application_id = 7", "^not ticketdeck's"),
        ],
    )
    def test_a_ledger_that_is_not_as_we_write_it_is_refused(
        self, tmp_path: Path, change: str, reason: str
    ) -> None:
        do(open_acts(tmp_path))
        statement(tmp_path / LEDGER.file, change)

        with pytest.raises(StateError, match=reason):
            stored_acts(tmp_path, QUEUES)

    def test_what_is_no_database_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / LEDGER.file
        path.mkdir()
        with pytest.raises(StateError, match=r"^not a file"):
            stored_acts(tmp_path, QUEUES)
        path.rmdir()
        path.write_bytes(b"this was a ledger once" * 50)
        with pytest.raises(StateError, match="damaged"):
            stored_acts(tmp_path, QUEUES)

    def test_a_damaged_row_is_left_out(self, tmp_path: Path) -> None:
        do(open_acts(tmp_path), ACK, ONE, TWO)
        statement(tmp_path / LEDGER.file, "UPDATE acts SET viewer = 'eve' WHERE n = 1")

        assert set(stored_acts(tmp_path, QUEUES)) == {TWO.ref}
