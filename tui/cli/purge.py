"""`ticketdeck purge`: removes what is stored of tickets, and never what a person did."""

from datetime import timedelta

from tui.cli.arguments import Options, Parser, length_of_time
from tui.cli.configured import load_configuration, queue_keys, state_folder
from tui.cli.exits import Exit
from tui.cli.output import Output
from tui.domain.errors import StateError
from tui.engine.clock import SystemClock
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE, CacheFile
from tui.store.folder import files_aside

USAGE = "[--older-than T]"
DESCRIPTION = """\
Remove the stored tickets, what changed when, and the files that were put aside as
damaged. With --older-than, only tickets that no vendor has shown for so long, and
the history before. With -w only of that workspace, else of all that the state
directory holds, also for other configurations.

What people did is never removed: creates, acknowledgements, notes; nor is the count
of calls.
Dashboards may run meanwhile; the next poll reads everything anew."""
EXAMPLES = """\
examples:
  ticketdeck purge
  ticketdeck purge --older-than 30d
  ticketdeck purge -w klink"""


class PurgeOptions(Options):
    """What `purge` takes."""

    older_than: timedelta | None


OPTIONS = PurgeOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "--older-than",
        type=length_of_time,
        metavar="T",
        help="only what is older, such as 30d or 12h (default: everything)",
    )


def run(options: PurgeOptions, output: Output) -> int:
    """Remove it, say how much it was, and return the exit code."""
    output.require_stdout()
    config = load_configuration(options.config)
    queues = queue_keys(config, options.workspaces)
    path = state_folder(config) / CACHE.file
    if not path.exists() and not files_aside(path):
        output.data("nothing is stored")
        return Exit.DONE
    clock = SystemClock()
    file = CacheFile(path.parent, queues, clock=clock, store_bodies=config.store_bodies)
    try:
        if file.memory_only is not None:
            raise StateError(file.memory_only)
        for notice in file.notices:
            output.narrate(notice)
        names = list(queues) if options.workspaces else None
        count = TicketCache(file).purge(options.older_than, names)
        if file.memory_only is not None:
            raise StateError(file.memory_only)
    finally:
        file.close()
    output.data(f"{count:,} {'ticket' if count == 1 else 'tickets'} removed")
    return Exit.DONE
