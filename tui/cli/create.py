"""`ticketdeck create`: creates one ticket, once, and says how it ended."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.exits import Exit
from tui.cli.fields import Pair, parse_pair, read_fields
from tui.cli.formats import to_json
from tui.cli.output import Output, OutputLost
from tui.cli.terminal import is_terminal
from tui.domain.clean import clean
from tui.domain.draft import (
    Draft,
    FieldSpec,
    Outcome,
    OutcomeState,
    RequestPreview,
    check_draft,
)
from tui.domain.errors import UsageError, WriteRefused
from tui.domain.workspace import Workspace

if TYPE_CHECKING:
    from tui.engine.service import Service

USAGE = "-w NAME [--field KEY=VALUE]... [--from FILE|-] [--dry-run]"
DESCRIPTION = """\
Create one ticket and print its ref. The request is sent once and never again by
itself. Fields go by the vendor's own names; nested ones are dotted. On a terminal,
required fields that are missing are asked for."""
EXAMPLES = """\
examples:
  ticketdeck create -w cx-emea --field priority=HIGH --field comment='Tills down'
  ticketdeck create -w inbox --field creator.name=Bill --field tags=vip --field tags=oslo
  ticketdeck create -w klink --from ticket.toml --dry-run
  generate | ticketdeck create -w klink --from - --format json

exit codes: 0 created, 1 not created, 2 a field or the call is wrong, 3 not created
because the credential was refused, 5 nobody knows: look before you send again"""


class CreateOptions(Options):
    """What `create` takes."""

    fields: list[Pair]
    source: str | None
    dry_run: bool
    format: str


OPTIONS = CreateOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "--field",
        action="append",
        dest="fields",
        type=parse_pair,
        default=[],
        metavar="KEY=VALUE",
        help="one field; may repeat, for a list with the same key",
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="FILE|-",
        help="fields from a TOML or JSON file, or from stdin; --field wins over it",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="print the exact request, its credential masked, and send nothing",
    )
    parser.add_argument(
        "--format",
        type=one_of("text", "json"),
        default="text",
        metavar="text|json",
        help="the form of the outcome (default: text)",
    )


def run(options: CreateOptions, output: Output) -> int:
    """Create the ticket and return the exit code."""
    output.require_stdout()
    if len(set(options.workspaces)) != 1:
        raise UsageError("create needs one workspace: -w NAME")
    from tui.cli.bootstrap import load_deck
    from tui.cli.running import running

    deck = load_deck(options, output)
    workspace = deck.service.workspaces[0]
    specs = deck.service.fields(workspace.name)
    if not specs:
        raise UsageError(f"{workspace.title} takes no new tickets ({workspace.name})")
    if workspace.observe and not options.dry_run:
        raise WriteRefused(f"{workspace.name} is in observe mode: nothing is written there")
    draft = _checked_draft(workspace, specs, _pairs(options, specs, output), output)
    if draft is None:
        return Exit.USAGE
    with running(deck.service) as service:
        if options.dry_run:
            output.data(_preview(service.render(draft).result(), options.format, output))
            return Exit.DONE
        return _send(service, draft, options.format, output)


def _pairs(options: CreateOptions, specs: Sequence[FieldSpec], output: Output) -> list[Pair]:
    given = {key for key, _ in options.fields}
    pairs = [pair for pair in read_fields(options.source) if pair[0] not in given]
    pairs += options.fields
    if is_terminal(0) and is_terminal(2):
        pairs += _ask_for_missing(specs, pairs, output)
    return pairs


def _ask_for_missing(
    specs: Sequence[FieldSpec], pairs: Sequence[Pair], output: Output
) -> list[Pair]:
    """Ask for each required field that is not given; an end of input leaves the rest out."""
    given = {key for key, value in pairs if value.strip()}
    answers: list[Pair] = []
    for spec in specs:
        if not spec.required or spec.key in given:
            continue
        choices = f" ({', '.join(choice.value for choice in spec.choices)})" if spec.choices else ""
        while True:
            output.ask(f"{spec.label}{choices}:")
            line = sys.stdin.readline()
            if not line:
                return answers
            value = line.strip()
            if value:
                answers.append((spec.key, value))
                break
    return answers


def _checked_draft(
    workspace: Workspace, specs: Sequence[FieldSpec], pairs: Sequence[Pair], output: Output
) -> Draft | None:
    """Return the draft, or say in a line each what is wrong with it and return None."""
    draft, problems = check_draft(workspace.name, specs, pairs)
    for problem in problems:
        output.narrate(str(problem))
    return None if problems else draft


def _send(service: "Service", draft: Draft, form: str, output: Output) -> int:
    creating = service.creates.create(draft)
    try:
        outcome = creating.result()
    except KeyboardInterrupt:
        # Its request is never called back, and its answer may be on the way.
        with suppress(KeyboardInterrupt):
            service.stop()
        is_known = creating.done() and not creating.cancelled()
        interrupted = Outcome(
            intent_id="",
            state=OutcomeState.UNKNOWN,
            message="interrupted: the ticket may or may not exist; look before sending again",
        )
        _tell(creating.result() if is_known else interrupted, draft.workspace, form, output)
        raise
    return _tell(outcome, draft.workspace, form, output)


def _tell(outcome: Outcome, workspace: str, form: str, output: Output) -> int:
    created = outcome.state is OutcomeState.CREATED
    try:
        if form == "json":
            record = {
                "outcome": outcome.state.value,
                "ref": str(outcome.ref) if outcome.ref else None,
                "message": outcome.message or None,
            }
            output.data(to_json(record))
        elif created:
            output.data(str(outcome.ref))
    except OutputLost:
        output.narrate(_in_words(outcome, workspace))
        raise
    if created:
        return Exit.DONE
    output.narrate(_in_words(outcome, workspace))
    if outcome.state is OutcomeState.UNKNOWN:
        return Exit.UNKNOWN
    return Exit.REFUSED if outcome.credential_refused else Exit.FAILED


def _in_words(outcome: Outcome, workspace: str) -> str:
    match outcome.state:
        case OutcomeState.CREATED:
            return f"{workspace}: created {outcome.ref}"
        case OutcomeState.NOT_CREATED:
            return f"{workspace}: not created: {outcome.message}"
        case OutcomeState.UNKNOWN:
            return f"{workspace}: unknown: {outcome.message} (ticketdeck list -w {workspace})"


def _preview(request: RequestPreview, form: str, output: Output) -> str:
    if form == "json":
        return to_json(
            {
                "method": request.method,
                "url": request.url,
                "headers": dict(request.headers),
                "body": request.body,
            }
        )
    lines = [f"{request.method} {request.url}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    text = "\n".join([*lines, "", request.body])
    return clean(text, multiline=True) if output.is_terminal else text
