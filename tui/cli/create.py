"""`ticketdeck create`: creates one ticket, once, and says how it ended."""

import sys
from collections.abc import Sequence
from typing import TextIO

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.exits import Exit
from tui.cli.fields import Pair, parse_pair, read_fields
from tui.cli.form_fields import known_fields, known_form
from tui.cli.formats import to_json
from tui.cli.output import Output
from tui.cli.sending import send
from tui.cli.terminal import is_terminal
from tui.domain.clean import clean
from tui.domain.creates import Template
from tui.domain.draft import (
    Draft,
    FieldSpec,
    RequestPreview,
    check_draft,
    choice_labels,
    nearest_name,
)
from tui.domain.errors import UsageError, WriteRefused
from tui.domain.workspace import Workspace

USAGE = """\
-w NAME [--field KEY=VALUE]... [--from FILE|-] [--template T]
                         [--key K] [--dry-run] [--format text|json]"""
DESCRIPTION = """\
Create one ticket and print its ref. The request is sent once and never again by
itself. Where no certain answer comes, the newest tickets are read for half a minute;
what stays unknown waits in the outbox (ticketdeck outbox).

Fields go by the vendor's own names; nested ones are dotted. --field wins over --from,
and --from over --template. On a terminal, required fields that are missing are asked
for."""
EXAMPLES = """\
examples:
  ticketdeck create -w cx-emea --field priority=HIGH --field comment='Tills down'
  ticketdeck create -w inbox --field creator.name=Bill --field tags=vip --field tags=oslo
  ticketdeck create -w klink --from ticket.toml --dry-run
  ticketdeck create --template outage --field title='Tills down in Oslo'
  generate | ticketdeck create -w klink --from - --format json
  ticketdeck create -w klink --from alert.json --key "alert-$ALERT_ID"

--template takes a name of [[templates]] in the configuration; one that names its
workspace needs no -w. With --key, what was created under the same key before, or may
have been, is not sent, whatever its fields: the outcome of then is printed again.

exit codes: 0 created, 1 not created, 2 a field or the call is wrong, 3 not created
because the credential was refused, 5 nobody knows: look before you send again"""
_LONGEST_KEY = 200
_NAMED_CHOICES = 12
"""A prompt names so many choices at most."""


class CreateOptions(Options):
    """What `create` takes."""

    fields: list[Pair]
    source: str | None
    template: str | None
    key: str | None
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
        "--template", metavar="T", help="begin with the fields of a template of the configuration"
    )
    parser.add_argument(
        "--key",
        type=read_key,
        metavar="K",
        help="your own name for this ticket: the same one never sends twice",
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
    from tui.cli.bootstrap import load_deck_of
    from tui.cli.configured import load_configuration
    from tui.cli.running import running

    config = load_configuration(options.config)
    template = find_template(config.templates, options.template)
    options.workspaces = [chosen_workspace(options.workspaces, template)]
    deck = load_deck_of(config, options, output)
    workspace = deck.service.workspaces[0]
    if not deck.service.fields(workspace.name):
        raise UsageError(f"{workspace.title} takes no new tickets ({workspace.name})")
    if workspace.observe and not options.dry_run:
        raise WriteRefused(f"{workspace.name} is in observe mode: nothing is written there")
    pairs = _pairs(options, template)
    with running(deck.service) as service:
        form = known_form(service.forms, workspace.name, output)
        if is_terminal(0) and is_terminal(2):
            pairs += ask_for_missing(form.complete_specs, pairs, output, sys.stdin)
        specs = known_fields(service.forms, workspace.name, form, pairs, output)
        draft = _checked_draft(workspace, specs, pairs, output)
        if draft is None:
            return Exit.USAGE
        if options.dry_run:
            output.data(_preview(service.render(draft).result(), options.format, output))
            return Exit.DONE
        creates, key = service.creates, options.key
        return send(service, draft, lambda: creates.create(draft, key=key), options.format, output)


def find_template(templates: Sequence[Template], name: str | None) -> Template | None:
    """Return the template of this name; None where none is asked for.

    Raises:
        UsageError: the configuration has none of this name.
    """
    if name is None:
        return None
    known = [template.name for template in templates]
    if name in known:
        return templates[known.index(name)]
    if not known:
        raise UsageError(f"no template {name!r}: the configuration has no [[templates]]")
    nearest = nearest_name(name, known)
    hint = f"nearest: {nearest}" if nearest else f"known: {', '.join(known)}"
    raise UsageError(f"no template {name!r} ({hint})")


def merged(*layers: Sequence[Pair]) -> list[Pair]:
    """Return the pairs of all layers; a key of a later one replaces all of it in earlier ones."""
    pairs: list[Pair] = []
    for layer in layers:
        given = {key for key, _ in layer}
        pairs = [pair for pair in pairs if pair[0] not in given]
        pairs += layer
    return pairs


def chosen_workspace(names: Sequence[str], template: Template | None) -> str:
    """Return where the ticket goes: the one name that was given, or else the template's own.

    Raises:
        UsageError: none or several are named, or another one than the template is for.
    """
    chosen = list(dict.fromkeys(names))
    own = template.workspace if template else None
    if not chosen and own is not None:
        return own
    if len(chosen) != 1:
        raise UsageError("create needs one workspace: -w NAME")
    if template is not None and own not in (None, chosen[0]):
        raise UsageError(f"template {template.name!r} is for {own}, not for {chosen[0]}")
    return chosen[0]


def read_key(text: str) -> str:
    """Return the caller's own name for a ticket, as it is kept.

    Raises:
        UsageError: it is empty, too long, or holds control characters.
    """
    key = text.strip()
    if not key or len(key) > _LONGEST_KEY or not key.isprintable():
        raise UsageError(
            f"--key takes 1 to {_LONGEST_KEY} characters, none of them a control character"
        )
    return key


def ask_for_missing(
    specs: Sequence[FieldSpec], pairs: Sequence[Pair], output: Output, answers: TextIO
) -> list[Pair]:
    """Ask for each required field that is not given; an end of the answers leaves the rest out."""
    given = {key for key, value in pairs if value.strip()}
    asked: list[Pair] = []
    for spec in specs:
        if not spec.required or spec.key in given:
            continue
        while True:
            output.ask(f"{spec.label}{_named_choices(spec)}:")
            line = answers.readline()
            if not line:
                return asked
            answer = (spec.key, line.strip())
            _, problems = check_draft("", [spec], [answer])
            if not problems:
                asked.append(answer)
                break
            if answer[1]:
                output.narrate(problems[0].message)
    return asked


def _named_choices(spec: FieldSpec) -> str:
    names = list(choice_labels(spec.choices).values())
    if not names:
        return ""
    more = len(names) - _NAMED_CHOICES
    rest = f", and {more:,} more" if more > 0 else ""
    return f" ({', '.join(names[:_NAMED_CHOICES])}{rest})"


def _pairs(options: CreateOptions, template: Template | None) -> list[Pair]:
    begun = template.pairs if template else ()
    return merged(begun, read_fields(options.source), options.fields)


def _checked_draft(
    workspace: Workspace, specs: Sequence[FieldSpec], pairs: Sequence[Pair], output: Output
) -> Draft | None:
    """Return the draft, or say in a line each what is wrong with it and return None."""
    draft, problems = check_draft(workspace.name, specs, pairs)
    for problem in problems:
        output.narrate(str(problem))
    return None if problems else draft


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
