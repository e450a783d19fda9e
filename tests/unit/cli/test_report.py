"""What is kept of an error that nobody foresaw."""

from pathlib import Path

import pytest

from tui.cli.report import keep_report, report_of

CANARY = "canary-8d1f"


def _fail(secret: str) -> None:
    try:
        int(secret)
    except ValueError as error:
        raise RuntimeError(f"about {secret}") from error


def test_a_report_says_where_and_holds_no_value() -> None:
    with pytest.raises(RuntimeError) as caught:
        _fail(CANARY)
    text = report_of(caught.value)
    assert CANARY not in text
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "in _fail" in text


def test_a_report_is_for_its_owner_only_and_replaces_the_last(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    assert keep_report("one", folder) == keep_report("two", folder)
    path = keep_report("three", folder)
    assert path is not None
    assert path.read_text() == "three"
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "last-error.txt").symlink_to(victim)
    assert keep_report("text", tmp_path) is not None
    assert victim.read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_no_second_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert keep_report("text", tmp_path / "file") is None
