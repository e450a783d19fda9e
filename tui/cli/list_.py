"""`ticketdeck list`: sweeps the chosen workspaces and prints the queue."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait

from tui.cli.arguments import Options, Parser, one_of, whole_number
from tui.cli.bootstrap import Deck, load_deck, running
from tui.cli.exits import Exit
from tui.cli.formats import FORMATS, written
from tui.cli.output import Output
from tui.domain.diff import Reset
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.order import SORT_KEYS, Order, parse_order
from tui.domain.query import Query, parse_query
from tui.domain.ticket import Ticket
from tui.engine.service import Service

USAGE = "[QUERY ...] [options]"
DESCRIPTION = """\
Print the queue: every chosen workspace is read once from its vendor. stdout gets
the tickets, stderr a line for each workspace that failed.

QUERY is every other word. A ticket must hold all of them, in its ref, number,
title, text, customer or assignee; a word with - in front must not be in it."""
EXAMPLES = f"""\
sort keys: {" ".join(SORT_KEYS)}

examples:
  ticketdeck list                           everything, most urgent first
  ticketdeck list -w klink terminal -oslo   terminals anywhere but in Oslo
  ticketdeck list --sort created:desc --limit 20
  ticketdeck list --format jsonl | jq -r 'select(.overdue) | .ref'"""

Sweeps = Mapping[str, Future[WorkspaceHealth]]
"""By the workspace's name."""

_PATIENCE_S = 3.0
"""A call that takes longer makes a person wonder."""


class ListOptions(Options):
    """What `list` takes."""

    query: list[str]
    sort: Order
    limit: int | None
    format: str


OPTIONS = ListOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.take_query("query")
    parser.add_argument(
        "--sort",
        type=parse_order,
        default=Order(),
        metavar="KEY[:asc|:desc]",
        help="the order (default: urgency)",
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


def run(options: ListOptions, output: Output) -> int:
    """Print the queue and return the exit code."""
    query = parse_query(" ".join(options.query))
    output.require_stdout()
    return print_queue(load_deck(options, output), query, options, output)


def print_queue(deck: Deck, query: Query, options: ListOptions, output: Output) -> int:
    """Sweep the deck's workspaces, print what came, and return the exit code.

    An interrupt ends the waiting: what came by then is printed before it goes on.
    """
    with running(deck.service) as service:
        sweeps = sweep_all(service)
        try:
            healths = wait_for(sweeps, output)
        except KeyboardInterrupt:
            output.narrate(f"interrupted; nothing more from {', '.join(_unfinished(sweeps))}")
            if all_tickets(service):
                _print_tickets(deck, query, options, output)
            raise
        failed = narrate_failures(healths, output)
        if failed and len(failed) == len(healths) and not all_tickets(service):
            return failure_exit(failed)
        _print_tickets(deck, query, options, output)
    return Exit.PARTIAL if failed else Exit.DONE


def sweep_all(service: Service) -> Sweeps:
    """Begin a sweep of every workspace at once."""
    return {workspace.name: service.sweep(workspace.name) for workspace in service.workspaces}


def wait_for(sweeps: Sweeps, output: Output) -> Mapping[str, WorkspaceHealth]:
    """Return the workspaces' health after their sweeps; who waits for long is told for what."""
    wait(sweeps.values(), timeout=_PATIENCE_S)
    if output.narrates_to_terminal and (unfinished := _unfinished(sweeps)):
        output.narrate(f"waiting for {', '.join(unfinished)}")
    return {name: sweep.result() for name, sweep in sweeps.items()}


def _unfinished(sweeps: Sweeps) -> list[str]:
    return [name for name, sweep in sweeps.items() if not sweep.done()]


def narrate_failures(
    healths: Mapping[str, WorkspaceHealth], output: Output
) -> Sequence[WorkspaceHealth]:
    """Say in a line each what failed or is not whole; return the health of those that failed."""
    for name, health in healths.items():
        if health.error is not None:
            advice = f" ({health.advice})" if health.advice else ""
            output.narrate(f"{name}: {health.error}{advice}")
            continue
        for remark in health.remarks:
            output.narrate(f"{name}: {remark}")
    return [health for health in healths.values() if health.error is not None]


def failure_exit(failed: Sequence[WorkspaceHealth]) -> Exit:
    """Return the code for a call that brought nothing."""
    if all(health.state is HealthState.REFUSED for health in failed):
        return Exit.REFUSED
    return Exit.FAILED


def _print_tickets(deck: Deck, query: Query, options: ListOptions, output: Output) -> None:
    now = deck.clock.now()
    everything = all_tickets(deck.service)
    chosen = options.sort.sort(filter(query.matches, everything), now)[: options.limit]
    if chosen or options.format in ("json", "csv"):
        output.data(written(chosen, now, options.format, columns=output.columns))
    elif options.format == "table":
        output.narrate(f"none of {len(everything)} tickets matches" if everything else "no tickets")


def all_tickets(service: Service) -> tuple[Ticket, ...]:
    """Return what the service knows now."""
    changes = service.changes_since(None)
    return changes.tickets if isinstance(changes, Reset) else changes.added
