"""A vendor's clock is compared with ours by the answers that come anyway."""

from datetime import datetime, timedelta

import pytest

from support.builders import NOON
from support.clock import FakeClock
from support.vendors import ListVendor
from tui.domain.errors import ConnectionLost
from tui.engine.vendor_clock import VendorClock

SECOND = timedelta(seconds=1)


class DatedVendor(ListVendor):
    """Its answers say what time it is there."""

    last_date: datetime | None = None


def told(moment: datetime) -> datetime:
    """Return a moment as an answer tells it: never the same object twice."""
    return datetime.fromisoformat(moment.isoformat())


def test_an_answer_tells_how_far_it_is_ahead() -> None:
    clock, vendor = FakeClock(), DatedVendor()
    compared = VendorClock(vendor, clock=clock)
    assert compared.may_be_told
    assert compared.offset is None

    with compared.noting():
        clock.jump(2)
        vendor.last_date = told(NOON + 182 * SECOND)

    assert compared.offset == 180 * SECOND
    assert not compared.may_be_told


def test_an_answer_of_before_tells_nothing_and_the_same_moment_told_anew_does() -> None:
    clock, vendor = FakeClock(), DatedVendor()
    vendor.last_date = told(NOON)
    clock.jump(60)
    compared = VendorClock(vendor, clock=clock)

    with compared.noting():
        clock.jump(1)
    assert compared.offset is None

    with compared.noting():
        vendor.last_date = told(NOON)
    assert compared.offset == -60 * SECOND


def test_a_call_that_takes_long_tells_nothing_and_takes_nothing_back() -> None:
    clock, vendor = FakeClock(), DatedVendor()
    compared = VendorClock(vendor, clock=clock)
    with compared.noting():
        vendor.last_date = told(NOON + 60 * SECOND)

    with compared.noting():
        clock.jump(11)
        vendor.last_date = told(NOON)

    assert compared.offset == 60 * SECOND


def test_what_is_told_before_a_call_fails_counts() -> None:
    vendor = DatedVendor()
    compared = VendorClock(vendor, clock=FakeClock())

    def fail() -> None:
        vendor.last_date = told(NOON - 60 * SECOND)
        raise ConnectionLost("cut")

    with pytest.raises(ConnectionLost), compared.noting():
        fail()

    assert compared.offset == -59 * SECOND, "it may be the end of the second that is told"


def test_a_vendor_without_a_clock_is_left_alone() -> None:
    compared = VendorClock(ListVendor(), clock=FakeClock())

    with compared.noting():
        pass

    assert not compared.may_be_told
    assert compared.offset is None


def test_a_vendor_that_answers_without_a_date_is_not_asked_for_it_again() -> None:
    compared = VendorClock(DatedVendor(), clock=FakeClock())

    with compared.noting():
        compared.answered()

    assert not compared.may_be_told
