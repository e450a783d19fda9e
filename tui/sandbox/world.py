"""The sandbox's made-up world: tickets of four vendors, and the faults that wait for callers."""

from datetime import datetime
from threading import RLock

from tui.sandbox.faults import Faults

DEFAULT_TICKETS = 200
DEFAULT_SEED = 7


class World:
    """All that the four APIs serve. Hold `lock` around every use from more than one thread."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self.faults = Faults()
        self.lock = RLock()

    def advance_to(self, now: datetime) -> None:
        """Let time pass; what is due happens. Time never goes back."""
        self.now = max(now, self.now)


def make_world(
    *,
    now: datetime,
    tickets: int = DEFAULT_TICKETS,
    seed: int = DEFAULT_SEED,
    still: bool = False,
) -> World:
    """Return a world of exactly so many tickets; the same arguments give the same world."""
    raise NotImplementedError
