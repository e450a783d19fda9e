"""Every test runs alone: its own home, no network but loopback, no colour of this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.idle import wait_until_idle
from support.journal import close_opened

# Whether a change may land must not hang on chance; `deep` goes hunting with it.
settings.register_profile("dev", max_examples=50, deadline=None, derandomize=True)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("deep", max_examples=20_000, deadline=None)
# mutmut runs each test again and again in one process, and forgets nothing by itself.
settings.register_profile(
    "mutation",
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


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
