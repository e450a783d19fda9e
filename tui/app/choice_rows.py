"""The rows of a list of choices, as a field filters it by what is typed. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.domain.draft import Choice, choice_labels

_INDENT = "  "
_CODE = re.compile(r"[0-9a-f-]*[0-9][0-9a-f-]*", re.IGNORECASE)
_CODE_LEAST = 16
"""Hexadecimal digits that nobody reads as a word or a number."""


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One line of the list."""

    text: str
    """Indented where the choices are a tree."""
    choice: Choice | None = None
    """None: a heading, which cannot be chosen itself."""
    beside: str = ""
    """The value, where it says more than the text."""


class ChoiceIndex:
    """A list of choices, made ready once for the many times that it is asked."""

    def __init__(self, choices: Sequence[Choice] = ()) -> None:
        self.choices = tuple(choices)
        self.labels: Mapping[str, str] = choice_labels(self.choices)
        """What each value is shown as."""
        self._values = {label.casefold(): value for value, label in self.labels.items()}
        self._texts = [
            (choice, self.labels[choice.value].casefold(), choice.value.casefold())
            for choice in self.choices
        ]

    def __len__(self) -> int:
        return len(self.choices)

    def shown(self, value: str) -> str:
        """Return what stands in a field for a value; itself where it is none of these."""
        return self.labels.get(value, value)

    def value(self, shown: str) -> str:
        """Return the value that stands in a field; the text itself where it is none of these."""
        if shown in self.labels:
            return shown
        return self._values.get(shown.strip().casefold(), shown)

    def rows(self, typed: str) -> list[ChoiceRow]:
        """Return the choices in whose names every word is found, or whose value begins so.

        What begins with the words comes first. Without a word: all, as the tree that they are.
        """
        wanted = typed.casefold().split()
        if not wanted:
            return self._tree()
        start = " ".join(wanted)
        begins = re.compile(rf"(?<!\w){re.escape(start)}")
        found = [
            each
            for each in self._texts
            if all(word in each[1] for word in wanted) or each[2].startswith(start)
        ]

        def rank(each: tuple[Choice, str, str]) -> int:
            choice, label, value = each
            names = (label, value, choice.label.casefold())
            if start in names:
                return 0
            if any(name.startswith(start) for name in names):
                return 1
            return 2 if begins.search(label) else 3

        return [
            self._row(choice, self.labels[choice.value]) for choice, *_ in sorted(found, key=rank)
        ]

    def _tree(self) -> list[ChoiceRow]:
        rows: list[ChoiceRow] = []
        path: tuple[str, ...] = ()
        for choice in self.choices:
            for depth, name in enumerate(choice.above):
                if path[: depth + 1] != choice.above[: depth + 1]:
                    rows.append(ChoiceRow(_INDENT * depth + name))
            indent = _INDENT * len(choice.above)
            text = choice.label or choice.value if choice.above else self.labels[choice.value]
            rows.append(self._row(choice, indent + text))
            path = (*choice.above, choice.label)
        return rows

    def _row(self, choice: Choice, text: str) -> ChoiceRow:
        says_more = choice.value.casefold() not in text.casefold() and is_word(choice.value)
        return ChoiceRow(text, choice, choice.value if says_more else "")


def is_word(value: str) -> bool:
    """Whether a value tells people anything: a UUID or the number of a row does not."""
    is_code = len(value) >= _CODE_LEAST and _CODE.fullmatch(value)
    return not is_code
