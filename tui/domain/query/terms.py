"""What a query consists of: terms, and the values each of them asks for. Pure data.

Every value knows which others it implies: whatever has the one has the other. That is how a list
can tell that a longer query only narrows what it already shows.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from tui.domain.duration import duration_words

MISSING_WORD = "none"
"""Asks for tickets that have no such value."""

_PLAIN_WORD = re.compile(r'[^\s"=<>:,-][^\s":,]*')


@dataclass(frozen=True, slots=True)
class Text:
    """A text holds this one, `folded`; or is it."""

    text: str
    is_whole: bool = False

    def implies(self, other: "Value") -> bool:
        if not isinstance(other, Text) or other.is_whole:
            return self == other
        return other.text in self.text

    def __str__(self) -> str:
        return f"{'=' * self.is_whole}{quoted(self.text)}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the fixed values of a field."""

    name: str

    def implies(self, other: "Value") -> bool:
        return self == other

    def __str__(self) -> str:
        return self.name


MISSING = Choice(MISSING_WORD)
"""There is no such value."""


@dataclass(frozen=True, slots=True)
class Span:
    """So long, or longer; or shorter."""

    length: timedelta
    or_longer: bool

    def implies(self, other: "Value") -> bool:
        if not isinstance(other, Span) or other.or_longer is not self.or_longer:
            return False
        return other.length <= self.length if self.or_longer else self.length <= other.length

    def __str__(self) -> str:
        return f"{duration_words(self.length)}{'+' if self.or_longer else '-'}"


Value = Text | Choice | Span


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a ticket has one of these values there; or, negated, none of them."""

    field: str
    """The field's name; "" for a word that is looked for in the whole text of a ticket."""
    values: tuple[Value, ...]
    negated: bool = False

    def implies(self, other: "Term") -> bool:
        """Whether all that this one matches surely matches the other."""
        if (self.field, self.negated) != (other.field, other.negated):
            return False
        narrow, wide = (other, self) if self.negated else (self, other)
        return all(any(have.implies(want) for want in wide.values) for have in narrow.values)

    def __str__(self) -> str:
        """The term as `parse_query` reads it again."""
        name = f"{self.field}:" if self.field else ""
        return f"{'-' * self.negated}{name}{','.join(map(str, self.values))}"


def quoted(text: str) -> str:
    """Return the text as a value or word of a query, in quotes where it needs them."""
    # What holds a quote was typed without quotes around it, and needs none.
    if '"' in text or (_PLAIN_WORD.fullmatch(text) and text != MISSING_WORD):
        return text
    return f'"{text}"'
