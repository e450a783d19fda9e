from collections.abc import Mapping
from itertools import count
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.journal import QUEUES, close_opened, open_file
from tui.domain.activity import Novelty
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import TicketRef
from tui.store.cache import TicketCache
from tui.store.queue_key import QueueKey
from tui.store.seen_marks import SeenMarks

SWEPT = WorkspaceHealth(state=HealthState.OK, as_of=NOON)
NEW, CHANGED = Novelty.NEW, Novelty.CHANGED
_versions = count()


class Shelf:
    """A cache whose queue `qp` was swept once with tickets 1 and 2, and what `ana` saw of it."""

    def __init__(
        self, folder: Path | None = None, *, queues: Mapping[str, QueueKey] = QUEUES
    ) -> None:
        self.file = open_file(folder, queues=queues)
        self.cache = TicketCache(self.file)
        self.marks = SeenMarks(self.file)

    def swept(self) -> "Shelf":
        self.show("1")
        self.show("2")
        self.cache.set_health("qp", SWEPT)
        assert self.unseen() == {}
        return self

    def show(self, ticket_id: str, title: str = "", workspace: str = "qp") -> None:
        self.cache.apply(workspace, [make_ticket(ticket_id, title=title, workspace=workspace)])

    def unseen(self, viewer: str = "ana") -> dict[str, Novelty]:
        return {str(ref): novelty for ref, novelty in self.marks.unseen(viewer).items()}


def test_a_first_sweep_marks_nothing_however_its_pages_come() -> None:
    shelf = Shelf()
    shelf.show("1")
    assert shelf.unseen() == {}
    shelf.show("2")

    shelf.cache.set_health("qp", SWEPT)

    assert shelf.unseen() == {}


def test_what_comes_afterwards_is_new_and_what_differs_is_changed() -> None:
    shelf = Shelf().swept()

    shelf.show("3")
    shelf.show("1", "Other")

    assert shelf.unseen() == {"qp/3": NEW, "qp/1": CHANGED}


def test_what_came_and_then_changed_is_still_new() -> None:
    shelf = Shelf().swept()
    shelf.show("3")

    shelf.show("3", "Other")

    assert shelf.unseen() == {"qp/3": NEW}


def test_one_mark_takes_one_ticket_until_it_changes_again() -> None:
    shelf = Shelf().swept()
    shelf.show("3")
    shelf.show("1", "Other")

    shelf.marks.mark("ana", [TicketRef("qp", "3")])
    assert shelf.unseen() == {"qp/1": CHANGED}
    shelf.show("3", "Other")

    assert shelf.unseen() == {"qp/1": CHANGED, "qp/3": CHANGED}


def test_marking_all_takes_all_of_every_queue() -> None:
    shelf = Shelf().swept()
    shelf.cache.set_health("klink", SWEPT)
    assert shelf.unseen() == {}
    shelf.show("3")
    shelf.show("9", workspace="klink")
    assert shelf.unseen() == {"qp/3": NEW, "klink/9": NEW}

    shelf.marks.mark("ana", None)

    assert shelf.unseen() == {}


def test_marking_all_does_not_begin_a_queue_that_is_being_swept_for_the_first_time() -> None:
    shelf = Shelf().swept()
    shelf.show("3")
    shelf.show("8", workspace="klink")

    shelf.marks.mark("ana", None)
    shelf.show("9", workspace="klink")
    shelf.cache.set_health("klink", SWEPT)

    assert shelf.unseen() == {}


def test_what_came_while_a_person_looked_is_not_seen_with_the_rest() -> None:
    shelf = Shelf().swept()
    shelf.show("3")
    shelf.show("4")
    looked = shelf.cache.changes_since(None).position
    shelf.show("5")
    shelf.show("3", "Other")

    shelf.marks.mark("ana", [TicketRef("qp", "3")], looked)
    assert shelf.unseen() == {"qp/3": CHANGED, "qp/4": NEW, "qp/5": NEW}
    shelf.marks.mark("ana", None, looked)

    assert shelf.unseen() == {"qp/3": CHANGED, "qp/5": NEW}


def test_an_older_look_takes_nothing_back() -> None:
    shelf = Shelf().swept()
    before = shelf.cache.changes_since(None).position
    shelf.show("3")
    shelf.marks.mark("ana", [TicketRef("qp", "3")])

    shelf.marks.mark("ana", [TicketRef("qp", "3")], before)
    shelf.marks.mark("ana", None, before)

    assert shelf.unseen() == {}


def test_a_look_at_what_is_gone_by_now_marks_nothing() -> None:
    shelf = Shelf().swept()
    looked = shelf.cache.changes_since(None).position
    shelf.cache.purge()
    shelf.swept()
    shelf.show("3")

    shelf.marks.mark("ana", None, looked)

    assert shelf.unseen() == {"qp/3": NEW}


def test_marks_survive_reopening(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path).swept()
    shelf.show("3")
    shelf.show("4")
    shelf.marks.mark("ana", [TicketRef("qp", "3")])
    shelf.file.close()

    assert Shelf(tmp_path).unseen() == {"qp/4": NEW}


def test_every_viewer_has_marks_of_their_own() -> None:
    shelf = Shelf().swept()
    assert shelf.unseen("bob") == {}
    shelf.show("3")

    shelf.marks.mark("ana", None)

    assert shelf.unseen("ana") == {}
    assert shelf.unseen("bob") == {"qp/3": NEW}
    assert shelf.unseen("a third, who comes now") == {}


def test_a_removed_ticket_is_no_news_and_one_that_comes_back_is_new() -> None:
    shelf = Shelf().swept()
    shelf.show("3")

    shelf.cache.apply("qp", [], [TicketRef("qp", "3"), TicketRef("qp", "1")])
    assert shelf.unseen() == {}
    shelf.show("1")

    assert shelf.unseen() == {"qp/1": NEW}


def test_after_a_purge_the_next_whole_list_is_no_news() -> None:
    shelf = Shelf().swept()
    shelf.show("3")

    shelf.cache.purge()
    assert shelf.unseen() == {}
    shelf.show("1")
    assert shelf.unseen() == {}
    shelf.swept()
    shelf.show("5")

    assert shelf.unseen() == {"qp/5": NEW}


def test_two_names_of_one_queue_are_marked_together() -> None:
    twins = {"qp": QUEUES["qp"], "twin": QUEUES["qp"]}
    shelf = Shelf(queues=twins).swept()
    shelf.show("3")
    assert shelf.unseen() == {"qp/3": NEW, "twin/3": NEW}

    shelf.marks.mark("ana", [TicketRef("twin", "3")])

    assert shelf.unseen() == {}


def test_the_state_tells_that_something_was_marked(tmp_path: Path) -> None:
    shelf, elsewhere = Shelf(tmp_path).swept(), Shelf(tmp_path)
    shelf.show("3")
    shelf.show("4")
    states = [shelf.marks.state("ana")]
    assert shelf.unseen() == {"qp/3": NEW, "qp/4": NEW}
    assert shelf.marks.state("ana") == states[0], "reading marks nothing"

    for refs in ([TicketRef("qp", "3")], [TicketRef("qp", "4")], None):
        elsewhere.marks.mark("ana", refs)
        states.append(shelf.marks.state("ana"))
    shelf.show("4", "Other")
    elsewhere.marks.mark("ana", [TicketRef("qp", "4")])
    states.append(shelf.marks.state("ana"))

    assert len(set(states)) == 5
    assert shelf.marks.state("bob") == (0, 0, 0)


Step = tuple[str, str]
IDS = st.sampled_from(["1", "2", "3", "4"])
STEPS = st.lists(st.tuples(st.sampled_from(["show", "change", "remove", "mark"]), IDS), max_size=14)


@given(before=STEPS, after=STEPS)
def test_after_marking_all_nothing_is_unseen_and_whatever_changes_then_is(
    before: list[Step], after: list[Step]
) -> None:
    try:
        shelf = Shelf().swept()
        play(shelf, before, {"1", "2"})
        shelf.marks.mark("ana", None)
        assert shelf.unseen() == {}
        there = {ticket.ref.id for ticket in shelf.cache.tickets()}

        expected = play(shelf, after, there)

        assert shelf.unseen() == expected
    finally:
        close_opened()


def play(shelf: Shelf, steps: list[Step], there: set[str]) -> dict[str, Novelty]:
    """Let the steps happen; return what is unseen then, if nothing was before."""
    there, unseen = set(there), dict[str, Novelty]()
    for step, ticket_id in steps:
        ref = TicketRef("qp", ticket_id)
        if step == "mark":
            shelf.marks.mark("ana", [ref])
            unseen.pop(str(ref), None)
        elif step == "remove":
            shelf.cache.apply("qp", [], [ref])
            there.discard(ticket_id)
            unseen.pop(str(ref), None)
        elif step == "change" or ticket_id not in there:
            shelf.show(ticket_id, f"Version {next(_versions)}")
            # One that went away and came back is new.
            if ticket_id not in there:
                unseen[str(ref)] = NEW
            unseen.setdefault(str(ref), CHANGED)
            there.add(ticket_id)
    return unseen
