"""What the vendor is asked for before a create, and what happens where it does not say."""

import io
from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from support.service import FakeForms, FakeService, make_workspaces
from tui.cli.fields import Pair
from tui.cli.form_fields import known_fields, known_form
from tui.cli.output import Output
from tui.domain.creates import ChoiceList, Form
from tui.domain.draft import Choice, Draft, FieldSpec, FieldType, check_draft

ASSIGNEE = FieldSpec(
    key="assignTo", label="Assignee", type=FieldType.CHOICE, lookup="users", takes_other_values=True
)
CONTACT = FieldSpec(
    key="contact", label="Customer", type=FieldType.CHOICE, lookup="contacts", searches=True
)
FAMILY = FieldSpec(key="custom", label="Other", open_keys=True)
ANN = Choice("ann@example.com", "Ann Larsen")


@pytest.fixture
def service() -> FakeService:
    service = FakeService(make_workspaces())
    service.field_specs = {"qp": (ASSIGNEE, CONTACT, FAMILY)}
    service.forms.lists = {("qp", "users"): ChoiceList((ANN,))}
    return service


def _draft(service: FakeService, pairs: Sequence[Pair], log: io.StringIO) -> Draft:
    output = Output(None, log)
    form = known_form(service.forms, "qp", output)
    specs = known_fields(service.forms, "qp", form, pairs, output)
    draft, problems = check_draft("qp", specs, pairs)
    assert not problems, problems
    return draft


def test_a_name_becomes_the_value_that_the_vendor_takes(service: FakeService) -> None:
    draft = _draft(service, [("assignTo", "ann larsen")], io.StringIO())

    assert draft.values == {"assignTo": "ann@example.com"}


def test_nothing_is_asked_for_that_no_field_needs(service: FakeService) -> None:
    _draft(service, [("assignTo", " ")], io.StringIO())

    assert service.forms.asked == []


def test_each_list_is_asked_for_once_and_each_customer_searched(service: FakeService) -> None:
    contacts = (Choice("c1", "Bo"), Choice("c2", "Cy"))
    service.forms.lists["qp", "contacts"] = ChoiceList(contacts)
    both = FieldSpec(
        key="contact",
        label="Customers",
        type=FieldType.CHOICE,
        lookup="contacts",
        searches=True,
        repeats=True,
    )
    service.field_specs = {"qp": (ASSIGNEE, both)}

    draft = _draft(
        service,
        [("contact", "Bo"), ("contact", "Cy"), ("assignTo", "Ann Larsen")],
        io.StringIO(),
    )

    assert draft.values["contact"] == ("c1", "c2")
    assert service.forms.asked == [
        ("qp", "contacts", "Bo"),
        ("qp", "contacts", "Cy"),
        ("qp", "users", ""),
    ]


def test_where_no_list_can_be_had_the_value_is_taken_as_it_is_and_told(
    service: FakeService,
) -> None:
    service.forms.lists["qp", "users"] = ChoiceList(problem="503 Service Unavailable")
    log = io.StringIO()

    draft = _draft(service, [("assignTo", "bo@example.com")], log)

    assert draft.values == {"assignTo": "bo@example.com"}
    assert log.getvalue() == (
        "assignTo: no list of choices (503 Service Unavailable); sent as typed\n"
    )


class _SilentForms(FakeForms):
    def tenant_form(self, workspace: str) -> Future[Form]:
        return Future()

    def look_up(self, workspace: str, lookup: str, keyword: str = "") -> Future[ChoiceList]:
        return Future()


def test_a_list_that_does_not_come_holds_nobody_up(service: FakeService) -> None:
    log = io.StringIO()
    output, forms, pairs = Output(None, log), _SilentForms(service), [("assignTo", "bo@a.example")]

    form = known_form(service.forms, "qp", output)
    specs = known_fields(forms, "qp", form, pairs, output, patience_s=0.01)

    assert check_draft("qp", specs, pairs)[1] == ()
    assert log.getvalue() == "assignTo: no list of choices (no answer yet); sent as typed\n"


def test_the_tenant_s_fields_check_every_create(service: FakeService) -> None:
    due = FieldSpec(key="custom.due", label="Due", type=FieldType.DATE)
    cause = FieldSpec(key="custom.cause", label="Cause", required=True)
    service.forms.tenant_fields = {"qp": (due, cause)}
    output = Output(None, None)

    form = known_form(service.forms, "qp", output)

    def problems(*pairs: Pair) -> list[str]:
        specs = known_fields(service.forms, "qp", form, pairs, output)
        return [str(problem) for problem in check_draft("qp", specs, pairs)[1]]

    assert problems(("custom.due", "tomorrow")) == [
        "custom.due: not a date; write YYYY-MM-DD",
        "custom.cause: required",
    ]
    assert problems(("assignTo", "Ann Larsen")) == ["custom.cause: required"]


def test_a_tenant_s_form_that_does_not_come_is_told_and_leaves_the_vendor_s_fields(
    service: FakeService,
) -> None:
    log = io.StringIO()

    form = known_form(_SilentForms(service), "qp", Output(None, log), patience_s=0.01)

    assert form.specs == service.fields("qp")
    assert log.getvalue() == "qp: its own fields are not known (no answer yet)\n"
