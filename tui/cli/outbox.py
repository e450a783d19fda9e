"""`ticketdeck outbox`: creates that nobody knows the end of, and what a person does about them."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.exits import Exit
from tui.cli.formats import to_json
from tui.cli.outbox_table import outbox_table
from tui.cli.output import Output
from tui.cli.running import running
from tui.cli.sending import Settling, send, tell
from tui.domain.creates import OpenCreate
from tui.domain.draft import Outcome, OutcomeState, Value, nearest_name
from tui.domain.errors import UsageError, WriteRefused
from tui.domain.ports import Clock
from tui.domain.record import utc_text

if TYPE_CHECKING:
    from tui.engine.service import Service

USAGE = "[list|retry ID|drop ID|drop lost] [--format table|json]"
DESCRIPTION = """\
Print the creates that nobody knows the end of: sent, and no certain answer came.

list   look once more whether their tickets exist, then print those still open
retry  look once more, and send it again where its ticket is not there
drop   let one go: its ticket is there, or is not wanted any more;
       `drop lost`: you have looked after all that is told as lost

ID is what the list shows; its first characters are enough, at least four. Nothing is
ever sent again without `retry`. With --observe, list only prints what is stored."""
EXAMPLES = """\
examples:
  ticketdeck outbox
  ticketdeck outbox --format json | jq -r '.[] | [.id, .message] | @tsv'
  ticketdeck outbox retry 3f2a9c1b
  ticketdeck outbox drop 3f2a9c1b

exit codes of retry: those of create. Of the others: 0 done, 1 the outbox cannot be
read, 2 no such create, or it is still being sent or looked for elsewhere"""

Action = Literal["list", "retry", "drop"]
_ACTIONS: Mapping[str, Action] = {"list": "list", "retry": "retry", "drop": "drop"}
_LOST = "lost"
"""In place of an ID: all that is lost."""
DROP_LOSSES: Final = f"once you have looked: ticketdeck outbox drop {_LOST}"
_LEAST_CHARACTERS = 4
"""Of an ID: a slip of the finger is not to name a create."""


class OutboxOptions(Options):
    """What `outbox` takes."""

    words: list[str]
    format: str


OPTIONS = OutboxOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    # Optional words beside options are not argparse's strength (bpo-15112).
    parser.take_query("words")
    parser.add_argument(
        "--format",
        type=one_of("table", "json"),
        default="table",
        metavar="table|json",
        help="the form of the list, or of the outcome of retry (default: table)",
    )


def run(options: OutboxOptions, output: Output) -> int:
    """Do what was asked and return the exit code."""
    output.require_stdout()
    action, prefix = read_words(options.words)
    from tui.cli.bootstrap import load_deck

    if action == "drop":
        # Nothing is looked for then: it works while the vendor is down, and costs no call.
        options.observe = True
    deck = load_deck(options, output)
    with running(deck.service) as service:
        names = [workspace.name for workspace in service.workspaces] if options.workspaces else None
        match action:
            case "list":
                return _list(service, names, options, output, deck.clock)
            case "retry":
                return _retry(service, _find(service, names, prefix), options.format, output)
            case "drop" if prefix.casefold() == _LOST:
                return _drop_losses(service, output)
            case "drop":
                return _drop(service, _find(service, names, prefix), output)


def read_words(words: Sequence[str]) -> tuple[Action, str]:
    """Return what is to be done, and the beginning of the ID that it is to be done with.

    Raises:
        UsageError: the words are not understood.
    """
    name, *rest = words or ["list"]
    action = _ACTIONS.get(name)
    if action is None:
        nearest = nearest_name(name, list(_ACTIONS))
        hint = f"nearest: {nearest}" if nearest else f"known: {', '.join(_ACTIONS)}"
        raise UsageError(f"outbox cannot {name!r} ({hint})")
    if action == "list":
        if rest:
            raise UsageError(f"{rest[0]!r} is one word too many. Try: ticketdeck outbox --help")
        return action, ""
    if len(rest) != 1:
        raise UsageError(f"outbox {action} takes one ID, as `ticketdeck outbox` shows it")
    return action, rest[0]


def find_open(creates: Sequence[OpenCreate], prefix: str) -> OpenCreate:
    """Return the create whose id begins so.

    Raises:
        UsageError: none does, several do, or it is too short to be meant.
    """
    wanted = prefix.casefold()
    exact = [each for each in creates if each.id.casefold() == wanted]
    if not exact and len(wanted) < _LEAST_CHARACTERS:
        raise UsageError(f"{prefix!r} is too short: give at least {_LEAST_CHARACTERS} characters")
    found = exact or [each for each in creates if each.id.casefold().startswith(wanted)]
    if not found:
        raise UsageError(f"no open create {prefix!r} (see: ticketdeck outbox)")
    if len(found) > 1:
        raise UsageError(f"{prefix!r} is {len(found)} creates: {', '.join(e.id for e in found)}")
    return found[0]


def to_open_record(each: OpenCreate) -> Mapping[str, object]:
    """Return an open create as a JSON object: what is known of it, and what was typed."""
    return {
        "id": each.id,
        "workspace": each.workspace,
        "at": utc_text(each.at),
        "by": each.by,
        "stage": each.stage.value,
        "message": each.message or None,
        "candidates": [str(ref) for ref in each.candidates],
        "fields": {key: _field(value) for key, value in each.draft.values.items()},
    }


def _field(value: Value) -> object:
    return value if isinstance(value, str) else list(value)


def _list(
    service: "Service",
    names: Collection[str] | None,
    options: OutboxOptions,
    output: Output,
    clock: Clock,
) -> int:
    if options.observe:
        service.creates.read().result()
    else:
        service.creates.look_again().result()
        for each, outcome in Settling(service, output).wait(_of(service, names)):
            output.narrate(_after_all(each, outcome))
    shown = _of(service, names)
    losses = service.creates.losses()
    for loss in losses:
        output.narrate(f"warning: {loss}")
    if losses:
        output.narrate(DROP_LOSSES)
    if options.format == "json":
        output.data(to_json([to_open_record(each) for each in shown]))
        return Exit.DONE
    if not shown:
        output.narrate("no other create is open" if losses else "no create is open")
        return Exit.DONE
    output.data(outbox_table(shown, clock.now(), output.columns))
    return Exit.DONE


def _retry(service: "Service", chosen: OpenCreate, form: str, output: Output) -> int:
    workspaces = {each.name: each for each in service.workspaces}
    if chosen.workspace not in workspaces:
        raise UsageError(f"{chosen.workspace} is not configured any more; drop it instead")
    if workspaces[chosen.workspace].observe:
        raise WriteRefused(f"{chosen.workspace} is in observe mode: nothing is written there")
    for _, outcome in Settling(service, output).wait([chosen]):
        # It was never looked for to the end; that comes first, and may settle it.
        if outcome.state is OutcomeState.CREATED:
            output.narrate(f"{chosen.workspace}: created after all; nothing was sent")
            return tell(outcome, chosen.workspace, form, output)
    again = service.creates.send_again
    return send(service, chosen.draft, lambda: again(chosen.id), form, output, former=chosen)


def _drop(service: "Service", chosen: OpenCreate, output: Output) -> int:
    service.creates.drop(chosen.id).result()
    output.narrate(f"{chosen.workspace}: dropped: {chosen.title}")
    return Exit.DONE


def _drop_losses(service: "Service", output: Output) -> int:
    service.creates.drop_losses().result()
    output.narrate("dropped: what was lost is not told any more")
    return Exit.DONE


def _find(service: "Service", names: Collection[str] | None, prefix: str) -> OpenCreate:
    service.creates.read().result()
    return find_open(_of(service, names), prefix)


def _of(service: "Service", names: Collection[str] | None) -> Sequence[OpenCreate]:
    found = service.creates.open_creates()
    return found if names is None else [each for each in found if each.workspace in names]


def _after_all(each: OpenCreate, outcome: Outcome) -> str:
    if outcome.state is OutcomeState.CREATED:
        return f"{each.workspace}: created after all: {outcome.ref}  {each.title}"
    return f"{each.workspace}: {outcome.message or outcome.state.value}  {each.title}"
