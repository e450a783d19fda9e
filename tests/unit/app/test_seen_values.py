"""The values of a queue that complete a query."""

from support.builders import make_ticket
from tui.app.seen_values import SeenValues
from tui.domain.person import Person
from tui.domain.query import complete
from tui.domain.ticket import Status


def test_values_are_in_the_order_of_the_list_those_of_closed_tickets_last() -> None:
    tickets = [
        make_ticket("0", assignee=Person("Zoe"), status=Status.RESOLVED),
        make_ticket("1", assignee=Person("Ana"), tags=("till",), channel="mail"),
        make_ticket("2", assignee=Person("Bo"), tags=("till", "urgent")),
        make_ticket("3", assignee=Person(None, "bo@example.com"), customer=Person("Bo")),
        make_ticket("4", assignee=Person("Bo")),
    ]
    values = SeenValues(lambda: tickets, ["qp", "klink"])

    assert values["assignee"] == ["Ana", "Bo", "bo@example.com", "Zoe"]
    assert values["tag"] == ["till", "urgent"]
    assert values["channel"] == ["mail"]
    assert values["workspace"] == ("qp", "klink")
    assert "Bo" in values["customer"]
    assert values.get("status", ()) == ()
    assert set(values) >= {"assignee", "workspace"}
    assert len(values) == len(list(values))


def test_they_complete_a_query() -> None:
    values = SeenValues(lambda: [make_ticket("1", tags=("two words",))], ["qp"])

    found = complete("tag:", 4, values)

    assert found.apply(found.items[0]) == ('tag:"two words"', 15)
