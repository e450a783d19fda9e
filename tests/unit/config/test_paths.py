"""Where the configuration and the state are looked for."""

import sys
from pathlib import Path

import pytest

from tui.config.model import Config
from tui.config.paths import default_config, find_config, state_dir
from tui.domain.errors import ConfigError

linux_only = pytest.mark.skipif(sys.platform == "darwin", reason="other folders there")


def make_file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_the_flag_wins_over_the_variable_and_that_over_the_users_file(tmp_path: Path) -> None:
    flag, variable = make_file(tmp_path / "flag.toml"), make_file(tmp_path / "variable.toml")
    own = make_file(tmp_path / "xdg" / "ticketdeck" / "config.toml")
    environ = {"TICKETDECK_CONFIG": str(variable), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}

    assert find_config(flag, environ) == flag
    assert find_config(None, environ) == variable
    assert find_config(None, environ | {"TICKETDECK_CONFIG": ""}) == own


def test_without_any_there_is_none(tmp_path: Path) -> None:
    assert find_config(None, {"XDG_CONFIG_HOME": str(tmp_path)}) is None
    assert find_config(None, {}) is None


@pytest.mark.parametrize(
    ("flag", "environ", "named"),
    [
        ("no.toml", {}, "no.toml: --config: no such file"),
        (None, {"TICKETDECK_CONFIG": "no.toml"}, "no.toml: $TICKETDECK_CONFIG: no such file"),
        ("\x07.toml", {}, "␇.toml: --config: no such file"),
    ],
)
def test_a_named_file_that_does_not_exist_is_named_again(
    flag: str | None, environ: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        find_config(Path(flag) if flag else None, environ)

    assert str(caught.value) == named


def test_a_named_file_may_begin_with_the_home_directory(tmp_path: Path) -> None:
    path = make_file(tmp_path / "home" / "my.toml")

    assert find_config(Path("~/my.toml"), {}) == path
    assert find_config(None, {"TICKETDECK_CONFIG": "~/my.toml"}) == path


def test_a_link_to_nothing_counts_as_the_users_file(tmp_path: Path) -> None:
    path = tmp_path / "ticketdeck" / "config.toml"
    path.parent.mkdir()
    path.symlink_to("missing")

    assert find_config(None, {"XDG_CONFIG_HOME": str(tmp_path)}) == path


@linux_only
@pytest.mark.parametrize("named", ["", "relative", "./here", "~/x"])
def test_a_folder_that_is_not_absolute_counts_as_not_named(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"XDG_CONFIG_HOME": named, "XDG_STATE_HOME": named}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    home = tmp_path / "home"

    assert default_config(environ) == home / ".config" / "ticketdeck" / "config.toml"
    assert state_dir(None, environ) == home / ".local" / "state" / "ticketdeck"


def test_the_state_is_where_the_configuration_says(tmp_path: Path) -> None:
    config = Config(path=tmp_path / "config.toml", state_dir=tmp_path / "shared")
    environ = {"XDG_STATE_HOME": str(tmp_path / "xdg")}

    assert state_dir(config, environ) == tmp_path / "shared"
    assert state_dir(Config(path=config.path), environ) == tmp_path / "xdg" / "ticketdeck"
    assert state_dir(None, environ) == tmp_path / "xdg" / "ticketdeck"


def test_without_a_home_the_words_say_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as where no user is known

    assert find_config(None, {}) is None
    with pytest.raises(ConfigError) as caught:
        default_config({})
    assert "no home directory is known; set HOME" in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        state_dir(Config(path=tmp_path / "config.toml"), {})
    assert str(caught.value).endswith(
        "state_dir: no home directory is known; set HOME or state_dir"
    )
