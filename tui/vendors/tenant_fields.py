"""Fields that a tenant has defined at a vendor, to fields of our form. Pure.

No vendor documents which types there are, so every usual word for one is known here; an unknown one
is a text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from tui.domain.clean import clean
from tui.domain.draft import Choice, FieldSpec, FieldType, check_field
from tui.vendors.reading import line

FIELDS_LIMIT = 100
"""Fields that a form takes in from a tenant."""
CHOICES_LIMIT = 2_000
"""Choices that one field takes in."""
LABEL_LIMIT = 60
"""Characters of a field's label; a form has no room for more."""
HINT_LIMIT = 200
NAME_LIMIT = 128
"""Characters of a name by which a vendor knows a field."""

YES_OR_NO = (Choice("true", "Yes"), Choice("false", "No"))

_BOOLEAN = frozenset(
    ("bool", "boolean", "checkbox", "toggle", "switch", "yesno", "truefalse"),
)
_MULTIPLE = frozenset(
    (
        "multiselect", "multiplechoice", "multichoice", "multipleselect", "multiselectlist",
        "multidropdown", "checkboxes", "checkboxgroup", "checkboxlist", "checkbox", "tags",
    )
)  # fmt: skip
_WORDS: Mapping[FieldType, Sequence[str]] = {
    FieldType.LONG_TEXT: (
        "textarea", "longtext", "multiline", "multilinetext", "paragraph", "richtext", "html",
    ),
    FieldType.NUMBER: ("integer", "int", "wholenumber"),
    FieldType.DECIMAL: (
        "number", "numeric", "decimal", "float", "double", "currency", "money", "percent",
        "percentage",
    ),
    FieldType.DATE: ("date",),
    FieldType.EMAIL: ("email", "emailaddress", "mail"),
    FieldType.PHONE: ("phone", "phonenumber", "telephone", "tel", "mobile", "mobilenumber"),
}  # fmt: skip
_TYPES = {word: kind for kind, words in _WORDS.items() for word in words}


def tenant_field(
    key: str,
    *,
    label: str | None,
    kind: str | None,
    required: bool,
    choices: Iterable[Choice],
    takes_other_values: bool,
    default: object = None,
    hint: str | None = None,
) -> FieldSpec:
    """Return the field of a form for one that a tenant defined; `kind` is the vendor's word for it.

    One with choices takes one of them, whatever its type; several where the type says so.
    """
    word = "".join(filter(str.isalnum, (kind or "").casefold()))
    options = distinct(choices)
    is_boolean = word in _BOOLEAN and not options
    spec = FieldSpec(
        key=key,
        label=tenant_label(label) or key.rpartition(".")[2],
        type=FieldType.CHOICE if options or is_boolean else _TYPES.get(word, FieldType.TEXT),
        required=required,
        repeats=bool(options) and word in _MULTIPLE,
        choices=YES_OR_NO if is_boolean else options,
        takes_other_values=takes_other_values and not is_boolean,
        hint=clean(hint or "", limit=HINT_LIMIT),
    )
    return with_default(spec, default)


def with_default(spec: FieldSpec, default: object) -> FieldSpec:
    """Return the field with a vendor's default preselected; as it is where that is none of it."""
    if isinstance(default, bool):
        default = str(default).lower()
    written = line(str(default)) if isinstance(default, str | int | float) else None
    is_one_of_them = not spec.choices or any(each.value == written for each in spec.choices)
    if written is None or spec.repeats or not is_one_of_them or check_field(spec, written):
        return spec
    return replace(spec, default=written)


def tenant_label(written: str | None) -> str:
    """Return a label in one cleaned line that a form has room for; "" where it says nothing."""
    return clean(written or "", limit=LABEL_LIMIT).strip()


def distinct(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Return the choices without those whose value an earlier one has."""
    by_value: dict[str, Choice] = {}
    for each in islice(choices, CHOICES_LIMIT):
        by_value.setdefault(each.value, each)
    return tuple(by_value.values())


def tenant_fields(
    items: Iterable[object], to_field: Callable[[Mapping[str, object]], FieldSpec | None]
) -> Sequence[FieldSpec]:
    """Return the fields that `to_field` makes of a vendor's items, each key once."""
    by_key: dict[str, FieldSpec] = {}
    for raw in items:
        if len(by_key) == FIELDS_LIMIT:
            break
        if isinstance(raw, dict) and (spec := to_field(raw)) is not None:
            by_key.setdefault(spec.key, spec)
    return tuple(by_key.values())


def plain_name(written: object) -> str | None:
    """Return the name of a field as it is; None for one that could not be sent back unchanged."""
    if isinstance(written, int) and not isinstance(written, bool):
        written = str(written)
    if not isinstance(written, str) or not written or len(written) > NAME_LIMIT:
        return None
    is_plain = clean(written) == written == written.strip() and "=" not in written
    return written if is_plain else None
