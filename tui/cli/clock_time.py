"""Moments as clock times of the configured zone, without what the dashboard loads for it."""

from datetime import datetime


def clock_time(moment: datetime, now: datetime, zone: str) -> str:
    """Return `03:01`; with the day in front where that is another than the day of `now`.

    `zone` is `local`, `UTC` or a name that `zoneinfo` knows; both times are UTC.
    """
    there, here = _local(moment, zone), _local(now, zone)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    if there.year == here.year:
        return f"{there:%m-%d %H:%M}"
    return f"{there.year:04}-{there:%m-%d %H:%M}"


def _local(moment: datetime, zone: str) -> datetime:
    if zone == "UTC":
        return moment
    try:
        if zone == "local":
            return moment.astimezone()
        from zoneinfo import ZoneInfo

        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:  # within hours of year 1 or 9999
        return moment
