"""What holds for the repository as a whole."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE_LINES = 420
"""A module longer than this is two rooms that share a wall."""
DECISION_LINES = 40


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).exists()]


def test_no_module_is_two_rooms() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("tui/*.py")
        if (lines := path.read_text().count("\n")) > MODULE_LINES
    }

    assert too_long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked("tui/*.py")
        if (text := path.read_text()) and not text.startswith(('"""', 'r"""'))
    ]

    assert silent == []


def test_styles_take_their_colours_from_the_theme() -> None:
    fixed = [
        f"{path.name}: {colour}"
        for path in tracked("tui/*.tcss")
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b(?=\s*[;%}\s])", _declarations(path))
    ]

    assert fixed == []


def _declarations(path: Path) -> str:
    """The text of a style sheet without its selectors, where `#` names a widget."""
    return "\n".join(re.findall(r"\{([^{}]*)\}", path.read_text()))


LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-tools.lock")
"""Each holds what the one before it holds."""


@pytest.mark.parametrize("name", LOCKS)
def test_locks_have_hashes_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text()

    pins = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)
    assert pins
    assert len(re.findall(r"\\\n    --hash=sha256:", text)) >= len(pins)
    assert not re.search(r"https?://|--index|--find-links", text)


def test_the_locks_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][\w.-]*==\S+", (ROOT / name).read_text(), re.MULTILINE))

    for less, more in pairwise(LOCKS):
        assert pins(less) <= pins(more)


def test_the_readme_names_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"`make ([a-z]+)`|^make ([a-z]+)$", _readme(), re.MULTILINE))

    assert {name for pair in named for name in pair if name} - targets == set()


def test_the_readme_shows_only_files_that_exist() -> None:
    linked = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", _readme())

    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []


def test_decisions_are_short() -> None:
    long = {
        path.name: lines
        for path in tracked("docs/adr/*.md")
        if (lines := path.read_text().count("\n")) > DECISION_LINES
    }

    assert long == {}


def _readme() -> str:
    return (ROOT / "README.md").read_text()
