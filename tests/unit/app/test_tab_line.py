"""The line of tabs: what stands on it, and what goes where there is no room."""

from hypothesis import given
from hypothesis import strategies as st

from tui.app.formatting import line_width
from tui.app.tab_line import TabLabel, TabLine, tab_line

LABELS = (
    TabLabel("On fire", 4),
    TabLabel("Overdue", 6),
    TabLabel("Unseen", 1200),
    TabLabel("All"),
)


def _text(tabs: TabLine) -> str:
    return "".join(span.text for span in tabs.line)


def test_every_tab_has_its_key_its_name_and_its_count() -> None:
    tabs = tab_line(LABELS, 3, 80, cut="…")

    assert _text(tabs) == " 1:On fire(4)  2:Overdue(6)  3:Unseen(1,200) [4:All]"


def test_nothing_moves_when_another_tab_is_active() -> None:
    first, last = tab_line(LABELS, 0, 80, cut="…"), tab_line(LABELS, 3, 80, cut="…")

    assert first.places == last.places
    assert _text(first).startswith("[1:On fire(4)] 2:")


def test_names_are_cut_before_a_tab_goes() -> None:
    tabs = tab_line(LABELS, 3, 48, cut="…")

    assert _text(tabs) == " 1:On f…(4)  2:Over…(6)  3:Unse…(1,200) [4:All]"


def test_the_tenth_tab_has_no_key() -> None:
    tabs = tab_line([TabLabel(str(number)) for number in range(11)], 0, 200, cut="…")

    assert _text(tabs).endswith(" 9:8  9  10 ")


def test_what_is_out_of_sight_is_told_of_on_its_side() -> None:
    many = [TabLabel(f"View {number}", 7) for number in range(12)]

    middle = tab_line(many, 6, 40, cut="…")
    assert _text(middle).startswith("<")
    assert _text(middle).endswith(">")
    assert "[7:View 6(7)]" in _text(middle)
    assert _text(tab_line(many, 0, 40, cut="…")).startswith("[1:View 0(7)]")
    assert not _text(tab_line(many, 11, 40, cut="…")).endswith(">")


def test_the_tab_below_a_click_is_found() -> None:
    tabs = tab_line(LABELS, 3, 80, cut="…")

    assert [tabs.tab_at(cell) for cell in (0, 13, 14, 27, 79)] == [0, 0, 1, 1, None]


@given(
    st.lists(
        st.builds(TabLabel, st.text(max_size=30), st.none() | st.integers(0, 100_000)),
        min_size=1,
        max_size=20,
    ),
    st.integers(20, 130),
    st.data(),
)
def test_the_active_tab_is_always_in_sight_and_the_line_fits(
    labels: list[TabLabel], width: int, data: st.DataObject
) -> None:
    active = data.draw(st.integers(0, len(labels) - 1))

    tabs = tab_line(labels, active, width, cut="…")

    assert line_width(tabs.line) <= width
    start, end = next((start, end) for start, end, tab in tabs.places if tab == active)
    assert 0 <= start < end <= width
    assert any(span.style == "accent" for span in tabs.line)
