"""What a person types to find tickets: the query language of the contract. Pure."""

from tui.domain.query.completion import Completion, Completions, complete
from tui.domain.query.matching import QueryContext
from tui.domain.query.parsing import Begun, QueryError, parse_begun, parse_query
from tui.domain.query.query import Query, search_text
from tui.domain.query.terms import Term

__all__ = [
    "Begun",
    "Completion",
    "Completions",
    "Query",
    "QueryContext",
    "QueryError",
    "Term",
    "complete",
    "parse_begun",
    "parse_query",
    "search_text",
]
