"""A saved query, which the dashboard shows as a tab. Plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a tab shows, and in what order."""

    name: str
    query: str = ""
    """As `domain.query.parse_query` reads it."""
    sort: str = "urgency"
    """As `domain.order.parse_order` reads it."""
