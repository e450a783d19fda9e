"""What the outbox says of a create: all that is known, in lines that fit."""

from typing import Any

import pytest

from support.builders import NOON, make_ticket
from support.creates import make_create
from support.service import FIELDS
from tui.app.formatting import UNICODE, ClockFace, Line, line_width
from tui.app.outbox_text import create_lines, drop_facts, retry_facts
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Choice, Draft, FieldSpec, FieldType, Value
from tui.domain.ticket import TicketRef
from tui.domain.workspace import Workspace

FACE = ClockFace("UTC")
QP = Workspace(name="qp", vendor="questionpro", title="QuestionPro EU")


def _lines(create: OpenCreate, width: int = 78, **known: Any) -> list[Line]:
    values: dict[str, Any] = {"workspace": QP, "specs": FIELDS, "tickets": {}}
    return create_lines(create, NOON, FACE, width=width, glyphs=UNICODE, **(values | known))


def _text(create: OpenCreate, width: int = 78, **known: Any) -> str:
    lines = _lines(create, width, **known)
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


def test_it_says_when_by_whom_where_and_what_is_known() -> None:
    text = _text(make_create(stage=Stage.OPEN))

    assert "no answer came" in text
    assert "unknown; sent 2026-02-04 11:59 UTC  1m ago by ana to qp · QuestionPro EU" in text


@pytest.mark.parametrize("stage", list(Stage))
def test_each_stage_says_what_goes_on_where_nothing_else_is_known(stage: Stage) -> None:
    first = _text(make_create(stage=stage, message="")).splitlines()[0]

    wanted = {Stage.SENDING: "being sent", Stage.LOOKING: "Looking", Stage.OPEN: "look before"}
    assert wanted[stage] in first


def test_what_was_typed_stands_whole_in_the_order_of_the_form() -> None:
    long = "\n".join(f"line {number} {'word ' * 30}" for number in range(5))
    values: dict[str, Value] = {
        "customFields.cf_x": "7",
        "comment": long,
        "priority": "HIGH",
        "tags": ("a", "b"),
    }
    text = _text(make_create(draft=Draft("qp", values)))

    labels = [text.index(label) for label in ("Priority", "Comment", "Tags", "cf_x")]
    assert labels == sorted(labels)
    assert text.count("word") == 150
    assert "a, b" in text


def test_a_choice_stands_with_its_label_where_that_says_more() -> None:
    spec = FieldSpec(
        key="seg", label="From", type=FieldType.CHOICE, choices=(Choice("S1", "Main"),)
    )
    text = _text(make_create(draft=Draft("qp", {"seg": "S1"})), specs=(spec,))

    assert "From  Main (S1)" in text


def test_of_several_choices_each_has_its_label_and_no_code_stands_beside_one() -> None:
    code = "6f1c2b5e-8f0a-4c39-9d0e-1f2a3b4c5d6e"
    choices = (Choice(code, "Red"), Choice("b", "Blue", above=("Dark",)))
    spec = FieldSpec(key="tags", label="Tags", type=FieldType.CHOICE, repeats=True, choices=choices)
    text = _text(make_create(draft=Draft("qp", {"tags": (code, "b", "x")})), specs=(spec,))

    assert "Tags  Red, Dark / Blue, x" in text


def test_the_candidates_stand_with_their_titles() -> None:
    known = make_ticket("7", title="Down")
    create = make_create(candidates=(known.ref, TicketRef("qp", "8")))
    text = _text(create, tickets={known.ref: known})

    assert "qp/7  Down" in text
    assert "qp/8  not in the list now" in text


def test_a_workspace_that_is_gone_is_said_to_be() -> None:
    text = _text(make_create(workspace="old"), workspace=None, specs=())

    assert "to old (not configured here)" in text
    assert "comment   Create 1" in text


def test_nothing_of_it_reaches_the_terminal_as_a_sequence() -> None:
    draft = Draft("qp", {"comment": "a\tb\x1b]52;c;QQ==\x07", "x\x1b[2J": "y"})

    assert not {"\x1b", "\t", "\x07"} & set(_text(make_create(draft=draft)))


@pytest.mark.parametrize("width", [2, 9, 38, 78, 158])
def test_every_line_fits(width: int) -> None:
    create = make_create(
        message="word " * 40,
        candidates=(TicketRef("qp", "7" * 40),),
        draft=Draft("qp", {"comment": "漢字" * 90, "email": "a@example.com"}),
    )

    if width >= 9:
        assert all(line_width(line) <= width for line in _lines(create, width))
    else:
        assert _lines(create, width)


def test_the_risk_is_named_before_anything_is_sent_again() -> None:
    facts = " ".join(retry_facts(make_create(), NOON, FACE))
    assert "sent at 11:59 and may exist; there would be two" in facts
    assert "No answer came." in facts

    refs = (TicketRef("qp", "7"), TicketRef("qp", "8"))
    assert "It may be qp/7, qp/8." in retry_facts(make_create(candidates=refs), NOON, FACE)
    assert "Nothing is written to qp" in drop_facts("qp")[0]
