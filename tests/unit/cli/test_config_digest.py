"""The shortcut past the configuration: it must never outlive what it was made from."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.configuration import WORKSPACE, write_config
from tui.cli.config_digest import ConfigDigest, Counted, Keeper, StoredQueue
from tui.config.paths import state_dir

NOW_S = 1_800_000_000.0
DIGEST = ConfigDigest(
    time_zone="UTC",
    cache="/somewhere/cache.db",
    application_id=7,
    version=1,
    viewer="ana",
    queues=(
        StoredQueue(
            *("one", "acme", "https://acme.example", "7"),
            sla={"high": 3600.0},
            status_words={"erledigt": "resolved"},
            priority_words={"p1": "critical"},
            link=None,
        ),
    ),
    counted={"one": Counted("epoch", 3, None, open=5, overdue=2, critical=1)},
)


def kept(config: Path, environ: Mapping[str, str] = os.environ) -> Keeper:
    keeper = Keeper(str(config), environ)
    keeper.begin(config, NOW_S)
    keeper.keep(DIGEST)
    assert keeper.recall(NOW_S) == DIGEST
    return keeper


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path / "etc", WORKSPACE)


def test_the_next_call_finds_what_this_one_kept(config: Path) -> None:
    kept(config)

    assert Keeper(str(config), os.environ).recall(NOW_S + 60) == DIGEST


def test_what_was_recalled_can_be_kept_again_and_ages_all_the_same(config: Path) -> None:
    keeper = kept(config)
    later = DIGEST._replace(counted={})

    keeper.keep(later)

    assert Keeper(str(config), os.environ).recall(NOW_S + 86_399) == later
    assert Keeper(str(config), os.environ).recall(NOW_S + 86_400) is None
    _edit(config)
    assert Keeper(str(config), os.environ).recall(NOW_S) is None


def _edit(config: Path) -> None:
    config.write_text(WORKSPACE + "\n# a word")


def _replace(config: Path) -> None:
    write_config(config.parent, WORKSPACE, "new.toml").replace(config)


def _open_to_others(config: Path) -> None:
    config.chmod(0o666)


def _open_folder_to_others(config: Path) -> None:
    config.parent.chmod(0o777)


def _add_workspaces(config: Path) -> None:
    write_config(config.parent / "workspaces.d", WORKSPACE, "more.toml")


def _remove(config: Path) -> None:
    config.unlink()


@pytest.mark.parametrize(
    "change",
    [_edit, _replace, _open_to_others, _open_folder_to_others, _add_workspaces, _remove],
)
def test_a_configuration_that_changed_is_read_anew(
    config: Path, change: Callable[[Path], None]
) -> None:
    keeper = kept(config)

    change(config)

    assert keeper.recall(NOW_S) is None


@pytest.mark.parametrize("change", [_edit, _remove])
def test_so_is_one_whose_added_workspaces_changed(
    config: Path, change: Callable[[Path], None]
) -> None:
    added = write_config(config.parent / "workspaces.d", WORKSPACE, "more.toml")
    keeper = kept(config)

    change(added)

    assert keeper.recall(NOW_S) is None


def test_other_files_beside_the_configuration_do_not_matter(config: Path) -> None:
    keeper = kept(config)

    (config.parent / "notes.txt").touch()

    assert keeper.recall(NOW_S) == DIGEST


@pytest.mark.parametrize("name", ["TICKETDECK_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME"])
def test_another_variable_leads_to_another_configuration(
    config: Path, name: str, tmp_path: Path
) -> None:
    kept(config)

    other = {**os.environ, name: str(tmp_path / "other")}

    assert Keeper(str(config), other).recall(NOW_S) is None


def test_another_configuration_is_another_digest(config: Path) -> None:
    kept(config)

    assert Keeper(None, os.environ).recall(NOW_S) is None
    assert Keeper(str(config.with_name("other.toml")), os.environ).recall(NOW_S) is None


@pytest.mark.parametrize("moment", [NOW_S + 86_400, NOW_S - 1])
def test_it_holds_for_a_day_and_not_before_it_was_made(config: Path, moment: float) -> None:
    assert kept(config).recall(moment) is None


@pytest.mark.parametrize("text", ["", "[", "[]", "{}", '{"asked": 1}', "\udcff"])
def test_a_damaged_one_is_none(config: Path, text: str) -> None:
    keeper = kept(config)

    _file().write_bytes(text.encode("utf-8", "surrogateescape"))

    assert keeper.recall(NOW_S) is None


def test_one_that_others_could_have_written_is_none(config: Path) -> None:
    keeper = kept(config)

    _file().chmod(0o664)

    assert keeper.recall(NOW_S) is None


def test_it_lies_in_the_state_of_the_user_alone(config: Path) -> None:
    kept(config)

    assert _file().parent == state_dir(None, os.environ)
    assert _file().stat().st_mode & 0o777 == 0o600
    assert _file().parent.stat().st_mode & 0o777 == 0o700
    assert len(list(_file().parent.iterdir())) == 1


def test_only_those_that_were_asked_for_last_stay(config: Path) -> None:
    kept(config)
    folder = _file().parent
    keepers = [Keeper(str(config.with_name(f"{n}.toml")), os.environ) for n in range(30)]
    for keeper in keepers:
        keeper.begin(config, NOW_S)
        keeper.keep(DIGEST)

    assert len(list(folder.glob("config-*"))) == 8
    assert keepers[-1].recall(NOW_S) == DIGEST


def test_where_nothing_can_be_kept_nothing_is_said(config: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    keeper = Keeper(str(config), {**os.environ, "XDG_STATE_HOME": str(tmp_path / "file")})

    keeper.begin(config, NOW_S)
    keeper.keep(DIGEST)

    assert keeper.recall(NOW_S) is None


def _file() -> Path:
    (file,) = (Path.home() / ".local/state/ticketdeck").glob("config-*.json")
    return file


def test_without_a_home_nothing_is_kept(config: Path) -> None:
    keeper = Keeper(str(config), {})

    keeper.begin(config, NOW_S)
    keeper.keep(DIGEST)

    assert keeper.recall(NOW_S) is None
