"""The ledger forgets nothing, and never uses what is not as it was written."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from support.clock import FakeClock
from support.intents import make_intent
from support.journal import (
    QUEUES,
    calls_since,
    closed_later,
    open_ledger,
    open_ledger_file,
    statement,
)
from support.repeats import repeats
from tui.domain.budget import CallBudget
from tui.domain.errors import StateError
from tui.store.database import DamagedFile
from tui.store.intents import IntentLog
from tui.store.ledger import Ledger
from tui.store.ledger_file import LEDGER
from tui.store.spending import GOOD_FOR, QUEUE, SHORT_WINDOW, SLACK, Spending, take_turns

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class TestCalls:
    def test_they_are_counted_by_account_and_slot_over_restarts(self, tmp_path: Path) -> None:
        ledger = open_ledger(tmp_path)
        ledger.add_calls("a", 3, NOON + HOUR)
        ledger.add_calls("a", 2, NOON + 2 * HOUR)
        ledger.add_calls("b", 50, NOON + HOUR)
        open_ledger(tmp_path).add_calls("a", 1, NOON + HOUR)

        again = open_ledger(tmp_path)

        assert again.calls_by_slot("a", NOON - 99 * HOUR) == {NOON + HOUR: 4, NOON + 2 * HOUR: 2}
        assert calls_since(again, "a", NOON + timedelta(minutes=30)) == 6, "the slot counts whole"
        assert calls_since(again, "a", NOON + HOUR) == 2
        assert calls_since(again, "a", NOON + 2 * HOUR) == 0
        assert calls_since(again, "unknown", NOON) == 0

    def test_none_is_lost_where_processes_count_at_once(self, tmp_path: Path) -> None:
        ledgers = [open_ledger(tmp_path) for _ in range(4)]

        def count(number: int) -> None:
            for _ in range(15):
                ledgers[number].add_calls("a", 1, NOON)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(count, range(4)))

        assert [calls_since(ledger, "a", NOON - HOUR) for ledger in ledgers] == [60] * 4


BUDGET = CallBudget(calls=20, days=2)
"""Of a short window, ..."""
LONG = CallBudget(calls=20, days=3)
"""... and of a long one."""
SLOT = timedelta(minutes=5)


def ledger_in_memory() -> Ledger:
    return closed_later(Ledger.in_memory(QUEUES, clock=FakeClock()))


@pytest.fixture(params=["on disk", "in memory"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path) if request.param == "on disk" else ledger_in_memory()


class TestSpending:
    def test_calls_are_granted_until_the_budget_is_spent(self, ledger: Ledger) -> None:
        first = ledger.spend_calls("a", 15, NOON, BUDGET)
        second = ledger.spend_calls("a", 15, NOON + HOUR, BUDGET)
        third = ledger.spend_calls("a", 1, NOON + HOUR, BUDGET)

        assert first.turns == (NOON,) * 15
        assert len(second.turns) == 5
        assert (third.turns, third.is_spent) == ((), True)
        assert third.slots == {NOON + SLOT: 15, NOON + HOUR + SLOT: 5}
        assert calls_since(ledger, "a", NOON) == 20

    @pytest.mark.parametrize(("budget", "late"), [(BUDGET, timedelta(0)), (LONG, 55 * MINUTE)])
    def test_the_next_one_is_free_when_the_oldest_slot_has_left_the_window(
        self, ledger: Ledger, budget: CallBudget, late: timedelta
    ) -> None:
        ledger.spend_calls("a", 20, NOON + 4 * MINUTE, budget)
        free_at = ledger.spend_calls("a", 1, NOON + HOUR, budget).free_at

        assert free_at == NOON + SLOT + late + budget.window + SLACK
        moment = timedelta(microseconds=1)
        assert ledger.spend_calls("a", 1, free_at - moment, budget).is_spent
        assert len(ledger.spend_calls("a", 99, free_at, budget).turns) == 20

    def test_budgets_of_different_windows_see_the_same_calls(self, ledger: Ledger) -> None:
        """Two users of one account may have configured it differently."""
        ledger.spend_calls("a", 7, NOON, BUDGET)
        ledger.spend_calls("a", 6, NOON, LONG)

        assert len(ledger.spend_calls("a", 99, NOON + MINUTE, BUDGET).turns) == 7
        assert ledger.spend_calls("a", 1, NOON + MINUTE, LONG).is_spent

    def test_old_slots_are_folded_into_hours_and_still_count(self, ledger: Ledger) -> None:
        month = CallBudget(calls=10**6, days=30)
        for number in range(24):
            ledger.spend_calls("a", 1, NOON + number * SLOT, BUDGET)
        later = NOON + timedelta(days=5)
        ledger.spend_calls("a", 1, later, BUDGET)

        assert ledger.calls_by_slot("a", NOON - HOUR) == {
            NOON + HOUR: 12,
            NOON + 2 * HOUR: 8,
            later + SLOT: 1,
        }
        assert sum(ledger.spend_calls("a", 1, later, month).slots.values()) == 22

    def test_the_file_grows_by_a_row_an_hour_at_most(self) -> None:
        ledger, days = ledger_in_memory(), 20
        for number in range(days * 24 * 4):
            ledger.spend_calls("a", 1, NOON + number * 15 * MINUTE, CallBudget(10**6, 1))

        rows = len(ledger.calls_by_slot("a", NOON))
        short = 2 * SHORT_WINDOW // HOUR
        assert rows <= days * 24 + short * 4 < days * 24 * 4
        assert calls_since(ledger, "a", NOON) == days * 24 * 4

    def test_what_is_kept_is_refused_to_those_who_leave_it(self, ledger: Ledger) -> None:
        polls = ledger.spend_calls("a", 99, NOON, BUDGET, keep=5)
        refused = ledger.spend_calls("a", 1, NOON + HOUR, BUDGET, keep=5)
        person = ledger.spend_calls("a", 99, NOON + HOUR, BUDGET)
        later = ledger.spend_calls("a", 1, NOON + 2 * HOUR, BUDGET, keep=5)

        assert [len(each.turns) for each in (polls, refused, person)] == [15, 0, 5]
        assert refused.free_at == later.free_at == NOON + SLOT + BUDGET.window + SLACK

    def test_accounts_do_not_share(self, ledger: Ledger) -> None:
        ledger.spend_calls("a", 20, NOON, BUDGET, per_minute=99)

        spending = ledger.spend_calls("b", 20, NOON, BUDGET, per_minute=6)

        assert spending.turns == (NOON,)
        assert spending.slots == {NOON + SLOT: 1}

    def test_unused_calls_come_back_to_the_slot_they_were_counted_in(self, ledger: Ledger) -> None:
        first = ledger.spend_calls("a", 20, NOON, BUDGET)
        again = ledger.spend_calls("a", 9, NOON + HOUR, BUDGET, unused={first.slot: 3})
        ledger.return_calls("a", {again.slot: 2, first.slot: 1})

        assert len(again.turns) == 3
        assert ledger.calls_by_slot("a", NOON) == {NOON + SLOT: 16, NOON + HOUR + SLOT: 1}

    def test_no_more_comes_back_than_was_counted(self, ledger: Ledger) -> None:
        ledger.return_calls("a", {NOON: 5})

        assert calls_since(ledger, "a", NOON) == 0

    def test_slots_from_before_the_clock_was_put_back_count_unless_it_was_absurd(
        self, ledger: Ledger
    ) -> None:
        ledger.add_calls("a", 4, NOON + 5 * HOUR)
        ledger.add_calls("a", 9, NOON + timedelta(days=900))

        assert len(ledger.spend_calls("a", 99, NOON, BUDGET).turns) == 16

    @given(
        st.sampled_from([BUDGET, LONG]),
        st.lists(
            st.tuples(st.integers(0, 9_000), st.integers(1, 9), st.integers(0, 9)),
            min_size=5,
            max_size=40,
        ),
    )
    def test_no_window_ever_has_more_than_the_budget(
        self, budget: CallBudget, wishes: list[tuple[int, int, int]]
    ) -> None:
        """Times in units of 20 s; each call leaves as late as it may after it was counted."""
        ledger = ledger_in_memory()
        made: list[datetime] = []
        now = NOON
        for wait, wanted, unused in wishes:
            now += timedelta(seconds=20 * wait)
            spending = ledger.spend_calls("a", wanted, now, budget)
            given_back = min(unused, len(spending.turns))
            ledger.return_calls("a", {spending.slot: given_back})
            made += [now + SLACK] * (len(spending.turns) - given_back)

        for end in made:
            window = [each for each in made if end - budget.window < each <= end]
            assert len(window) <= budget.calls

    def test_four_connections_that_spend_at_once_get_the_budget_and_no_more(
        self, tmp_path: Path
    ) -> None:
        ledgers = [open_ledger(tmp_path) for _ in range(4)]

        def spend(number: int) -> int:
            return sum(
                len(ledgers[number].spend_calls("a", 1, NOON, BUDGET).turns) for _ in range(10)
            )

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(spend, range(4))) == BUDGET.calls


class TestRateLimit:
    PLENTY = CallBudget(calls=10**6, days=1)

    @given(
        per_minute=st.integers(1, 400),
        rounds=st.lists(st.tuples(st.floats(0, 20), st.integers(1, 16)), min_size=10, max_size=200),
        lateness=st.sampled_from([timedelta(0), GOOD_FOR]),
    )
    def test_no_minute_has_more_calls_than_the_vendor_allows(
        self, per_minute: int, rounds: list[tuple[float, int]], lateness: timedelta
    ) -> None:
        """Whether the calls of a grant leave in time or as late as they may."""
        now, turn = NOON, None
        left: list[datetime] = []
        for wait, wanted in rounds:
            now += timedelta(seconds=wait)
            turns, turn = take_turns(turn, per_minute, wanted, now)
            assert all(now <= each <= now + QUEUE for each in turns)
            left += [each + lateness * (number % 2) for number, each in enumerate(turns)]

        left.sort()
        for first, last in zip(left, left[per_minute:], strict=False):
            assert last - first >= timedelta(minutes=1)

    def test_a_burst_goes_at_once_and_then_the_rate_counts(self, ledger: Ledger) -> None:
        turns: list[datetime] = []
        while len(turns) < 24:
            spending = ledger.spend_calls("a", 1, NOON, self.PLENTY, per_minute=300)
            turns += spending.turns

        assert turns[:15] == [NOON] * 15
        steps = {
            round((later - sooner).total_seconds(), 3) for sooner, later in pairwise(turns[14:])
        }
        assert steps == {0.235}

    def test_several_are_counted_together_only_as_far_as_they_leave_soon(
        self, ledger: Ledger
    ) -> None:
        spending = ledger.spend_calls("a", 16, NOON, self.PLENTY, per_minute=60)

        assert 2 <= len(spending.turns) < 16
        assert spending.turns[-1] <= NOON + timedelta(seconds=2)
        assert calls_since(ledger, "a", NOON) == len(spending.turns)

    def test_who_would_wait_too_long_asks_again_and_nothing_is_counted(
        self, ledger: Ledger
    ) -> None:
        def spend(at: datetime) -> Spending:
            return ledger.spend_calls("a", 1, at, self.PLENTY, per_minute=6)

        granted = 0
        while (spending := spend(NOON)).turns:
            granted += 1

        assert (spending.is_spent, granted) == (False, calls_since(ledger, "a", NOON))
        assert spending.free_at > NOON + QUEUE
        assert spend(spending.free_at).turns == (spending.free_at,)

    def test_a_clock_that_was_put_back_holds_nobody_up(self, ledger: Ledger) -> None:
        ledger.spend_calls("a", 1, NOON + timedelta(days=1), self.PLENTY, per_minute=6)

        assert ledger.spend_calls("a", 1, NOON, self.PLENTY, per_minute=6).turns == (NOON,)


class TestAccounts:
    """Whose calls they are: remembered by where the credential came from, and by queue."""

    def test_one_is_remembered_by_source_and_by_queue_over_restarts(self, tmp_path: Path) -> None:
        open_ledger(tmp_path).remember_account("qp", "source of ana", "a")
        again = open_ledger(tmp_path, queues={"emea": QUEUES["qp"], "klink": QUEUES["klink"]})

        assert again.account_of("klink", "source of ana") == "a"
        assert again.account_of("emea", "source of ben") == "a", "the queue's"
        assert again.account_of("klink", "source of ben") is None

    def test_ones_own_credential_comes_before_that_of_whoever_polls(self, tmp_path: Path) -> None:
        ledger = open_ledger(tmp_path)
        ledger.remember_account("qp", "source of ben", "b")
        ledger.remember_account("qp", "source of ana", "a")

        assert ledger.account_of("qp", "source of ben") == "b"
        assert ledger.account_of("qp", "source of cem") == "a", "the last"

    def test_what_is_known_already_is_not_written_again(self, tmp_path: Path) -> None:
        open_ledger(tmp_path).remember_account("qp", "source", "a")
        other = open_ledger(tmp_path)
        before = other._file.data_version()

        open_ledger(tmp_path).remember_account("qp", "source", "a")
        assert other._file.data_version() == before
        open_ledger(tmp_path).remember_account("qp", "source", "b")
        assert other._file.data_version() != before

    def test_every_process_has_the_same_salt_and_every_ledger_its_own(self, tmp_path: Path) -> None:
        ledgers = [open_ledger(tmp_path) for _ in range(4)]

        with ThreadPoolExecutor(4) as pool:
            salts = set(pool.map(Ledger.salt, ledgers))

        assert len(salts) == 1
        assert salts == {open_ledger(tmp_path).salt()}
        assert len(salts.pop()) == 32
        assert len({ledger_in_memory().salt(), ledger_in_memory().salt()}) == 2


def spoil(folder: Path, change: str) -> None:
    statement(folder / LEDGER.file, change)


class TestDamage:
    @pytest.mark.parametrize(
        ("change", "use", "loss"),
        [
            ("UPDATE calls SET calls = 0", lambda x: calls_since(x, "k", NOON), "a count of calls"),
            ("UPDATE calls SET calls = 'x'", lambda x: x.add_calls("k", 1, NOON + SLOT), "a count"),
            (
                "UPDATE calls SET slot = slot + 1",
                lambda x: x.spend_calls("k", 1, NOON, BUDGET),
                "a count of calls",
            ),
            (
                "UPDATE turns SET next = 0",
                lambda x: x.spend_calls("k", 1, NOON, BUDGET, per_minute=6),
                "a rate limit",
            ),
            ("UPDATE salt SET value = '00'", lambda x: x.salt(), "what tells accounts apart"),
            (
                "UPDATE accounts SET account = 'x' WHERE origin = 'source'",
                lambda x: x.account_of("qp", "source"),
                "whose calls they are",
            ),
        ],
    )
    def test_a_wrong_row_is_set_apart_and_told_and_never_used(
        self, tmp_path: Path, change: str, use: Callable[[Ledger], object], loss: str
    ) -> None:
        ledger = open_ledger(tmp_path)
        ledger.spend_calls("k", 5, NOON, BUDGET, per_minute=300)
        ledger.salt()
        ledger.remember_account("qp", "source", "k")
        spoil(tmp_path, change)

        use(ledger)

        (notice,) = ledger.notices
        assert loss in notice
        use(ledger)
        assert len(ledger.notices) == 1, "told once"
        reopened = open_ledger(tmp_path)
        with reopened._file._opened().reading() as connection:
            (kept,) = connection.execute("SELECT content FROM set_apart").fetchall()
        assert kept

    def test_whatever_bytes_are_wrong_no_create_is_missing_without_a_word(
        self, tmp_path: Path
    ) -> None:
        file = open_ledger_file(tmp_path)
        ledger, outbox = Ledger(file), IntentLog(file)
        for number in range(30):
            outbox.record(make_intent(str(number)), NOON)
            ledger.add_calls("k", 1, NOON + (1 + number) * HOUR)
        path = tmp_path / LEDGER.file
        assert [each.name for each in tmp_path.glob("ledger*")] == [LEDGER.file], "while open too"
        sound, random = path.read_bytes(), Random(57)
        file.close()
        told = whole = 0
        tries = repeats(200, 1_000)
        for _ in range(tries):
            begin = random.randrange(len(sound))
            wrong = random.randbytes(random.choice([1, 16, 512, 4096]))
            path.write_bytes((sound[:begin] + wrong + sound[begin + len(wrong) :])[: len(sound)])
            try:
                with closing(open_ledger_file(tmp_path)) as file:
                    entries = IntentLog(file).entries()
                    calls = calls_since(Ledger(file), "k", NOON)
            except StateError:
                told += 1
                continue
            assert {entry.intent.id: entry.intent.draft for entry in entries}.items() <= {
                str(number): make_intent().draft for number in range(30)
            }.items()
            assert file.notices or (len(entries), calls) == (30, 30)
            whole += not file.notices
            told += bool(file.notices)

        assert min(told, whole) > tries // 10, (told, whole)

    @pytest.mark.parametrize("place", [0, 1])
    def test_an_index_that_misses_a_row_is_told_like_the_row_itself(
        self, tmp_path: Path, place: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        ledger = open_ledger(tmp_path)
        ledger.add_calls("canary-account", 5, NOON)
        ledger.close()
        path = tmp_path / LEDGER.file
        parts = path.read_bytes().split(b"canary-account")
        assert len(parts) == 3, "the table and its index"
        names = [b"canary-account"] * 2
        names[place] = b"canary-accounx"
        path.write_bytes(parts[0] + names[0] + parts[1] + names[1] + parts[2])

        with pytest.raises(DamagedFile, match=r"anew; damaged; it may hold"):
            open_ledger(tmp_path)
        assert " index " in caplog.text, "what SQLite says of it is for the log"

    def test_a_damaged_file_stays_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / LEDGER.file
        path.write_bytes(b"this was a ledger once" * 50)

        with pytest.raises(DamagedFile) as caught:
            open_ledger(tmp_path)

        asked = "move ledger.db away to begin anew; damaged (file is not a database); "
        assert str(caught.value).startswith(asked)
        assert str(caught.value).endswith(f": {path}")
        assert path.read_bytes() == b"this was a ledger once" * 50
        assert [each.name for each in tmp_path.glob("ledger*")] == [LEDGER.file]

    def test_one_that_was_moved_away_while_it_was_open_says_what_to_do(
        self, tmp_path: Path
    ) -> None:
        ledger = open_ledger(tmp_path)
        (tmp_path / LEDGER.file).unlink()

        with pytest.raises(StateError, match=r"^was moved or removed meanwhile; start ticketdeck"):
            ledger.add_calls("a", 1, NOON)

    def test_what_lies_where_its_undo_log_is_to_be_is_named_and_the_ledger_not_given_up(
        self, tmp_path: Path
    ) -> None:
        open_ledger(tmp_path).close()
        (tmp_path / "ledger.db-journal").mkdir()

        with pytest.raises(StateError, match=r"^ledger\.db-journal is not a file; move it away; "):
            open_ledger(tmp_path).salt()

    def test_a_ledger_of_a_newer_version_stays_as_it_is(self, tmp_path: Path) -> None:
        open_ledger(tmp_path).close()
        spoil(tmp_path, "PRAGMA user_version = 99")

        with pytest.raises(StateError) as caught:
            open_ledger(tmp_path)

        assert str(caught.value) == (
            "written by a newer ticketdeck; update ticketdeck;"
            " without the ledger nothing is created or acknowledged: "
            f"{tmp_path / LEDGER.file}"
        ), "moved away, its acks and open creates would be lost"

    def test_without_a_place_the_error_says_that_nothing_is_created(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")

        with pytest.raises(StateError, match=r"^not a directory; set state_dir"):
            open_ledger(tmp_path / "file").salt()
