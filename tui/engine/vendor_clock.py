"""How far a vendor's clock is from ours, from the calls that are made anyway."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from tui.domain.clock_skew import clock_skew
from tui.domain.ports import Clock, DateKeeper, Vendor

_LONGEST: Final = timedelta(seconds=10)
"""A call that takes longer says too little of when it was answered."""


class VendorClock:
    """Compares one vendor's clock with ours."""

    def __init__(self, vendor: Vendor, *, clock: Clock) -> None:
        self.offset: timedelta | None = None
        """How far it is ahead; None: not known."""
        self._vendor = vendor
        self._clock = clock
        self._is_silent = not isinstance(vendor, DateKeeper)

    @property
    def may_be_told(self) -> bool:
        """Whether it is not known, and a call may tell it."""
        return self.offset is None and not self._is_silent

    def answered(self) -> None:
        """Take in that a call was answered: who tells nothing then tells nothing ever."""
        self._is_silent = self._told() is None

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Take in what the calls made within tell of it."""
        earlier, before = self._told(), self._clock.now()
        try:
            yield
        finally:
            told, after = self._told(), self._clock.now()
            # The same moment may be told twice, of two answers.
            if told is not None and told is not earlier and after - before <= _LONGEST:
                self.offset = clock_skew(told, before, after)

    def _told(self) -> datetime | None:
        return self._vendor.last_date if isinstance(self._vendor, DateKeeper) else None
