"""One sandbox on a real socket for all tests of a worker; each test has its own configuration."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import Configure, Program
from tui.engine.clock import SystemClock
from tui.sandbox import configuration
from tui.sandbox.faults import Faults
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import World, make_world

TICKETS = 60


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> Iterator[None]:
    """Let programs be interrupted where the tests themselves are not.

    A shell has SIGINT ignored by what it runs in the background, and all its children inherit it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def world() -> World:
    """A world in which nothing happens but what tests do to it."""
    return make_world(now=SystemClock().now(), tickets=TICKETS, still=True)


@pytest.fixture(scope="session")
def server(world: World) -> Iterator[SandboxServer]:
    """The world on a real socket."""
    with SandboxServer(world) as server:
        yield server


@pytest.fixture
def faults(world: World) -> Iterator[Faults]:
    """The world's faults; gone after the test."""
    yield world.faults
    world.faults.clear()


@pytest.fixture
def configure(server: SandboxServer, tmp_path: Path) -> Configure:
    """Make a program over the sandbox; each pair replaces one text of its configuration."""

    def configure(*changes: tuple[str, str], head: str = "", tail: str = "") -> Program:
        text = configuration(server.url)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "sandbox.toml"
        path.write_text(head + text + tail)
        path.chmod(0o600)
        return Program(path)

    return configure


@pytest.fixture
def ticketdeck(configure: Configure) -> Program:
    """The program over the sandbox as it stands."""
    return configure()
