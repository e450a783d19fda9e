"""`ticketdeck show`: prints one ticket, whole."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.bootstrap import load_deck
from tui.cli.exits import Exit
from tui.cli.formats import to_json
from tui.cli.output import Output
from tui.cli.running import running
from tui.cli.waiting import all_tickets, failure_exit, freshen, narrate_failures, wait_for
from tui.domain.acts import NO_ACTS, NOBODY_ACTED, LocalActs, Signed, is_snoozed
from tui.domain.errors import BadRequest, NotFound, UnknownTicket, UsageError
from tui.domain.labels import priority_label
from tui.domain.person import Person
from tui.domain.record import to_record, utc_text
from tui.domain.ticket import Scalar, Ticket, TicketRef
from tui.domain.urgency import due_words
from tui.engine.service import Service

USAGE = "REF [--format text|json]"
DESCRIPTION = """\
Print one ticket with all that its vendor tells of it. REF is workspace/id or
workspace/number, as `ticketdeck list` prints it."""
EXAMPLES = """\
examples:
  ticketdeck show cx-emea/35637
  ticketdeck show klink/2323 --format json"""


class ShowOptions(Options):
    """What `show` takes."""

    ref: TicketRef
    format: str


OPTIONS = ShowOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.add_argument("ref", type=_parse_ref, metavar="REF", help="such as cx-emea/35637")
    parser.add_argument(
        "--format",
        type=one_of("text", "json"),
        default="text",
        metavar="text|json",
        help="the form (default: text)",
    )


def run(options: ShowOptions, output: Output) -> int:
    """Print the ticket and return the exit code.

    Raises:
        UnknownTicket: the workspace has no such ticket.
    """
    output.require_stdout()
    options.workspaces = [options.ref.workspace]
    deck = load_deck(options, output)
    acts = NOBODY_ACTED
    with running(deck.service) as service:
        ticket = _fetch(service, options.ref)
        if ticket is None:
            polls = freshen(service, 0.0)
            failed = narrate_failures(wait_for(polls, service, output), output)
            ticket = find(all_tickets(service), options.ref)
            if ticket is None and failed:
                return failure_exit(failed)
        acts = service.acts()
    if ticket is None:
        raise UnknownTicket(f"{options.ref.workspace} has no ticket {options.ref.id!r}")
    now = deck.clock.now()
    if options.format == "json":
        output.data(to_json(to_record(ticket, now)))
    else:
        output.data("\n".join(as_text(ticket, now, acts.get(ticket.ref, NO_ACTS))))
    return Exit.DONE


def as_text(ticket: Ticket, now: datetime, acts: LocalActs = NO_ACTS) -> Iterator[str]:
    """Yield the lines of a ticket, and of what was done to it here; times are UTC."""
    due = due_words(ticket, now)
    if ticket.due_at is not None and due:
        due += f" ({utc_text(ticket.due_at)}, {ticket.due_source})"
    yield "  ".join(filter(None, (ticket.handle, priority_label(ticket), ticket.status.value, due)))
    yield ticket.title
    yield ""
    facts = {
        "id": ticket.ref.id if ticket.number else None,
        "vendor": ticket.vendor,
        "vendor status": ticket.vendor_status,
        "vendor priority": ticket.vendor_priority,
        "kind": ticket.kind,
        "customer": _person(ticket.customer),
        "assignee": _person(ticket.assignee),
        "tags": ", ".join(ticket.tags),
        "channel": ticket.channel,
        "segment": " > ".join(filter(None, (ticket.origin_segment, ticket.current_segment))),
        "created": utc_text(ticket.created_at),
        "updated": utc_text(ticket.updated_at),
        "url": ticket.url,
        **{key: _scalar(value) for key, value in ticket.extra.items()},
        "acked here": _signed(acts.acknowledged),
        "snoozed here": _snooze(acts, ticket, now),
        "pinned here": _signed(acts.pinned),
    }
    width = max(len(name) for name, value in facts.items() if value)
    for name, value in facts.items():
        if value:
            yield f"{name:<{width}}  {' '.join(value.splitlines())}"
    if ticket.body:
        yield ""
        yield ticket.body
    for note in acts.notes:
        yield ""
        yield f"note here, {_signed(note)}"
        yield note.text


def _parse_ref(text: str) -> TicketRef:
    workspace, slash, ticket_id = text.partition("/")
    if not (workspace and slash and ticket_id):
        raise UsageError(f"{text!r} is no REF: write workspace/id, such as cx-emea/35637")
    return TicketRef(workspace, ticket_id)


def _fetch(service: Service, ref: TicketRef) -> Ticket | None:
    """Ask for this one ticket; None where its vendor cannot be asked or knows no such id."""
    try:
        return service.fetch(ref).result()
    except (UsageError, NotFound, BadRequest):
        # What was typed may be a number, which only the list tells apart.
        return None


def find(tickets: Sequence[Ticket], ref: TicketRef) -> Ticket | None:
    """Return the ticket of that id, else the one of that number.

    Raises:
        UsageError: several tickets have that number.
    """
    found = [ticket for ticket in tickets if ticket.ref == ref]
    found = found or [
        ticket
        for ticket in tickets
        if ticket.number == ref.id and ticket.ref.workspace == ref.workspace
    ]
    if len(found) > 1:
        refs = ", ".join(str(ticket.ref) for ticket in found)
        raise UsageError(f"{ref} is the number of {len(found)} tickets: {refs}")
    return found[0] if found else None


def _signed(signed: Signed | None) -> str:
    return "" if signed is None else f"{signed.by} {utc_text(signed.at)}"


def _snooze(acts: LocalActs, ticket: Ticket, now: datetime) -> str:
    if acts.snooze is None or not is_snoozed(acts, ticket, now):
        return ""
    return f"until {utc_text(acts.snooze.until)}, {_signed(acts.snooze)}"


def _person(person: Person) -> str:
    address = f"<{person.email}>" if person.name and person.email else person.email
    return "  ".join(filter(None, (person.name, address, person.phone)))


def _scalar(value: Scalar) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
