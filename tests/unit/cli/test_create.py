"""Where the fields of a new ticket come from."""

import io

import pytest

from tui.cli.create import ask_for_missing, chosen_workspace, find_template, merged, read_key
from tui.cli.output import Output
from tui.domain.creates import Template
from tui.domain.draft import Choice, FieldSpec, FieldType
from tui.domain.errors import UsageError

OUTAGE = Template(name="outage", workspace="klink", pairs=(("priority", "urgent"),))
BILLING = Template(name="billing")


def test_a_later_layer_replaces_a_key_whole_and_keeps_the_others() -> None:
    template = (("title", "From the template"), ("tags", "a"), ("tags", "b"))
    file = [("title", "From the file"), ("tags", "c")]
    options = [("title", "From the option")]

    assert merged(template, file, options) == [("tags", "c"), ("title", "From the option")]


def test_a_key_repeats_within_a_layer() -> None:
    assert merged([], [("tags", "a"), ("tags", "b")]) == [("tags", "a"), ("tags", "b")]


def test_a_template_is_found_by_its_name() -> None:
    assert find_template((OUTAGE, BILLING), "billing") is BILLING
    assert find_template((OUTAGE,), None) is None


@pytest.mark.parametrize(
    ("templates", "says"),
    [
        ((OUTAGE, BILLING), "nearest: outage"),
        ((BILLING,), "known: billing"),
        ((), r"the configuration has no \[\[templates\]\]"),
    ],
)
def test_a_name_that_no_template_has_is_answered(
    templates: tuple[Template, ...], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        find_template(templates, "outtage")


@pytest.mark.parametrize(
    ("names", "template", "chosen"),
    [
        (["qp"], None, "qp"),
        (["qp", "qp"], None, "qp"),
        ([], OUTAGE, "klink"),
        (["klink"], OUTAGE, "klink"),
        (["qp"], BILLING, "qp"),
    ],
)
def test_the_workspace_is_named_or_the_template_s_own(
    names: list[str], template: Template | None, chosen: str
) -> None:
    assert chosen_workspace(names, template) == chosen


@pytest.mark.parametrize(
    ("names", "template", "says"),
    [
        ([], None, "-w NAME"),
        ([], BILLING, "-w NAME"),
        (["qp", "klink"], None, "-w NAME"),
        (["qp"], OUTAGE, "'outage' is for klink, not for qp"),
    ],
)
def test_anything_but_one_workspace_is_refused(
    names: list[str], template: Template | None, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        chosen_workspace(names, template)


def test_a_key_is_taken_without_the_blanks_around_it() -> None:
    assert read_key(" alert-7 ") == "alert-7"


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "x" * 201])
def test_a_key_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="1 to 200 characters"):
        read_key(text)


CAUSE = FieldSpec(
    key="customFields.cause",
    label="Cause",
    type=FieldType.CHOICE,
    required=True,
    choices=(Choice("c1", "Power"), Choice("c2", "Network")),
)
TITLE = FieldSpec(key="title", label="Title", required=True)


def _asked(
    typed: str, *specs: FieldSpec, given: list[tuple[str, str]]
) -> tuple[list[tuple[str, str]], str]:
    log = io.StringIO()
    answers = ask_for_missing(specs, given, Output(None, log), io.StringIO(typed))
    return answers, log.getvalue()


def test_what_is_required_and_missing_is_asked_for_by_the_names_of_its_choices() -> None:
    answers, log = _asked("dust\nNetwork\n", TITLE, CAUSE, given=[("title", "Tills down")])

    assert answers == [("customFields.cause", "Network")]
    assert log.count("Cause (Power, Network):") == 2
    assert "takes one of" in log


def test_a_long_list_of_choices_is_told_by_its_first_ones() -> None:
    many = tuple(Choice(f"v{number}", f"Store {number}") for number in range(300))
    spec = FieldSpec(key="store", label="Store", type=FieldType.CHOICE, required=True, choices=many)

    _, log = _asked("Store 7\n", spec, given=[])

    assert "Store 0, " in log
    assert "and 288 more):" in log
    assert "Store 100" not in log


def test_the_end_of_the_input_leaves_the_rest_out() -> None:
    assert _asked("A title\n", TITLE, CAUSE, given=[])[0] == [("title", "A title")]
