"""What `list --cached` knows of the stored tickets, for queries that ask beyond them."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from support.builders import make_ticket
from support.configuration import write_config
from support.journal import close_opened, open_acts, open_file
from tui.cli.arguments import Options
from tui.cli.cached import Cached, read_cached
from tui.cli.configured import load_configuration, queue_keys, state_folder, user_name
from tui.domain.acts import Act, ActKind
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.query import parse_query
from tui.engine.clock import SystemClock
from tui.store.cache import TicketCache
from tui.store.seen_marks import SeenMarks

CONFIGURATION = """
[[workspaces]]
name = "klink"
vendor = "klinkcx"
credential = { env = "KLINK_TOKEN" }
base_url = "https://klink.example"
[[workspaces]]
name = "other"
vendor = "klinkcx"
credential = { env = "OTHER_TOKEN" }
base_url = "https://other.example"
"""
TICKETS = {each: make_ticket(each, workspace="klink") for each in ("old", "changed", "new")}


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """A store with an old, a changed and a new ticket of which two were acted on."""
    config = write_config(tmp_path / "etc", CONFIGURATION)
    loaded = load_configuration(config)
    folder, queues = state_folder(loaded), queue_keys(loaded)
    now = SystemClock().now()
    file = open_file(folder, queues=queues)
    cache = TicketCache(file)
    cache.apply("klink", [TICKETS["old"], TICKETS["changed"]])
    ok = WorkspaceHealth(state=HealthState.OK, as_of=now)
    cache.set_health("klink", ok)
    cache.set_health("other", WorkspaceHealth(state=HealthState.REFUSED, as_of=now))
    SeenMarks(file).unseen(user_name())
    cache.apply("klink", [make_ticket("changed", workspace="klink", title="x"), TICKETS["new"]])
    acts = open_acts(folder, queues=queues)
    for ticket_id, act in {
        "old": Act(ActKind.ACKNOWLEDGE),
        "new": Act(ActKind.SNOOZE, until=now + timedelta(hours=1)),
    }.items():
        acts.add(ticket_id, act, [TICKETS[ticket_id]], by="ana", at=now)
    close_opened()
    return Options(config_file=str(config), workspaces=[], observe=False)


def found(cached: Cached, text: str) -> set[str]:
    return {each.ref.id for each in parse_query(text).select(cached.tickets, cached.context)}


ANSWERS: Mapping[str, set[str]] = {
    "": {"old", "changed", "new"},
    "is:unseen": {"changed", "new"},
    "is:changed": {"changed"},
    "is:acked": {"old"},
    "is:snoozed,acked": {"old", "new"},
    "is:unseen -is:snoozed": {"changed"},
    "is:stale": set(),
    "is:pinned": set(),
}


@pytest.mark.parametrize("text", ANSWERS)
def test_a_query_is_answered_from_the_store_alone(options: Options, text: str) -> None:
    cached = read_cached(options, parse_query(text))

    assert found(cached, text) == ANSWERS[text]
    assert cached.context.stale == ["other"]


def test_what_the_query_does_not_ask_for_is_not_read(options: Options) -> None:
    cached = read_cached(options, parse_query("is:open tills"))

    assert (cached.context.novelties, cached.context.acts) == ({}, {})


def test_without_a_store_nothing_is_known(tmp_path: Path) -> None:
    config = write_config(tmp_path / "etc", CONFIGURATION)
    options = Options(config_file=str(config), workspaces=[], observe=False)

    cached = read_cached(options, parse_query("is:acked,unseen"))

    assert (list(cached.tickets), cached.context.novelties, cached.context.acts) == ([], {}, {})
