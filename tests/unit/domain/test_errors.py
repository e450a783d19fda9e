"""The errors that cross a layer are the ones that the module shows, and mean what it says."""

import inspect
import re

import pytest

from tui.domain import errors
from tui.domain.errors import (
    ConfigError,
    CredentialError,
    Problem,
    RateLimited,
    TicketdeckError,
    VendorError,
    VendorFailure,
)

CLASSES = {
    name: found
    for name, found in vars(errors).items()
    if inspect.isclass(found) and issubclass(found, TicketdeckError)
}
SURELY_NOT_CREATED = {
    *("Unreachable", "BadRequest", "CredentialRefused", "Forbidden", "NotFound", "Redirected"),
    *("RateLimited", "BudgetSpent"),
}
PERHAPS_CREATED = {"VendorError", "ConnectionLost", "BadResponse", "VendorFailure"}
VENDOR_ERRORS = {name: found for name, found in CLASSES.items() if issubclass(found, VendorError)}


def tree_of_the_docstring() -> dict[str, str | None]:
    """Return the parent of every class in the tree at the top of the module."""
    parents: dict[str, str | None] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.fullmatch(r"(?P<branches>[│ ├└─]*)(?P<name>[A-Z]\w+)(\s{2,}.*)?", line):
            depth = len(found["branches"]) // 4
            path[depth:] = [found["name"]]
            parents[found["name"]] = path[depth - 1] if depth else None
    return parents


def test_the_tree_at_the_top_is_the_tree_of_the_classes() -> None:
    real = {
        name: None if found is TicketdeckError else found.__base__.__name__
        for name, found in CLASSES.items()
        if found.__base__
    }

    assert tree_of_the_docstring() == real


@pytest.mark.parametrize("name", VENDOR_ERRORS)
def test_it_is_known_whether_a_create_that_ends_so_created_nothing(name: str) -> None:
    assert set(VENDOR_ERRORS) == SURELY_NOT_CREATED | PERHAPS_CREATED
    assert VENDOR_ERRORS[name]("x").nothing_was_created is (name in SURELY_NOT_CREATED)


@pytest.mark.parametrize("surely", [True, False])
def test_an_adapter_that_knows_better_says_so(*, surely: bool) -> None:
    assert VendorFailure("x", nothing_was_created=surely).nothing_was_created is surely
    assert errors.BadRequest("x", nothing_was_created=surely).nothing_was_created is surely
    assert VendorFailure.nothing_was_created is False


@pytest.mark.parametrize("name", CLASSES)
def test_every_error_is_its_message(name: str) -> None:
    error = (
        CLASSES[name](Problem("f", 1, "k", "no")) if name == "ConfigError" else CLASSES[name]("no")
    )

    assert str(error).endswith("no")
    assert "\n" not in str(error)


def test_errors_carry_what_the_caller_acts_on() -> None:
    assert VendorError("x").status is None
    assert VendorError("x", status=418).status == 418
    assert RateLimited("x", status=429, retry_after_s=7.5).retry_after_s == 7.5
    assert RateLimited("x").retry_after_s is None
    assert VendorFailure("x", status=503, retry_after_s=60.0).retry_after_s == 60.0
    assert CredentialError("x", advice="set KEY").advice == "set KEY"
    assert CredentialError("x").advice is None


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem("c.toml", 7, "theme", "no such theme"), "c.toml:7: theme: no such theme"),
        (Problem("c.toml", None, "theme", "missing"), "c.toml: theme: missing"),
        (Problem("c.toml", 7, "", "not TOML"), "c.toml:7: not TOML"),
        (Problem("c.toml", None, "", "not readable"), "c.toml: not readable"),
    ],
)
def test_a_problem_names_its_file_line_and_key_where_there_are(
    problem: Problem, words: str
) -> None:
    assert str(problem) == words


def test_a_configuration_error_holds_every_problem_one_a_line() -> None:
    first, second = Problem("a", 1, "k", "x"), Problem("a", 2, "l", "y")
    error = ConfigError(first, second)

    assert error.problems == (first, second)
    assert str(error) == "a:1: k: x\na:2: l: y"
