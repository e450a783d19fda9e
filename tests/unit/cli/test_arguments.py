"""The grammar of the command line."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tui.cli import create, list_
from tui.cli.arguments import Answered, Options, Parser, one_of, whole_number
from tui.cli.main import COMMANDS, split_command
from tui.domain.errors import UsageError
from tui.domain.order import Order


def _parser() -> Parser:
    parser = Parser("ticketdeck", usage="", description="")
    parser.add_common_options()
    return parser


def _list_options(*words: str) -> list_.ListOptions:
    parser = Parser("ticketdeck list", usage="", description="")
    list_.add_arguments(parser)
    parser.add_common_options()
    options = list_.ListOptions(config_file=None, workspaces=[], observe=False)
    parser.parse(words, options)
    return options


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ([], ([], None, [])),
        (["list"], ([], "list", [])),
        (["-w", "a", "list", "-w", "b"], (["-w", "a"], "list", ["-w", "b"])),
        (
            ["--config", "f", "--observe", "show", "x"],
            (["--config", "f", "--observe"], "show", ["x"]),
        ),
        (["--config=f", "list"], (["--config=f"], "list", [])),
        (["-w"], (["-w"], None, [])),
    ],
)
def test_the_command_is_the_first_word_that_is_no_option(
    words: list[str], parts: tuple[list[str], str | None, list[str]]
) -> None:
    assert split_command(words) == parts


def test_workspaces_before_and_after_the_command_add_up() -> None:
    options = Options(config_file=None, workspaces=[], observe=False)
    _parser().parse(["-w", "a", "--config", "x.toml"], options)
    _parser().parse(["--workspace", "b", "--observe"], options)
    assert options.workspaces == ["a", "b"]
    assert options.config == Path("x.toml")
    assert options.observe


def test_a_word_with_one_dash_is_query() -> None:
    options = _list_options("-status:new", "card", "-weather", "-h2o", "--limit", "3", "-")
    assert options.query == ["-status:new", "card", "-weather", "-h2o", "-"]
    assert options.limit == 3


def test_options_stand_between_the_words_of_a_query() -> None:
    options = _list_options("card", "-w", "qp", "--format=json", "oslo", "--sort", "due:desc")
    assert options.query == ["card", "oslo"]
    assert options.workspaces == ["qp"]
    assert options.format == "json"
    assert options.sort == Order("due", descending=True)


def test_everything_behind_two_dashes_is_query() -> None:
    assert _list_options("--", "--format", "-w").query == ["--format", "-w"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--fromat", "json"], "--fromat (nearest: --format)"),
        (["--format", "jsn"], "nearest: json"),
        (["--sort", "urgncy"], "nearest: urgency"),
        (["--limit", "0"], "not between"),
        (["--limit", "-1"], "--limit"),
        (["--limit", "٣"], "not a whole number"),
        (["-w"], "-w/--workspace"),
        (["--for", "json"], "no option --for"),
    ],
)
def test_a_wrong_option_is_named_with_the_nearest(words: list[str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        _list_options(*words)
    assert says in str(caught.value)


def test_a_word_too_many_is_named() -> None:
    with pytest.raises(UsageError, match="'extra' is one word too many"):
        _parser().parse(["extra"], Options(config_file=None, workspaces=[], observe=False))


def test_help_wins_over_what_is_missing() -> None:
    parser = Parser("ticketdeck create", usage="", description="", epilog="")
    create.add_arguments(parser)
    parser.add_common_options()
    with pytest.raises(Answered) as caught:
        parser.parse(["--help"], create.CreateOptions())
    assert "--dry-run" in caught.value.text


def test_a_choice_and_a_number_say_what_they_take() -> None:
    assert one_of("a", "b")("b") == "b"
    assert whole_number(least=0, most=9)("9") == 9


def test_every_command_has_a_module_and_a_line() -> None:
    assert all(module.startswith("tui.cli.") and line for module, line in COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_takes_a_secret(name: str) -> None:
    module = import_module(COMMANDS[name][0])
    parser = Parser(f"ticketdeck {name}", usage=module.USAGE, description=module.DESCRIPTION)
    module.add_arguments(parser)
    parser.add_common_options()

    # `--key` is the caller's own name for a ticket.
    options = set(re.findall(r"--[a-z-]+", parser.format_help())) - {"--key"}

    assert "--config" in options
    assert not [name for name in options if re.search("key|token|secret|pass|credential", name)]
