"""Reads the query of a command line, and tells commands what they may not ask."""

from collections.abc import Sequence

from tui.domain.errors import UsageError
from tui.domain.query import Query, parse_query

FIELDS_HELP = """\
fields of a query:
  status:     new open pending escalated resolved unknown
  priority:   critical high medium low none unknown; high+ has all above it too,
              medium- all below
  is:         overdue open closed unassigned stale, unseen changed (by you),
              acked snoozed pinned (here)
  assignee: customer: workspace: vendor: tag: channel: segment:
              a part of it, =WORD for all of it, none for nothing there
  age: updated: due:
              2h+ for so long and longer, 1d- and shorter; due:30m- has all that
              is overdue too

A comma is or, - in front is not, quotes hold spaces. The beginning of a fixed value
is enough where no other begins so. Other words with a colon, as 12:30, are words."""
"""What the help of every command with a query says of it."""


def read_query(words: Sequence[str]) -> Query:
    """Return the query that these words of a command line are.

    Raises:
        UsageError: it cannot be read, or asks for what only a screen knows.
    """
    query = parse_query(" ".join(words), whole=True)
    if "marked" in query.depends_on:
        raise UsageError("is:marked: marks live on the dashboard's screen; nothing is marked here")
    return query
