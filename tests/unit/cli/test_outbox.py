"""Which create a person means, and what is printed of those that are open."""

import json
from datetime import timedelta

import pytest

from support.builders import NOON
from tui.cli.formats import to_json
from tui.cli.outbox import find_open, read_words, to_open_record
from tui.cli.outbox_table import known_of, outbox_table
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Draft
from tui.domain.errors import UsageError
from tui.domain.ticket import TicketRef

FIRST = OpenCreate(
    id="3f2a9c1b44",
    draft=Draft("klink", {"title": "Tills down", "tags": ("vip", "oslo")}),
    at=NOON - timedelta(minutes=2),
    by="ana",
    title="Tills down",
    stage=Stage.OPEN,
    message="probably not created: look before sending again",
)
SECOND = OpenCreate(
    id="3f2b00000000",
    draft=Draft("qp", {"comment": "x" * 200}),
    at=NOON + timedelta(seconds=5),
    by="ben",
    title="x" * 200,
    stage=Stage.LOOKING,
    candidates=(TicketRef("qp", "1"), TicketRef("qp", "2")),
)


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ([], ("list", "")),
        (["list"], ("list", "")),
        (["retry", "3f2a"], ("retry", "3f2a")),
        (["drop", "3F2A"], ("drop", "3F2A")),
    ],
)
def test_without_words_it_lists(words: list[str], read: tuple[str, str]) -> None:
    assert read_words(words) == read


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["lits"], "nearest: list"),
        (["resend", "3f2a"], "outbox cannot 'resend'"),
        (["list", "3f2a"], "one word too many"),
        (["retry"], "outbox retry takes one ID"),
        (["drop", "3f2a", "3f2b"], "outbox drop takes one ID"),
        (["-x"], "outbox cannot '-x'"),
    ],
)
def test_other_words_are_answered_with_what_it_takes(words: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_words(words)


@pytest.mark.parametrize("prefix", ["3f2a", "3F2A9C", FIRST.id])
def test_the_beginning_of_an_id_is_enough(prefix: str) -> None:
    assert find_open([FIRST, SECOND], prefix) is FIRST


@pytest.mark.parametrize(
    ("prefix", "says"),
    [("3f2", "too short"), ("", "too short"), ("ffff", "no open create 'ffff'")],
)
def test_what_names_no_create_is_told(prefix: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        find_open([FIRST, SECOND], prefix)


def test_what_names_several_creates_is_answered_with_them() -> None:
    twin = OpenCreate(
        id="3f2a9c1b55", draft=FIRST.draft, at=NOON, by="", title="", stage=Stage.OPEN
    )

    with pytest.raises(UsageError, match="is 2 creates: 3f2a9c1b44, 3f2a9c1b55"):
        find_open([FIRST, twin], "3f2a9c1b")


def test_json_holds_what_is_known_and_what_was_typed() -> None:
    assert json.loads(to_json(to_open_record(FIRST))) == {
        "id": "3f2a9c1b44",
        "workspace": "klink",
        "at": "2026-02-04T11:58:00.000Z",
        "by": "ana",
        "stage": "open",
        "message": "probably not created: look before sending again",
        "candidates": [],
        "fields": {"title": "Tills down", "tags": ["vip", "oslo"]},
    }
    assert to_open_record(SECOND)["candidates"] == ["qp/1", "qp/2"]


def test_a_table_has_two_lines_for_each_and_cuts_no_advice() -> None:
    lines = outbox_table([FIRST, SECOND], NOON, 60).splitlines()

    assert lines[0] == "ID        AGE  WORKSPACE  BY   TITLE"
    assert lines[1] == "3f2a9c1b  2m   klink      ana  Tills down"
    assert lines[2] == "          probably not created: look before sending again"
    assert lines[3].startswith("3f2b0000  <1m  qp         ben  xxx")
    assert len(lines[3]) == 60
    assert lines[4] == "          looking whether it exists"


def test_nothing_is_cut_without_a_terminal() -> None:
    assert "x" * 200 in outbox_table([SECOND], NOON, None)


def test_ids_are_as_long_as_it_takes_to_tell_them_apart() -> None:
    twin = OpenCreate(
        id="3f2a9c1b55", draft=FIRST.draft, at=NOON, by="", title="", stage=Stage.OPEN
    )

    drawn = outbox_table([FIRST, twin], NOON, 80)

    assert "3f2a9c1b4 " in drawn
    assert "3f2a9c1b5 " in drawn


def test_what_the_user_typed_cannot_act_on_the_terminal() -> None:
    hostile = OpenCreate(
        id="abcdef123456",
        draft=FIRST.draft,
        at=NOON,
        by="\x1b]0;a\x07b",
        title="down\x1b[2J\nup",
        stage=Stage.SENDING,
    )

    drawn = outbox_table([hostile], NOON, 80)

    assert "\x1b" not in drawn
    assert len(drawn.splitlines()) == 3


def test_an_open_create_without_a_message_still_says_what_to_do() -> None:
    silent = OpenCreate(id="abcd", draft=FIRST.draft, at=NOON, by="", title="", stage=Stage.OPEN)

    assert "look before sending again" in known_of(silent)
