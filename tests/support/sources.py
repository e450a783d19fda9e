"""What a workspace's source needs besides its vendor."""

from support.journal import closed_later
from tui.domain.budget import CallBudget
from tui.domain.errors import CredentialError
from tui.domain.ports import Clock
from tui.domain.secret import Secret
from tui.engine.allowance import Allowance


class FixedCredential:
    """Gives whatever a test puts there; nothing for None."""

    place = "variable QP_KEY"

    def __init__(self, value: str | None = "key") -> None:
        self.value = value
        self.reads = 0

    def read(self) -> Secret:
        self.reads += 1
        if self.value is None:
            raise CredentialError("QP_KEY is not set", advice="set QP_KEY")
        return Secret(self.value)


def make_allowance(clock: Clock, *, calls: int = 1_000_000, days: int = 1) -> Allowance:
    """Return an allowance that is counted in memory; by default as good as endless."""
    allowance = Allowance(
        "account", CallBudget(calls, days), rate_limit=None, counts=None, clock=clock
    )
    closed_later(allowance._counts)
    return allowance
