from support.clock import FakeClock
from tui.engine.moment import Moment


async def test_it_comes_when_so_much_time_has_passed() -> None:
    clock = FakeClock()
    moment = Moment.after(60, clock)

    await clock.advance(45)
    assert moment.left_s(clock) == 15
    await clock.advance(15)

    assert moment.left_s(clock) == 0


def test_it_comes_by_the_wall_clock_where_the_other_stood_still() -> None:
    clock = FakeClock()
    moment = Moment.after(60, clock)

    clock.suspend(100)

    assert moment.left_s(clock) == -40


async def test_it_comes_by_the_other_where_the_wall_clock_was_set_back() -> None:
    clock = FakeClock()
    moment = Moment.after(60, clock)

    clock.suspend(-3_600)
    await clock.advance(60)

    assert moment.left_s(clock) == 0
