"""Which command is meant by what is typed."""

import pytest

from tui.app.commands import COMMANDS
from tui.app.palette import Entry, ranked

ENTRIES = [Entry(name=command.id, words=command.help, keys=command.keys[0]) for command in COMMANDS]


def _first(typed: str) -> str:
    return ranked(ENTRIES, typed)[0].name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("export", "list.export"),
        ("copy", "ticket.copy_ref"),
        ("copy add", "ticket.copy_link"),
        ("quit", "app.quit"),
        ("ack", "ticket.acknowledge"),
        ("refresh all", "data.refresh_all"),
        ("tkcr", "ticket.create"),
        ("ctrl+l", "app.redraw"),
        ("E", "list.export"),
        ("polls", "data.sources"),
    ],
)
def test_the_command_that_is_meant_comes_first(typed: str, name: str) -> None:
    assert _first(typed) == name


def test_nothing_typed_leaves_all_as_they_are() -> None:
    assert ranked(ENTRIES, "  ") == ENTRIES


def test_every_word_must_agree() -> None:
    assert ranked(ENTRIES, "copy zebra") == []


def test_upper_and_lower_case_agree() -> None:
    assert ranked(ENTRIES, "THEME") == ranked(ENTRIES, "theme") != []


def test_a_name_that_begins_with_it_comes_before_one_that_only_contains_it() -> None:
    entries = [
        Entry(name="app.unfold", words="x"),
        Entry(name="app.foldable", words="x"),
        Entry(name="app.fold", words="x"),
        Entry(name="app.f_o_l_d", words="x"),
    ]

    assert [entry.name for entry in ranked(entries, "fold")] == [
        "app.fold",
        "app.foldable",
        "app.unfold",
        "app.f_o_l_d",
    ]
