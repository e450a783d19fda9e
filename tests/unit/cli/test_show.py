"""Which ticket a reference means, and what is printed of it."""

from datetime import timedelta

import pytest

from support.builders import NOON, make_ticket
from tui.cli.show import as_text, find
from tui.domain.acts import LocalActs, Note, Signed, Snooze
from tui.domain.errors import UsageError
from tui.domain.ticket import Priority, Status, TicketRef

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


def test_what_was_done_here_is_told_with_who_and_when() -> None:
    acts = LocalActs(
        acknowledged=Signed(by="ana", at=NOON),
        snooze=Snooze(
            by="ben",
            at=NOON,
            until=NOON + timedelta(hours=2),
            status=Status.OPEN,
            priority=Priority.MEDIUM,
            overdue=False,
        ),
        notes=(Note(by="cem", at=NOON, text="Called them.\nNobody there."),),
    )
    # No field of a vendor passes for something that was done here.
    ticket = make_ticket("1", extra={"acked here": "by the vendor"})

    lines = list(as_text(ticket, NOON + timedelta(hours=1), acts))
    later = list(as_text(ticket, NOON + timedelta(hours=3), acts))

    assert "acked here       ana 2026-02-04T12:00:00.000Z" in lines
    assert "snoozed here     until 2026-02-04T14:00:00.000Z, ben 2026-02-04T12:00:00.000Z" in lines
    assert "\n".join(lines).endswith(
        "\n\nnote here, cem 2026-02-04T12:00:00.000Z\nCalled them.\nNobody there."
    )
    assert not [line for line in later if line.startswith("snoozed here")], "it has ended"
    assert not [line for line in as_text(make_ticket(), NOON) if " here" in line]
