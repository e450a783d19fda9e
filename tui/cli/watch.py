"""`ticketdeck watch`: prints what happens in the queue as it happens."""

import threading
from datetime import datetime

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.bootstrap import Deck, load_deck
from tui.cli.cached import not_current
from tui.cli.cells import cut
from tui.cli.clock_time import clock_time
from tui.cli.events import Event, EventKind, EventStream
from tui.cli.exits import Exit
from tui.cli.formats import to_json
from tui.cli.output import Output
from tui.cli.queries import FIELDS_HELP, read_query
from tui.cli.running import running
from tui.domain.errors import StateError, UsageError
from tui.domain.labels import priority_label
from tui.domain.query import Query, QueryContext
from tui.engine.service import Service

USAGE = "[QUERY ...] [--once] [--format jsonl|text]"
DESCRIPTION = """\
Print what happens in the queue as it happens, a line each, until interrupted. It
begins with the queue as it is: only what comes then is told. Workspaces that no
other process polls are polled by this one.

An event is added, changed, removed or overdue, of a ticket that matches QUERY before
or after it, or health, of a workspace. As JSON lines it has the keys event, at,
workspace, ref, ticket and changes: of each key of the ticket that changed, or of the
workspace's state and error, the old and the new value. The ticket is as it is after
the event; a removed one as it was. Whoever watches the same store is told the same,
but for acks, snoozes and pins, and stale workspaces: those count as they are now."""
EXAMPLES = f"""\
{FIELDS_HELP}

examples:
  ticketdeck watch --format text
  ticketdeck watch is:overdue -is:acked --format text
  ticketdeck watch | jq -r 'select(.event == "overdue") | .ref'
  ticketdeck watch -w klink terminal --once && notify-send 'Terminals again'
  timeout 8h ticketdeck watch >> events.jsonl"""

FORMATS = ("jsonl", "text")

_LOOK_S = 1.0
"""A workspace that becomes late by time alone is told so soon, and so is a reader that left."""


class WatchOptions(Options):
    """What `watch` takes."""

    query: list[str]
    once: bool
    format: str


OPTIONS = WatchOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.take_query("query")
    parser.add_argument(
        "--once",
        action="store_true",
        help="end with the first events of tickets, instead of by a signal",
    )
    parser.add_argument(
        "--format",
        type=one_of(*FORMATS),
        default="jsonl",
        metavar="|".join(FORMATS),
        help="the form (default: jsonl)",
    )


def run(options: WatchOptions, output: Output) -> int:
    """Print events until a signal comes, or with `--once` until there were some."""
    query = read_query(options.query)
    if "novelties" in query.depends_on:
        raise UsageError("is:unseen and is:changed: watch tells of every change; leave them out")
    output.require_stdout()
    deck = load_deck(options, output)
    with running(deck.service) as service:
        news = threading.Event()
        service.subscribe(news.set)
        stream = EventStream(service, query, context=lambda at: _context(service, query, at))
        service.start_polling()
        names = ", ".join(workspace.name for workspace in service.workspaces)
        output.narrate(f"watching {names}; ctrl+c ends it")
        while not (_print_events(deck, stream, options, output) and options.once):
            output.require_reader()
            news.wait(_wait_s(stream, deck.clock.now()))
            news.clear()
    return Exit.DONE


def _context(service: Service, query: Query, at: datetime) -> QueryContext:
    """Return what the query depends on: what was done here until now, and who is late now."""
    stale = not_current(service.health()) if "stale" in query.depends_on else ()
    return QueryContext(now=at, acts=service.acts(), stale=stale)


def _print_events(deck: Deck, stream: EventStream, options: WatchOptions, output: Output) -> bool:
    """Print what happened since the last time; return whether it happened to a ticket."""
    now, zone = deck.clock.now(), deck.config.time_zone
    try:
        look = stream.look(now)
    except StateError:
        # The journal is locked. The next look finds the same and more.
        return False
    for event in look.events:
        if options.format == "jsonl":
            output.data(to_json(event.record()))
        else:
            line = as_text(event, now, zone)
            output.data(line if output.columns is None else cut(line, output.columns))
    if look.lost_since is not None:
        since = clock_time(look.lost_since, now, zone)
        output.narrate(
            f"what happened since {since} is not in the store any more: it was purged or begun"
            " anew; watching goes on"
        )
    return any(event.kind is not EventKind.HEALTH for event in look.events)


def _wait_s(stream: EventStream, now: datetime) -> float:
    if stream.is_behind:
        return 0.0
    if stream.next_moment is None:
        return _LOOK_S
    return min(max((stream.next_moment - now).total_seconds(), 0.0), _LOOK_S)


def as_text(event: Event, now: datetime, zone: str) -> str:
    """Return `03:01 changed klink/4711 HIGH Title; status new > open`."""
    parts = [clock_time(event.at, now, zone), f"{event.kind.value:<7}"]
    if event.ticket is None:
        parts.append(str(event.ref or event.workspace))
    else:
        parts += [event.ticket.handle, priority_label(event.ticket), event.ticket.title]
    line = " ".join(parts)
    if event.kind not in (EventKind.CHANGED, EventKind.HEALTH):
        return line
    return "; ".join(
        (line, *(_change_words(key, old, new) for key, (old, new) in event.changes.items()))
    )


def _change_words(key: str, old: object, new: object) -> str:
    """A long text, and what has parts, is only named."""
    if key == "body" or isinstance(old, dict | list) or isinstance(new, dict | list):
        return key
    return f"{key} {_word(old)} > {_word(new)}"


def _word(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
