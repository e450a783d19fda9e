"""On which line each key of a TOML text stands."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from tui.config.lines import KeyPath, key_lines, line_of, statements
from tui.resources import resource

TEXT = """\
a = 1  # comment

b.c."d e" = 2
b.f = { g = [1, 2], h.i = "#" }

[[list]]
text = '''
[no.table]
x = 1
'''
after = 1

  [[list]]  # second
  many = [
    "one",  # comment

    "two", "three",
    { x = 1, y = [
      5 ] },
  ]
  [list.below]
  key = 1
  [[list.below.deeper]]
  [[list.below.deeper]]
  last = "x"

["quoted.table".t]
z = 1
"""


def test_lines_are_those_that_an_editor_shows() -> None:
    lines = key_lines(TEXT)

    expected: dict[KeyPath, int] = {
        ("a",): 1,
        ("b", "c", "d e"): 3,
        ("b", "f", "g", 1): 4,
        ("b", "f", "h", "i"): 4,
        ("list", 0): 6,
        ("list", 0, "text"): 7,
        ("list", 0, "after"): 11,
        ("list", 1): 13,
        ("list", 1, "many"): 14,
        ("list", 1, "many", 0): 15,
        ("list", 1, "many", 1): 17,
        ("list", 1, "many", 2): 17,
        ("list", 1, "many", 3, "x"): 18,
        ("list", 1, "many", 3, "y", 0): 19,
        ("list", 1, "below"): 21,
        ("list", 1, "below", "key"): 22,
        ("list", 1, "below", "deeper", 0): 23,
        ("list", 1, "below", "deeper", 1, "last"): 25,
        ("quoted.table", "t", "z"): 28,
    }
    assert {path: lines.get(path) for path in expected} == expected


def test_a_key_that_is_missing_is_told_by_its_table() -> None:
    lines = key_lines(TEXT)

    assert line_of(lines, ("list", 1, "below", "deeper", 0, "missing")) == 23
    assert line_of(lines, ("missing",)) is None


def test_windows_lines_count_the_same() -> None:
    assert key_lines(TEXT.replace("\n", "\r\n")) == key_lines(TEXT)


def test_one_endless_statement_costs_little_and_moves_nothing_below_it() -> None:
    text = "a = 1\nb = [\n" + "1,\n" * 5_000 + "]\nc = 1\n"

    lines = key_lines(text)

    assert (lines["b",], lines["b", 0], lines["b", 4_999], lines["c",]) == (2, 3, 2, 5_004)


@pytest.mark.parametrize(
    ("row", "is_open"),
    [
        ("a = [ # ]", True),
        ('a = "[{"', False),
        ("a = '[\\'", False),
        (r'a = "\"["', False),
        ('a = """', True),
        ('a = """x"""""', False),
        ("a = '''\"\"\"", True),
        ("a = '''\\'''", False),
        ('"[" = {}', False),
        ("[a.'b]'.\"]c\"]", False),
        ("a = { b = [", True),
    ],
)
def test_a_statement_ends_where_nothing_is_open(row: str, *, is_open: bool) -> None:
    text = f"{row}\nz = 1\n"

    assert len(list(statements(text))) == (1 if is_open else 2)


def test_every_key_of_the_example_has_a_line() -> None:
    text = resource("config.example.toml").read_text()

    assert set(_paths(tomllib.loads(text), ())) <= key_lines(text).keys()


_KEYS = st.text(alphabet="ab.-_ \"'\\é[#", max_size=4)
_VALUES = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.text(alphabet="a\n\"'#[]{}=, \\", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(values=st.dictionaries(_KEYS, _VALUES, max_size=5), multiline=st.booleans())
def test_every_key_of_a_written_text_stands_on_its_line(
    values: dict[str, Any], *, multiline: bool
) -> None:
    text = tomli_w.dumps(values, multiline_strings=multiline)

    lines = key_lines(text)

    assert set(_paths(values, ())) <= lines.keys()
    rows = text.split("\n")
    for path, line in lines.items():
        if path and isinstance(path[-1], str) and path[-1].isalpha() and path[-1].isascii():
            assert path[-1] in rows[line - 1]


def _paths(value: object, path: KeyPath) -> Iterator[KeyPath]:
    if path:
        yield path
    inside: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    for key, inner in inside:
        yield from _paths(inner, (*path, key))
