"""Which ticket a reference means."""

import pytest

from support.builders import make_ticket
from tui.cli.show import find
from tui.domain.errors import UsageError
from tui.domain.ticket import TicketRef

_TICKETS = (
    make_ticket("a", number="1"),
    make_ticket("b", number="2"),
    make_ticket("c", number="2"),
    make_ticket("1", number="9"),
    make_ticket("d", number="3", workspace="other"),
)


@pytest.mark.parametrize(("name", "found"), [("a", "a"), ("1", "1"), ("9", "1"), ("3", None)])
def test_an_id_goes_before_a_number(name: str, found: str | None) -> None:
    ticket = find(_TICKETS, TicketRef("qp", name))

    assert (ticket and ticket.ref.id) == found


def test_a_number_of_several_tickets_is_answered_with_them() -> None:
    with pytest.raises(UsageError, match=r"qp/2 is the number of 2 tickets: qp/b, qp/c"):
        find(_TICKETS, TicketRef("qp", "2"))
