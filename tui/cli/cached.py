"""The queue as it is stored, for `list --cached`: no vendor is called, and none is loaded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tui.cli.arguments import Options
from tui.cli.clock_time import clock_time
from tui.cli.configured import load_configuration, queue_keys, state_folder
from tui.cli.output import Output
from tui.domain.health import WorkspaceHealth
from tui.domain.ticket import Ticket
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE, CacheFile


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
        StateError: the store is locked.
    """
    config = load_configuration(options.config)
    keys, folder, clock = (
        queue_keys(config, options.workspaces),
        state_folder(config),
        SystemClock(),
    )
    if not (folder / CACHE.file).exists():
        return Cached((), {name: WorkspaceHealth() for name in keys}, clock.now(), config.time_zone)
    file = CacheFile(folder, keys, clock=clock, store_bodies=config.store_bodies)
    try:
        cache = TicketCache(file)
        tickets = stored_tickets(cache, [each.workspace for each in config.workspaces])
        healths = cache.health()
    finally:
        file.close()
    now = clock.now()
    healths = {name: health.at(now) for name, health in healths.items()}
    return Cached(tickets, healths, now, config.time_zone)


def stored_tickets(cache: TicketCache, workspaces: Iterable[Workspace]) -> Sequence[Ticket]:
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
