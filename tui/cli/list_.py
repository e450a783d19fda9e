"""`ticketdeck list`: prints the queue, as fresh as asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.arguments import Options, Parser, length_of_time, one_of, whole_number
from tui.cli.exits import Exit
from tui.cli.formats import ENVELOPE_FORMATS, FORMATS, in_envelope, written
from tui.cli.output import Output
from tui.cli.queries import FIELDS_HELP, read_query
from tui.domain.acts import NOBODY_ACTED
from tui.domain.errors import UsageError
from tui.domain.health import WorkspaceHealth
from tui.domain.order import SORT_KEYS, Order, parse_order
from tui.domain.query import Query, QueryContext
from tui.domain.ticket import Ticket

if TYPE_CHECKING:
    from tui.cli.bootstrap import Deck

USAGE = "[QUERY ...] [options]"
DESCRIPTION = """\
Print the queue. stdout gets the tickets, stderr a line for each workspace that
failed. What is stored and still fresh is not read again: however often this runs,
it costs no more calls than the workspaces' pace.

QUERY is every other word, and a ticket must agree with all of them. A word is
looked for in its ref, number, title, text, customer and assignee; a field, such as
status:new, asks for a value. With - in front it must not be so."""
EXAMPLES = f"""\
{FIELDS_HELP}

sort keys: {" ".join(SORT_KEYS[:6])}
           {" ".join(SORT_KEYS[6:])}
asc begins with the most urgent, the earliest or the first letter; desc with the last

--envelope makes json an object, {{"workspaces": [...], "tickets": [...]}}, and puts a
line {{"workspaces": [...]}} in front of jsonl. Each workspace has a name, a state, as_of
(when it was last read completely) and an error, or null.

Where a workspace cannot be read, what is stored of it is printed, and the exit code
is 4; 1 or 3 where nothing at all is stored.

examples:
  ticketdeck list                           everything, most urgent first
  ticketdeck list -w klink terminal -oslo   terminals anywhere but in Oslo
  ticketdeck list due:30m- -is:acked        overdue or soon, and nobody said they know
  ticketdeck list is:open priority:high+ assignee:none
  ticketdeck list --sort created:desc --limit 20
  ticketdeck list --max-age 0s              read every workspace now
  ticketdeck list --cached --format jsonl | jq -r 'select(.overdue) | .ref'
  * * * * * ticketdeck list --format json --envelope > queue.json    in a crontab"""


class ListOptions(Options):
    """What `list` takes."""

    query: list[str]
    sort: Order
    limit: int | None
    format: str
    cached: bool
    max_age: timedelta | None
    envelope: bool


class Found(NamedTuple):
    """What there is to print."""

    tickets: Sequence[Ticket]
    healths: Mapping[str, WorkspaceHealth]
    """Of every chosen workspace, as of the moment of `context`."""
    context: QueryContext


OPTIONS = ListOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.take_query("query")
    parser.add_argument(
        "--sort",
        type=parse_order,
        default=Order(),
        metavar="KEY[:asc|:desc]",
        help="the order (default: urgency); the sort keys are below",
    )
    parser.add_argument(
        "--limit",
        type=whole_number(least=1, most=1_000_000),
        metavar="N",
        help="only the first N tickets of that order",
    )
    parser.add_argument(
        "--format",
        type=one_of(*FORMATS),
        default="table",
        metavar="|".join(FORMATS),
        help="the form (default: table)",
    )
    parser.add_argument(
        "--max-age",
        type=length_of_time,
        metavar="T",
        help="read what is older, such as 30s (default: the workspace's pace)",
    )
    parser.add_argument("--cached", action="store_true", help="read nothing, print what is stored")
    parser.add_argument(
        "--envelope", action="store_true", help="tell of the workspaces too (json and jsonl)"
    )


def run(options: ListOptions, output: Output) -> int:
    """Print the queue and return the exit code."""
    query = read_query(options.query)
    if options.cached and options.max_age is not None:
        raise UsageError("--cached never reads a workspace; leave out --max-age")
    if options.envelope and options.format not in ENVELOPE_FORMATS:
        raise UsageError(f"--envelope needs --format {' or '.join(ENVELOPE_FORMATS)}")
    output.require_stdout()
    if options.cached:
        return _print_cached(query, options, output)
    from tui.cli.bootstrap import load_deck

    return print_queue(load_deck(options, output), query, options, output)


def print_queue(deck: "Deck", query: Query, options: ListOptions, output: Output) -> int:
    """Freshen the deck's workspaces, print what there is, and return the exit code.

    An interrupt ends the waiting: what came by then is printed before it goes on.
    """
    from tui.cli.cached import stored_tickets
    from tui.cli.running import running
    from tui.cli.waiting import (
        failure_exit,
        freshen,
        narrate_failures,
        unfinished_of,
        wait_for,
    )

    with running(deck.service) as service:
        age = options.max_age
        polls = freshen(service, None if age is None else age.total_seconds())
        try:
            healths = wait_for(polls, service, output)
        except KeyboardInterrupt:
            output.narrate(f"interrupted; nothing more from {', '.join(unfinished_of(polls))}")
            if tickets := stored_tickets(deck.journal.cache, service.workspaces):
                healths = service.health()
                context = _context(deck, query, healths, deck.clock.now())
                found = Found(tickets, healths, context)
                _print(found, query, options, output)
            raise
        failed = narrate_failures(healths, output)
        # The queue in memory does not tell when an unchanged ticket was last confirmed.
        tickets = stored_tickets(deck.journal.cache, service.workspaces)
        if failed and len(failed) == len(healths) and not tickets:
            return failure_exit(failed)
        now = deck.clock.now()
        healths = {name: health.at(now) for name, health in healths.items()}
        context = _context(deck, query, healths, now)
        _print(Found(tickets, healths, context), query, options, output)
    return Exit.PARTIAL if failed else Exit.DONE


def _context(
    deck: "Deck", query: Query, healths: Mapping[str, WorkspaceHealth], now: datetime
) -> QueryContext:
    """Return what the query depends on, as the journal has it."""
    from tui.cli.cached import not_current
    from tui.cli.configured import user_name

    journal, acts = deck.journal, NOBODY_ACTED
    if "acts" in query.depends_on and journal.acts and not journal.ledger_problem:
        acts = journal.acts.read().acts
    novelties = journal.seen.unseen(user_name()) if "novelties" in query.depends_on else {}
    return QueryContext(now=now, novelties=novelties, acts=acts, stale=not_current(healths))


def _print_cached(query: Query, options: ListOptions, output: Output) -> int:
    import gc

    from tui.cli.cached import narrate_age, read_cached

    # It would walk through all tickets so far again and again; the process ends before it pays.
    gc.disable()
    tickets, healths, context, zone = read_cached(options, query)
    if not tickets and all(health.as_of is None for health in healths.values()):
        output.narrate("ticketdeck: nothing is stored yet; leave out --cached to read it")
        return Exit.FAILED
    narrate_age(healths, context.now, zone, output)
    _print(Found(tickets, healths, context), query, options, output)
    return Exit.DONE


def _print(found: Found, query: Query, options: ListOptions, output: Output) -> None:
    everything, now = found.tickets, found.context.now
    if everything and not any(ticket.title for ticket in everything):
        # Only whoever polls has them; a mail of cron with blanks in it would be a riddle.
        output.narrate("texts and customers are not stored (store_bodies = false)")
    matching = query.select(everything, found.context)
    chosen = options.sort.sort(matching, now)[: options.limit]
    if options.envelope:
        output.data(in_envelope(chosen, found.healths, now, options.format))
    elif chosen or options.format in ("json", "csv"):
        output.data(written(chosen, now, options.format, columns=output.columns))
    elif options.format == "table":
        output.narrate(f"none of {len(everything)} tickets matches" if everything else "no tickets")
