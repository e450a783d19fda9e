"""What the composition root does to the process, and what it makes of a configuration."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.configuration import write_config
from support.journal import close_opened, closed_later
from tui.cli import bootstrap
from tui.cli.arguments import Options
from tui.cli.bootstrap import Deck, compose
from tui.cli.configured import load_configuration, queue_keys
from tui.cli.running import running
from tui.config.model import Config
from tui.domain.errors import StateError, Unreachable, UsageError
from tui.domain.page import PageKey
from tui.engine.source import Source

EMEA = """
name = "emea"
vendor = "questionpro"
workspace_id = "25739"
data_center = "eu"
credential = { env = "QP_KEY" }
call_budget = { calls = 700, days = 7 }
"""
US = """
name = "us"
vendor = "questionpro"
workspace_id = "25739"
data_center = "us"
credential = { env = "QP_KEY" }
"""
LEGACY = """
name = "old"
vendor = "questionpro-legacy"
workspace_id = "25739"
data_center = "eu"
credential = { env = "QP_KEY" }
"""
OTHER_KEY = """
name = "other"
vendor = "questionpro"
workspace_id = "777"
data_center = "eu"
credential = { env = "QP_KEY_OF_ANOTHER" }
"""
TWIN = """
name = "twin"
vendor = "questionpro"
workspace_id = "25739"
data_center = "eu"
credential = { env = "QP_KEY" }
"""
KLINK = """
name = "klink"
vendor = "klinkcx"
credential = { env = "KLINK_TOKEN" }
"""

NOWHERE = """
base_url = "http://127.0.0.1:9"
"""

_HARDENED = """
import ctypes, logging, resource, threading
from tui.cli.bootstrap import harden
harden()
PR_GET_DUMPABLE = 3
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(PR_GET_DUMPABLE))
logging.getLogger("some.library").error("canary")
logging.getLogger("httpx").error("canary")

def fail():
    raise ValueError("canary")

thread = threading.Thread(target=fail)
thread.start()
thread.join()
"""


def call_in_vain(source: Source) -> None:
    """Make one call that reaches nobody and counts even so."""

    async def call() -> None:
        vendor = source.open_vendor()
        with pytest.raises(Unreachable):
            await vendor.fetch_page(PageKey())
        await vendor.close()
        await source.gate.close()

    asyncio.run(call())


@pytest.fixture(autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    yield
    close_opened()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_neither_cores_nor_logs_nor_threads_give_anything_away() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _HARDENED], capture_output=True, text=True, check=True
    )

    assert ended.stdout == "(0, 0) 0\n"
    assert ended.stderr == ""


class TestComposing:
    """What shares what, read from a configuration as a user writes it."""

    @pytest.fixture(autouse=True)
    def _the_process_stays_as_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "harden", lambda: None)

    def config(self, folder: Path, *workspaces: str) -> Config:
        path = write_config(folder, "\n".join(f"[[workspaces]]\n{each}" for each in workspaces))
        return load_configuration(path)

    def deck(self, config: Config, *names: str, folder: Path | None = None) -> Deck:
        options = Options(config_file=None, workspaces=list(names), observe=False)
        deck = compose(config, options, folder=folder, clock=FakeClock())
        return replace(deck, journal=closed_later(deck.journal))

    def test_one_credential_of_one_account_is_one_allowance(self, tmp_path: Path) -> None:
        deck = self.deck(self.config(tmp_path, EMEA, US, LEGACY, OTHER_KEY, KLINK))

        allowances = {each.workspace.name: each.allowance for each in deck.sources}

        assert allowances["emea"] is allowances["us"] is allowances["old"]
        assert len({id(each) for each in allowances.values()}) == 3
        budget = allowances["emea"].state(NOON, "emea")
        assert (budget.calls, budget.shared_with) == (700, ("us", "old"))

    def test_one_credential_from_two_places_is_one_budget_once_it_was_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("QP_KEY", "the-same-key")
        monkeypatch.setenv("QP_KEY_OF_ANOTHER", "the-same-key")
        deck = self.deck(self.config(tmp_path, EMEA + NOWHERE, OTHER_KEY + NOWHERE))
        emea, other = deck.sources
        assert emea.allowance is not other.allowance
        assert emea.gate.state(NOON) is None, "nobody knows yet whose calls they are"

        call_in_vain(emea)
        call_in_vain(other)

        assert emea.allowance is other.allowance
        state = other.gate.state(NOON)
        assert state is not None
        assert (state.calls, state.left, state.shared_with) == (700, 698, ("emea",))

    def test_one_variable_with_two_credentials_is_two_budgets(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = self.config(tmp_path, EMEA + NOWHERE)
        left = []
        for user in ("ana", "ben", "ana"):
            monkeypatch.setenv("QP_KEY", f"the-key-of-{user}")
            (source,) = self.deck(config, folder=tmp_path / "state").sources
            call_in_vain(source)
            left.append(source.allowance.state(NOON).left)

        assert left == [699, 699, 698]

    def test_whoever_has_no_credential_sees_what_the_poller_has_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Their configurations name the credential's place differently, and one has none there."""
        monkeypatch.setenv("QP_KEY", "the-key")
        config, state = self.config(tmp_path, EMEA + NOWHERE), tmp_path / "state"
        (source,) = self.deck(config, folder=state).sources
        without = self.config(tmp_path, EMEA.replace("QP_KEY", "NONE_HERE") + NOWHERE)
        viewer = self.deck(without, folder=state)
        with running(viewer.service) as service:
            assert service.activity().result()["emea"].budget is None

            call_in_vain(source)

            budget = service.activity().result()["emea"].budget
            assert budget is not None
            assert (budget.calls, budget.left) == (700, 699)

    def test_a_budget_of_one_holds_for_all_though_only_another_is_chosen(
        self, tmp_path: Path
    ) -> None:
        deck = self.deck(self.config(tmp_path, EMEA, US), "emea")

        assert deck.sources[0].allowance.state(NOON).calls == 700

    def test_calls_are_counted_across_processes(self, tmp_path: Path) -> None:
        config = self.config(tmp_path, EMEA, KLINK)
        one = self.deck(config, folder=tmp_path / "state")
        other = self.deck(config, "emea", folder=tmp_path / "state")

        asyncio.run(one.sources[0].gate.admit())
        state = asyncio.run(other.sources[0].allowance.read())

        assert state.left == 699

    def test_a_queue_is_stored_under_what_its_vendor_calls_it(self, tmp_path: Path) -> None:
        config = self.config(tmp_path, EMEA, US, LEGACY, OTHER_KEY, TWIN, KLINK)

        keys = queue_keys(config)

        assert keys["emea"] == keys["twin"], "the name only displays"
        assert keys["emea"].place == "25739"
        assert "eu" in keys["emea"].origin
        assert keys["us"].origin != keys["emea"].origin
        assert keys["old"].vendor == "questionpro-legacy"
        assert keys["other"] == replace(keys["emea"], place="777")
        assert keys["klink"].place, "where the vendor has no name for it, the credential's place"
        assert len(set(keys.values())) == 5
        assert list(queue_keys(config, ["us"])) == ["us"]

    def test_nothing_is_kept_where_no_folder_is_named(self, tmp_path: Path) -> None:
        before = sorted(Path.home().rglob("*"))
        config = self.config(tmp_path, EMEA)
        written = sorted(tmp_path.rglob("*"))

        deck = self.deck(config)
        deck.journal.cache.apply("emea", [make_ticket(workspace="emea")])

        assert sorted(tmp_path.rglob("*")) == written
        assert sorted(Path.home().rglob("*")) == before
        assert deck.service.banner is None, "it is not meant to be kept"

    def test_a_sqlite_that_is_too_old_is_told_before_a_file_is_touched(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = self.config(tmp_path, EMEA)
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))

        with pytest.raises(StateError, match=r"^SQLite 3\.37 or newer is needed"):
            self.deck(config, folder=tmp_path / "state")

        assert not (tmp_path / "state").exists()

    def test_only_observing_holds_for_every_workspace(self, tmp_path: Path) -> None:
        config = self.config(tmp_path, EMEA, KLINK)
        options = Options(config_file=None, workspaces=[], observe=True)

        deck = compose(config, options, folder=None, clock=FakeClock())
        closed_later(deck.journal)

        assert all(workspace.observe for workspace in deck.service.workspaces)

    def test_an_unknown_workspace_is_answered_with_the_nearest(self, tmp_path: Path) -> None:
        config = self.config(tmp_path, EMEA, KLINK)

        with pytest.raises(UsageError, match=r"no workspace 'klnk' \(nearest: klink\)"):
            queue_keys(config, ["klnk"])
