"""`ticketdeck sandbox`: serves the made-up vendors until a signal ends it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tui.cli.arguments import Options, Parser, whole_number
from tui.cli.exits import ended_by
from tui.cli.output import Output
from tui.domain.errors import TicketdeckError
from tui.ending import ENDING_SIGNALS
from tui.engine.clock import SystemClock
from tui.sandbox import configuration
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import DEFAULT_SEED, DEFAULT_TICKETS, World, make_world

USAGE = "[--port P] [--tickets N] [--seed S] [--still]"
DESCRIPTION = """\
Serve the four vendors' APIs over a made-up world on this machine's loopback, until
interrupted. stdout gets a configuration that works as it stands."""
EXAMPLES = """\
examples:
  ticketdeck sandbox > sandbox.toml &
  ticketdeck --config sandbox.toml list"""

_MOST_TICKETS = 200_000


class WorldOptions(Options):
    """What describes a made-up world."""

    tickets: int
    seed: int
    still: bool


class SandboxOptions(WorldOptions):
    """What `sandbox` takes."""

    port: int


OPTIONS = SandboxOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "--port",
        type=whole_number(least=0, most=65_535),
        default=0,
        metavar="P",
        help="the port on 127.0.0.1 (default: 0, any that is free)",
    )
    add_world_arguments(parser)


def add_world_arguments(parser: Parser) -> None:
    """Add the options that describe the made-up world."""
    parser.add_argument(
        "--tickets",
        type=whole_number(least=0, most=_MOST_TICKETS),
        default=DEFAULT_TICKETS,
        metavar="N",
        help=f"how many tickets there are at first (default: {DEFAULT_TICKETS})",
    )
    parser.add_argument(
        "--seed",
        type=whole_number(least=0, most=10**9),
        default=DEFAULT_SEED,
        metavar="S",
        help=f"another number, another world (default: {DEFAULT_SEED})",
    )
    parser.add_argument("--still", action="store_true", help="nothing happens in it by itself")


def run(options: SandboxOptions, output: Output) -> int:
    """Serve until a signal comes; return the exit code that names it."""
    ended = threading.Event()
    received: list[int] = []

    def end(number: int, _: object) -> None:
        received.append(number)
        ended.set()

    for number in ENDING_SIGNALS:
        # `nohup` has SIGHUP ignored, and wants it to stay so.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    with serving(make_options_world(options), options.port) as server:
        output.data(configuration(server.url).rstrip("\n"))
        output.narrate(f"serving at {server.url}; ctrl+c ends it")
        ended.wait()
    return ended_by(received[0])


def make_options_world(options: WorldOptions) -> World:
    """Make the world that the options describe, as of now."""
    return make_world(
        now=SystemClock().now(), tickets=options.tickets, seed=options.seed, still=options.still
    )


@contextmanager
def serving(world: World, port: int = 0) -> Iterator[SandboxServer]:
    """Serve the world meanwhile.

    Raises:
        TicketdeckError: the port cannot be had.
    """
    server = SandboxServer(world, port=port)
    try:
        server.start()
    except OSError as error:
        where = f"port {port}" if port else "loopback"
        raise TicketdeckError(f"cannot serve on {where}: {error.strerror}") from None
    try:
        yield server
    finally:
        server.stop()
