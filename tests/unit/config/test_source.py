"""Which files are taken as a configuration, and what is said of the others."""

import os
from pathlib import Path

import pytest

from support.configuration import WORKSPACE, load, problems, write_config
from support.owners import disown
from tui.domain.errors import ConfigError

UNREADABLE: dict[str, tuple[bytes, str]] = {
    "Latin-1": (b"a = 1\n# Gr\xfc\xdfe\n", "config.toml:2: not UTF-8; save it in that encoding"),
    "UTF-16": ("a = 1".encode("utf-16"), "config.toml:1: not UTF-8; save it in that encoding"),
    "lists nested 5,000 deep": (
        b"a = " + b"[" * 5_000 + b"]" * 5_000,
        "config.toml: nested too deeply",
    ),
    "tables nested 5,000 deep": (
        b"a = " + b"{a=" * 5_000 + b"1" + b"}" * 5_000,
        "config.toml: nested too deeply",
    ),
    "a log file": (
        b"x" * (1 << 20) + b"x",
        "config.toml: over 1 MiB; no configuration is that long",
    ),
}


@pytest.mark.parametrize(("data", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_one_line(data: bytes, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)

    assert problems(path) == [expected]


@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_marks_that_other_systems_editors_leave_are_no_mistake(
    begin: str, end: str, tmp_path: Path
) -> None:
    path = write_config(tmp_path, "")
    path.write_text(begin + WORKSPACE.replace("\n", end), newline="")

    assert load(path).workspaces


def test_places_without_a_file_are_one_line(tmp_path: Path) -> None:
    file = write_config(tmp_path, "")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to("missing")
    (tmp_path / "circle").symlink_to("circle")

    assert problems(tmp_path / "missing") == ["missing: no such file"]
    assert problems(tmp_path / "nowhere") == ["nowhere: a link to nothing"]
    assert problems(tmp_path / "pipe") == ["pipe: not a regular file"]
    assert problems(tmp_path / "home") == ["home: a folder, not a file"]
    assert problems(file / "below") == ["below: cannot be read: Not a directory"]
    assert problems(tmp_path / ("x" * 300))[0].endswith("cannot be read: File name too long")
    assert "cannot be read" in problems(tmp_path / "circle")[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_one_line(tmp_path: Path) -> None:
    path = write_config(tmp_path, "")
    path.chmod(0)

    assert problems(path) == ["config.toml: cannot be read: Permission denied"]


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o644, 0o640])
def test_files_that_only_the_user_may_write_are_taken(mode: int, tmp_path: Path) -> None:
    path = write_config(tmp_path, WORKSPACE)
    path.chmod(mode)

    assert load(path).workspaces


@pytest.mark.parametrize("mode", [0o660, 0o664, 0o620, 0o602, 0o666, 0o777])
def test_files_that_others_may_write_are_refused(mode: int, tmp_path: Path) -> None:
    path = write_config(tmp_path, "not even TOML")
    path.chmod(mode)

    assert problems(path) == [
        "config.toml: others may write it, and so run commands as you; run: chmod go-w config.toml"
    ]


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707])
def test_folders_that_others_may_write_are_refused(mode: int, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    path = write_config(folder, "")
    folder.chmod(mode)

    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: others may write its folder, and so run commands as you;"
        f" run: chmod go-w '{folder}'"
    )


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o702])
def test_folders_further_above_that_others_may_write_are_refused(mode: int, tmp_path: Path) -> None:
    above = tmp_path / "above"
    (above / "home").mkdir(mode=0o700, parents=True)
    path = write_config(above / "home" / "conf", WORKSPACE)
    write_config(above / "home" / "conf", "", "workspaces.d/one.toml")
    assert load(path).workspaces
    above.chmod(mode)

    with pytest.raises(ConfigError) as caught:
        load(path)

    assert str(caught.value) == (
        f"{path}: others may write a folder above it, and so run commands as you;"
        f" run: chmod go-w {above}"
    )


def test_folders_that_a_link_on_the_way_leads_through_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "loose").mkdir(mode=0o700)
    target = write_config(tmp_path / "loose" / "target", WORKSPACE).parent
    (tmp_path / "dots").mkdir(mode=0o700)
    (tmp_path / "conf").symlink_to("dots/../loose/../loose/target")
    path = tmp_path / "conf" / "config.toml"
    assert load(path).workspaces

    for folder in (tmp_path / "loose", tmp_path / "dots", target):
        folder.chmod(0o777)
        assert "others may write" in problems(path)[0], folder
        folder.chmod(0o700)


def test_a_link_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(tmp_path / "target", WORKSPACE)
    (tmp_path / "conf").symlink_to("target")
    disown(tmp_path / "conf", monkeypatch)

    assert "neither you nor root" in problems(tmp_path / "conf" / "config.toml")[0]


def test_a_sticky_folder_is_fine_for_the_users_own_file(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    path = write_config(folder, WORKSPACE)
    folder.chmod(0o1777)

    assert load(path).workspaces


def test_files_of_somebody_else_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_config(tmp_path, "")
    disown(path, monkeypatch)

    assert problems(path) == [
        f"config.toml: it belongs to user {path.stat().st_uid}, neither you nor root; run: chown"
    ]


def test_folders_of_somebody_else_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_config(tmp_path / "theirs", "")
    disown(path.parent, monkeypatch)

    assert "neither you nor root" in problems(path)[0]


def test_every_folder_that_a_link_leads_through_is_looked_at(tmp_path: Path) -> None:
    target = write_config(tmp_path / "target", WORKSPACE)
    (tmp_path / "between").mkdir(mode=0o700)
    (tmp_path / "between" / "link").symlink_to(target)
    path = tmp_path / "config.toml"
    path.symlink_to("between/link")
    assert load(path).workspaces

    for folder in (tmp_path / "between", target.parent):
        folder.chmod(0o777)
        assert "others may write its folder" in problems(path)[0]
        folder.chmod(0o700)


def test_the_folder_of_workspaces_is_trusted_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_config(tmp_path, "")
    added = write_config(tmp_path, WORKSPACE, "workspaces.d/one.toml")
    folder = added.parent
    folder.chmod(0o777)
    assert problems(path)[0].startswith("workspaces.d: others may write its folder")
    folder.chmod(0o1777)
    added.chmod(0o666)
    assert problems(path)[0].startswith("workspaces.d/one.toml: others may write it")
    added.chmod(0o600)
    disown(added, monkeypatch)
    assert "neither you nor root" in problems(path)[0]


def test_a_file_in_place_of_the_folder_of_workspaces_is_one_line(tmp_path: Path) -> None:
    path = write_config(tmp_path, "")
    (tmp_path / "workspaces.d").touch(mode=0o600)

    assert problems(path) == ["workspaces.d: cannot be read: Not a directory"]
