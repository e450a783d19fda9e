"""A credential shows itself to nobody who does not ask for it by name."""

import copy
import io
import json
import pickle
import pprint
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass

import pytest
from rich.console import Console
from rich.traceback import Traceback

from tui.domain.secret import Secret

CANARY = "canary-7f3a91"


@dataclass(frozen=True)
class Holder:
    name: str
    secret: Secret


def test_it_is_revealed_only_when_asked() -> None:
    assert Secret(CANARY).reveal() == CANARY


def test_it_is_shown_as_three_asterisks() -> None:
    secret = Secret(CANARY)

    assert (str(secret), f"{secret}", f"{secret:>40}") == ("***", "***", "***")
    with pytest.raises(TypeError, match=r"\Aa secret is not copied or pickled\Z"):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        ascii,
        format,
        "{}".format,
        "{:>40}".format,
        "{!r:.3}".format,
        lambda secret: f"{secret}",
        lambda secret: f"{secret!s:20}",
        lambda secret: f"{secret=}",
        lambda secret: "%s %r %a" % (secret, secret, secret),  # noqa: UP031  the old way, too
        lambda secret: repr([secret, {"key": secret}]),
        lambda secret: repr(Holder("x", secret)),
        lambda secret: str(KeyError(secret)),
        pprint.pformat,
        lambda secret: json.dumps({"key": secret}, default=str),
        lambda secret: json.dumps({"key": secret}, default=repr),
        lambda secret: repr(getattr(secret, "__dict__", None)),
    ],
)
def test_no_way_of_showing_it_shows_it(show: Callable[[Secret], str]) -> None:
    shown = show(Secret(CANARY))

    assert CANARY not in shown
    assert "canary" not in shown


@pytest.mark.parametrize(
    "duplicate",
    [
        copy.copy,
        copy.deepcopy,
        *(lambda secret, n=n: pickle.dumps(secret, n) for n in range(pickle.HIGHEST_PROTOCOL + 1)),
        json.dumps,
        lambda secret: asdict(Holder("x", secret)),
        vars,
        iter,
        len,
    ],
)
def test_it_is_neither_copied_nor_written(duplicate: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as refused:
        duplicate(Secret(CANARY))

    assert CANARY not in str(refused.value)


def test_it_is_not_in_a_traceback_with_local_variables() -> None:
    def fail(secret: Secret, holder: Holder) -> None:
        raise ValueError(secret, holder)

    with pytest.raises(ValueError, match="Secret") as failed:
        fail(Secret(CANARY), Holder("x", Secret(CANARY)))

    error = failed.value
    plain = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    drawn = io.StringIO()
    Console(file=drawn, width=200).print(
        Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True)
    )
    shown = "".join(plain) + drawn.getvalue()

    assert shown.count("secret = Secret(***)") == 2
    assert CANARY not in shown


def test_two_secrets_are_compared_by_identity_only() -> None:
    secret, same_value = Secret(CANARY), Secret(CANARY)

    assert secret != same_value
    assert len({secret, secret, same_value}) == 2


def test_it_is_not_changed_by_name() -> None:
    with pytest.raises(AttributeError):
        Secret(CANARY).note = "x"  # type: ignore[attr-defined]  # what is tested
