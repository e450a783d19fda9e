"""The short words for status and priority."""

import pytest

from support.builders import make_ticket
from tui.domain.labels import LABEL_WIDTH, priority_label, status_label
from tui.domain.ticket import Priority, Status


@pytest.mark.parametrize("priority", Priority)
def test_every_priority_has_a_short_label(priority: Priority) -> None:
    assert 1 <= len(priority_label(make_ticket(priority=priority))) <= LABEL_WIDTH


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_short_label(status: Status) -> None:
    ticket = make_ticket(status=status, vendor_status="Warten auf Kunden")
    assert 1 <= len(status_label(ticket)) <= LABEL_WIDTH


@pytest.mark.parametrize(
    ("word", "label"), [("0", "?0"), ("Erledigt", "?Erl"), ("完了", "?"), (None, "?")]
)
def test_an_unknown_status_shows_the_vendors_word(word: str | None, label: str) -> None:
    assert status_label(make_ticket(status=Status.UNKNOWN, vendor_status=word)) == label
