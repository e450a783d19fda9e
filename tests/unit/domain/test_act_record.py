"""What stands follows from the records alone, and nobody's undo touches what others did."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from tui.domain.act_record import ActRecord, dispensable, in_force, standing
from tui.domain.acts import NO_ACTS, ActKind, LocalActs, Note, Signed, Snooze
from tui.domain.ticket import Priority, Status, TicketRef

HOUR = timedelta(hours=1)
UNDONE = Signed(by="ana", at=NOON + 100 * HOUR)
Log = list[ActRecord]


def make_record(n: int = 1, kind: ActKind = ActKind.ACKNOWLEDGE, **overrides: object) -> ActRecord:
    plain = ActRecord(
        n=n,
        batch=str(n),
        ref=TicketRef("qp", "1"),
        kind=kind,
        by="ana",
        at=NOON + n * HOUR,
        until=NOON + 1_000 * HOUR if kind is ActKind.SNOOZE else None,
        text=f"note {n}" if kind is ActKind.NOTE else "",
        status=Status.OPEN,
        priority=Priority.MEDIUM,
    )
    return replace(plain, **overrides)  # type: ignore[arg-type]  # a shorthand


def take_back(log: Log, batch: str) -> Log:
    return [replace(each, taken_back=UNDONE) if each.batch == batch else each for each in log]


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Return acts of three people on one ticket, some of which were taken back."""
    kinds = draw(st.lists(st.sampled_from(ActKind), max_size=14))
    log = [make_record(n, kind, by=draw(st.sampled_from("abc"))) for n, kind in enumerate(kinds, 1)]
    for each in list(log):
        if draw(st.integers(0, 3)) == 0:
            log = take_back(log, each.batch)
    return log


class TestWhatStands:
    def test_each_kind_says_who_did_it_and_when(self) -> None:
        log = [
            make_record(1, ActKind.ACKNOWLEDGE),
            make_record(2, ActKind.SNOOZE, by="ben", overdue=True),
            make_record(3, ActKind.PIN),
            make_record(4, ActKind.NOTE),
            make_record(5, ActKind.NOTE, by="cem"),
        ]

        assert standing(log) == LocalActs(
            acknowledged=Signed(by="ana", at=NOON + HOUR),
            snooze=Snooze(
                by="ben",
                at=NOON + 2 * HOUR,
                until=NOON + 1_000 * HOUR,
                status=Status.OPEN,
                priority=Priority.MEDIUM,
                overdue=True,
            ),
            pinned=Signed(by="ana", at=NOON + 3 * HOUR),
            notes=(
                Note(by="ana", at=NOON + 4 * HOUR, text="note 4"),
                Note(by="cem", at=NOON + 5 * HOUR, text="note 5"),
            ),
        )

    def test_the_last_word_holds_for_each_thing_alone(self) -> None:
        log = [
            make_record(1, ActKind.ACKNOWLEDGE),
            make_record(2, ActKind.PIN),
            make_record(3, ActKind.UNACKNOWLEDGE, by="ben"),
        ]

        assert standing(log) == LocalActs(pinned=Signed(by="ana", at=NOON + 2 * HOUR))
        assert standing([]) == standing([log[0], log[2]]) == NO_ACTS

    def test_what_two_did_stands_until_both_took_it_back(self) -> None:
        log = [make_record(1), make_record(2, by="ben")]

        assert standing(take_back(log, "1")).acknowledged == Signed(by="ben", at=NOON + 2 * HOUR)
        assert standing(take_back(log, "2")).acknowledged == Signed(by="ana", at=NOON + HOUR)
        assert standing(take_back(take_back(log, "1"), "2")) == NO_ACTS

    @given(logs(), st.lists(st.sampled_from(ActKind), min_size=1, max_size=3))
    def test_undo_restores_exactly_what_was_before_where_nothing_came_between(
        self, log: Log, kinds: list[ActKind]
    ) -> None:
        before = standing(log)
        batch = [make_record(100 + n, kind, batch="new") for n, kind in enumerate(kinds)]

        assert standing(take_back(log + batch, "new")) == before

    @given(logs(), st.data())
    def test_undo_takes_back_that_batch_and_is_otherwise_as_if_it_had_never_been(
        self, log: Log, data: st.DataObject
    ) -> None:
        if not log:
            return
        batch = data.draw(st.sampled_from(log)).batch
        after = take_back(log, batch)

        assert standing(after) == standing([each for each in log if each.batch != batch])
        assert [each for each in after if each.batch != batch] == [
            each for each in log if each.batch != batch
        ], "the acts of others stay"


class TestWhatNobodyMisses:
    @given(logs(), st.integers(0, 16), st.data())
    def test_without_it_all_stands_as_before_whatever_young_is_taken_back(
        self, log: Log, age: int, data: st.DataObject
    ) -> None:
        before = NOON + age * HOUR
        gone = set(dispensable(log, before, is_gone=False))
        for each in data.draw(st.lists(st.sampled_from(log), max_size=3)) if log else []:
            if each.at >= before:
                log = take_back(log, each.batch)

        assert standing(each for each in log if each not in gone) == standing(log)

    @given(log=logs(), age=st.integers(0, 16), is_gone=st.booleans())
    def test_what_is_young_and_every_note_that_stands_is_kept(
        self, log: Log, age: int, *, is_gone: bool
    ) -> None:
        before = NOON + age * HOUR
        gone = dispensable(log, before, is_gone=is_gone)

        assert all(each.at < before for each in gone)
        assert not [each for each in gone if each.kind is ActKind.NOTE and not each.taken_back]

    def test_what_was_replaced_long_ago_goes(self) -> None:
        log = [
            make_record(1, ActKind.ACKNOWLEDGE),
            make_record(2, ActKind.UNACKNOWLEDGE),
            make_record(3, ActKind.PIN),
            make_record(4, ActKind.ACKNOWLEDGE),
            make_record(5, ActKind.NOTE),
        ]

        gone = dispensable(log, NOON + 50 * HOUR, is_gone=False)

        assert [each.n for each in gone] == [1, 2]
        assert in_force(log) == (log[3], log[2], log[4])

    def test_what_was_replaced_lately_stays_for_that_can_be_undone(self) -> None:
        log = [make_record(1), make_record(20, ActKind.UNACKNOWLEDGE)]

        assert dispensable(log, NOON + 10 * HOUR, is_gone=False) == ()

    def test_what_was_taken_back_long_ago_goes_and_what_lately_is_still_told(self) -> None:
        log = take_back([make_record(1, ActKind.NOTE)], "1")

        assert dispensable(log, NOON + 50 * HOUR, is_gone=False) == ()
        assert dispensable(log, NOON + 200 * HOUR, is_gone=False) == tuple(log)

    def test_a_snooze_that_ended_long_ago_goes(self) -> None:
        log = [make_record(1, ActKind.SNOOZE, until=NOON + 5 * HOUR)]

        assert dispensable(log, NOON + 4 * HOUR, is_gone=False) == ()
        assert dispensable(log, NOON + 6 * HOUR, is_gone=False) == tuple(log)

    def test_of_a_ticket_that_is_gone_the_notes_stay_once_nothing_was_done_to_it_since(
        self,
    ) -> None:
        log = [make_record(1), make_record(2, ActKind.NOTE), make_record(3, ActKind.PIN)]

        assert dispensable(log, NOON + 3 * HOUR, is_gone=True) == ()
        assert [each.n for each in dispensable(log, NOON + 9 * HOUR, is_gone=True)] == [1, 3]
        assert dispensable(log, NOON + 9 * HOUR, is_gone=False) == ()

    def test_a_clock_that_was_put_back_revives_nothing(self) -> None:
        log = [make_record(1, at=NOON), make_record(2, ActKind.UNACKNOWLEDGE, at=NOON - 99 * HOUR)]

        assert dispensable(log, NOON - HOUR, is_gone=False) == ()
