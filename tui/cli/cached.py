"""The queue as it is stored, for `list --cached`: no vendor is called, and none is loaded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.arguments import Options
from tui.cli.clock_time import clock_time
from tui.cli.config_digest import ConfigDigest, StoredQueue
from tui.cli.output import Output
from tui.cli.stored import read_store
from tui.domain.health import WorkspaceHealth
from tui.domain.ticket import Ticket
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.store.glance import Glance

if TYPE_CHECKING:
    from tui.store.cache import TicketCache


class Cached(NamedTuple):
    """What is stored of the chosen workspaces."""

    tickets: Sequence[Ticket]
    healths: Mapping[str, WorkspaceHealth]
    now: datetime
    time_zone: str


def read_cached(options: Options) -> Cached:
    """Return what is stored, with the workspaces' rules applied.

    Raises:
        ConfigError: the configuration cannot be used.
        UsageError: `-w` names a workspace that is not configured.
        StateError: the store cannot be read as it is.
    """
    now = SystemClock().now()

    def read(glance: Glance, digest: ConfigDigest, queues: Sequence[StoredQueue]) -> Cached:
        tickets: list[Ticket] = []
        healths: dict[str, WorkspaceHealth] = {}
        for queue in queues:
            found = glance.queue(queue.vendor, queue.origin, queue.place)
            if found is None:
                healths[queue.name] = WorkspaceHealth()
                continue
            number, *_ = found
            tickets += map(queue.workspace.apply_rules, glance.tickets(number, queue.name))
            healths[queue.name] = glance.health(number).at(now)
        return Cached(tickets, healths, now, digest.time_zone)

    return read_store(options, now.timestamp(), read, Cached((), {}, now, "UTC"))


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
