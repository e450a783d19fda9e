"""The entry point: finds the command, runs it, and turns every error into a line and a code.

A command's module is imported when the command is chosen, and not before.
"""

import gc
import sys

from tui import __version__
from tui.ending import Ended, end_on_signals, heeded, ignore_signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from tui.cli.arguments import Options, Parser
    from tui.cli.output import Output

    class CommandModule(Protocol):
        """What every command's module offers; the dashboard's only `run`."""

        USAGE: str
        DESCRIPTION: str
        EXAMPLES: str
        OPTIONS: type[Options]

        def add_arguments(self, parser: Parser) -> None: ...

        def run(self, options: Options, output: Output) -> int: ...


COMMANDS = {
    "demo": ("tui.cli.demo", "the dashboard over a made-up world: no account, no network"),
    "list": ("tui.cli.list_", "print the queue, most urgent first"),
    "show": ("tui.cli.show", "print one ticket, whole"),
    "create": ("tui.cli.create", "create one ticket"),
    "outbox": ("tui.cli.outbox", "the creates that nobody knows the end of"),
    "watch": ("tui.cli.watch", "print what happens, as it happens"),
    "poll": ("tui.cli.poll", "poll without a screen, for all who share the store"),
    "status": ("tui.cli.status", "one line from the store, for a prompt or a status bar"),
    "purge": ("tui.cli.purge", "remove what is stored of tickets"),
    "check": ("tui.cli.check", "say what works and what does not: credentials, vendors, terminal"),
    "config": ("tui.cli.config", "begin, find, check, show or describe the configuration"),
    "themes": ("tui.cli.themes", "list the themes, yours too, and what is wrong with them"),
    "sandbox": ("tui.cli.sandbox", "serve the made-up vendors to other programs"),
}
"""Each command's module and its line in the help."""

_SIGPIPE = 13

_USAGE = "[-w NAME]... [--observe] [COMMAND ...]"
_DESCRIPTION = """\
One queue of customer tickets from QuestionPro, SocialBoards and KlinkCX, in
the terminal. Without a command: the dashboard. With -w it opens in that
workspace."""
_EXAMPLES = "\n".join(
    [
        "commands:",
        *(f"  {name:<9} {summary}" for name, (_, summary) in COMMANDS.items()),
        "",
        "examples:",
        "  ticketdeck demo                      look around, with made-up tickets",
        "  ticketdeck config init               write a configuration to fill in",
        "  ticketdeck check                     see whether it works",
        "  ticketdeck -w cx-emea                the dashboard, in one workspace",
        "  ticketdeck list --format json        the whole queue for a program",
        "  ticketdeck create --help             what a command takes",
        "",
        "exit codes: 0 done, 1 failed, 2 usage or configuration, 3 credential refused,",
        "4 some workspaces failed, 5 a create may or may not have happened, 74 output lost",
    ]
)


def run(argv: "Sequence[str] | None" = None) -> int:
    """Run one call of the program and return its exit code.

    Signals come first: what Python would say of an interrupt is a traceback.
    """
    try:
        end_on_signals()
        return _answer(list(sys.argv[1:] if argv is None else argv))
    except Ended as ended:
        return ended.code
    finally:
        # Here: entering a function of ours, Python would raise what came behind the first signal.
        heeded.clear()
        ignore_signals()
        # Python would walk through all tickets, for seconds, and no thread could end it meanwhile.
        gc.freeze()


def split_command(words: "Sequence[str]") -> "tuple[list[str], str | None, list[str]]":
    """Return the options before the command, the command if there is one, and the rest."""
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] in ("-w", "--workspace", "--config") else 1
    if index >= len(words):
        return list(words), None, []
    return list(words[:index]), words[index], list(words[index + 1 :])


def _answer(words: "list[str]") -> int:
    from tui.cli.memory_guard import forbid_core_dumps
    from tui.cli.output import Output, OutputLost, ReaderGone, occupy_closed_descriptors

    forbid_core_dumps()
    if None in (sys.stdin, sys.stdout, sys.stderr):
        occupy_closed_descriptors()
    output = Output(sys.stdout, sys.stderr)
    try:
        return _run(words, output)
    except ReaderGone:
        return 128 + _SIGPIPE
    except OutputLost as lost:
        output.narrate(f"ticketdeck: the output could not be written: {lost}")
        return 74
    except Exception as error:  # the last resort of the whole program: a line, never a traceback
        return _explain(error, words, output)


def _run(words: "list[str]", output: "Output") -> int:
    if words[:1] == ["--version"]:
        output.data(f"ticketdeck {__version__}")
        return 0
    from tui.cli.arguments import Answered

    try:
        module, options = _parse(words)
    except Answered as answer:
        output.data(answer.text)
        return 0
    return module.run(options, output)


def _parse(words: "list[str]") -> "tuple[CommandModule, Options]":
    from tui.cli.arguments import Options, Parser, Version

    before, name, after = split_command(words)
    common = Options(config_file=None, workspaces=[], observe=False)
    top = Parser("ticketdeck", usage=_USAGE, description=_DESCRIPTION, epilog=_EXAMPLES)
    top.add_argument("--version", action=Version, help="show the version and exit")
    top.add_common_options()
    top.parse(before, common)
    if name is None:
        return _load("tui.cli.dashboard"), common
    module = _load(_module_of(name))
    options = module.OPTIONS(**vars(common))
    parser = Parser(
        f"ticketdeck {name}",
        usage=module.USAGE,
        description=module.DESCRIPTION,
        epilog=module.EXAMPLES,
    )
    module.add_arguments(parser)
    parser.add_common_options()
    parser.parse(after, options)
    return module, options


def _module_of(name: str) -> str:
    if name in COMMANDS:
        return COMMANDS[name][0]
    from tui.domain.draft import nearest_name
    from tui.domain.errors import UsageError

    nearest = nearest_name(name, list(COMMANDS))
    hint = f"nearest: {nearest}" if nearest else "try: ticketdeck --help"
    raise UsageError(f"there is no command {name!r} ({hint})")


def _load(module_name: str) -> "CommandModule":
    from importlib import import_module
    from typing import cast

    return cast("CommandModule", import_module(module_name))


def _explain(error: Exception, words: "Sequence[str]", output: "Output") -> int:
    """Say what went wrong, and return the exit code that means it; never fails itself."""
    try:
        return _explain_kind(error, words, output)
    except Exception as second:  # no file may be opened any more, and so no module loaded
        kinds = f"{type(error).__name__}, then {type(second).__name__}"
        output.narrate(f"ticketdeck: internal error: {kinds}; no report could be made")
        return 1


def _explain_kind(error: Exception, words: "Sequence[str]", output: "Output") -> int:
    """Say in a line what went wrong, and return the exit code that means it."""
    from tui.cli.exits import Exit
    from tui.domain.errors import (
        ConfigError,
        CredentialError,
        CredentialRefused,
        Forbidden,
        TicketdeckError,
        UsageError,
    )

    match error:
        case ConfigError():
            for line in str(error).splitlines():
                output.narrate(line)
            return Exit.USAGE
        case UsageError():
            output.narrate(f"ticketdeck: {error}")
            return Exit.USAGE
        case CredentialError() | CredentialRefused() | Forbidden():
            output.narrate(f"ticketdeck: {error}")
            return Exit.REFUSED
        case TicketdeckError():
            output.narrate(f"ticketdeck: {error}")
            return Exit.FAILED
        case _:
            name = split_command(words)[1]
            # What is no command may be anything; the words behind it are a query or a field.
            command = name if name in COMMANDS else "dashboard"
            return _explain_internal(error, command, output)


def _explain_internal(error: Exception, command: str, output: "Output") -> int:
    """Say what failed, where the report of it is, and how to go on; never a value."""
    from tui.app.failure import DashboardFailed
    from tui.cli.exits import Exit
    from tui.cli.report import (
        Scene,
        innermost_place,
        keep_report,
        kind_of,
        report_of,
        reports_folder,
    )
    from tui.domain.clean import clean
    from tui.engine.clock import SystemClock

    failed: BaseException = error
    scene = Scene(command)
    if isinstance(error, DashboardFailed) and error.__cause__ is not None:
        failed, scene = error.__cause__, Scene(command, error.screens, error.size)
    at = SystemClock().now()
    text = report_of(failed, at=at, scene=scene)
    path = keep_report(text, reports_folder(), at)
    output.narrate(f"ticketdeck: internal error: {kind_of(failed)} at {innermost_place(failed)}")
    if path is not None:
        output.narrate(f"Report, without texts and keys: {clean(str(path))}")
    else:
        output.narrate("No report can be written; this is what would stand in it:")
        for line in text.splitlines():
            output.narrate(line)
    output.narrate(
        "To go on, start it again; for what was being created, first look at: ticketdeck outbox"
    )
    return Exit.FAILED
