"""What the help says, and how it is laid out."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from tui.app.commands import BY_ID, EVERYWHERE, MOVES
from tui.app.formatting import ASCII, UNICODE, Line, line_width
from tui.app.help_text import (
    QUERY,
    TWO_COLUMNS_FROM,
    Section,
    command_sections,
    files_section,
    help_lines,
    narrowed,
    signs_section,
)
from tui.app.key_names import is_typed
from tui.app.keymap import Keymap
from tui.domain.query import parse_query

IDS = ("list.open", *MOVES, "view.next", *(f"view.{n}" for n in range(1, 10)), *EVERYWHERE)

SIGNS = signs_section(UNICODE)


def _sections(keymap: Keymap | None = None) -> list[Section]:
    words = (BY_ID[name].help for name in IDS)
    return command_sections(IDS, keymap or Keymap(), words)


def _text(lines: list[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


def test_commands_stand_in_groups_the_moves_behind_the_others() -> None:
    sections = _sections()

    assert [section.title for section in sections] == ["List", "Views and workspaces", "Dashboard"]
    assert [row.name for row in sections[0].rows] == ["list.open", *MOVES]


def test_the_views_by_number_are_one_row() -> None:
    rows = _sections()[1].rows

    assert [(row.mark, row.name) for row in rows] == [("]", "view.next"), ("1-9", "view.1-9")]


def test_rows_show_the_keys_in_effect() -> None:
    keymap = Keymap({"list.open": ("ctrl+o", "f5"), "app.theme": (), "view.2": ("x",)})
    marks = {row.name: row.mark for section in _sections(keymap) for row in section.rows}

    assert marks["list.open"] == "ctrl+o F5"
    assert marks["app.theme"] == "no key"
    assert marks["view.1-9"] == "1 x 3 4 5 6 7 8 9"


def test_every_word_that_is_typed_must_be_in_a_row_or_its_title() -> None:
    assert [row.name for row in narrowed(_sections(), "LIST page")[0].rows] == [
        "list.page_down",
        "list.page_up",
    ]
    assert narrowed(_sections(), "zebra") == []
    assert narrowed([SIGNS], "") == [SIGNS]


@pytest.mark.parametrize("width", [38, 60, 78, TWO_COLUMNS_FROM, 158])
def test_nothing_is_cut_at_any_width(width: int) -> None:
    sections = [*_sections(), SIGNS, QUERY, files_section(Path("/etc/config.toml"))]
    lines = help_lines(sections, width)
    words = set(_text(lines).split())

    assert max(map(line_width, lines)) <= width
    assert "…" not in _text(lines)
    for section in sections:
        for row in section.rows:
            assert set(f"{row.mark} {row.words}".split()) <= words or cell_len(row.words) > width


def test_at_eighty_columns_every_command_is_one_line_with_its_id() -> None:
    ids = tuple(BY_ID)
    sections = command_sections(ids, Keymap(), (BY_ID[name].help for name in ids))
    text = _text(help_lines(sections, 78)).splitlines()

    rows = [row for section in sections for row in section.rows]
    assert len([line for line in text if line]) == len(rows) + len(sections)
    assert all(any(line.endswith(f" {row.name}") for line in text) for row in rows)


def test_the_signs_are_those_that_the_terminal_can_show() -> None:
    assert all(row.mark.isascii() and row.words.isascii() for row in signs_section(ASCII).rows)
    assert {UNICODE.acknowledged, UNICODE.pinned, "x", "!", "*", "+"} <= {
        row.mark for row in SIGNS.rows
    }


def test_two_columns_halve_the_height() -> None:
    sections = [*_sections(), SIGNS, QUERY]

    assert len(help_lines(sections, 130)) < 0.7 * len(help_lines(sections, 100))


def test_the_query_language_is_told_as_it_is() -> None:
    for row in QUERY.rows:
        parse_query(row.mark)
        for word in row.words.replace(";", " ").split():
            if word.endswith(":"):
                parse_query(f"{word}x")
    states = [row for row in QUERY.rows if row.mark.startswith("is:")]
    for word in " ".join(row.words for row in states).split():
        parse_query(f"is:{word}")


def test_the_keys_that_a_field_takes_are_those_of_textual() -> None:
    taken = {key for binding in Input.BINDINGS for key in binding.key.split(",")}  # type: ignore[union-attr] # all are bindings

    assert {key for key in taken if not is_typed(key)} <= {
        "enter",
        *(key for key in taken if key.startswith(("ctrl+shift+", "super+"))),
    }
