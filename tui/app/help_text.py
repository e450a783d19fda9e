"""What the help says: the keys in effect, the signs, the query language, the configuration."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui.app.columns import MARKED_SIGN, NOT_CURRENT_SIGN, UNSEEN_SIGNS
from tui.app.commands import BY_ID, MOVES, view_place
from tui.app.formatting import BLANK, Glyphs, Line, Span, fit, fit_line, line_width, wrap
from tui.app.key_names import show_key
from tui.app.keymap import Keymap
from tui.domain.clean import clean

TWO_COLUMNS_FROM = 116
"""Cells of text; from here on every sentence of a column stands on one line."""
_NAMES_FROM = 72
"""From this width of a column on the ids are shown: `[keys]` needs them."""
_MARK_GAP = 2
_WORDS_LEAST = 10
_GAP = 3
_GROUPS = {
    "form": "Form",
    "list": "List",
    "view": "Views and workspaces",
    "workspace": "Views and workspaces",
    "ticket": "Ticket",
    "data": "Data",
    "outbox": "Outbox",
    "app": "Dashboard",
}
"""Titles by the first part of a command's id, in their order."""
_NUMBERED = "view."


@dataclass(frozen=True, slots=True)
class Row:
    """A key or a word, and what it means."""

    mark: str
    words: str
    name: str = ""
    """The id of the command; "" where it is none."""

    def has(self, word: str) -> bool:
        """Whether a word that is looked for, case folded, is in it."""
        return any(word in part.casefold() for part in (self.mark, self.words, self.name))


@dataclass(frozen=True, slots=True)
class Section:
    """Rows below one title."""

    title: str
    rows: tuple[Row, ...]

    def narrowed(self, words: Sequence[str]) -> "Section":
        """Return it with the rows that have all these words, its title's not counted."""
        left = [word for word in words if word not in self.title.casefold()]
        return replace(self, rows=tuple(row for row in self.rows if all(map(row.has, left))))


QUERY = Section(
    "What the filter takes",
    (
        Row("oslo till", "both words: ref, number, title, text, customer, assignee"),
        Row('"two words"', "as they stand"),
        Row("-oslo", "not that; not:status:new too"),
        Row("status:new,open", "one of them; pending escalated resolved unknown"),
        Row("priority:high+", "high and above; low- is low and below"),
        Row("is:overdue", "open closed unassigned unseen changed marked"),
        Row("is:acked", "snoozed pinned stale"),
        Row("customer:ann", "assignee: workspace: vendor: tag: channel: segment:"),
        Row("age:2h+", "older than two hours; updated:1d- in the last day"),
        Row("due:30m-", "due in half an hour, or overdue"),
    ),
)


def command_sections(
    commands: Iterable[str], keymap: Keymap, help_words: Iterable[str]
) -> list[Section]:
    """Return the commands of a screen with their effective keys, in groups, the moves last."""
    at_hand = tuple(commands)
    words_of = dict(zip(at_hand, help_words, strict=True))
    rows: dict[str, list[Row]] = {title: [] for title in _GROUPS.values()}
    for name in sorted(at_hand, key=lambda name: name in MOVES):
        keys = " ".join(map(show_key, keymap.keys(name, at_hand))) or "no key"
        rows[_GROUPS[name.partition(".")[0]]].append(Row(keys, words_of[name], name))
    return [Section(title, tuple(_joined(found))) for title, found in rows.items() if found]


def section_ahead(
    title: str, commands: Iterable[str], keymap: Keymap, *, without: Collection[str]
) -> Section:
    """Return the commands of a screen one goes to from here, but those that work here too."""
    at_hand = tuple(commands)
    sections = command_sections(at_hand, keymap, (BY_ID[name].help for name in at_hand))
    rows = (row for section in sections for row in section.rows if row.name not in without)
    return Section(title, tuple(rows))


def signs_section(glyphs: Glyphs) -> Section:
    """Return what the signs and words of a row mean."""
    news = (Row(sign, f"{kind.value} since you looked") for kind, sign in UNSEEN_SIGNS.items())
    return Section(
        "Signs in the list",
        (
            Row(MARKED_SIGN, "marked by you"),
            *news,
            Row(NOT_CURRENT_SIGN, "not current: its workspace is late or refused"),
            Row(glyphs.acknowledged, "acknowledged here"),
            Row(glyphs.pinned, "pinned here"),
            Row(glyphs.snoozed, "snoozed here; is:snoozed shows them"),
            Row("OVER 3h", "overdue since; OVER alone: the vendor says no time"),
            Row("in 22m", "due in; ~ in front of it is an estimate"),
            Row("- and ?", "a vendor without priorities; a word not known"),
        ),
    )


def files_section(config_file: Path | None) -> Section:
    """Return where keys, views and themes are set."""
    if config_file is None:
        where = Row("configuration", "none: made-up tickets. Begin one: ticketdeck config init")
    else:
        where = Row("configuration", clean(str(config_file)))
    return Section(
        "Files", (where, Row("[keys]", "there gives any command another key, by its id"))
    )


def narrowed(sections: Iterable[Section], typed: str) -> list[Section]:
    """Return what has every word that was typed, in its title or its row."""
    words = typed.casefold().split()
    found = (section.narrowed(words) for section in sections)
    return [section for section in found if section.rows]


def help_lines(sections: Sequence[Section], width: int) -> list[Line]:
    """Return the help in lines of at most `width` cells, in two columns where there is room."""
    has_two = width >= TWO_COLUMNS_FROM
    column = (width - _GAP) // 2 if has_two else width
    rows = [row for section in sections for row in section.rows if row.name]
    keys = max((len(row.mark) for row in rows), default=0)
    names = max((len(row.name) for row in rows), default=0) if column >= _NAMES_FROM else 0
    blocks = [list(_lines(section, column, keys, names)) for section in sections]
    if not has_two:
        return [line for block in blocks for line in block]
    total = sum(map(len, blocks))
    left: list[Line] = []
    while blocks and len(left) + len(blocks[0]) // 2 < total / 2:
        left += blocks.pop(0)
    right = [line for block in blocks for line in block]
    height = max(len(left), len(right))
    left += [BLANK] * (height - len(left))
    right += [BLANK] * (height - len(right))
    return [_beside(one, other, column) for one, other in zip(left, right, strict=True)]


def _lines(section: Section, width: int, keys: int, names: int) -> Iterator[Line]:
    """Yield a title, its rows, and a blank line; words that do not fit go on below."""
    yield (Span(section.title, "accent", bold=True),)
    marks = min(max(keys, *(len(row.mark) for row in section.rows)), width // 2) + _MARK_GAP
    has_names = any(row.name for row in section.rows) and names
    room = max(width - marks - (names + 1 if has_names else 0), _WORDS_LEAST)
    for row in section.rows:
        first, *others = wrap(row.words, room)
        line = [Span(fit(row.mark, marks), bold=True), Span(first)]
        if has_names:
            line[1:] = [Span(fit(first, room + 1)), Span(row.name, "muted")]
        yield tuple(line)
        for more in others:
            yield (Span(" " * marks), Span(more))
    yield BLANK


def _beside(one: Line, other: Line, column: int) -> Line:
    one = fit_line(one, column)
    return (*one, Span(" " * (column - line_width(one) + _GAP)), *other)


def _joined(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows, those of the numbered views as one."""
    numbered: list[Row] = []
    for row in rows:
        if view_place(row.name) is not None:
            numbered.append(row)
            continue
        if numbered:
            yield _one(numbered)
            numbered.clear()
        yield row
    if numbered:
        yield _one(numbered)


def _one(rows: Sequence[Row]) -> Row:
    first, last = rows[0], rows[-1]
    keys = [row.mark for row in rows]
    has_usual_keys = all(row.mark == row.name.removeprefix(_NUMBERED) for row in rows)
    mark = f"{keys[0]}-{keys[-1]}" if has_usual_keys else " ".join(keys)
    return Row(mark, "The view with this number", f"{first.name}-{last.name[-1]}")
