"""The names of keys, and what is said of those that somebody chose."""

from itertools import combinations
from pathlib import Path

import pytest
from textual.keys import KEY_ALIASES, Keys, _character_to_key

from support.configuration import write_config
from tui.app.commands import BY_ID, COMMANDS, can_meet
from tui.app.key_check import key_problems
from tui.app.key_names import _KNOWN, key_problem, normal_key, show_key
from tui.app.keymap import Keymap
from tui.app.screens.create import CreateScreen
from tui.app.screens.deck import DeckScreen
from tui.app.screens.detail import DetailScreen
from tui.app.screens.outbox import OutboxScreen
from tui.app.screens.pick import PickScreen
from tui.app.screens.sources import SourcesScreen
from tui.app.screens.tickets import TicketsScreen
from tui.app.screens.workspaces import WorkspacesScreen
from tui.cli.configured import load_configuration

SCREENS = (
    CreateScreen,
    DetailScreen,
    OutboxScreen,
    PickScreen,
    SourcesScreen,
    TicketsScreen,
    WorkspacesScreen,
)


@pytest.mark.parametrize(
    ("written", "name", "shown"),
    [
        ("esc", "escape", "esc"),
        ("Return", "enter", "enter"),
        ("PgDn", "pagedown", "pgdn"),
        ("Ctrl+N", "ctrl+n", "ctrl+n"),
        ("ctrl-n", "ctrl+n", "ctrl+n"),
        ("control+n", "ctrl+n", "ctrl+n"),
        ("shift+n", "N", "N"),
        ("shift+ctrl+up", "ctrl+shift+up", "ctrl+shift+up"),
        ("f2", "f2", "F2"),
        (",", "comma", ","),
        ("question_mark", "?", "?"),
        ("+", "+", "+"),
        (" ", "space", "space"),
        ("ctrl+\\", "ctrl+backslash", "ctrl+\\"),
        ("ctrl+space", "ctrl+@", "ctrl+space"),
        ("ü", "ü", "ü"),
    ],
)
def test_a_key_can_be_written_as_people_write_it(written: str, name: str, shown: str) -> None:
    assert normal_key(written) == name
    assert show_key(written) == shown
    assert key_problem(written) == ""


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("ctrl+ü", "no key that terminals send (nearest: ctrl+u)"),
        ("pagedwn", "no key that terminals send (nearest: pgdn)"),
        ("ctrl++", "no key that terminals send"),
        ("€€€", "no key that terminals send; write it like n, N, ctrl+n, F2 or alt+up"),
        ("ctrl+h", "terminals send backspace for it"),
        ("ctrl+m", "terminals send enter for it"),
    ],
)
def test_a_key_that_no_terminal_sends_is_told_with_the_nearest(written: str, problem: str) -> None:
    assert key_problem(written).startswith(problem)


def test_every_key_that_is_taken_for_one_has_a_name_in_textual() -> None:
    names = {key.value for key in Keys} | {each for all_ in KEY_ALIASES.values() for each in all_}
    names |= {_character_to_key(character) for character in ", "}

    def is_named(key: str) -> bool:
        *_, name = key.split("+")
        return name in names or len(name) == 1 or f"ctrl+{name}" in names

    assert [key for key in _KNOWN if not is_named(key)] == []


def test_the_keys_that_commands_come_with_are_sound() -> None:
    keys = {command.id: command.keys for command in COMMANDS}

    assert list(key_problems(keys)) == []


def test_a_key_that_is_taken_from_another_command_names_both() -> None:
    assert list(key_problems({"ticket.create": ("j",), "list.why": ("S",)})) == [
        ("ticket.create", '"j" is taken from list.down, which keeps down'),
        ("list.why", '"S" is taken from list.sort, which has no key now'),
    ]


def test_whoever_gives_the_other_command_a_key_too_is_told_nothing() -> None:
    assert list(key_problems({"ticket.create": ("j",), "list.down": ("down",)})) == []
    assert list(key_problems({"ticket.create": ("j",), "list.down": ()})) == []


def test_one_key_for_two_commands_is_told_at_the_second() -> None:
    assert list(key_problems({"list.sort": ("x",), "list.why": ("x",)})) == [
        ("list.why", '"x" is given to list.sort too; only one of them gets it')
    ]


def test_commands_that_never_meet_may_share_a_key() -> None:
    assert list(key_problems({"form.next": ("f5",), "list.down": ("f5",)})) == []


def test_a_form_cannot_be_sent_by_a_letter() -> None:
    assert list(key_problems({"form.send": ("s",)})) == [
        ("form.send", '"s" would be typed into the field; take ctrl or an F key')
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_commands_of_one_screen_can_meet(screen: type[DeckScreen[object]]) -> None:
    assert set(screen.COMMAND_IDS) <= set(BY_ID)
    assert [pair for pair in combinations(screen.COMMAND_IDS, 2) if not can_meet(*pair)] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_no_two_commands_of_a_screen_have_one_key(screen: type[DeckScreen[object]]) -> None:
    keys = [key for name in screen.COMMAND_IDS for key in Keymap().keys(name, screen.COMMAND_IDS)]

    assert len(keys) == len(set(keys))


def test_the_configuration_tells_it_with_file_and_line(tmp_path: Path) -> None:
    path = write_config(
        tmp_path, '[keys]\n"list.up" = "j"\nlist.why = ["F99", "w"]\n"ticket.undo" = ""\n'
    )

    assert [str(warning).removeprefix(str(tmp_path) + "/") for warning in load(path)] == [
        'config.toml:2: keys."list.up": "j" is taken from list.down, which keeps down',
        'config.toml:3: keys.list.why: "F99": no key that terminals send (nearest: F9)',
        'config.toml:3: keys.list.why: "w" is taken from workspace.pick, which has no key now',
    ]


def load(path: Path) -> list[object]:
    return list(load_configuration(path).warnings)
