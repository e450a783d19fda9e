"""What the engine asks of the outside world.

`Vendor` is all that a vendor must be. Every other ability is a protocol of one method: a vendor
that lacks the ability lacks the method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.draft import Choice, Created, Draft, FieldSpec, RequestPreview
from tui.domain.health import WorkspaceHealth
from tui.domain.page import Page, PageKey
from tui.domain.ticket import Ticket, TicketRef


class Vendor(Protocol):
    """One workspace at its vendor. Methods raise `VendorError` and `CredentialError` only."""

    @property
    def sections(self) -> int:
        """How many passes one sweep takes; pages are counted within each."""

    async def fetch_page(self, key: PageKey) -> Page:
        """Fetch one page of the list."""

    async def close(self) -> None:
        """Give back connections. Fetching afterwards is an error."""


@runtime_checkable
class TicketFetcher(Protocol):
    """A vendor that serves a single ticket."""

    async def fetch_ticket(self, ref: TicketRef) -> Ticket:
        """Fetch one ticket with all that the vendor tells of it."""


@runtime_checkable
class TicketCreator(Protocol):
    """A vendor where tickets can be created."""

    async def create(self, draft: Draft) -> Created:
        """Send one POST for a checked draft. Never repeats it."""


@runtime_checkable
class DraftRenderer(Protocol):
    """A vendor that can show the request a draft becomes."""

    def render(self, draft: Draft) -> RequestPreview:
        """Return the request, its credential masked; nothing is sent."""


@runtime_checkable
class ChoiceSource(Protocol):
    """A vendor that can be asked for the choices of its fields."""

    async def fetch_choices(self, lookup: str, keyword: str = "") -> Sequence[Choice]:
        """Fetch the list of this name (`FieldSpec.lookup`), in the vendor's order.

        `keyword` narrows it. Nothing is fetched for a name that is not the vendor's.
        """


@runtime_checkable
class FormSource(Protocol):
    """A vendor that tells which fields its tenant has defined."""

    async def fetch_fields(self) -> Sequence[FieldSpec]:
        """Fetch the tenant's own fields, to stand in place of the open family of the same key.

        A field of a key that the vendor's own fields have as well replaces that one.
        """


@runtime_checkable
class NewestSource(Protocol):
    """A vendor whose newest tickets can be read without a whole sweep."""

    async def fetch_newest(self, since: datetime) -> Sequence[Ticket]:
        """Fetch what was most likely created since then, in a few calls; older ones may be in it.

        That a ticket is missing from it proves nothing.
        """


@runtime_checkable
class PassKeeper(Protocol):
    """A vendor that compares the pages of one pass over its list."""

    def begin_pass(self, *, whole: bool) -> None:
        """Forget the pages so far: those that come now belong together.

        `whole`: every page of every section is going to be among them.
        """


@runtime_checkable
class DateKeeper(Protocol):
    """A vendor whose clock can be compared with ours."""

    @property
    def last_date(self) -> datetime | None:
        """The moment of its latest answer by its own clock, in whole seconds; None: not told."""


class CallGate(Protocol):
    """Lets the calls of one workspace through, and counts them."""

    async def admit(self) -> None:
        """Wait for the vendor's rate limit, and spend one call.

        Raises:
            BudgetSpent: none is left.
            RateLimited: the vendor asked for a rest that is not over.
            StateError: the calls cannot be counted.
        """

    async def leave(self) -> None:
        """Say that the first byte of a call that was admitted is about to leave.

        Raises:
            StateError: it must not leave: it is not wanted any more, or nobody can tell.
        """

    async def rest(self, seconds: float) -> None:
        """Let no call with the same credential leave for so long: the vendor asked."""

    def answered(self, size: int) -> None:
        """Count the bytes of an answer."""


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class QueueReader(Protocol):
    """The queue as everyone may see it. Safe to call from any thread."""

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        """Return what changed since `position`; a `Reset` where that is unknown or None."""

    def health(self) -> Mapping[str, WorkspaceHealth]:
        """Return the health of every workspace by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A create that was asked for, before the first byte of it was sent."""

    id: str
    draft: Draft
    at: datetime
    by: str = ""
    """Whose wish it is."""
    key: str | None = None
    """What the caller calls it, so that it is never created twice."""
    draft_id: str = ""
    """The kept draft that it was typed in; it goes when the ticket is created, unless it was typed
    on since."""
    known: tuple[str, ...] = ()
    """Ids of tickets that looked like it before it was sent."""
