"""Which screens the program has."""

import re
from pathlib import Path

import tui.app

_MADE = re.compile(r"(?<!class )\b(\w+Screen)\(")


def every_screen() -> set[str]:
    """Return the name of each class of screens that is made anywhere in the program."""
    sources = Path(tui.app.__file__).parent.rglob("*.py")
    return {name for path in sources for name in _MADE.findall(path.read_text())}
