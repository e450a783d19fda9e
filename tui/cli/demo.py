"""`ticketdeck demo`: the dashboard over a sandbox of its own; nothing is left behind."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.cli.arguments import Parser
from tui.cli.bootstrap import compose
from tui.cli.configured import load_configuration
from tui.cli.dashboard import show_dashboard
from tui.cli.list_ import ListOptions, print_queue
from tui.cli.output import Output
from tui.cli.sandbox import WorldOptions, add_world_arguments, make_options_world, serving
from tui.cli.terminal import why_no_dashboard
from tui.config.model import Config
from tui.domain.order import Order
from tui.domain.query import Query
from tui.sandbox import configuration

USAGE = "[--tickets N] [--seed S] [--still]"
DESCRIPTION = """\
Show the dashboard over made-up tickets of all four vendors, served by this program
to itself: no account, no network, no configuration, nothing left behind. Without
a terminal it prints the queue once, as `ticketdeck list` would."""
EXAMPLES = """\
examples:
  ticketdeck demo
  ticketdeck demo --tickets 20000 --still
  ticketdeck demo | head"""
OPTIONS = WorldOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    add_world_arguments(parser)


def run(options: WorldOptions, output: Output) -> int:
    """Show the demo until it is left; return the exit code."""
    reason = why_no_dashboard(os.environ)
    with serving(make_options_world(options)) as server:
        deck = compose(_configuration(server.url), options, folder=None, has_rate_limits=False)
        if reason is None:
            # Straight to the queue of all: what the program is for, at the first glance.
            options.workspaces = [workspace.name for workspace in deck.service.workspaces]
            return show_dashboard(deck, options, output, demo=True)
        output.narrate(f"DEMO: {reason}, so the made-up queue is printed once")
        once = ListOptions(
            sort=Order(), limit=None, format="table", max_age=None, cached=False, envelope=False
        )
        return print_queue(deck, Query(), once, output)


def _configuration(url: str) -> Config:
    """Read the sandbox's configuration by the way of every other, through a file."""
    with TemporaryDirectory(prefix="ticketdeck-demo-") as folder:
        path = Path(folder, "demo.toml")
        path.write_text(configuration(url), encoding="utf-8")
        path.chmod(0o600)
        return load_configuration(path)
