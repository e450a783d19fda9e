"""`ticketdeck status`: one line from the store, for a prompt or a status bar.

Asked every few seconds for as long as a terminal is open, so the usual call loads nothing but
SQLite: no screen, no network, and not even the configuration where that is as it was.
"""

import os
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from typing import NamedTuple

from tui.cli.arguments import Options, Parser
from tui.cli.clock_time import clock_time
from tui.cli.config_digest import ConfigDigest, Counted, Keeper, StoredQueue, look_at
from tui.cli.exits import Exit
from tui.cli.output import Output
from tui.domain.errors import StateError, UsageError
from tui.store.glance import Glance, NoGlance
from tui.store.moments import to_microseconds, to_moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tui.config.model import Config
    from tui.domain.ticket import Ticket

FIELDS = ("open", "overdue", "critical", "unseen", "stale", "as_of")
DEFAULT_LINE = "{critical} crit {overdue} over {open} open {stale} stale {as_of}"

USAGE = "[--line STRING]"
DESCRIPTION = """\
Print one line on what is stored: no network, no screen, in an instant. The
dashboard, `ticketdeck poll` and `ticketdeck list` keep the store up to date;
{stale} tells where nobody does.

  {open}      tickets that are not closed
  {overdue}   of these, past their due time
  {critical}  of these, critical
  {unseen}    new or changed since you looked at them in the dashboard
  {stale}     workspaces whose tickets are not up to date
  {as_of}     when the oldest of them was read completely; - for never"""
EXAMPLES = """\
Where nothing is stored yet, nothing is printed and the exit code is 1.

examples:
  ticketdeck status
  ticketdeck status -w klink --line '{open} open, as of {as_of}'
  set -g status-right '#(ticketdeck status --line "{critical}! {overdue} over")'
                                            in ~/.tmux.conf, every status-interval"""

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_CURRENT = ("ok", "off")
_NEVER = "-"


class StatusOptions(Options):
    """What `status` takes."""

    line: str


class Status(NamedTuple):
    """What is told of one workspace."""

    open: int
    overdue: int
    critical: int
    unseen: int
    is_current: bool
    as_of: int | None
    """When a sweep was last complete, in microseconds."""


OPTIONS = StatusOptions

_NOT_STORED = Status(0, 0, 0, 0, is_current=False, as_of=None)


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "--line",
        default=DEFAULT_LINE,
        metavar="STRING",
        help="what to print, with fields in braces; {{ is a brace"
        f" (default: {DEFAULT_LINE})".replace("%", "%%"),
    )


def run(options: StatusOptions, output: Output) -> int:
    """Print the line and return the exit code."""
    check_line(options.line)
    output.require_stdout()
    # A clock of the engine's would load asyncio.
    now = time.time_ns() // 1_000
    zone, found = _read(options, now)
    if all(each.as_of is None and not each.open for each in found):
        output.narrate(
            "ticketdeck: nothing is stored yet; run the dashboard or ticketdeck poll first"
        )
        return Exit.FAILED
    output.data(written(options.line, found, now, zone))
    return Exit.DONE


def check_line(line: str) -> None:
    """Raise UsageError for a field that there is not."""
    for found in _FIELD.finditer(line):
        if found[1] is not None and found[1] not in FIELDS:
            from tui.domain.draft import nearest_name

            nearest = nearest_name(found[1], FIELDS)
            hint = f"nearest: {nearest}" if nearest else f"known: {', '.join(FIELDS)}"
            raise UsageError(f"--line: no field {found[0]} ({hint}); {{{{ is a brace")


def written(line: str, found: Sequence[Status], now: int, zone: str) -> str:
    """Return the line with the sums of all workspaces in it."""
    complete = [each.as_of for each in found if each.as_of is not None]
    values = {
        "open": sum(each.open for each in found),
        "overdue": sum(each.overdue for each in found),
        "critical": sum(each.critical for each in found),
        "unseen": sum(each.unseen for each in found),
        "stale": sum(not each.is_current for each in found),
        "as_of": _clock_time(min(complete), now, zone) if complete else _NEVER,
    }
    return _FIELD.sub(lambda found: str(values[found[1]]) if found[1] else found[0][0], line)


def _clock_time(moment: int, now: int, zone: str) -> str:
    return clock_time(to_moment(moment), to_moment(now), zone)


def _read(options: StatusOptions, now: int) -> tuple[str, list[Status]]:
    """Return the time zone, and what is stored of each chosen workspace."""
    keeper = Keeper(options.config_file, os.environ)
    digest = keeper.recall(now / 1e6)
    if digest is not None:
        # Where the cache is another one by now, or a workspace with rules must be counted anew,
        # the configuration is needed.
        with suppress(NoGlance):
            return digest.time_zone, _statuses(options, digest, now, None)
    return _read_anew(options, keeper, digest, now)


def _read_anew(
    options: StatusOptions, keeper: Keeper, before: ConfigDigest | None, now: int
) -> tuple[str, list[Status]]:
    from tui.cli.configured import load_configuration
    from tui.config.paths import find_config

    path = find_config(options.config, os.environ)
    look = [] if path is None else look_at(path)
    config = load_configuration(options.config)
    digest = _digest(config)
    if before is not None:
        digest.counted.update(before.counted)
    try:
        statuses = _statuses(options, digest, now, config)
    except NoGlance as reason:
        from pathlib import Path

        if Path(digest.cache).exists():
            raise StateError(f"{digest.cache}: {reason}") from None
        statuses = []
    keeper.keep(digest, look, now / 1e6)
    return digest.time_zone, statuses


def _digest(config: "Config") -> ConfigDigest:
    from tui.cli.configured import NO_WORKSPACE, queue_keys, state_folder, user_name
    from tui.domain.clean import clean
    from tui.domain.errors import ConfigError, Problem
    from tui.store.cache_file import CACHE

    if not config.workspaces:
        raise ConfigError(Problem(clean(str(config.path)), None, "", NO_WORKSPACE))
    keys = queue_keys(config)
    return ConfigDigest(
        time_zone=config.time_zone,
        cache=str(state_folder(config) / CACHE.file),
        application_id=CACHE.application_id,
        version=CACHE.version,
        viewer=user_name(),
        queues=tuple(
            StoredQueue(
                name=each.workspace.name,
                vendor=keys[each.workspace.name].vendor,
                origin=keys[each.workspace.name].origin,
                place=keys[each.workspace.name].place,
                has_rules=bool(
                    each.workspace.sla
                    or each.workspace.status_words
                    or each.workspace.priority_words
                ),
            )
            for each in config.workspaces
        ),
        counted={},
    )


def _statuses(
    options: StatusOptions, digest: ConfigDigest, now: int, config: "Config | None"
) -> list[Status]:
    chosen = _chosen(digest.queues, options.workspaces)
    glance = Glance(digest.cache, application_id=digest.application_id, version=digest.version)
    with closing(glance):
        reading = Reading(
            glance, digest, now=now, config=config, with_unseen="{unseen}" in options.line
        )
        return [reading.status(queue) for queue in chosen]


def _chosen(queues: Sequence[StoredQueue], names: Sequence[str]) -> Sequence[StoredQueue]:
    known = [queue.name for queue in queues]
    for name in names:
        if name not in known:
            from tui.domain.draft import nearest_name

            nearest = nearest_name(name, known)
            hint = f"nearest: {nearest}" if nearest else f"known: {', '.join(known)}"
            raise UsageError(f"no workspace {name!r} ({hint})")
    return [queue for queue in queues if not names or queue.name in names]


class Reading:
    """Reads what is stored of one workspace after the other, all of one moment."""

    def __init__(
        self,
        glance: Glance,
        digest: ConfigDigest,
        *,
        now: int,
        config: "Config | None" = None,
        with_unseen: bool = True,
    ) -> None:
        """With a configuration, what its rules change is counted anew and put into the digest."""
        self._glance = glance
        self._digest = digest
        self._now = now
        self._config = config
        self._with_unseen = with_unseen

    def status(self, queue: StoredQueue) -> Status:
        """Return what is stored of a workspace.

        Raises:
            NoGlance: the cache cannot be read, or counting takes a configuration.
        """
        stored = self._glance.queue(queue.vendor, queue.origin, queue.place)
        if stored is None:
            return _NOT_STORED
        number, state, as_of, late_at = stored
        count = self._count_by_rules if queue.has_rules else self._count
        open_, overdue, critical = count(queue.name, number)
        is_late = state == "ok" and late_at is not None and self._now >= late_at
        return Status(
            open=open_,
            overdue=overdue,
            critical=critical,
            unseen=self._glance.unseen(number, self._digest.viewer) if self._with_unseen else 0,
            is_current=state in _CURRENT and as_of is not None and not is_late,
            as_of=as_of,
        )

    def _count(self, _name: str, number: int) -> tuple[int, int, int]:
        return self._glance.count(number, self._now)

    def _count_by_rules(self, name: str, number: int) -> tuple[int, int, int]:
        """Count as `_count` does, but with the workspace's words and due times.

        A count holds until a ticket changes or the next one becomes overdue.
        """
        epoch, last = self._glance.position()
        known = self._digest.counted.get(name)
        if known is None or (known.epoch, known.last) != (epoch, last) or self._is_over(known):
            if self._config is None:
                raise NoGlance("to be counted by the workspace's rules")
            (rules,) = (
                each.workspace.apply_rules
                for each in self._config.workspaces
                if each.workspace.name == name
            )
            tickets = map(rules, self._glance.tickets(number, name))
            (open_, overdue, critical), until = count_tickets(tickets, self._now)
            known = Counted(epoch, last, until, open_, overdue, critical)
            self._digest.counted[name] = known
        return known.open, known.overdue, known.critical

    def _is_over(self, counted: Counted) -> bool:
        return counted.until is not None and counted.until <= self._now


def count_tickets(tickets: "Iterable[Ticket]", now: int) -> tuple[tuple[int, int, int], int | None]:
    """Return how many are open, overdue and critical, and when the next becomes overdue."""
    from tui.domain.ticket import Priority
    from tui.domain.urgency import is_overdue

    moment = to_moment(now)
    open_ = overdue = critical = 0
    until: datetime | None = None
    for ticket in tickets:
        if ticket.closed:
            continue
        open_ += 1
        critical += ticket.priority is Priority.CRITICAL
        if is_overdue(ticket, moment):
            overdue += 1
        elif ticket.due_at is not None and (until is None or ticket.due_at < until):
            until = ticket.due_at
    return (open_, overdue, critical), to_microseconds(until)
