"""`ticketdeck themes`: which themes there are, where they come from, what is wrong with them."""

import os
from pathlib import Path

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.configured import load_configuration
from tui.cli.exits import Exit
from tui.cli.formats import to_json
from tui.cli.output import Output
from tui.config.paths import default_config, find_config
from tui.domain.clean import clean
from tui.domain.errors import ConfigError
from tui.theming.depth import name_for
from tui.theming.files import shipped_folder, user_folder
from tui.theming.load import DEFAULT, Themes, load_themes
from tui.theming.terminal import color_depth, wants_no_color

USAGE = "[--format text|json]"
DESCRIPTION = """\
List the themes by name: the ones that come with the program, and yours from the
folder `themes` beside the configuration file. Says what is wrong with a file."""
EXAMPLES = """\
examples:
  ticketdeck themes
  theme = "daylight"                   in the configuration shows it from now on
  extend = "midnight"                  begins a theme of yours that changes a few colours"""


class ThemesOptions(Options):
    """What `themes` takes."""

    format: str


OPTIONS = ThemesOptions


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "--format",
        type=one_of("text", "json"),
        default="text",
        metavar="FORMAT",
        help="text or json (default: text)",
    )


def run(options: ThemesOptions, output: Output) -> int:
    """List the themes and return the exit code; themes that are wrong are no failure."""
    output.require_stdout()
    configured, folder = _configured(options.config)
    themes = load_themes(folder)
    current = themes.pick(configured).name
    if options.format == "json":
        output.data(to_json([_record(name, themes, current) for name in themes.names]))
    else:
        output.data("\n".join(_lines(themes, current)))
    for problem in themes.problems:
        output.narrate(str(problem))
    if configured not in themes.by_name:
        output.narrate(f"theme {configured!r} of the configuration is not there; shown: {current}")
    no_color = wants_no_color(os.environ)
    started = name_for(current, themes.by_name, color_depth(os.environ), no_color=no_color)
    if started != current:
        reason = "NO_COLOR is set" if no_color else "this terminal has few colours"
        output.narrate(f"{reason}: the dashboard starts in {started} here")
    return Exit.DONE


def _configured(path: Path | None) -> tuple[str, Path | None]:
    """Return the configured theme, and where the user's own are; themes need no configuration."""
    found = find_config(path, os.environ)
    if found is not None:
        return load_configuration(found).theme, user_folder(found)
    try:
        return DEFAULT, user_folder(default_config(os.environ))
    except ConfigError:  # no home directory
        return DEFAULT, None


def _lines(themes: Themes, current: str) -> list[str]:
    rows = [
        (name, themes.by_name[name].kind, _source(name, themes), name == current)
        for name in themes.names
    ]
    width = max(len(name) for name, *_ in rows)
    return [
        f"{'*' if is_current else ' '} {name:<{width}}  {kind:<10}  {source}"
        for name, kind, source, is_current in rows
    ]


def _record(name: str, themes: Themes, current: str) -> dict[str, object]:
    file, theme = themes.files[name], themes.by_name[name]
    return {
        "name": name,
        "kind": theme.kind,
        "dark": theme.dark,
        "file": clean(str(file)),
        "shipped": file.parent == shipped_folder(),
        "current": name == current,
    }


def _source(name: str, themes: Themes) -> str:
    file = themes.files[name]
    return "comes with ticketdeck" if file.parent == shipped_folder() else clean(str(file))
