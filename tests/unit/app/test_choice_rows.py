"""Choices are found by what one types, however many there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.choice_rows import ChoiceIndex
from tui.domain.draft import Choice

PEOPLE = ChoiceIndex(
    [
        Choice("u1", "Joann Berg"),
        Choice("ann@example.com", "A. Larsen"),
        Choice("u3", "Ann Holm"),
        Choice("u4", "Ann"),
        Choice("u5", "Bo"),
    ]
)
TREE = ChoiceIndex(
    [
        Choice("1", "Billing"),
        Choice("2", "Refund", above=("Billing",)),
        Choice("4", "Late", above=("Delivery", "Parcel")),
        Choice("5", "Lost", above=("Delivery", "Parcel")),
    ]
)


def _is_stripped(text: str) -> bool:
    return text == text.strip()


def _texts(index: ChoiceIndex, typed: str) -> list[str]:
    return [row.text for row in index.rows(typed)]


def test_what_begins_with_the_typed_comes_first() -> None:
    assert _texts(PEOPLE, "ANN") == ["Ann", "A. Larsen", "Ann Holm", "Joann Berg"]


def test_every_word_is_to_be_found_in_any_order() -> None:
    assert _texts(PEOPLE, "holm ann") == ["Ann Holm"]
    assert _texts(PEOPLE, "nobody") == []


def test_a_value_stands_beside_the_label_only_where_it_says_more() -> None:
    index = ChoiceIndex([Choice("HIGH", "High"), Choice("cx", "Care")])
    assert [row.beside for row in index.rows("")] == ["", "cx"]


def test_a_tree_is_indented_under_what_cannot_be_chosen_itself() -> None:
    rows = TREE.rows("")
    assert [row.text for row in rows] == [
        "Billing",
        "  Refund",
        "Delivery",
        "  Parcel",
        "    Late",
        "    Lost",
    ]
    assert [row.choice is not None for row in rows] == [True, True, False, False, True, True]


def test_of_a_tree_that_is_filtered_each_row_shows_its_path() -> None:
    assert _texts(TREE, "l") == [
        "Delivery / Parcel / Late",
        "Delivery / Parcel / Lost",
        "Billing",
        "Billing / Refund",
    ]
    assert _texts(TREE, "parcel lo") == ["Delivery / Parcel / Lost"]


@pytest.mark.parametrize(
    ("shown", "value"),
    [("ann", "u4"), ("Ann", "u4"), ("u4", "u4"), ("Annette", "Annette"), ("", "")],
)
def test_a_label_stands_for_its_value_and_free_text_for_itself(shown: str, value: str) -> None:
    assert PEOPLE.value(shown) == value


@given(
    st.lists(
        st.builds(
            Choice,
            st.text(min_size=1, max_size=3).filter(_is_stripped),
            st.text(max_size=3).filter(_is_stripped),
            st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple),
        ),
        unique_by=lambda choice: choice.value,
        max_size=8,
    )
)
def test_what_is_shown_for_a_value_is_read_as_that_value(choices: list[Choice]) -> None:
    index = ChoiceIndex(choices)
    for choice in choices:
        assert index.value(index.shown(choice.value)) == choice.value
    assert {row.choice for row in index.rows("") if row.choice} == set(choices)
