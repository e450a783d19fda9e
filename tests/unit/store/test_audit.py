"""Each write leaves its line in the audit log, whoever else writes, and no content ever does."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from support.builders import NOON
from tui.domain.errors import StateError
from tui.store.audit import AUDIT_FILE, AuditLog, AuditRecord


def make_record(**overrides: Any) -> AuditRecord:
    given = {
        "at": NOON,
        "who": "ana",
        "action": "create",
        "workspace": "qp",
        "vendor": "questionpro",
        "intent": "a1",
        **overrides,
    }
    return AuditRecord(**given)


def lines(folder: Path) -> list[Any]:
    return [json.loads(line) for line in (folder / AUDIT_FILE).read_text("ascii").splitlines()]


def test_a_line_says_who_when_where_and_how_it_ended(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    log.write(make_record())
    AuditLog(tmp_path).write(make_record(outcome="created", ref="qp/77"))

    begun = {
        "at": "2026-02-04T12:00:00.000Z",
        "who": "ana",
        "action": "create",
        "workspace": "qp",
        "vendor": "questionpro",
        "intent": "a1",
        "outcome": None,
        "ref": None,
    }
    assert lines(tmp_path) == [begun, begun | {"outcome": "created", "ref": "qp/77"}]
    assert list(lines(tmp_path)[0]) == list(begun), "in this order"


def test_a_name_cannot_write_lines_of_its_own(tmp_path: Path) -> None:
    AuditLog(tmp_path).write(make_record(who='ben"}\n{"who": "\x1b[2J\u202eana\ud800'))

    (line,) = lines(tmp_path)
    assert line["who"].isprintable()


def test_nothing_is_left_behind_where_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = list(tmp_path.iterdir())

    AuditLog(None).write(make_record())

    assert list(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("folder_mode", "wanted"), [(0o700, 0o600), (0o2770, 0o660)])
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_it_is_the_users_alone_or_the_groups(
    tmp_path: Path, folder_mode: int, wanted: int, umask: int
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(folder_mode)
    before = os.umask(umask)
    try:
        AuditLog(folder).write(make_record())
    finally:
        os.umask(before)

    assert stat.S_IMODE((folder / AUDIT_FILE).stat().st_mode) == wanted


def test_lines_of_many_at_once_stay_whole(tmp_path: Path) -> None:
    logs = [AuditLog(tmp_path) for _ in range(4)]

    def write(number: int) -> None:
        for each in range(25):
            logs[number].write(make_record(intent=f"{number}/{each}", who="a" * 3000))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    found = [line["intent"] for line in lines(tmp_path)]
    assert len(found) == len(set(found)) == 100
    for number in range(4):
        own = [each for each in found if each.startswith(f"{number}/")]
        assert own == [f"{number}/{each}" for each in range(25)]


def test_a_piece_that_a_full_disk_left_spoils_no_line_after_it(tmp_path: Path) -> None:
    (tmp_path / AUDIT_FILE).write_text('{"at": "2026-02-0')

    AuditLog(tmp_path).write(make_record())

    piece, line = (tmp_path / AUDIT_FILE).read_text().splitlines()
    assert piece == '{"at": "2026-02-0'
    assert json.loads(line)["intent"] == "a1"


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_file_is_refused_in_one_line(tmp_path: Path, kind: str) -> None:
    path, elsewhere = tmp_path / AUDIT_FILE, tmp_path / "elsewhere"
    elsewhere.write_text("")
    match kind:
        case "link":
            path.symlink_to(elsewhere)
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()

    with pytest.raises(StateError, match=r"^[^\n]+audit\.log$"):
        AuditLog(tmp_path).write(make_record())

    assert elsewhere.read_text() == ""


def test_where_nothing_can_be_kept_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(StateError, match="not a directory; set state_dir"):
        AuditLog(tmp_path / "file").write(make_record())


def test_creates_without_a_certain_end_are_counted(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    assert log.open_creates() is None, "nothing was ever created here"
    for intent, outcomes in {
        "sending": (None,),
        "created": (None, "created"),
        "unknown": (None, "unknown"),
        "found": (None, "unknown", "created"),
        "dropped": (None, "unknown", "dropped"),
        "refused": (None, "not_created"),
    }.items():
        for outcome in outcomes:
            log.write(make_record(intent=intent, outcome=outcome))
    with (tmp_path / AUDIT_FILE).open("ab") as file:
        file.write(b'{"intent": []}\n7\n\xff\n' + b"[" * 100_000 + b'\n{"intent": {}, "outcome"')

    assert log.open_creates() == 2, "sending, and unknown"
    assert AuditLog(None).open_creates() is None
