"""What a theme is: typed colours and attributes for every role on the screen. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum
from typing import Self

GROUNDS = ("background", "surface", "cursor")
"""What text stands on: the screen, the bars and forms, the row under the cursor."""

TEXTS = (
    "text",
    "muted",
    "accent",
    "critical",
    "high",
    "medium",
    "low",
    "overdue",
    "due_soon",
    "stale",
    "new",
    "mark",
    "success",
    "warning",
    "error",
)
"""What is written; each may stand on each of the grounds."""

ROLES = (*GROUNDS, *TEXTS, "border")
"""Every theme has all of these."""

CURSOR_TEXT = "cursor_text"
"""A theme may have it: the one colour of all text on the cursor's row."""

_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Color:
    """A colour by its parts, 0 to 255 each."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `#rrggbb` or `#rgb`. Raises ValueError."""
        if not _HEX.fullmatch(text):
            raise ValueError("write a colour as #rrggbb")
        digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
        return cls(*bytes.fromhex(digits))

    @property
    def word(self) -> str:
        """The colour as `#rrggbb`."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


class Ansi(IntEnum):
    """A colour by its place in the terminal's own palette, or what the terminal has anyway."""

    DEFAULT = -1
    BLACK = 0
    RED = 1
    GREEN = 2
    YELLOW = 3
    BLUE = 4
    MAGENTA = 5
    CYAN = 6
    WHITE = 7
    BRIGHT_BLACK = 8
    BRIGHT_RED = 9
    BRIGHT_GREEN = 10
    BRIGHT_YELLOW = 11
    BRIGHT_BLUE = 12
    BRIGHT_MAGENTA = 13
    BRIGHT_CYAN = 14
    BRIGHT_WHITE = 15

    @property
    def word(self) -> str:
        """The colour as a theme names it."""
        return "default" if self is Ansi.DEFAULT else f"ansi_{self.name.lower()}"

    @property
    def in_bold(self) -> "Ansi":
        """What terminals that show bold as bright make of it."""
        return Ansi(self + 8) if Ansi.BLACK <= self <= Ansi.WHITE else self


Hue = Color | Ansi
ANSI_BY_WORD: Mapping[str, Ansi] = {hue.word: hue for hue in Ansi}


class Attribute(StrEnum):
    """How text is drawn beside its colour."""

    BOLD = "bold"
    DIM = "dim"
    UNDERLINE = "underline"
    ITALIC = "italic"
    REVERSE = "reverse"


class Depth(Enum):
    """How many colours a terminal draws, or a theme needs."""

    NONE = 0
    ANSI = 16
    INDEXED = 256
    TRUE = 1 << 24


NO_ATTRIBUTES: frozenset[Attribute] = frozenset()


@dataclass(frozen=True, slots=True)
class Paint:
    """What a theme says about one role."""

    hue: Hue = Ansi.DEFAULT
    attributes: frozenset[Attribute] = NO_ATTRIBUTES


@dataclass(frozen=True, slots=True)
class Pair:
    """Text on its ground, as it is drawn; `REVERSE` exchanges the two."""

    hue: Hue
    ground: Hue
    attributes: frozenset[Attribute]


@dataclass(frozen=True, slots=True)
class Theme:
    """A named set of paints; every name of `ROLES` is there."""

    name: str
    dark: bool
    paints: Mapping[str, Paint]

    @property
    def depth(self) -> Depth:
        """The least a terminal must be able to draw for this theme."""
        hues = {paint.hue for paint in self.paints.values()}
        if any(isinstance(hue, Color) for hue in hues):
            return Depth.INDEXED
        return Depth.ANSI if hues != {Ansi.DEFAULT} else Depth.NONE

    @property
    def is_flat(self) -> bool:
        """Whether bars and forms have no ground of their own, and so need lines around them."""
        return self.paints["surface"] == self.paints["background"]

    @property
    def is_native(self) -> bool:
        """Whether any of its colours is the terminal's own."""
        return any(isinstance(paint.hue, Ansi) for paint in self.paints.values())

    @property
    def kind(self) -> str:
        """`dark`, `light`, `16 colours` or `no colour`."""
        if self.depth is Depth.NONE:
            return "no colour"
        if self.depth is Depth.ANSI:
            return "16 colours"
        return "dark" if self.dark else "light"

    def meet(self, text: str, ground: str) -> Pair:
        """Return how a text looks on a ground, both by their roles.

        A text's role for a ground stands for a bar of that colour: the text in it is as dark or as
        light as the screen.
        """
        if ground not in GROUNDS:
            return self._inverse(self.paints[ground])
        below, above = self.paints[ground], self.paints[text]
        attributes, hue = above.attributes, above.hue
        if ground == "cursor" and CURSOR_TEXT in self.paints:
            cursor_text = self.paints[CURSOR_TEXT]
            attributes, hue = _joined(attributes, cursor_text.attributes), cursor_text.hue
        return Pair(hue, below.hue, _joined(attributes, below.attributes))

    def _inverse(self, paint: Paint) -> Pair:
        screen = self.paints["background"].hue
        if isinstance(paint.hue, Color) and isinstance(screen, Color):
            return Pair(screen, paint.hue, paint.attributes)
        reverse = frozenset({Attribute.REVERSE})
        return Pair(paint.hue, screen, paint.attributes | reverse)


def _joined(one: frozenset[Attribute], other: frozenset[Attribute]) -> frozenset[Attribute]:
    """Return both; reversed twice is not reversed, so that a sign on a reversed row is seen."""
    both = one | other
    if Attribute.REVERSE in one and Attribute.REVERSE in other:
        both -= {Attribute.REVERSE}
    return both


_REVERSED = Paint(attributes=frozenset({Attribute.REVERSE}))
PLAIN = Theme("plain", dark=True, paints=dict.fromkeys(ROLES, Paint()) | {"cursor": _REVERSED})
"""The terminal's own two colours: what is left when no theme file can be read."""
