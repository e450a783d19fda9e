"""How many calls one account, a credential at a vendor, may make. Pure."""

from dataclasses import dataclass
from datetime import timedelta

RESERVED_SHARE = 0.02
"""Of a budget; polls leave it to people, so that a create at 03:00 still goes through."""
RESERVED_AT_LEAST = 5
"""A create with its look-ups and its token takes about so many."""


@dataclass(frozen=True, slots=True)
class CallBudget:
    """How many calls may be made in a rolling window."""

    calls: int
    days: int
    is_documented: bool = True
    """Whether the configuration or the vendor names it; False: our own caution."""

    @property
    def window(self) -> timedelta:
        """The length of the window."""
        return timedelta(days=self.days)

    @property
    def reserve(self) -> int:
        """The calls of every window that polls leave alone; of a tiny budget at most half."""
        wanted = max(RESERVED_AT_LEAST, round(RESERVED_SHARE * self.calls))
        return min(wanted, self.calls // 2)

    def __str__(self) -> str:
        unit = "day" if self.days == 1 else "days"
        return f"{self.calls:,} call{'' if self.calls == 1 else 's'} in {self.days} {unit}"
