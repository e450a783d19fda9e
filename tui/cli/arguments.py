"""The grammar of the command line: options that stand anywhere, commands and queries."""

import argparse
import itertools
import os
from collections.abc import Sequence
from typing import Any, NoReturn

from tui import __version__
from tui.domain.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

_WIDEST_HELP = 100
_NARROWEST_HELP = 40


class Answered(Exception):
    """`--help` or `--version` was asked; `text` answers it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Options(argparse.Namespace):
    """The options that stand before or after every command."""

    config_file: str | None
    workspaces: list[str]
    observe: bool

    @property
    def config(self) -> "Path | None":
        """The configuration that was named."""
        if self.config_file is None:
            return None
        # pathlib takes longer to load than argparse, and `status` names files without it.
        from pathlib import Path

        return Path(self.config_file)


class Parser(argparse.ArgumentParser):
    """Parses one command's words and raises `UsageError` or `Answered`; never prints, never exits.

    Words may be parsed into the same `Options` twice: those before the command, then those after.
    """

    def __init__(self, prog: str, *, usage: str, description: str, epilog: str = "") -> None:
        self._value_options: set[str] = set()
        self._flags: set[str] = set()
        self._query_name: str | None = None
        super().__init__(
            prog=prog,
            usage=f"{prog} {usage}".rstrip(),
            description=description,
            epilog=epilog,
            formatter_class=_formatter,
            add_help=False,
            allow_abbrev=False,
        )

    def add_common_options(self) -> None:
        """Add what stands before and after every command."""
        common = self.add_argument_group("options of every command")
        for action in (
            common.add_argument(
                "-w",
                "--workspace",
                action="append",
                dest="workspaces",
                metavar="NAME",
                help="only this workspace; may repeat (default: all)",
            ),
            common.add_argument(
                "--config",
                dest="config_file",
                metavar="PATH",
                help="the configuration to use (default: $TICKETDECK_CONFIG, else yours)",
            ),
            common.add_argument(
                "--observe", action="store_true", help="never write to a vendor in this call"
            ),
            common.add_argument("-h", "--help", action=_Help, help="show this and exit"),
        ):
            self._note(action)

    def add_argument(self, *names: Any, **settings: Any) -> argparse.Action:
        """As in argparse; notes which options take a value."""
        return self._note(super().add_argument(*names, **settings))

    def take_query(self, name: str) -> None:
        """Put every word that is no option into a list under this name.

        argparse cannot do that: it takes `-status:new` for options.
        """
        self._query_name = name

    def parse(self, words: Sequence[str], options: Options) -> None:
        """Fill `options` from the words.

        Raises:
            UsageError: a word is not understood; the nearest option is named.
            Answered: help or the version was asked for.
        """
        own = list(words)
        if self._query_name is not None:
            own, query = self._split_query(words)
            setattr(options, self._query_name, query)
        _, left_over = self.parse_known_args(own, options)
        if left_over:
            raise UsageError(self._not_understood(left_over[0]))

    def _split_query(self, words: Sequence[str]) -> tuple[list[str], list[str]]:
        """Return the options with their values, and the query.

        One dash negates, so only the short options themselves are options; a word with two dashes
        was surely meant as one. Everything behind `--` is query.
        """
        options: list[str] = []
        query: list[str] = []
        remaining = iter(words)
        for word in remaining:
            if word == "--":
                query += remaining
            elif word in self._value_options:
                options += [word, *itertools.islice(remaining, 1)]
            elif word in self._flags or word.startswith("--"):
                options.append(word)
            else:
                query.append(word)
        return options, query

    def error(self, message: str) -> NoReturn:
        """Turn argparse's complaint into ours."""
        raise UsageError(f"{message}. Try: {self.prog} --help")

    def _note(self, action: argparse.Action) -> argparse.Action:
        noted = self._flags if action.nargs == 0 else self._value_options
        noted.update(action.option_strings)
        return action

    def _not_understood(self, word: str) -> str:
        from tui.domain.draft import nearest_name

        if not word.startswith("-"):
            return f"{word!r} is one word too many. Try: {self.prog} --help"
        name = word.partition("=")[0]
        nearest = nearest_name(name, sorted(self._flags | self._value_options))
        hint = f"nearest: {nearest}" if nearest else f"try: {self.prog} --help"
        return f"{self.prog} has no option {name} ({hint})"


class _Help(argparse.Action):
    def __init__(self, **settings: Any) -> None:
        super().__init__(nargs=0, **settings)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise Answered(parser.format_help().rstrip("\n"))


class Version(argparse.Action):
    """The option that answers with the program's version."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(nargs=0, **settings)

    def __call__(self, *_: object) -> NoReturn:
        raise Answered(f"ticketdeck {__version__}")


def one_of(*known: str) -> Any:
    """Return an argparse type that takes these words and names the nearest for any other."""

    def choose(word: str) -> str:
        if word in known:
            return word
        from tui.domain.draft import nearest_name

        nearest = nearest_name(word, known)
        hint = f"nearest: {nearest}" if nearest else f"known: {', '.join(known)}"
        raise argparse.ArgumentTypeError(f"{word!r} is not known ({hint})")

    return choose


def whole_number(*, least: int, most: int) -> Any:
    """Return an argparse type for whole numbers in a range."""

    def read(word: str) -> int:
        if not (word.isascii() and word.isdigit() and len(word) <= len(str(most))):
            raise argparse.ArgumentTypeError(f"{word!r} is not a whole number")
        if not least <= (number := int(word)) <= most:
            raise argparse.ArgumentTypeError(f"{word} is not between {least} and {most}")
        return number

    return read


def length_of_time(word: str) -> "timedelta":
    """Read `30s`, `2m` or `1h30m`; an argparse type."""
    from tui.domain.duration import parse_duration

    try:
        return parse_duration(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word!r}: {error}") from None


def _formatter(prog: str) -> argparse.RawDescriptionHelpFormatter:
    # argparse would import shutil for the width, at every single option.
    try:
        width = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        try:
            width = os.get_terminal_size(1).columns
        except OSError:
            width = 80
    width = min(max(width, _NARROWEST_HELP), _WIDEST_HELP) - 2
    return argparse.RawDescriptionHelpFormatter(prog, width=width, max_help_position=30)
