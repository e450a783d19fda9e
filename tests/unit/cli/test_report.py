"""What is kept of an error that nobody foresaw."""

import re
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from support.builders import NOON
from tui.cli.report import REPORTS_KEPT, Scene, keep_report, report_of

CANARY = "canary-8d1f"
LIST = Scene("list")


def _fail(secret: str) -> None:
    try:
        int(secret)
    except ValueError as error:
        raise RuntimeError(f"about {secret}") from error


def _fail_together(secret: str) -> None:
    errors: list[Exception] = []
    for fail in (_fail, Path(f"/no/{secret}").read_text):
        try:
            fail(secret)
        except (RuntimeError, OSError) as error:
            error.add_note(secret)
            errors.append(error)
    raise ExceptionGroup(secret, errors)


def _fail_without_end(secret: str) -> None:
    _fail_without_end(secret)


def _report(fail: Callable[[str], None], scene: Scene = LIST) -> str:
    with pytest.raises(Exception) as caught:
        fail(CANARY)
    return report_of(
        caught.value, at=NOON, scene=scene, environ={"TERM": "xterm\x1b]0;x\a", "KEY": CANARY}
    )


def test_a_report_says_where_and_holds_no_value() -> None:
    text = _report(_fail)

    assert CANARY not in text
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert re.search(r"test_report\.py:\d+ in _fail\n", text)
    assert str(Path.home()) not in text


def test_a_report_says_with_what_and_on_which_screen() -> None:
    scene = Scene("dashboard", ("TicketsScreen", "DetailScreen"), (80, 24))
    text = _report(_fail, scene)

    assert text.startswith("ticketdeck ")
    assert "failed at 2026-02-04 12:00:00 UTC: RuntimeError\n" in text
    assert "\ncommand   dashboard\nscreens   TicketsScreen > DetailScreen\n" in text
    assert re.search(r"\nterminal  TERM xterm[^\x00-\x1f]*, 80 columns, 24 lines\n", text)
    assert re.search(r"\npython    3\.\d+\.\d+, \w+\npackages  textual 8\.\S+, httpx 0\.28", text)


def test_all_errors_of_a_group_are_told_and_what_the_system_calls_them() -> None:
    text = _report(_fail_together)

    assert CANARY not in text
    for kind in ("ExceptionGroup", "RuntimeError", "FileNotFoundError (ENOENT)", "ValueError"):
        assert f"\n{kind}\n" in text


def test_of_an_endless_recursion_the_beginning_and_the_end_are_told() -> None:
    text = _report(_fail_without_end)

    assert "RecursionError" in text
    assert " more\n" in text
    assert text.count("\n") < 90


def test_every_report_is_a_file_for_its_owner_only_and_the_oldest_go(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "ticketdeck"
    other = folder / "drafts.txt"
    first = keep_report("first", folder, NOON)
    other.touch()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert first == folder / "crash-20260204T120000Z.txt"
    texts = [str(number) for number in range(REPORTS_KEPT + 3)]
    for text in texts:
        assert keep_report(text, folder, NOON) is not None

    left = list(folder.glob("crash-20260204T120000Z*.txt"))
    assert sorted(path.read_text() for path in left) == sorted(texts[-REPORTS_KEPT:])
    assert {path.stat().st_mode & 0o777 for path in left} == {0o600}
    assert other.exists()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "crash-20260204T120000Z.txt").symlink_to(victim)

    path = keep_report("text", tmp_path, NOON)

    assert path == tmp_path / "crash-20260204T120000Z-2.txt"
    assert victim.read_text() == "mine"


def test_what_is_no_report_of_ours_stays(tmp_path: Path) -> None:
    notes = tmp_path / "crash-notes.txt"
    notes.write_text("mine")
    for number in range(REPORTS_KEPT + 2):
        keep_report(str(number), tmp_path, NOON)

    assert notes.read_text() == "mine"
    assert len([*tmp_path.glob("crash-2*.txt")]) == REPORTS_KEPT


def test_no_half_of_a_report_is_left_where_the_disk_is_full(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        assert keep_report("text" * 100, tmp_path / "state", NOON) is None
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert [*(tmp_path / "state").iterdir()] == []


def test_a_folder_that_cannot_be_written_is_no_second_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert keep_report("text", tmp_path / "file", NOON) is None
