"""Marks, what can be taken back, and notes not written yet: nothing of it is lost on the way."""

from support.builders import NOON, make_ticket
from tui.app.desk import CalledSeen, Deed, Desk, MarksTaken
from tui.app.drafts import DraftBook
from tui.app.notes import Notes
from tui.domain.acts import Act, ActKind

TICKETS = tuple(make_ticket(str(number)) for number in range(4))
REFS = [ticket.ref for ticket in TICKETS]


def _desk() -> Desk:
    return Desk(Notes(DraftBook(), now=lambda: NOON, changed=lambda: None))


def _ack(*, marks: int = 0) -> Deed:
    return Deed(Act(ActKind.ACKNOWLEDGE), TICKETS[:2], tuple(REFS[:marks]))


def test_marks_keep_the_order_of_marking() -> None:
    desk = _desk()
    desk.mark([REFS[2], REFS[0]])
    desk.mark([REFS[1], REFS[2]])
    desk.unmark([REFS[0], REFS[3]])

    assert desk.marks == (REFS[2], REFS[1])
    assert desk.marked == {REFS[1], REFS[2]}


def test_marks_that_are_taken_come_back_in_their_order() -> None:
    desk = _desk()
    desk.mark(reversed(REFS))

    assert desk.take_marks(set(REFS[1:3])) == 2
    assert desk.marks == (REFS[3], REFS[0])
    assert desk.take_back() == MarksTaken((REFS[2], REFS[1]))
    assert desk.marked == set(REFS)
    assert desk.take_back() is None


def test_taking_no_marks_is_no_step_to_take_back() -> None:
    desk = _desk()

    assert desk.take_marks(set(REFS)) == 0
    assert desk.levels == 0


def test_that_tickets_were_called_seen_is_a_step_that_undoes_nothing_else() -> None:
    desk = _desk()
    deed = _ack()
    desk.do(deed)
    desk.next_errand()
    desk.done("b1")
    desk.call_seen(3)

    assert desk.take_back() == CalledSeen(3)
    assert desk.next_errand() is None
    assert desk.take_back() is deed


def test_errands_go_out_one_after_the_other() -> None:
    desk = _desk()
    first, second = _ack(), _ack()
    desk.do(first)
    desk.do(second)

    errand = desk.next_errand()
    assert errand is not None
    assert errand.deed is first
    assert desk.next_errand() is None

    desk.done("b1")
    errand = desk.next_errand()
    assert errand is not None
    assert errand.deed is second


def test_an_undo_waits_for_the_deed_that_it_takes_back() -> None:
    desk = _desk()
    earlier, deed = _ack(), _ack()
    desk.do(earlier)
    desk.next_errand()
    desk.done("b0")
    desk.do(deed)
    desk.next_errand()

    assert desk.take_back() is deed
    assert desk.next_errand() is None
    desk.done("b1")
    errand = desk.next_errand()

    assert errand is not None
    assert errand.takes_back
    assert errand.deed.batch == "b1"


def test_a_deed_that_failed_is_not_taken_back_and_no_level() -> None:
    desk = _desk()
    desk.do(_ack())
    desk.next_errand()
    desk.take_back()
    desk.failed()

    assert desk.next_errand() is None
    assert desk.levels == 0


def test_marks_go_when_it_is_done_and_come_back_with_the_undo() -> None:
    desk = _desk()
    desk.mark(REFS)
    desk.do(_ack(marks=2))
    desk.next_errand()
    assert desk.marked == set(REFS)

    desk.done("b")
    assert desk.marks == (REFS[2], REFS[3])

    desk.take_back()
    desk.next_errand()
    desk.done(None)
    assert desk.marked == set(REFS)


def test_a_failed_undo_can_be_tried_again() -> None:
    desk = _desk()
    deed = _ack()
    desk.do(deed)
    desk.next_errand()
    desk.done("b")
    desk.take_back()
    desk.next_errand()
    desk.failed()

    assert desk.take_back() is deed
    errand = desk.next_errand()
    assert errand is not None
    assert errand.takes_back


def test_a_note_that_failed_or_was_taken_back_is_offered_again() -> None:
    desk = _desk()
    note = Deed(Act(ActKind.NOTE, text="called Ann"), TICKETS[:1])
    desk.do(note)
    desk.next_errand()
    desk.failed()
    assert desk.kept_note(note.refs) == "called Ann"

    desk.keep_note(note.refs, "")
    desk.do(note)
    desk.next_errand()
    desk.done("b")
    assert desk.kept_note(note.refs) == ""
    desk.take_back()
    desk.next_errand()
    desk.done(None)
    assert desk.kept_note(note.refs) == "called Ann"


def test_a_newer_text_is_not_replaced_by_the_one_that_failed() -> None:
    desk = _desk()
    note = Deed(Act(ActKind.NOTE, text="old"), TICKETS[:1])
    desk.do(note)
    desk.next_errand()
    desk.keep_note(note.refs, "new")
    desk.failed()

    assert desk.kept_note(note.refs) == "new"


def test_notes_are_kept_for_the_tickets_they_are_about_and_no_others() -> None:
    desk = _desk()
    desk.keep_note(REFS[:2], "both")
    desk.keep_note(REFS[:1], "one")
    desk.keep_note(REFS[2:3], "  \n")

    assert desk.kept_note(reversed(REFS[:2])) == "both"
    assert desk.kept_note(REFS[:1]) == "one"
    assert desk.kept_note(REFS[2:3]) == ""


def test_an_answer_that_nobody_asked_for_changes_nothing() -> None:
    desk = _desk()

    assert desk.done("b") is None
    assert desk.failed() is None
