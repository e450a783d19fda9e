"""What was done is told in one line that never claims it of the vendor."""

import pytest

from support.builders import make_ticket
from tui.app.deed_text import ASKED, done_words, failed_words, taken_back_words, tickets_words
from tui.app.desk import Deed
from tui.domain.acts import Act, ActKind

ONE = (make_ticket("1"),)
THREE = tuple(make_ticket(str(number)) for number in range(3))
KEYS = ("u", "m")


def test_one_ticket_has_its_name_and_several_are_counted() -> None:
    assert tickets_words([make_ticket("9", number="2323", workspace="klink")]) == "klink/2323"
    assert tickets_words(THREE) == "3 tickets"
    assert tickets_words(THREE * 500) == "1,500 tickets"


def test_what_was_done_says_here_and_how_to_undo_it() -> None:
    deed = Deed(Act(ActKind.ACKNOWLEDGE), THREE, marks=(THREE[0].ref,))

    words = done_words(deed, until="", undo_key="u", width=78)

    assert words == "Acked here only: 3 tickets; u takes it back; marks removed"


def test_a_snooze_says_until_when_and_where_it_went() -> None:
    deed = Deed(Act(ActKind.SNOOZE), ONE)

    assert done_words(deed, until="08:00 UTC", undo_key="u", width=80) == (
        "Snoozed here only until 08:00 UTC: qp/1; u takes it back; is:snoozed shows it"
    )


@pytest.mark.parametrize("kind", ActKind)
@pytest.mark.parametrize("width", [38, 58, 78])
def test_what_was_done_fits_and_leaves_out_what_does_not(kind: ActKind, width: int) -> None:
    until = "08:00 UTC" if kind is ActKind.SNOOZE else ""
    words = done_words(Deed(Act(kind), ONE), until=until, undo_key="u", width=width)

    assert "here" in words
    assert "qp/1" in words
    assert len(words) <= max(width, len("Snoozed here only until 08:00 UTC: qp/1"))


def test_without_a_key_for_undo_none_is_told() -> None:
    deed = Deed(Act(ActKind.PIN), ONE)

    assert done_words(deed, until="", undo_key="", width=78) == "Pinned here only: qp/1"


def test_what_was_taken_back_says_what_comes_with_it() -> None:
    deed = Deed(Act(ActKind.NOTE, text="x"), THREE, marks=(THREE[0].ref,))

    assert taken_back_words(deed, 3, left=1, keys=KEYS, width=100) == (
        "Note taken away here: 3 tickets; m offers its text again; marked again; u takes back more"
    )
    assert taken_back_words(deed, 2, left=0, keys=KEYS, width=30) == "Note taken away here: 2 of 3"
    assert taken_back_words(deed, 0, left=0, keys=KEYS, width=100) == (
        "Nothing to take back of 3 tickets: it was changed since"
    )


@pytest.mark.parametrize("kind", ActKind)
def test_every_kind_is_asked_for_and_fails_in_words_of_its_own(kind: ActKind) -> None:
    words = failed_words(Deed(Act(kind), ONE), "the disk is full", takes_back=False)

    assert words.endswith(": the disk is full")
    assert ASKED[kind]
    assert failed_words(Deed(Act(kind), ONE), "x", takes_back=True) == "Not taken back: x"
