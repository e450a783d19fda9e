"""Parses a style sheet once in a process; Textual does so for each application.

A tenth of the time of a test of a screen would go to it.
"""

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_parse = Stylesheet._parse_rules
_parsed: dict[tuple[object, ...], list[RuleSet]] = {}


def parse_once(  # noqa: PLR0917  # Textual's own signature, as below
    sheet: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,  # noqa: FBT001, FBT002
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    """Stands for `Stylesheet._parse_rules`, with which the colours of the theme are variables."""
    variables = frozenset(sheet._variables.items())
    key = (css, read_from, is_default_rules, tie_breaker, scope, variables)
    if key not in _parsed:
        _parsed[key] = _parse(sheet, css, read_from, is_default_rules, tie_breaker, scope)
    return _parsed[key]
