"""The status line: its words, its counts, and when a workspace's rules are applied anew."""

import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.journal import QUEUES, cache_path, close_opened, open_cache
from support.strategies import tickets
from tui.cli.config_digest import ConfigDigest, StoredQueue
from tui.cli.status import FIELDS, Reading, Status, check_line, written
from tui.domain.errors import UsageError
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Priority, Ticket
from tui.domain.urgency import is_overdue
from tui.store.cache_file import CACHE
from tui.store.glance import Glance
from tui.store.moments import to_microseconds

MINUTE = 60_000_000
AT_NOON = to_microseconds(NOON)
RULES = {
    "sla": {"critical": 3600.0, "medium": 7200.0},
    "status_words": {"open": "resolved", "solved": "open"},
    "priority_words": {"medium": "critical"},
}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{open} {overdue} {critical} {unseen} {stale}", "5 3 1 4 1"),
        ("{critical}! {{open}} {open}", "1! {open} 5"),
        ("#[fg=red]{overdue} 100% {", "#[fg=red]3 100% {"),
        ("as of {as_of}", "as of 11:58"),
        ("", ""),
    ],
)
def test_fields_become_the_sums_of_all_workspaces(line: str, says: str) -> None:
    found = [
        Status(2, 1, 1, 4, is_current=True, as_of=AT_NOON),
        Status(3, 2, 0, 0, is_current=False, as_of=AT_NOON - 2 * MINUTE),
    ]

    check_line(line)

    assert written(line, found, AT_NOON, "UTC") == says


def test_one_that_was_never_complete_is_stale_and_the_others_keep_their_time() -> None:
    never = Status(0, 0, 0, 0, is_current=False, as_of=None)
    known = Status(0, 0, 0, 0, is_current=True, as_of=AT_NOON)

    assert written("{stale} {as_of}", [never, known], AT_NOON, "UTC") == "1 12:00"
    assert written("{stale} {as_of}", [never], AT_NOON, "UTC") == "1 -"


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_is_nearly_one_is_named(field: str) -> None:
    with pytest.raises(UsageError, match=f"nearest: {field}"):
        check_line(f"{{{field}x}}")


def test_a_field_that_is_none_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="known: open, overdue"):
        check_line("{open.__class__}{}")


def make_digest(folder: Path, **rules: Any) -> ConfigDigest:
    """Return one of a configuration whose only workspace is `qp`."""
    key = QUEUES["qp"]
    values = {"sla": {}, "status_words": {}, "priority_words": {}, "link": None, **rules}
    return ConfigDigest(
        time_zone="UTC",
        cache=str(cache_path(folder)),
        application_id=CACHE.application_id,
        version=CACHE.version,
        viewer="ana",
        queues=(StoredQueue("qp", key.vendor, key.origin, key.place, **values),),
        counted={},
    )


def read(digest: ConfigDigest, now: datetime) -> list[Status]:
    glance = Glance(digest.cache, application_id=digest.application_id, version=digest.version)
    with closing(glance):
        reading = Reading(glance, digest, now=to_microseconds(now))
        return [reading.status(queue) for queue in digest.queues]


@pytest.mark.parametrize(
    ("state", "late_in_s", "is_current"),
    [
        (HealthState.OK, 60, True),
        (HealthState.OK, 0, False),
        (HealthState.OFF, None, True),
        (HealthState.BACKING_OFF, 60, False),
        (HealthState.REFUSED, None, False),
        (HealthState.STARTING, None, False),
    ],
)
def test_a_workspace_is_current_as_the_dashboard_has_it(
    tmp_path: Path, state: HealthState, late_in_s: int | None, *, is_current: bool
) -> None:
    late_at = None if late_in_s is None else NOON + timedelta(seconds=late_in_s)
    health = WorkspaceHealth(state=state, as_of=NOON - timedelta(minutes=9), late_at=late_at)
    open_cache(tmp_path).set_health("qp", health)
    close_opened()

    (status,) = read(make_digest(tmp_path), NOON)

    assert status.is_current is is_current is health.at(NOON).is_current
    assert status.as_of == AT_NOON - 9 * MINUTE


def test_a_queue_that_nobody_ever_polled_is_not_stored(tmp_path: Path) -> None:
    open_cache(tmp_path, queues={"klink": QUEUES["klink"]})
    close_opened()

    (status,) = read(make_digest(tmp_path), NOON)

    assert status == Status(0, 0, 0, 0, is_current=False, as_of=None)


@given(st.lists(tickets(), max_size=6, unique_by=lambda ticket: ticket.ref))
def test_rules_count_as_they_do_in_the_dashboard(shown: list[Ticket]) -> None:
    ours = [each for each in shown if each.ref.workspace == "qp"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        digest = make_digest(folder, **RULES)
        open_cache(folder).apply("qp", ours)
        close_opened()

        (status,) = read(digest, NOON)

    rules = digest.queues[0].workspace.apply_rules
    open_ = [ticket for ticket in map(rules, ours) if not ticket.closed]
    assert (status.open, status.overdue, status.critical) == (
        len(open_),
        sum(is_overdue(ticket, NOON) for ticket in open_),
        sum(ticket.priority is Priority.CRITICAL for ticket in open_),
    )


def test_counts_by_rules_hold_until_a_ticket_changes_or_falls_due(tmp_path: Path) -> None:
    digest = make_digest(tmp_path, **RULES)
    cache = open_cache(tmp_path)
    # Critical by the workspace's word, and so due an hour after it came.
    ticket = make_ticket(vendor_status="SOLVED", created_at=NOON - timedelta(minutes=50))
    cache.apply("qp", [ticket])

    assert read(digest, NOON)[0][:3] == (1, 0, 1)
    first = digest.counted["qp"]
    assert first.until == AT_NOON + 10 * MINUTE
    cache.set_health("qp", WorkspaceHealth(state=HealthState.OFF, as_of=NOON))
    assert read(digest, NOON + timedelta(minutes=9))[0][:3] == (1, 0, 1)
    assert digest.counted["qp"] is first

    assert read(digest, NOON + timedelta(minutes=10))[0][:3] == (1, 1, 1)
    second = digest.counted["qp"]
    assert second.until is None
    assert read(digest, NOON + timedelta(days=9))[0][:3] == (1, 1, 1)
    assert digest.counted["qp"] is second
    cache.apply("qp", [make_ticket("2", vendor_status="SOLVED")])
    assert read(digest, NOON + timedelta(days=9))[0][:3] == (2, 2, 2)
    close_opened()
