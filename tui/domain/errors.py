"""Every error that crosses a layer.

TicketdeckError
├── UsageError                 a wrong call of the program
│   ├── UnknownTicket
│   └── WriteRefused           a write in observe mode
├── ConfigError                the configuration cannot be used; holds every problem
├── CredentialError            the credential cannot be had (missing variable, failing command, …)
├── StateError                 what the program remembers on disk cannot be read or written
│   └── LeaseLost              another process has taken over the polling of this workspace
└── VendorError                a call to a vendor did not bring what was asked
    ├── Unreachable            the request surely never left (refused, no such host, pool)
    ├── ConnectionLost         it left, and no whole answer came (time-out, reset, garbage)
    ├── BadResponse            an answer that cannot be read (HTML, too large, not JSON)
    ├── BadRequest             400, 422, or an envelope that says the request was wrong
    ├── CredentialRefused      401
    ├── Forbidden              403
    ├── NotFound               404
    ├── Redirected             3xx: never followed, because it would carry the credential away
    ├── RateLimited            429: later
    ├── BudgetSpent            our own count has no more, or 429 until a person acts
    └── VendorFailure          5xx, and whatever else the vendor calls its own failure

Messages are one cleaned line and never hold a credential.
"""

from datetime import datetime
from typing import NamedTuple


class TicketdeckError(Exception):
    """The root: what the program itself reports, in one line."""


class UsageError(TicketdeckError):
    """The program was called wrongly; the message says how to call it."""


class UnknownTicket(UsageError):
    """No ticket goes by that name."""


class WriteRefused(UsageError):
    """A write to a vendor was asked for where only reading is allowed."""


class Problem(NamedTuple):
    """One thing that is wrong with a configuration file."""

    path: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(TicketdeckError):
    """The configuration cannot be used."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class CredentialError(TicketdeckError):
    """A workspace's credential cannot be had. `advice` says what to set."""

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.advice = advice


class StateError(TicketdeckError):
    """What the program remembers on disk cannot be read or written."""


class LeaseLost(StateError):
    """Another process polls the workspace now; nothing was written."""


class VendorError(TicketdeckError):
    """A call to a vendor failed."""

    nothing_was_created = False
    """Whether a create that ends so surely created nothing."""
    address_setting = "base_url"
    """The setting that says which address was called."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        nothing_was_created: bool | None = None,
        is_network: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_network = is_network
        """Whether no connection came about: then not this host alone may be missing."""
        if nothing_was_created is not None:
            self.nothing_was_created = nothing_was_created


class Unreachable(VendorError):
    """The request surely never reached the vendor."""

    nothing_was_created = True


class ConnectionLost(VendorError):
    """The request may have reached the vendor; its answer did not reach us whole."""


class BadResponse(VendorError):
    """The vendor answered with something that cannot be read."""


class BadRequest(VendorError):
    """The vendor calls the request wrong."""

    nothing_was_created = True


class CredentialRefused(VendorError):
    """The vendor does not accept the credential."""

    nothing_was_created = True


class Forbidden(VendorError):
    """The vendor accepts the credential, but not for this."""

    nothing_was_created = True


class NotFound(VendorError):
    """The vendor knows nothing at this address: often a wrong workspace id."""

    nothing_was_created = True


class Redirected(VendorError):
    """The vendor pointed elsewhere."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        # 303 points to the outcome of what was done; to a create, 304 is no answer at all.
        super().__init__(message, status=status, nothing_was_created=status not in {303, 304})


class RateLimited(VendorError):
    """Too many calls for now."""

    nothing_was_created = True

    def __init__(
        self, message: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after_s = retry_after_s


class BudgetSpent(VendorError):
    """The calls that may be made are used up."""

    nothing_was_created = True

    def __init__(
        self, message: str, *, status: int | None = None, until: datetime | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.until = until
        """When the next call is free; None: so says the vendor, and a person must act."""


class VendorFailure(VendorError):
    """The vendor says that it failed."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        nothing_was_created: bool | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, status=status, nothing_was_created=nothing_was_created)
        self.retry_after_s = retry_after_s
