"""`ticketdeck config`: begins, finds, checks, shows and describes the configuration."""

import os
from collections.abc import Callable, Mapping

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.configured import NoConfiguration, load_configuration
from tui.cli.exits import Exit
from tui.cli.output import Output
from tui.cli.redacted import redacted
from tui.config.paths import default_config, find_config
from tui.config.write import write_starter_config
from tui.domain.clean import clean
from tui.resources import resource

USAGE = "init|path|validate|show|schema"
DESCRIPTION = """\
init      write a short configuration to fill in; never over one
path      print which file is used
validate  say everything that is wrong with it, without calling a vendor
show      print it as it was understood, defaults filled in and secrets left out
schema    print what it may hold as JSON Schema, for an editor"""
EXAMPLES = """\
examples:
  ticketdeck config init
  ticketdeck config schema > ticketdeck.schema.json
  ticketdeck --config team.toml config validate"""


class ConfigOptions(Options):
    """What `config` takes."""

    action: str


OPTIONS = ConfigOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.add_argument("action", type=one_of(*_ACTIONS), metavar=USAGE, help="what to do")


def run(options: ConfigOptions, output: Output) -> int:
    """Do what was asked and return the exit code."""
    output.require_stdout()
    return _ACTIONS[options.action](options, output)


def _init(options: ConfigOptions, output: Output) -> int:
    path = options.config or default_config(os.environ)
    write_starter_config(path)
    output.echo(str(path))
    output.narrate(f"Every key is explained in {resource('config.example.toml')}")
    output.narrate("Fill it in, then: ticketdeck check")
    return Exit.DONE


def _path(options: ConfigOptions, output: Output) -> int:
    found = find_config(options.config, os.environ)
    output.echo(str(found or default_config(os.environ)))
    if found is None:
        output.narrate(str(NoConfiguration()))
    return Exit.DONE


def _validate(options: ConfigOptions, output: Output) -> int:
    config = load_configuration(options.config)
    for warning in config.warnings:
        output.narrate(f"warning: {warning}")
    names = ", ".join(configured.workspace.name for configured in config.workspaces)
    output.data(f"{clean(str(config.path))}: valid; workspaces: {names or 'none'}")
    return Exit.DONE


def _show(options: ConfigOptions, output: Output) -> int:
    import tomli_w

    config = load_configuration(options.config)
    for warning in config.warnings:
        output.narrate(f"warning: {warning}")
    output.data(f"# {clean(str(config.path))}\n{tomli_w.dumps(redacted(config))}".rstrip("\n"))
    return Exit.DONE


def _schema(options: ConfigOptions, output: Output) -> int:
    import json

    from tui.app.commands import BY_ID
    from tui.config.schema import config_schema
    from tui.theming.files import theme_names, user_folder
    from tui.vendors.registry import vendor_declarations, vendor_specs

    path = find_config(options.config, os.environ) or default_config(os.environ)
    schema = config_schema(
        vendor_declarations(),
        themes=theme_names(user_folder(path)),
        commands={command: each.help for command, each in BY_ID.items()},
        fields={vendor: spec.fields for vendor, spec in vendor_specs().items()},
    )
    output.data(json.dumps(schema, indent=2))
    return Exit.DONE


_ACTIONS: Mapping[str, Callable[[ConfigOptions, Output], int]] = {
    "init": _init,
    "path": _path,
    "validate": _validate,
    "show": _show,
    "schema": _schema,
}
