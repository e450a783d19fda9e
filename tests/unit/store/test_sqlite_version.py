"""A SQLite that knows no strict tables is told at the start, before it takes them for damage."""

import sqlite3

import pytest

from tui.domain.errors import StateError
from tui.store.sqlite_version import check_sqlite


@pytest.mark.parametrize("version", ["3.34.1", "3.36.9"])
def test_an_older_one_is_refused_in_a_line_that_says_what_to_do(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _become(version, monkeypatch)

    with pytest.raises(StateError) as refused:
        check_sqlite()

    assert str(refused.value) == (
        f"SQLite 3.37 or newer is needed, and this Python has {version}:"
        " install ticketdeck with a Python that brings a newer one"
    )


@pytest.mark.parametrize("version", ["3.37.0", "3.50.4", "4.0.0"])
def test_the_first_that_knows_them_and_all_later_ones_will_do(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _become(version, monkeypatch)

    check_sqlite()


def _become(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = tuple(map(int, version.split(".")))
    monkeypatch.setattr(sqlite3, "sqlite_version", version)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", parts)
