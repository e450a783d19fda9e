"""The texts that words are looked for in."""

from support.builders import make_ticket
from tui.app.search_texts import SearchTexts
from tui.domain.query import search_text


def test_they_are_made_in_slices_whatever_comes_and_goes_meanwhile() -> None:
    tickets = {ticket.ref: ticket for ticket in map(make_ticket, "12345")}
    first, *_, last = tickets
    texts = SearchTexts(tickets)

    assert texts.make(2)
    assert len(texts) == 2
    del tickets[first]
    texts.forget(first)
    texts.forget(last)
    assert texts.make(2)
    assert not texts.make(2)
    assert last not in texts, "what was forgotten comes with the next round"
    assert not texts.make(2)
    assert texts == {ref: search_text(ticket) for ref, ticket in tickets.items()}
    assert not texts.make(2)
