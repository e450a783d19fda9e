"""Creates without an end, for tests."""

from datetime import timedelta
from typing import Any

from support.builders import NOON
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Draft


def make_create(number: int = 1, workspace: str = "qp", **overrides: Any) -> OpenCreate:
    """Return a create that was sent `number` minutes before noon, and nobody knows its end."""
    values: dict[str, Any] = {
        "id": f"i{number}",
        "draft": Draft(workspace, {"priority": "HIGH", "comment": f"Create {number}"}),
        "at": NOON - timedelta(minutes=number),
        "by": "ana",
        "title": f"Create {number}",
        "stage": Stage.OPEN,
        "message": "no answer came",
    }
    return OpenCreate(**(values | overrides))
