"""Times as SQLite keeps them: whole microseconds since 1970. Pure."""

from datetime import UTC, datetime, timedelta
from typing import overload

from tui.store.wrong_row import WrongRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@overload
def to_microseconds(moment: datetime) -> int: ...
@overload
def to_microseconds(moment: None) -> None: ...
@overload
def to_microseconds(moment: datetime | None) -> int | None: ...
def to_microseconds(moment: datetime | None) -> int | None:
    """Return a time as microseconds. Exact, also at both ends of the calendar."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def to_moment(microseconds: int) -> datetime:
    """Return the time that `to_microseconds` took. Raises WrongRow for what it never gave."""
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except (OverflowError, TypeError):
        raise WrongRow("a stored time is out of range") from None
