"""Files that the queue is exported to."""

import csv
import json
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from tui.app.export_file import (
    ExportFailed,
    NameTaken,
    default_name,
    with_form,
    write_export,
)
from tui.domain.record import to_record

TICKETS = [make_ticket("1", title="=cmd()"), make_ticket("2", title="店 | x")]


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_name_tells_when() -> None:
    assert default_name("2026-02-04 03:05 UTC", "csv") == "tickets-2026-02-04-0305.csv"


def test_another_form_changes_the_suffix_that_is_one() -> None:
    assert with_form("a.csv", "md") == "a.md"
    assert with_form("notes.txt", "md") == "notes.txt"
    assert with_form("notes", "md") == "notes"


def test_each_form_holds_every_ticket_in_its_order(tmp_path: Path) -> None:
    for form in ("csv", "json", "md"):
        path = write_export(f"out.{form}", form, TICKETS, NOON)
        assert path == tmp_path / f"out.{form}"
        assert path.stat().st_mode & 0o777 == 0o600

    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [(row["id"], row["title"]) for row in rows] == [("1", "'=cmd()"), ("2", "店 | x")]
    read = json.loads((tmp_path / "out.json").read_text())
    assert read == [dict(to_record(ticket, NOON)) for ticket in TICKETS]
    assert (tmp_path / "out.md").read_text().count("\n") == 6


def test_no_file_is_ever_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    (tmp_path / "a-2.csv").symlink_to("nowhere")

    with pytest.raises(NameTaken) as raised:
        write_export("a.csv", "csv", TICKETS, NOON)

    assert raised.value.free == "a-3.csv"
    assert str(raised.value) == "a.csv is there already and stays; a-3.csv is free"
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-2.csv", "a.csv", "home"]


def test_home_is_understood(tmp_path: Path) -> None:
    assert write_export("~/x.csv", "csv", TICKETS, NOON) == tmp_path / "home" / "x.csv"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "The file needs a name"),
        ("none/x.csv", "cannot be written: No such file or directory"),
        ("home/", "That is a folder; add the name of a file"),
        ("~nobody-here/x.csv", "~ is not known here; write the whole path"),
        ("a\0b", "No file can have such a name"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_line(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(ExportFailed) as raised:
        write_export(name, "csv", TICKETS, NOON)

    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_without_links_it_is_written_all_the_same_and_never_over_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)

    path = write_export("a.csv", "csv", TICKETS, NOON)

    assert path.read_text().count("\n") == 3
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.csv", "home"]
