"""A world is believable, the same for the same seed, and changes by its tape."""

import re
from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from tui.sandbox.accounts import KLINKCX, QUESTIONPRO, SOCIALBOARDS, VENDORS
from tui.sandbox.hostile import HOSTILE
from tui.sandbox.ticket import Ticket
from tui.sandbox.world import World, make_world

SCRIPTS = {
    "Japanese": r"[\u3040-\u30ff]",
    "Arabic": r"[\u0600-\u06ff]",
    "German": r"[äöüß]",
    "Spanish": r"[¿¡ñ]",
    "Norwegian": r"[øåÅØ]",
    "French": r"[éèç]",
    "Portuguese": r"[ãõ]",
    "emoji": r"[\U0001f300-\U0001faff]",
}


def every_ticket(world: World) -> list[Ticket]:
    return [ticket for vendor in VENDORS for ticket in world.tickets.of(vendor)]


def picture(world: World) -> list[dict[str, Any]]:
    return [asdict(ticket) for ticket in every_ticket(world)]


@given(tickets=st.integers(0, 300), seed=st.integers())
def test_a_world_has_exactly_as_many_tickets_as_asked(tickets: int, seed: int) -> None:
    world = make_world(now=NOON, tickets=tickets, seed=seed)
    assert len(world.tickets) == tickets
    shares = [len(world.tickets.of(vendor)) for vendor in VENDORS]
    assert sum(shares) == tickets
    assert min(shares) > 0 or tickets < len(VENDORS)


def test_a_world_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than no tickets"):
        make_world(now=NOON, tickets=-1)


def test_the_same_seed_is_the_same_world() -> None:
    assert picture(make_world(now=NOON, seed=3)) == picture(make_world(now=NOON, seed=3))
    assert picture(make_world(now=NOON, seed=3)) != picture(make_world(now=NOON, seed=4))


def test_the_tickets_are_believable() -> None:
    world = make_world(now=NOON, tickets=1_000)
    tickets = every_ticket(world)
    priorities = Counter(ticket.priority for ticket in tickets)
    assert 20 <= priorities["critical"] <= 30
    assert 100 <= priorities["high"] <= 200
    open_tickets = [ticket for ticket in tickets if ticket.is_open]
    assert 0.6 <= len(open_tickets) / len(tickets) <= 0.72
    late = [ticket for ticket in open_tickets if ticket.is_overdue]
    assert 0.05 <= len(late) / len(open_tickets) <= 0.15
    assert not any(ticket.is_overdue for ticket in tickets if not ticket.is_open)
    assert all(ticket.created_at <= ticket.updated_at <= NOON for ticket in tickets)
    assert not any(ticket.deleted_at for ticket in tickets)


def test_a_thousand_tickets_do_not_look_copied() -> None:
    titles = Counter(ticket.title for ticket in every_ticket(make_world(now=NOON, tickets=1_000)))
    assert len(titles) > 950
    assert max(titles.values()) <= 4


def test_the_world_speaks_many_languages() -> None:
    text = "\n".join(ticket.title for ticket in every_ticket(make_world(now=NOON, tickets=1_000)))
    for script, letters in SCRIPTS.items():
        assert re.search(letters, text), script


def test_natural_titles_are_one_printable_line_that_fits() -> None:
    hostile = {title for title, _ in HOSTILE}
    for ticket in every_ticket(make_world(now=NOON, tickets=2_000)):
        if ticket.title not in hostile:
            assert 5 <= len(ticket.title) <= 60
            assert ticket.title.isprintable()
            assert "{" not in ticket.title + ticket.text


def test_a_few_tickets_are_hostile() -> None:
    hostile = {title for title, _ in HOSTILE}
    tickets = every_ticket(make_world(now=NOON, tickets=1_000))
    found = [ticket.title for ticket in tickets if ticket.title in hostile]
    assert len(found) == 20
    assert len(set(found)) == len(HOSTILE)


def test_nobody_in_the_world_could_be_real() -> None:
    for ticket in every_ticket(make_world(now=NOON, tickets=1_000)):
        assert ticket.customer.email is None or ticket.customer.email.endswith(".example")
        assert (ticket.customer.email or "a@b").isascii()
        assert ticket.agent is None or ticket.agent.email.endswith("@desk.example")


def test_numbers_grow_with_the_time_of_creation() -> None:
    world = make_world(now=NOON)
    for vendor in VENDORS:
        for later, earlier in pairwise(world.tickets.of(vendor)):
            assert later.number > earlier.number
            assert later.created_at >= earlier.created_at


def run(world: World, *moments: datetime) -> list[dict[str, Any]]:
    for moment in moments:
        world.advance_to(moment)
    return picture(world)


@given(steps=st.lists(st.integers(1, 600), max_size=6))
def test_the_tape_does_not_care_how_often_it_is_looked_at(steps: list[int]) -> None:
    end = NOON + timedelta(seconds=sum(steps))
    moments = [NOON + timedelta(seconds=sum(steps[: index + 1])) for index in range(len(steps))]
    looked = run(make_world(now=NOON, tickets=40), *moments)
    assert looked == run(make_world(now=NOON, tickets=40), end)


def test_something_happens_every_few_seconds() -> None:
    world = make_world(now=NOON)
    happened = world.advance_to(NOON + timedelta(minutes=10))
    assert 30 <= happened <= 100


def test_an_hour_brings_arrivals_escalations_resolutions_and_lateness() -> None:
    world = make_world(now=NOON)
    before = {(ticket["vendor"], ticket["number"]): ticket for ticket in picture(world)}
    world.advance_to(NOON + timedelta(hours=1))
    after = {(ticket["vendor"], ticket["number"]): ticket for ticket in picture(world)}

    assert before.keys() < after.keys()
    changed = [
        (before[key][field], after[key][field], field)
        for key in before
        for field in ("status", "priority", "agent", "is_overdue")
        if before[key][field] != after[key][field]
    ]
    assert any(new == "resolved" for _, new, _ in changed)
    assert any(new == "escalated" for _, new, _ in changed)
    assert {field for _, _, field in changed} == {"status", "priority", "agent", "is_overdue"}
    assert any(new is True for _, new, field in changed if field == "is_overdue")


def test_vendors_keep_to_the_states_they_have() -> None:
    world = make_world(now=NOON)
    world.advance_to(NOON + timedelta(hours=12))
    statuses = {vendor: {t.status for t in world.tickets.of(vendor)} for vendor in VENDORS}
    assert statuses[QUESTIONPRO] <= {"new", "open", "escalated", "resolved"}
    assert statuses[SOCIALBOARDS] <= {"open", "pending", "resolved"}
    assert statuses[KLINKCX] <= {"new", "open", "pending", "resolved"}


def test_the_queue_neither_drains_nor_floods_in_a_day() -> None:
    world = make_world(now=NOON)
    opened = sum(ticket.is_open for ticket in every_ticket(world))
    for hour in range(1, 25):
        world.advance_to(NOON + timedelta(hours=hour))
    assert 0.5 * opened <= sum(ticket.is_open for ticket in every_ticket(world)) <= opened + 20


def test_a_still_world_only_grows_older() -> None:
    world = make_world(now=NOON, still=True)
    before = picture(world)
    assert world.advance_to(NOON + timedelta(days=1)) == 0
    assert world.now == NOON + timedelta(days=1)
    assert picture(world) == before


def test_time_never_goes_back() -> None:
    world = make_world(now=NOON)
    world.advance_to(NOON + timedelta(hours=1))
    after = picture(world)
    assert world.advance_to(NOON) == 0
    assert world.now == NOON + timedelta(hours=1)
    assert picture(world) == after


def test_a_long_sleep_is_made_up_for_in_part() -> None:
    world = make_world(now=NOON, tickets=20)
    world.advance_to(NOON + timedelta(days=365))
    assert len(world.tickets) < 6_000
    assert world.advance_to(NOON + timedelta(days=365, seconds=60)) > 0
