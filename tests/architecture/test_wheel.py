"""The wheel alone is the whole program."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tui.config.write import STARTER

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "bin"


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _build(copy: Path, target: Path) -> Path:
    """Build the wheel from a copy of the tracked files, without a network."""
    for name in _tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment that has nothing of ours but it.

    The libraries come from this environment by a path at the end of the search. An editable
    install of ours does not come with them, because such a path's own `.pth` files are not read.
    """
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", folder / SCRIPTS / "python"),
            *("install", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--no-index", "--no-compile", wheel),
        ],
        check=True,
        capture_output=True,
    )
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    libraries = folder / "lib" / version / "site-packages" / "libraries.pth"
    libraries.write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [folder / SCRIPTS / command[0], *command[1:]],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_what_is_no_code_is_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = _tracked()
    styles = {name for name in tracked if name.startswith("tui/") and name.endswith(".tcss")}
    themes = {f"tui/_data/{name}" for name in tracked if name.startswith("themes/")}

    assert themes
    assert names >= styles | themes | {"tui/_data/config.example.toml", "tui/py.typed"}
    assert not any(name.startswith(("tests/", "docs/")) for name in names)


def test_whoever_builds_it_elsewhere_gets_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    os.umask(0o077)
    again = _build(tmp_path / "elsewhere", tmp_path)

    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_the_package_is_the_wheels(installed: Path) -> None:
    found = _run(installed, "python", "-c", "import tui; print(tui.__file__)")

    assert found.stdout.startswith(str(installed)), found.stderr


def test_the_demo_runs(installed: Path) -> None:
    demo = _run(installed, "ticketdeck", "demo", "--tickets", "12", "--still")

    assert demo.returncode == 0, demo.stderr
    assert len(demo.stdout.splitlines()) == 1 + 12
    assert "DEMO" in demo.stderr


def test_a_configuration_can_be_begun(installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "begun" / "config.toml"

    begun = _run(installed, "ticketdeck", "--config", str(path), "config", "init")

    assert begun.returncode == 0, begun.stderr
    assert path.read_text() == STARTER
    explained = next(Path(word) for word in begun.stderr.split() if word.endswith(".toml"))
    assert explained.is_relative_to(installed)
    assert explained.read_bytes() == (ROOT / "config.example.toml").read_bytes()
