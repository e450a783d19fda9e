"""A tenant's fields become fields of our form, whatever words the vendor has for their types."""

import pytest

from tui.domain.draft import Choice, FieldSpec, FieldType, check_draft
from tui.vendors.tenant_fields import (
    CHOICES_LIMIT,
    FIELDS_LIMIT,
    LABEL_LIMIT,
    YES_OR_NO,
    plain_name,
    tenant_field,
    tenant_fields,
    with_default,
)

OPTIONS = (Choice("home", "Home"), Choice("shop", "Shop"))


def made(
    kind: str | None, *, choices: tuple[Choice, ...] = (), default: object = None
) -> FieldSpec:
    return tenant_field(
        "customFields.cf_x",
        label="X",
        kind=kind,
        required=False,
        choices=choices,
        takes_other_values=False,
        default=default,
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text", FieldType.TEXT),
        ("region", FieldType.TEXT),
        (None, FieldType.TEXT),
        ("Text_Area", FieldType.LONG_TEXT),
        ("rich text", FieldType.LONG_TEXT),
        ("integer", FieldType.NUMBER),
        ("Number", FieldType.DECIMAL),
        ("currency", FieldType.DECIMAL),
        ("DATE", FieldType.DATE),
        ("e-mail", FieldType.EMAIL),
        ("phone_number", FieldType.PHONE),
        ("dropdown", FieldType.TEXT),
    ],
)
def test_the_type_follows_the_vendors_word_however_it_is_spelled(
    kind: str | None, expected: FieldType
) -> None:
    assert made(kind).type is expected
    assert not made(kind).repeats


@pytest.mark.parametrize("kind", ["select", "radio", "text", "region", "number", None])
def test_whatever_has_choices_takes_one_of_them(kind: str | None) -> None:
    spec = made(kind, choices=OPTIONS)
    assert (spec.type, spec.choices, spec.repeats) == (FieldType.CHOICE, OPTIONS, False)
    _, problems = check_draft("w", [spec], [(spec.key, "boat")])
    assert problems


@pytest.mark.parametrize("kind", ["multi_select", "Multi-Select", "checkboxes", "checkbox"])
def test_what_takes_several_choices_repeats(kind: str) -> None:
    spec = made(kind, choices=OPTIONS)
    draft, problems = check_draft("w", [spec], [(spec.key, "home"), (spec.key, "Shop")])
    assert not problems
    assert draft.values == {spec.key: ("home", "shop")}


@pytest.mark.parametrize("kind", ["boolean", "bool", "checkbox", "Yes/No", "toggle"])
def test_yes_or_no_is_a_choice_of_true_and_false(kind: str) -> None:
    spec = made(kind)
    assert (spec.type, spec.choices) == (FieldType.CHOICE, YES_OR_NO)
    draft, _ = check_draft("w", [spec], [(spec.key, "yes")])
    assert draft.text(spec.key) == "true"


@pytest.mark.parametrize(
    ("kind", "choices", "default", "preselected"),
    [
        ("text", (), "Oslo", "Oslo"),
        ("boolean", (), True, "true"),
        ("number", (), 3.5, "3.5"),
        ("number", (), "many", None),
        ("date", (), "tomorrow", None),
        ("select", OPTIONS, "home", "home"),
        ("select", OPTIONS, "boat", None),
        ("multiselect", OPTIONS, "home", None),
        ("text", (), "", None),
        ("text", (), ["x"], None),
        ("text", (), "a\x1b[2Jb", "a␛b"),
    ],
    ids=str,
)
def test_a_default_counts_only_where_the_field_takes_it(
    kind: str, choices: tuple[Choice, ...], default: object, preselected: str | None
) -> None:
    assert made(kind, choices=choices, default=default).default == preselected


def test_a_default_that_does_not_count_leaves_the_one_before() -> None:
    spec = made("select", choices=OPTIONS, default="home")
    assert with_default(spec, "boat").default == "home"
    assert with_default(spec, "shop").default == "shop"


@pytest.mark.parametrize("label", [None, "", "  ", "\u200b", "\u00a0", "\n"])
def test_a_label_is_never_empty(label: str | None) -> None:
    spec = tenant_field(
        "customFields.cf_x",
        label=label,
        kind=None,
        required=False,
        choices=(),
        takes_other_values=False,
    )
    assert spec.label == "cf_x"


def test_a_form_takes_in_only_so_much() -> None:
    def to_field(raw: object) -> FieldSpec:
        return FieldSpec(key=str(raw), label="x" * 10)

    many = [{"n": number} for number in range(10_000)]
    assert len(tenant_fields([*many, *many], to_field)) == FIELDS_LIMIT
    assert len(tenant_fields([{"n": 1}, {"n": 1}, 7, None], to_field)) == 1
    endless = tuple(Choice(str(number), "x") for number in range(CHOICES_LIMIT + 5))
    assert len(made("select", choices=(*endless, *endless)).choices) == CHOICES_LIMIT
    long = tenant_field(
        "customFields.x",
        label="L" * 5_000,
        kind=None,
        required=True,
        choices=(),
        takes_other_values=False,
        hint="h" * 5_000,
    )
    assert (len(long.label), len(long.hint)) == (LABEL_LIMIT, 200)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("cf_date", "cf_date"),
        (42623, "42623"),
        ("Größe 2", "Größe 2"),
        ("", None),
        (" cf", None),
        ("cf\n", None),
        ("a=b", None),
        ("\u202ecf", None),
        ("x" * 129, None),
        (True, None),
        (None, None),
        (1.5, None),
    ],
    ids=str,
)
def test_a_name_that_cannot_be_sent_back_is_none(written: object, name: str | None) -> None:
    assert plain_name(written) == name
