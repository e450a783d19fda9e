"""What the dashboard begins with: the most urgent tickets as they are stored.

Loads neither the engine nor a vendor, and of the configuration nothing: where that is not as it was
at the last start, or nothing is stored, there is no early beginning.
"""

import os
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tui.cli.arguments import Options
from tui.cli.config_digest import ConfigDigest, Keeper, Looks, StoredQueue
from tui.cli.stored import chosen_queues
from tui.domain.activity import Novelty
from tui.domain.diff import Totals
from tui.domain.errors import StateError
from tui.domain.health import WorkspaceHealth
from tui.domain.ticket import Priority, Ticket, TicketRef
from tui.domain.urgency import PRIORITY_RANK, is_overdue
from tui.engine.prelude import Stored
from tui.store.glance import Allowed, Glance, NoGlance
from tui.store.moments import to_microseconds
from tui.store.queue_key import QueueKey
from tui.store.stored_acts import stored_acts

_ROWS_LEAST, _ROWS_MOST = 24, 200
_FEW = 2_000
"""Up to so many tickets are read to find the first ones by a workspace's own words."""


class Early(NamedTuple):
    """A beginning, and what it takes of the configuration."""

    stored: Stored
    looks: Looks
    time_zone: str
    folder: Path
    """Where all is stored."""


def read_early(options: Options, now: datetime) -> Early | None:
    """Return what the dashboard can begin with; None where it has to load everything first.

    Raises:
        UsageError: `-w` names a workspace that is not configured.
    """
    digest = Keeper(options.config_file, os.environ).recall(now.timestamp())
    if digest is None or digest.looks is None:
        return None
    queues = chosen_queues(digest, options.workspaces)
    try:
        glance = Glance(digest.cache, application_id=digest.application_id, version=digest.version)
        with closing(glance):
            stored = _read(glance, digest, queues, now, observe=options.observe)
    except (NoGlance, StateError):
        return None
    if stored is None:
        return None
    return Early(stored, digest.looks, digest.time_zone, Path(digest.cache).parent)


def _read(
    glance: Glance,
    digest: ConfigDigest,
    queues: Sequence[StoredQueue],
    now: datetime,
    *,
    observe: bool,
) -> Stored | None:
    moment = to_microseconds(now)
    tickets: list[Ticket] = []
    totals: dict[str, Totals] = {}
    health: dict[str, WorkspaceHealth] = {}
    novelties: dict[TicketRef, Novelty] = {}
    for queue in queues:
        found = glance.queue(queue.vendor, queue.origin, queue.place)
        if found is None:
            health[queue.name] = WorkspaceHealth()
            continue
        number, allowed = found[0], _allowed(queue)
        total = glance.totals(number, moment, allowed)
        rules = queue.workspace.apply_rules
        if not queue.has_own_words:
            first = glance.most_urgent({number: queue.name}, moment, _rows(), allowed)
            tickets += map(rules, first.values())
        elif total.tickets <= _FEW:
            ruled = [*map(rules, glance.tickets(number, queue.name))]
            tickets += ruled
            total = _count(ruled, now)
        else:
            # Which ones come first by its own words, no index knows.
            return None
        totals[queue.name] = total
        # How far a sweep had come says nothing of one that runs now.
        health[queue.name] = replace(glance.health(number), pages_done=None, pages_known=None)
        novelties.update(glance.novelties(number, queue.name, digest.viewer))
    if not any(total.tickets for total in totals.values()):
        return None
    keys = {queue.name: QueueKey(queue.vendor, queue.origin, queue.place) for queue in queues}
    workspaces = (queue.workspace for queue in queues)
    return Stored(
        workspaces=tuple(replace(each, observe=True) if observe else each for each in workspaces),
        tickets=tuple(tickets),
        totals=totals,
        health=health,
        novelties=novelties,
        acts=stored_acts(Path(digest.cache).parent, keys),
    )


def _allowed(queue: StoredQueue) -> Allowed:
    return {
        PRIORITY_RANK[Priority(priority)]: round(seconds * 1e6)
        for priority, seconds in queue.sla.items()
    }


def _rows() -> int:
    """Return as many tickets as the terminal has lines."""
    with suppress(OSError):
        return min(max(os.get_terminal_size().lines, _ROWS_LEAST), _ROWS_MOST)
    return _ROWS_LEAST


def _count(tickets: Sequence[Ticket], now: datetime) -> Totals:
    open_ = [ticket for ticket in tickets if not ticket.closed]
    overdue = {ticket.ref for ticket in open_ if is_overdue(ticket, now)}
    critical = {ticket.ref for ticket in open_ if ticket.priority is Priority.CRITICAL}
    return Totals(
        tickets=len(tickets),
        open=len(open_),
        overdue=len(overdue),
        critical=len(critical),
        pressing=len(overdue | critical),
    )
