"""The query of a command line."""

import pytest

from tui.cli.queries import FIELDS_HELP, read_query
from tui.domain.errors import UsageError
from tui.domain.query import QueryError, parse_query
from tui.domain.query.fields import STATES
from tui.domain.query.lexer import FIELD_NAMES


def test_it_is_every_word_joined() -> None:
    assert read_query(["status:new", "-oslo", '"no', 'receipt"']) == parse_query(
        'status:new -oslo "no receipt"'
    )


def test_what_cannot_be_read_is_a_wrong_call_with_its_place() -> None:
    with pytest.raises(QueryError) as refused:
        read_query(["tills", "status:opne"])

    assert str(refused.value) == "query, column 14: 'opne' is no word for status: (nearest: open)"


@pytest.mark.parametrize("words", [["is:"], ["tills", "assignee:"], ["priority:>"], ["-"]])
def test_a_query_that_is_not_finished_never_means_everything(words: list[str]) -> None:
    with pytest.raises(QueryError):
        read_query(words)


@pytest.mark.parametrize("text", ["is:marked", "-is:marked", "is:open,marked"])
def test_marks_are_only_on_a_screen(text: str) -> None:
    with pytest.raises(UsageError, match=r"^is:marked: marks live on the dashboard's screen"):
        read_query([text])


def test_the_help_names_every_field_and_every_state() -> None:
    assert all(f"{name}:" in FIELDS_HELP for name in FIELD_NAMES)
    assert all(state in FIELDS_HELP for state in STATES if state != "marked")
    assert max(map(len, FIELDS_HELP.splitlines())) <= 84
