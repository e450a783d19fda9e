"""Every test runs alone: its own home, no network but loopback, no colour of this machine."""

import gc
import os
import sys
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.idle import wait_until_idle
from support.journal import close_opened
from support.memory_disk import use_memory
from support.parsed_styles import parse_once

use_memory()
gc.disable()  # until all tests are collected: a third of that would be looking for garbage

# Whether a change may land must not hang on chance; `deep` goes hunting with it.
settings.register_profile(
    "suite",
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("deep", max_examples=20_000, deadline=None)
# mutmut runs each test again and again in one process, and forgets nothing by itself.
MUTATION = "mutation"
settings.register_profile(
    MUTATION,
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

# The files of the longest single tests. Whatever is begun last, one worker ends alone.
FIRST = ("test_create_faults.py", "test_create_laws.py", "test_alerts.py", "test_processes.py")


_numbers = count()


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Name tests as before: pytest escapes generated ids anew each time that it collects.

    A test with a backslash in its id is not found then, and mutmut takes that for a mutant that
    was killed.
    """
    if settings.get_current_profile_name() == MUTATION:
        for mark in metafunc.definition.iter_markers("parametrize"):
            for each in (mark, mark._param_ids_from):
                if each is not None:
                    object.__setattr__(each, "_param_ids_generated", None)


def pytest_runtest_setup() -> None:
    """Remember no result from before, where it may be that of a function that is broken now."""
    if settings.get_current_profile_name() == MUTATION:
        for name, module in list(sys.modules.items()):
            if name.startswith("tui."):
                for each in vars(module).values():
                    if isinstance(each, _lru_cache_wrapper):
                        each.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: item.path.name not in FIRST)


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not among what stays: the modules, the tests, the libraries."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder without pytest's look at those of all tests before."""
    path = tmp_path_factory.getbasetemp() / f"{next(_numbers)}-{request.function.__name__:.30}"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture(autouse=True)
def _quick_styles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse the style sheets once, and not again for each dashboard."""
    monkeypatch.setattr("textual.css.stylesheet.Stylesheet._parse_rules", parse_once)


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go on after a key as soon as it is taken in."""
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", wait_until_idle)


@pytest.fixture(autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    """Leave no database open: Python 3.13 warns of those that it has to close by itself."""
    yield
    close_opened()


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("XDG_", "TICKETDECK_", "SSH_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    os.umask(0o022)  # a configuration that a group may write is refused
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")  # in others, C above all, signs are ASCII
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted, such as the runs that a law was held against."""
    for report in terminalreporter.getreports("passed"):
        if report.when == "call" and report.user_properties:
            counts = ", ".join(f"{count} {name}" for name, count in report.user_properties)
            terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {counts}")
