"""The dashboard's copy of a queue of which at first only a part is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from support.builders import NOON, make_ticket
from tui.app.mirror import QueueMirror, Tally
from tui.domain.activity import Novelty
from tui.domain.acts import NOBODY_ACTED, Acts
from tui.domain.diff import ChangeSet, Position, Reset, Totals
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Priority, Ticket, TicketRef

FIRST = make_ticket("1", workspace="qp", priority=Priority.CRITICAL)
OTHERS = tuple(make_ticket(str(number), workspace="qp") for number in range(2, 5))
STORED = Reset(
    position=Position("stored", 0),
    tickets=(FIRST,),
    totals={"qp": Totals(tickets=9, open=4, overdue=2, critical=1, pressing=3)},
)
WHOLE = Reset(position=Position("whole", 1), tickets=(FIRST, *OTHERS))


@dataclass
class Answers:
    """A source that gives one answer after the other."""

    changes: list[ChangeSet | Reset]
    marks: dict[TicketRef, Novelty] = field(default_factory=dict)

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        return self.changes.pop(0)

    def health(self) -> Mapping[str, WorkspaceHealth]:
        return {"qp": WorkspaceHealth(state=HealthState.OK, as_of=NOON)}

    def novelties(self) -> Mapping[TicketRef, Novelty]:
        return self.marks

    def acts(self) -> Acts:
        return NOBODY_ACTED


def test_a_part_of_the_queue_has_the_sums_of_all_of_it() -> None:
    mirror = QueueMirror(Answers([STORED, ChangeSet(position=STORED.position)]))

    mirror.pull(NOON)

    assert not mirror.is_whole
    assert list(mirror.tickets) == [FIRST.ref]
    assert mirror.count() == mirror.count(("qp",)) == 9
    assert mirror.tally() == Tally(open=4, overdue=2, critical=1, pressing=3)
    mirror.pull(NOON)
    assert mirror.count() == 9
    assert not mirror.is_whole


def test_what_completes_the_queue_is_no_news_and_what_comes_then_is() -> None:
    new: Ticket = make_ticket("5", workspace="qp")
    later = ChangeSet(position=Position("whole", 2), added=(new,))
    mirror = QueueMirror(Answers([STORED, WHOLE, later]))
    mirror.pull(NOON)

    completed = mirror.pull(NOON)
    came = mirror.pull(NOON)

    assert completed.everything
    assert completed.unread == {"qp"}
    assert came.unread == frozenset()
    assert set(came.refs) == {new.ref}
    assert mirror.is_whole
    assert mirror.count() == mirror.tally().open == 5
    assert mirror.tally().critical == 1
