"""A form's fields: the vendor's, its tenant's among them, with the choices that are known."""

from tui.domain.creates import ChoiceList, Form, with_choices, with_tenant_fields
from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType, check_draft

TITLE = FieldSpec(key="title", label="Title", role=FieldRole.TITLE)
FAMILY = FieldSpec(key="customFields", label="Custom fields", open_keys=True)
STATUS = FieldSpec(
    key="status",
    label="Status",
    type=FieldType.CHOICE,
    choices=(Choice("new", "New"),),
    default="new",
    lookup="statuses",
)
DUE = FieldSpec(key="customFields.due", label="Due", type=FieldType.DATE, required=True)


def test_a_tenants_fields_stand_where_they_belong() -> None:
    title = FieldSpec(key="title", label="Subject", required=True)
    other = FieldSpec(key="shift", label="Shift")

    fields = with_tenant_fields([TITLE, FAMILY, STATUS], [DUE, other, title, DUE])

    assert [spec.key for spec in fields] == [
        *("title", "customFields.due", "customFields", "status", "shift")
    ]
    assert (fields[0].label, fields[0].required, fields[0].role) == (
        *("Subject", True),
        FieldRole.TITLE,
    )


def test_without_fields_of_a_tenant_the_vendors_stay() -> None:
    assert with_tenant_fields([TITLE, FAMILY], ()) == (TITLE, FAMILY)


def test_a_required_field_of_a_tenant_is_asked_for_and_checked_by_its_type() -> None:
    specs = with_tenant_fields([TITLE, FAMILY], [DUE])

    missing = check_draft("klink", specs, [("title", "x")])[1]
    wrong = check_draft("klink", specs, [("customFields.due", "soon")])[1]
    given = check_draft("klink", specs, [("customFields.due", "2026-11-22")])
    assert [str(each) for each in missing] == ["customFields.due: required"]
    assert [str(each) for each in wrong] == ["customFields.due: not a date; write YYYY-MM-DD"]
    assert (given[0].below("customFields"), given[1]) == ({"due": "2026-11-22"}, ())


def test_a_list_that_came_takes_the_place_of_the_vendors_examples() -> None:
    came = ChoiceList((Choice("n", "Neu"), Choice("new", "New")))

    (spec,) = Form((STATUS,), {"statuses": came}).complete_specs

    assert (spec.choices, spec.default) == (came.choices, "new")
    assert check_draft("klink", [spec], [("status", "neu")])[0].text("status") == "n"


def test_a_default_that_is_no_choice_any_more_goes() -> None:
    came = ChoiceList((Choice("n", "Neu"),))

    assert with_choices(STATUS, came).default is None


def test_a_list_that_never_came_changes_nothing() -> None:
    assert Form((TITLE, STATUS), {"statuses": ChoiceList(problem="503")}).complete_specs == (
        TITLE,
        STATUS,
    )
