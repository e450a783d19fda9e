"""What is loaded when: the layers as contracts, and start-up as a fresh process shows it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.builders import NOON
from support.configuration import write_config
from support.journal import close_opened, open_cache
from tui.cli.configured import load_configuration, queue_keys, state_folder
from tui.domain.health import HealthState, WorkspaceHealth

ROOT = Path(__file__).resolve().parents[2]

SCREEN = {"textual", "rich"}
NETWORK = {"httpx", "httpcore", "msgspec"}
SLOW_TO_LOAD = {"asyncio", "dataclasses", "inspect", "platformdirs", "importlib.metadata"}

CONFIGURATION = """
[[workspaces]]
name = "klink"
vendor = "klinkcx"
credential = { env = "KLINK_TOKEN" }
base_url = "https://klink.example"
"""

_RUN = """
import json, sys
from tui.cli.main import run
code = run(json.loads(sys.argv[1]))
print(json.dumps([int(code), sorted(sys.modules)]), file=sys.stderr)
"""


def _modules_of(*words: str) -> tuple[int, set[str]]:
    """Run the program in a fresh process; return its exit code and what it loaded."""
    ended = subprocess.run(
        [sys.executable, "-c", _RUN, json.dumps(words)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=60,
    )
    code, modules = json.loads(ended.stderr.splitlines()[-1])
    return code, set(modules)


def test_the_layers_hold() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_the_version_loads_next_to_nothing() -> None:
    code, modules = _modules_of("--version")

    assert code == 0
    assert not modules & (SCREEN | NETWORK | SLOW_TO_LOAD | {"argparse"})


@pytest.mark.parametrize(
    "words", [["--help"], ["list", "--help"], ["create", "--help"], ["no-such-command"]]
)
def test_help_loads_neither_a_screen_nor_the_network(words: list[str]) -> None:
    _, modules = _modules_of(*words)

    assert not modules & (SCREEN | NETWORK)


def test_the_general_help_loads_no_command() -> None:
    _, modules = _modules_of("--help")

    rooms = {name.split(".")[1] for name in modules if name.startswith("tui.")}
    assert rooms == {"cli", "domain", "ending"}
    assert not modules & (SCREEN | NETWORK)


@pytest.mark.parametrize("words", [["list"], ["check"], ["show", "qp/1"], ["config", "path"]])
def test_a_call_that_ends_early_loads_no_screen(words: list[str]) -> None:
    _, modules = _modules_of(*words)

    assert not modules & SCREEN


def test_a_status_line_loads_neither_a_screen_nor_the_network(tmp_path: Path) -> None:
    path = write_config(tmp_path, CONFIGURATION)
    config = load_configuration(path)
    cache = open_cache(state_folder(config), queues=queue_keys(config))
    cache.set_health("klink", WorkspaceHealth(state=HealthState.OK, as_of=NOON))
    close_opened()
    words = ["--config", str(path), "status"]

    code, modules = _modules_of(*words)
    assert code == 0
    assert not modules & (SCREEN | {"httpx", "httpcore"})

    code, modules = _modules_of(*words)
    assert code == 0
    assert not modules & (SCREEN | NETWORK | SLOW_TO_LOAD | {"pathlib"}), "it reads no TOML either"


def test_a_whole_sweep_of_all_vendors_loads_no_screen() -> None:
    code, modules = _modules_of("demo", "--tickets", "8", "--still")

    assert code == 0
    assert modules >= NETWORK, "the sweep must really have happened"
    assert not modules & SCREEN
