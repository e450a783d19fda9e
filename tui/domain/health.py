"""How far a workspace's tickets can be trusted: a value, never an exception."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class HealthState(StrEnum):
    """Worst first when several are compared, by `severity`."""

    REFUSED = "refused"
    """The credential is missing, wrong or not allowed to; a person must act."""
    BUDGET_SPENT = "budget_spent"
    BACKING_OFF = "backing_off"
    """The last poll failed; the next one waits until `retry_at`."""
    LATE = "late"
    """The moment whose whole list is known is too long ago."""
    STARTING = "starting"
    OFF = "off"
    """Polled by hand only."""
    OK = "ok"

    @property
    def severity(self) -> int:
        """0 is the worst."""
        return list(HealthState).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceHealth:
    """What is known of one workspace's polling. Texts are cleaned, one line each."""

    state: HealthState = HealthState.STARTING
    as_of: datetime | None = None
    """The latest moment whose whole list is known; None before there is one."""
    error: str | None = None
    """Why the last poll failed, in one line."""
    advice: str | None = None
    """What a person can do about it, in one line."""
    failed_at: datetime | None = None
    """When the last poll failed; None where it did not."""
    account: str | None = None
    """Stands for the credential that the last good poll was made with."""
    failures: int = 0
    """Polls in a row that failed."""
    refused: str | None = None
    """Stands for the credential that was refused; None where none was."""
    retry_at: datetime | None = None
    """When the next try is planned after a failure."""
    rest_until: datetime | None = None
    """Until then the vendor asked to be left alone; nobody polls before, by hand neither."""
    next_at: datetime | None = None
    """When the next poll is planned while all is well; None where none is."""
    late_at: datetime | None = None
    """Where `as_of` is still the same then, the tickets are late."""
    skipped: int = 0
    """Tickets of the last sweep that could not be read."""
    defects: int = 0
    """Fields of the last sweep that had a wrong type."""
    missing: int = 0
    """Tickets that the vendor counts but did not show in the last sweep."""
    doubts: tuple[str, ...] = ()
    """Why the last sweep may not have shown everything, though every call worked."""
    pages_done: int | None = None
    """Pages read by the sweep that runs now; None when none does."""
    pages_known: int | None = None
    since: datetime | None = field(default=None, compare=False)
    """Since when `state` and `error` are so. The journal fills it in."""

    def at(self, now: datetime) -> "WorkspaceHealth":
        """Return the health as it is at `now`: what was promised and did not come is late."""
        if self.may_be_late and self.late_at is not None and now >= self.late_at:
            return replace(self, state=HealthState.LATE, since=self.late_at)
        return self

    @property
    def may_be_late(self) -> bool:
        """Whether it becomes late by time alone, where `late_at` is known."""
        return self.state in (HealthState.OK, HealthState.BACKING_OFF)

    def is_like(self, other: "WorkspaceHealth") -> bool:
        """Whether both say the same of the polling, in other figures maybe."""
        return (self.state, self.error) == (other.state, other.error)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the last sweep did not bring whole though it succeeded, a line each."""
        counted = (
            (self.skipped, "ticket", "could not be read"),
            (self.missing, "ticket", "counted by the vendor but not shown"),
            (self.defects, "field", "of a wrong type and left empty"),
        )
        lines = [
            f"{count:,} {noun}{'s' if count > 1 else ''} {what}"
            for count, noun, what in counted
            if count
        ]
        return (*lines, *self.doubts)

    @property
    def is_whole(self) -> bool:
        """Whether the last sweep brought every ticket that the vendor has, as far as is known."""
        return not (self.skipped or self.missing or self.doubts)

    @property
    def is_current(self) -> bool:
        """Whether the tickets may be taken for the present state."""
        return self.state in (HealthState.OK, HealthState.OFF) and self.as_of is not None
