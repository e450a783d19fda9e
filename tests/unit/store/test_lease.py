"""One process polls a queue; when it falls silent another does, and only that one writes."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from support.journal import open_file
from tui.store.lease import Beat, Lease, Leases, LeaseState

PATIENCE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def leases(tmp_path: Path) -> Leases:
    return Leases(open_file(tmp_path), patience=PATIENCE)


def test_the_first_who_asks_polls_and_the_others_do_not(leases: Leases) -> None:
    lease = leases.acquire("qp", "a", NOON)

    assert lease == Lease("qp", "a", 1)
    assert leases.acquire("qp", "b", NOON + PATIENCE) is None
    assert leases.acquire("klink", "b", NOON) == Lease("klink", "b", 1), "each queue by itself"
    assert leases.state("qp") == LeaseState("a", 1, NOON)


def test_a_holder_that_shows_that_it_lives_keeps_it(leases: Leases) -> None:
    lease = leases.acquire("qp", "a", NOON)
    assert lease is not None

    for step in range(1, 9):
        now = NOON + step * PATIENCE
        assert leases.beat(lease, now) is not None
        assert leases.acquire("qp", "b", now + PATIENCE) is None


def test_another_takes_over_as_soon_as_the_heartbeat_is_missing(leases: Leases) -> None:
    old = leases.acquire("qp", "a", NOON)
    assert old is not None

    new = leases.acquire("qp", "b", NOON + PATIENCE + SECOND)

    assert new == Lease("qp", "b", 2)
    assert leases.beat(old, NOON + PATIENCE + SECOND) is None
    assert leases.release(old) is False
    assert leases.beat(new, NOON + PATIENCE + SECOND) is not None


def test_a_lease_given_back_is_free_at_once_and_its_token_is_not_used_again(
    leases: Leases,
) -> None:
    lease = leases.acquire("qp", "a", NOON)
    assert lease is not None

    assert leases.release(lease) is True
    assert leases.release(lease) is False
    assert leases.acquire("qp", "b", NOON) == Lease("qp", "b", 2)


def test_its_own_holder_may_ask_again_and_the_older_lease_is_void(leases: Leases) -> None:
    first = leases.acquire("qp", "a", NOON)
    again = leases.acquire("qp", "a", NOON)

    assert first is not None
    assert again == Lease("qp", "a", 2)
    assert leases.beat(first, NOON) is None


def test_a_clock_that_was_put_back_is_not_waited_for(leases: Leases) -> None:
    leases.acquire("qp", "a", NOON + timedelta(days=365))

    assert leases.acquire("qp", "b", NOON) == Lease("qp", "b", 2)


def test_a_follower_asks_and_the_holder_hears_it_once(leases: Leases) -> None:
    lease = leases.acquire("qp", "a", NOON)
    assert lease is not None

    assert leases.beat(lease, NOON) == Beat(asked=False, watched=None)
    leases.ask_for_poll("qp", NOON)
    leases.ask_for_poll("qp", NOON + SECOND)

    assert leases.beat(lease, NOON) == Beat(asked=True, watched=None)
    assert leases.beat(lease, NOON) == Beat(asked=False, watched=None)


def test_a_holder_hears_when_somebody_last_looked(leases: Leases) -> None:
    lease = leases.acquire("qp", "a", NOON)
    assert lease is not None

    leases.watch("qp", NOON + SECOND)

    assert leases.beat(lease, NOON + 2 * SECOND) == Beat(asked=False, watched=NOON + SECOND)


def test_whoever_lost_the_lease_does_not_swallow_a_request(leases: Leases) -> None:
    old = leases.acquire("qp", "a", NOON)
    new = leases.acquire("qp", "b", NOON + 2 * PATIENCE)
    assert old is not None
    assert new is not None
    leases.ask_for_poll("qp", NOON)

    assert leases.beat(old, NOON) is None
    assert leases.beat(new, NOON) == Beat(asked=True, watched=None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from(["acquire", "beat", "release"]),
            st.integers(0, 45),
        ),
        max_size=40,
    )
)
def test_never_do_two_hold_it(doings: list[tuple[str, str, int]]) -> None:
    leases = Leases(open_file(None), patience=PATIENCE)
    held: dict[str, Lease] = {}
    tokens: list[int] = []
    now = NOON
    for owner, action, wait_s in doings:
        now += wait_s * SECOND
        if action == "acquire":
            if lease := leases.acquire("qp", owner, now):
                held[owner] = lease
                tokens.append(lease.token)
        elif owner in held and action == "beat":
            leases.beat(held[owner], now)
        elif owner in held:
            leases.release(held[owner])

        valid = [lease for lease in held.values() if leases.beat(lease, now) is not None]
        assert len(valid) <= 1

    assert tokens == sorted(set(tokens))
