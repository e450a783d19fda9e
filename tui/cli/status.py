"""`ticketdeck status`: one line from the store, for a prompt or a status bar.

Asked every few seconds for as long as a terminal is open, so the usual call loads nothing but
SQLite: no screen, no network, and not even the configuration where that is as it was.
"""

import re
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from tui.cli.arguments import Options, Parser
from tui.cli.clock_time import clock_time
from tui.cli.config_digest import ConfigDigest, Counted, StoredQueue
from tui.cli.exits import Exit
from tui.cli.output import Output
from tui.cli.stored import read_store
from tui.domain.errors import UsageError
from tui.store.glance import Glance
from tui.store.moments import to_microseconds, to_moment

TYPE_CHECKING = False
if TYPE_CHECKING:
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
    with_unseen = "{unseen}" in options.line

    def read(
        glance: Glance, digest: ConfigDigest, queues: Sequence[StoredQueue]
    ) -> tuple[str, list[Status]]:
        reading = Reading(glance, digest, now=now, with_unseen=with_unseen)
        return digest.time_zone, [reading.status(queue) for queue in queues]

    nothing: tuple[str, list[Status]] = ("UTC", [])
    zone, found = read_store(options, now / 1e6, read, nothing)
    if all(each.as_of is None and not each.open for each in found):
        output.narrate(
            "ticketdeck: nothing is stored yet; run the dashboard or ticketdeck poll first"
        )
        return Exit.FAILED
    output.echo(written(options.line, found, now, zone))
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


class Reading:
    """Reads what is stored of one workspace after the other, all of one moment."""

    def __init__(
        self,
        glance: Glance,
        digest: ConfigDigest,
        *,
        now: int,
        with_unseen: bool = True,
    ) -> None:
        """What is counted by the workspaces' rules is put into the digest."""
        self._glance = glance
        self._digest = digest
        self._now = now
        self._with_unseen = with_unseen

    def status(self, queue: StoredQueue) -> Status:
        """Return what is stored of a workspace.

        Raises:
            NoGlance: the cache cannot be read.
        """
        stored = self._glance.queue(queue.vendor, queue.origin, queue.place)
        if stored is None:
            return _NOT_STORED
        number, state, as_of, late_at = stored
        if queue.has_other_counts:
            open_, overdue, critical = self._count_by_rules(queue, number)
        else:
            open_, overdue, critical = self._glance.count(number, self._now)
        is_late = state == "ok" and late_at is not None and self._now >= late_at
        return Status(
            open=open_,
            overdue=overdue,
            critical=critical,
            unseen=self._glance.unseen(number, self._digest.viewer) if self._with_unseen else 0,
            is_current=state in _CURRENT and as_of is not None and not is_late,
            as_of=as_of,
        )

    def _count_by_rules(self, queue: StoredQueue, number: int) -> tuple[int, int, int]:
        """Count the tickets with the workspace's words and due times.

        A count holds until a ticket changes or the next one becomes overdue.
        """
        epoch, last = self._glance.position()
        known = self._digest.counted.get(queue.name)
        if known is None or (known.epoch, known.last) != (epoch, last) or self._is_over(known):
            rules = queue.workspace.apply_rules
            tickets = map(rules, self._glance.tickets(number, queue.name))
            (open_, overdue, critical), until = count_tickets(tickets, self._now)
            known = Counted(epoch, last, until, open_, overdue, critical)
            self._digest.counted[queue.name] = known
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
