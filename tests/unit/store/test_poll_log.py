from datetime import timedelta
from pathlib import Path

from support.builders import NOON
from support.journal import open_file
from tui.domain.activity import PollRecord
from tui.store.poll_log import KEPT, PollLog


def make_record(number: int) -> PollRecord:
    return PollRecord(
        at=NOON + timedelta(seconds=number),
        took_s=0.25,
        calls=number,
        size=1_000 * number,
        is_sweep=number % 2 == 0,
        changes=number,
        error="cut" if number % 3 == 0 else None,
    )


def test_a_poll_comes_back_as_it_was_after_reopening(tmp_path: Path) -> None:
    file = open_file(tmp_path)
    PollLog(file).add("qp", make_record(3))
    file.close()

    assert PollLog(open_file(tmp_path)).last("qp") == (make_record(3),)


def test_the_newest_comes_first_and_as_many_as_asked_for() -> None:
    log = PollLog(open_file(None))
    for number in range(5):
        log.add("qp", make_record(number))

    assert log.last("qp", 2) == (make_record(4), make_record(3))
    assert [poll.calls for poll in log.last("qp")] == [4, 3, 2, 1, 0]


def test_the_oldest_go_and_only_those_of_the_same_queue() -> None:
    log = PollLog(open_file(None))
    log.add("klink", make_record(7))

    for number in range(KEPT + 5):
        log.add("qp", make_record(number))

    kept = log.last("qp", 10 * KEPT)
    assert len(kept) == KEPT
    assert (kept[0].calls, kept[-1].calls) == (KEPT + 4, 5)
    assert log.last("klink") == (make_record(7),)


def test_the_number_of_the_newest_tells_that_there_was_another(tmp_path: Path) -> None:
    log, elsewhere = PollLog(open_file(tmp_path)), PollLog(open_file(tmp_path))
    numbers = [log.newest("qp")]

    for _ in range(2):
        elsewhere.add("qp", make_record(1))
        elsewhere.add("klink", make_record(1))
        numbers.append(log.newest("qp"))

    assert numbers[0] == 0
    assert numbers == sorted(set(numbers))
