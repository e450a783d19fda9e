"""What stands in a form's fields means the same pairs, whichever way it came there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.draft import Choice, FieldSpec, FieldType, check_draft
from tui.domain.form_text import join_values, refitted, split_values, to_pairs, to_texts

PRIORITY = FieldSpec(
    key="priority",
    label="Priority",
    type=FieldType.CHOICE,
    choices=(Choice("1", "High"), Choice("2", "Low")),
)
FAMILY = FieldSpec(key="customFields", label="Custom fields", open_keys=True)
DUE = FieldSpec(key="customFields.due", label="Due", type=FieldType.DATE)
TAGS = FieldSpec(key="tags", label="Tags", repeats=True)
SPECS = (FieldSpec(key="comment", label="Comment", type=FieldType.LONG_TEXT), PRIORITY, TAGS)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        (" , \n,", []),
        ("vip", ["vip"]),
        ("vip, oslo,\nbergen", ["vip", "oslo", "bergen"]),
        ('"Paris, France", vip', ["Paris, France", "vip"]),
        ('"a ""b"", c"', ['a "b", c']),
        ('"half', ['"half']),
        ('a "b" c', ['a "b" c']),
        ('"a" b, c', ['"a" b', "c"]),
        ("https://x.example/a.pdf A b.pdf", ["https://x.example/a.pdf A b.pdf"]),
    ],
)
def test_commas_and_lines_part_values_and_quotes_hold_them_together(
    text: str, values: list[str]
) -> None:
    assert split_values(text) == values


@given(values=st.lists(st.text(max_size=20).filter(lambda value: bool(value.strip()))))
def test_values_that_are_joined_come_apart_again(values: list[str]) -> None:
    assert split_values(join_values(values)) == values


@given(text=st.text(st.sampled_from('a", \n')))
def test_any_text_of_a_repeating_field_means_some_values(text: str) -> None:
    values = split_values(text)

    assert split_values(join_values(values)) == values


def test_a_template_fills_the_fields_and_a_choice_by_its_value() -> None:
    specs = (*SPECS, DUE, FAMILY)
    pairs = [
        ("priority", "high"),
        ("comment", "Store:\nTill:\n"),
        ("tags", "a, b"),
        ("tags", "vip"),
        ("customFields.due", "2026-11-22"),
        ("customFields.cf_a", "x=y"),
        ("customFields.cf_b", "z"),
        ("coment", "lost"),
    ]

    texts = to_texts(specs, pairs)

    assert texts == {
        "priority": "1",
        "comment": "Store:\nTill:\n",
        "tags": '"a, b", vip',
        "customFields.due": "2026-11-22",
        "customFields": "cf_a=x=y\ncf_b=z",
    }
    again = [pair for spec in specs for pair in to_pairs(spec, texts.get(spec.key, ""))]
    assert check_draft("qp", specs, again)[0] == check_draft("qp", specs, pairs[:-1])[0]


def test_the_last_value_counts_for_a_field_that_takes_one() -> None:
    assert to_texts(SPECS, [("comment", "a"), ("comment", "b")]) == {"comment": "b"}


class TestAFormWithOtherFields:
    """A tenant's fields may come while one types, and may be gone when a draft is opened again."""

    def test_lines_of_the_family_move_into_fields_of_their_own(self) -> None:
        texts = {"comment": "a", "customFields": "due=2026-11-22\ncf_a=x\nno field\n"}

        assert refitted((*SPECS, DUE, FAMILY), texts) == {
            "comment": "a",
            "customFields.due": "2026-11-22",
            "customFields": "cf_a=x\nno field\n",
        }

    def test_nothing_is_written_over(self) -> None:
        texts = {"customFields.due": "tomorrow", "customFields": "due=2026-11-22"}

        assert refitted((*SPECS, DUE, FAMILY), texts) == texts

    def test_a_field_that_is_gone_becomes_a_line_of_its_family(self) -> None:
        texts = {"customFields.due": "2026-11-22", "customFields": "cf_a=x", "priority": "1"}

        assert refitted((*SPECS, FAMILY), texts) == {
            "customFields": "cf_a=x\ndue=2026-11-22",
            "priority": "1",
        }

    def test_what_fits_nowhere_is_kept(self) -> None:
        texts = {"customFields.note": "two\nlines", "gone": "text"}

        assert refitted((*SPECS, FAMILY), texts) == texts

    @given(
        texts=st.dictionaries(
            st.sampled_from(["comment", "customFields", "customFields.due", "customFields.x", "?"]),
            st.text(st.sampled_from("adue=x \n"), max_size=12),
        )
    )
    def test_no_text_is_lost_on_the_way_there_and_back(self, texts: dict[str, str]) -> None:
        there = refitted((*SPECS, DUE, FAMILY), texts)
        back = refitted((*SPECS, FAMILY), there)

        for text in texts.values():
            for line in text.split("\n"):
                value = line.partition("=")[2].strip() or line.strip()
                assert value in "\n".join(there.values())
                assert value in "\n".join(back.values())
