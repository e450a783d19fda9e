"""The state directory: private, or a group's, and never where others could reach in."""

import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.builders import NOON
from support.owners import SOMEBODY, disown
from tui.store import folder as folder_module
from tui.store.folder import (
    UnusableFolder,
    create_file,
    files_aside,
    is_on_network,
    locked,
    prepare_folder,
    put_aside,
    room_problem,
    write_problem,
)


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_and_those_above_it_are_the_users_alone(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "state" / "ticketdeck"

    assert prepare_folder(folder) == 0o600
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)
    assert prepare_folder(folder) == 0o600, "again"


@pytest.mark.parametrize(("bits", "files"), [(0o2770, 0o660), (0o2775, 0o660)])
def test_a_groups_folder_has_the_groups_files(
    tmp_path: Path, umask: int, bits: int, files: int
) -> None:
    tmp_path.chmod(bits)

    assert prepare_folder(tmp_path) == files
    assert mode(tmp_path) == bits, "it is left as it is"


@pytest.mark.parametrize(("bits", "then"), [(0o755, 0o700), (0o750, 0o700), (0o500, 0o500)])
def test_the_users_own_folder_is_theirs_alone_again(tmp_path: Path, bits: int, then: int) -> None:
    folder = tmp_path / "ticketdeck"
    folder.mkdir()
    folder.chmod(bits)

    assert prepare_folder(folder) == 0o600
    assert mode(folder) == then


def test_a_folder_in_which_more_than_ours_may_lie_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    assert prepare_folder(tmp_path) == 0o600
    assert mode(tmp_path) == 0o755


def test_a_folder_that_takes_no_files_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write_problem(tmp_path) is None
    assert write_problem(tmp_path / "missing") is None
    # Root may write everywhere.
    monkeypatch.setattr(os, "access", lambda *_, **__: False)

    problem = write_problem(tmp_path)

    assert problem is not None
    assert "not writable" in problem
    assert "set state_dir to another place" in problem
    assert room_problem(tmp_path) == problem, "one line of both"


@pytest.mark.parametrize("bits", [0o770, 0o777, 0o2777, 0o702])
def test_a_folder_that_others_write_in_is_refused(tmp_path: Path, bits: int) -> None:
    tmp_path.chmod(bits)

    with pytest.raises(UnusableFolder, match="others may write in it; chmod 700") as caught:
        prepare_folder(tmp_path)

    assert str(caught.value).endswith(f": {tmp_path}"), "the reason comes first"


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    disown(tmp_path, monkeypatch)

    with pytest.raises(UnusableFolder, match="belongs to somebody else"):
        prepare_folder(tmp_path)


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(UnusableFolder, match=r"^not a directory"):
        prepare_folder(tmp_path / "file")
    with pytest.raises(UnusableFolder, match="cannot be made"):
        prepare_folder(tmp_path / "file" / "below")


def test_a_link_to_nothing_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("missing")

    with pytest.raises(
        UnusableFolder, match=r"cannot be made \(a link to nothing\); set state_dir"
    ):
        prepare_folder(tmp_path / "link")


def test_a_folder_that_a_link_leads_to_is_held_to_the_same(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("target")
    assert prepare_folder(tmp_path / "link") == 0o600

    (tmp_path / "target").chmod(0o777)
    with pytest.raises(UnusableFolder, match="others may write in it"):
        prepare_folder(tmp_path / "link")


@pytest.mark.parametrize("wanted", [0o600, 0o660])
def test_a_file_has_its_mode_whatever_the_umask(tmp_path: Path, umask: int, wanted: int) -> None:
    path = tmp_path / "a.db"

    create_file(path, wanted)

    assert mode(path) == wanted
    assert path.read_bytes() == b""


def test_a_loose_file_is_tightened_and_keeps_its_content(tmp_path: Path) -> None:
    path, log = tmp_path / "a.db", tmp_path / "a.db-wal"
    for each in (path, log):
        each.write_text("kept")
        each.chmod(0o644)

    create_file(path, 0o600)

    assert (mode(path), mode(log)) == (0o600, 0o600)
    assert path.read_text() == "kept"


def test_a_loose_file_behind_the_users_own_link_is_tightened(tmp_path: Path) -> None:
    (tmp_path / "target.db").touch(mode=0o644)
    (tmp_path / "a.db").symlink_to("target.db")

    create_file(tmp_path / "a.db", 0o600)

    assert mode(tmp_path / "target.db") == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a link away")
def test_a_link_of_somebody_else_changes_no_file(tmp_path: Path) -> None:
    (tmp_path / "target").touch(mode=0o644)
    (tmp_path / "a.db").symlink_to("target")
    os.lchown(tmp_path / "a.db", SOMEBODY, -1)

    create_file(tmp_path / "a.db", 0o600)

    assert mode(tmp_path / "target") == 0o644


def test_a_link_in_place_of_the_lock_changes_no_file(tmp_path: Path) -> None:
    (tmp_path / "target").touch(mode=0o644)
    (tmp_path / "journal.lock").symlink_to("target")

    with locked(tmp_path, 0o600):
        assert mode(tmp_path / "target") == 0o644


def test_a_folder_with_room_is_left_as_it_was(tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())

    assert room_problem(tmp_path) is None
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_without_room_says_what_to_do(tmp_path: Path) -> None:
    told = room_problem(tmp_path / "missing")

    assert told == (
        "nothing can be kept (No such file or directory);"
        f" free some space or set state_dir to another place: {tmp_path / 'missing'}"
    )


def test_what_is_put_aside_takes_its_companions_along(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"a.db{suffix}").write_text(suffix)

    first = put_aside(path, NOON)
    path.write_text("second")
    second = put_aside(path, NOON)
    path.write_text("third")
    third = put_aside(path, NOON + timedelta(seconds=1))

    assert first.name == "a.db.aside-20260204T120000Z"
    assert second.name == "a.db.aside-20260204T120000Z-2"
    assert (tmp_path / f"{first.name}-wal").read_text() == "-wal"
    assert not path.exists()
    assert not (tmp_path / "a.db-wal").exists()
    assert {first, second, third} <= set(files_aside(path))


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home {top}/home nfs4 rw 0 0
tmpfs {top}/home/local tmpfs rw 0 0
//server/share {top}/with\\040space cifs rw 0 0
sshfs {top}/ssh fuse.sshfs rw 0 0
short line
/dev/sda2 {top}/twice ext4 rw 0 0
server:/twice {top}/twice nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "is_network"),
    [
        ("home/ann/state", True),
        ("home/local/state", False),
        ("with space/state", True),
        ("ssh", True),
        ("twice/state", True),
        ("homely", False),
        ("other", False),
    ],
)
def test_the_nearest_mount_tells_a_file_system_of_the_network(
    tmp_path: Path, folder: str, *, is_network: bool
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS.format(top=tmp_path))

    assert is_on_network(tmp_path / folder, mounts) is is_network


def test_without_a_table_of_mounts_the_file_system_is_taken_for_local(tmp_path: Path) -> None:
    assert is_on_network(tmp_path, tmp_path / "missing") is False


def test_the_lock_keeps_others_out_and_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "LOCK_WAIT_S", 0.05)
    entered = []

    with locked(tmp_path, 0o600):
        assert mode(tmp_path / "journal.lock") == 0o600
        with locked(tmp_path, 0o600):
            entered.append("after waiting")

    assert entered == ["after waiting"]


def test_where_no_lock_can_be_had_things_go_on(tmp_path: Path) -> None:
    with locked(tmp_path / "missing", 0o600):
        assert not (tmp_path / "missing").exists()
