"""The line below the list."""

from typing import Any

from tui.app.formatting import line_width
from tui.app.place_line import Place, place_line


def _text(width: int = 78, *, view: str = "", typed: str = "", **values: Any) -> str:
    given = {"first": 1, "last": 13, "shown": 231, "total": 231, "is_narrowed": False}
    line = place_line(Place(**(given | values)), view=view, typed=typed, width=width)
    assert line_width(line) <= width
    return "".join(span.text for span in line)


def test_where_one_is_in_a_whole_list() -> None:
    assert _text() == "1-13 of 231"
    assert _text(first=0, last=0, shown=0, total=0) == ""


def test_what_is_put_off_is_told_of_and_how_much_of_it_is_overdue() -> None:
    assert _text(shown=228, snoozed=3) == "1-13 of 228; 3 snoozed"
    assert _text(shown=228, snoozed=3, hidden_overdue=1) == (
        "1-13 of 228; 3 snoozed, 1 of them OVER"
    )


def test_a_filter_tells_how_much_it_leaves_and_hides() -> None:
    narrowed: dict[str, Any] = {"is_narrowed": True, "shown": 12}

    assert _text(typed="till", **narrowed) == "/till  12 of 231"
    assert _text(typed="till", hidden_overdue=2, **narrowed) == "/till  12 of 231; hides 2 OVER"
    assert _text(hidden_overdue=2, snoozed=1, **narrowed) == ("12 of 231; hides 2 OVER; 1 snoozed")


def test_marks_that_a_filter_hides_are_warned_of() -> None:
    narrowed: dict[str, Any] = {"is_narrowed": True, "shown": 12}

    assert _text(marked=3, **narrowed) == "12 of 231   3 marked"
    assert _text(marked=3, hidden_marked=2, **narrowed) == "12 of 231   3 marked, 2 hidden"
    assert _text(marked=3, hidden_marked=2, hidden_marked_overdue=1, **narrowed) == (
        "12 of 231   3 marked, 2 hidden (1 OVER)"
    )


def test_a_long_filter_is_cut_and_never_what_it_hides() -> None:
    text = _text(
        40, view="Vouchers", typed="customer:nordic " * 9, is_narrowed=True, shown=1, total=9
    )

    assert text.endswith("..  1 of 9")
    assert text.startswith("Vouchers  /customer:nordic ")
