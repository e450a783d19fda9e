"""The queue as it is stored, for `list --cached`: no vendor is called, and none is loaded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.arguments import Options
from tui.cli.clock_time import clock_time
from tui.cli.config_digest import ConfigDigest, StoredQueue
from tui.cli.output import Output
from tui.cli.stored import read_store
from tui.domain.activity import Novelty
from tui.domain.acts import NOBODY_ACTED, Acts
from tui.domain.health import WorkspaceHealth
from tui.domain.query import Query, QueryContext
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.store.glance import Glance

if TYPE_CHECKING:
    from tui.store.cache import TicketCache


class Cached(NamedTuple):
    """What is stored of the chosen workspaces."""

    tickets: Sequence[Ticket]
    healths: Mapping[str, WorkspaceHealth]
    context: QueryContext
    """What the query depends on; all else in it is empty."""
    time_zone: str


def read_cached(options: Options, query: Query) -> Cached:
    """Return what is stored, with the workspaces' rules applied, and what the query asks of it.

    Raises:
        ConfigError: the configuration cannot be used.
        UsageError: `-w` names a workspace that is not configured.
        StateError: the store cannot be read as it is.
    """
    now = SystemClock().now()

    def read(glance: Glance, digest: ConfigDigest, queues: Sequence[StoredQueue]) -> Cached:
        tickets: list[Ticket] = []
        healths: dict[str, WorkspaceHealth] = {}
        novelties: dict[TicketRef, Novelty] = {}
        for queue in queues:
            found = glance.queue(queue.vendor, queue.origin, queue.place)
            if found is None:
                healths[queue.name] = WorkspaceHealth()
                continue
            number, *_ = found
            tickets += map(queue.workspace.apply_rules, glance.tickets(number, queue.name))
            healths[queue.name] = glance.health(number).at(now)
            if "novelties" in query.depends_on:
                novelties.update(glance.novelties(number, queue.name, digest.viewer))
        context = QueryContext(
            now=now,
            novelties=novelties,
            acts=_acts(digest, queues) if "acts" in query.depends_on else NOBODY_ACTED,
            stale=not_current(healths),
        )
        return Cached(tickets, healths, context, digest.time_zone)

    nothing = Cached((), {}, QueryContext(now=now), "UTC")
    return read_store(options, now.timestamp(), read, nothing)


def _acts(digest: ConfigDigest, queues: Iterable[StoredQueue]) -> Acts:
    from pathlib import Path

    from tui.store.queue_key import QueueKey
    from tui.store.stored_acts import stored_acts

    keys = {queue.name: QueueKey(queue.vendor, queue.origin, queue.place) for queue in queues}
    return stored_acts(Path(digest.cache).parent, keys)


def not_current(healths: Mapping[str, WorkspaceHealth]) -> list[str]:
    """Return the names of the workspaces whose tickets may not be current."""
    return [name for name, health in healths.items() if not health.is_current]


def stored_tickets(cache: "TicketCache", workspaces: Iterable[Workspace]) -> Sequence[Ticket]:
    """Return what the cache holds, with the workspaces' rules applied.

    Raises:
        StateError: the store is locked.
    """
    rules = {workspace.name: workspace.apply_rules for workspace in workspaces}
    return [rules[ticket.ref.workspace](ticket) for ticket in cache.tickets()]


def narrate_age(
    healths: Mapping[str, WorkspaceHealth], now: datetime, zone: str, output: Output
) -> None:
    """Say in a line each which workspaces are not up to date, and since when."""
    for name, health in healths.items():
        if health.is_current:
            continue
        when = f"as of {clock_time(health.as_of, now, zone)}" if health.as_of else "never complete"
        why = health.error or health.state.value.replace("_", " ")
        output.narrate(f"{name}: {why}; {when}")
