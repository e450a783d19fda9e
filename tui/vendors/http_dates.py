"""Times as HTTP writes them. Pure."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

_HTTP_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"[1-9][0-9]{3} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)


def parse_http_date(value: str | None) -> datetime | None:
    """Return the moment that a header such as `Date` names, in UTC; None for any other spelling."""
    if value is None or not _HTTP_DATE.fullmatch(value):
        return None
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None
