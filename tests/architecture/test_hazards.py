"""The table of hazards is whole, and each row names tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "hazards.md"
HAZARDS = range(1, 86)
DOES_NOT_APPLY = "does not apply"
ROW = re.compile(r"^\| (\d+) \|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"tests/[\w/]+\.py(?:::\w+)+")


def _rows() -> dict[int, list[str]]:
    """Return the cells of each row by number: hazard, what the program does, proof."""
    return {
        int(number): [cell.strip() for cell in re.split(r"(?<!\\)\|", cells)]
        for number, cells in ROW.findall(TABLE.read_text())
    }


def _applies(cells: list[str]) -> bool:
    return not any(cell.lower().startswith(DOES_NOT_APPLY) for cell in cells)


def _is_there(named: str) -> bool:
    """Whether a test exists, in its class if one is named."""
    file, *names = named.split("::")
    path = ROOT / file
    if not path.is_file():
        return False
    body = ast.parse(path.read_text()).body
    for name in names:
        found = [
            each
            for each in body
            if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and each.name == name
        ]
        if not found:
            return False
        body = found[0].body
    return names[-1].startswith("test_")


def test_every_hazard_has_its_row_in_order() -> None:
    numbers = [int(number) for number, _ in ROW.findall(TABLE.read_text())]

    assert numbers == list(HAZARDS)


def test_no_cell_is_empty() -> None:
    wrong = [number for number, cells in _rows().items() if len(cells) != 3 or not all(cells)]

    assert wrong == []


def test_what_applies_is_proven_and_what_does_not_says_why() -> None:
    unproven = [
        number
        for number, cells in _rows().items()
        if not (TEST.search(cells[-1]) if _applies(cells) else len(" ".join(cells).split()) > 8)
    ]

    assert unproven == []


def test_the_tests_that_are_named_exist() -> None:
    missing = {
        number: gone
        for number, cells in _rows().items()
        if (gone := [name for name in TEST.findall(cells[-1]) if not _is_there(name)])
    }

    assert missing == {}


def test_a_test_that_is_not_there_would_be_noticed() -> None:
    here = "tests/architecture/test_hazards.py"

    assert _is_there(f"{here}::test_a_test_that_is_not_there_would_be_noticed")
    assert not _is_there(f"{here}::test_that_nobody_wrote")
    assert not _is_there(f"{here}::_rows")
    assert not _is_there("tests/architecture/test_nowhere.py::test_no_cell_is_empty")
