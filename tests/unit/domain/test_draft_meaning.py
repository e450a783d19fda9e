import pytest

from tui.domain.draft import Draft, FieldRole, FieldSpec
from tui.domain.draft_meaning import UNTITLED, meant, priority_of, title_of
from tui.domain.ticket import Priority

SPECS = (
    FieldSpec(key="subject", label="Subject", role=FieldRole.TITLE),
    FieldSpec(key="comment", label="Comment", role=FieldRole.TEXT),
    FieldSpec(key="tags", label="Tags", repeats=True, role=FieldRole.TAGS),
    FieldSpec(key="urgency", label="Urgency", role=FieldRole.PRIORITY),
)


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"subject": "Tills down", "comment": "Since noon"}, "Tills down"),
        ({"comment": "\n\n Since noon \nand on"}, "Since noon"),
        ({"subject": "  ", "comment": "Since noon"}, "Since noon"),
        ({"subject": "a\x1b[31mb\nc"}, "a␛b c"),
        ({"tags": ("vip",)}, UNTITLED),
        ({}, UNTITLED),
    ],
)
def test_a_draft_is_called_by_its_title_else_by_its_first_line(
    values: dict[str, str], title: str
) -> None:
    assert title_of(Draft("qp", values), SPECS) == title


def test_a_value_is_found_by_its_role_the_first_of_several() -> None:
    draft = Draft("qp", {"tags": ("vip", "oslo")})

    assert meant(draft, SPECS, FieldRole.TAGS) == "vip"
    assert meant(draft, SPECS, FieldRole.CHANNEL) == ""


@pytest.mark.parametrize(
    ("word", "priority"),
    [
        ("HIGH", Priority.HIGH),
        ("Critical", Priority.CRITICAL),
        ("P1", Priority.CRITICAL),
        ("sometime", Priority.UNKNOWN),
    ],
)
def test_a_priority_is_understood_as_in_the_list(word: str, priority: Priority) -> None:
    draft = Draft("qp", {"urgency": word})

    assert priority_of(draft, SPECS, {"p1": Priority.CRITICAL}) is priority


def test_a_draft_has_no_priority_where_its_vendor_has_none_or_nothing_was_chosen() -> None:
    assert priority_of(Draft("qp", {"urgency": "HIGH"}), SPECS[:3], {}) is Priority.NONE
    assert priority_of(Draft("qp", {}), SPECS, {}) is Priority.UNKNOWN
