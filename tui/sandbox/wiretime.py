"""The vendors' ways to write a moment. Pure."""

import re
from datetime import date, datetime, timedelta, timezone

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_US_PACIFIC = timezone(timedelta(hours=-7))
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OFFSETS = tuple(timezone(timedelta(hours=hours)) for hours in (0, 1, 3))


def utc_milliseconds(moment: datetime) -> str:
    """`2026-02-04T08:59:52.000Z`: closed loop v2 and KlinkCX. The moment is UTC already."""
    return f"{moment.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def legacy_detail(moment: datetime) -> str:
    """`2022-05-19T01:01:55.000+00:00`: one ticket of the legacy API. Always whole seconds."""
    return moment.replace(microsecond=0).isoformat(timespec="milliseconds")


def legacy_list(moment: datetime) -> str:
    """`2020-01-14T12:51:48.000+0000`: its list, without the colon."""
    return legacy_detail(moment).replace("+00:00", "+0000")


def legacy_day(moment: datetime) -> str:
    """`May 18 2022`: its `createdOn`, a day of an American time zone."""
    local = moment.astimezone(_US_PACIFIC)
    return f"{_MONTHS[local.month - 1]} {local.day} {local.year}"


def dotnet(moment: datetime, variant: int) -> str:
    """`2020-02-27T12:28:02.6019432+01:00`: SocialBoards, seven digits and any offset.

    `variant` chooses the offset and the last digit.
    """
    local = moment.astimezone(_OFFSETS[variant % len(_OFFSETS)])
    stamp = local.isoformat(timespec="microseconds")
    return f"{stamp[:26]}{variant % 10}{stamp[26:]}"


def is_iso_date(written: str) -> bool:
    """Tell whether it is a day such as `2025-10-23`, as custom fields want it."""
    if not _ISO_DATE.fullmatch(written):
        return False
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True
