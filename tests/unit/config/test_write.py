"""New files of the configuration: private, whole, and never over an old one."""

import os
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.configuration import load, write_config
from tui.config.model import Config
from tui.config.secrets import EnvCredential
from tui.config.write import STARTER, write_starter_config, write_workspace_file
from tui.domain.errors import ConfigError, UsageError

DATA = {"vendor": "acme", "inbox": "7", "credential": {"env": "ACME_KEY"}}


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_starter_is_private_and_loads_as_it_is(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "new" / "ticketdeck" / "config.toml"

    write_starter_config(path)

    assert [mode(each) for each in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]
    assert load(path) == Config(path=path)


def test_the_starters_workspace_needs_only_its_signs_taken_away(tmp_path: Path) -> None:
    lines = STARTER.splitlines()
    begin = lines.index("# [[workspaces]]")
    workspace = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[begin:])
    workspace = workspace.replace("workspace_id", "inbox").replace("questionpro", "acme")
    workspace = workspace.replace("data_center", "region")

    config = load(write_config(tmp_path, workspace))

    assert config.warnings == ()
    assert [each.workspace.name for each in config.workspaces] == ["cx-emea"]


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = write_config(tmp_path, "theme = 'mine'")

    with pytest.raises(UsageError) as caught:
        write_starter_config(path)

    assert str(caught.value) == f"{path} is there already and stays as it is"
    assert path.read_text() == "theme = 'mine'"


def test_a_link_to_nothing_is_not_written_through(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError):
        write_starter_config(path)

    assert not (tmp_path / "elsewhere").exists()


def test_nothing_is_written_where_it_would_be_refused(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(ConfigError) as caught:
        write_starter_config(folder / "config.toml")

    assert "others may write its folder" in str(caught.value)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError) as caught:
        write_starter_config(tmp_path / "file" / "ticketdeck" / "config.toml")

    assert str(caught.value).count("\n") == 0
    assert "cannot be written: Not a directory" in str(caught.value)


def test_a_workspace_is_added_without_touching_the_main_file(tmp_path: Path, umask: int) -> None:
    main = write_config(tmp_path, "# mine\n")

    path = write_workspace_file(tmp_path, "one", DATA)

    assert path == tmp_path / "workspaces.d" / "one.toml"
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    (workspace,) = load(main).workspaces
    assert workspace.workspace.name == "one"
    assert workspace.credential == EnvCredential("ACME_KEY")
    assert main.read_text() == "# mine\n"


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    first = write_workspace_file(tmp_path, "one", DATA)
    before = first.read_text()

    second = write_workspace_file(tmp_path, "one", DATA | {"name": "other"})

    assert second.name == "one-2.toml"
    assert first.read_text() == before
    assert tomllib.loads(second.read_text())["workspaces"] == [DATA | {"name": "one"}]


@pytest.mark.parametrize("name", ["", "../one", "a b", "-w", "a/b", "é", ".hidden"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_workspace_file(tmp_path, name, DATA)

    assert not (tmp_path / "workspaces.d").exists()
