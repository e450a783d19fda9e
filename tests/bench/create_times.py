"""How long a draft takes to be kept, and a create to be on the disk and on its way.

Creates are sent with ctrl+s from the form in a real pty; the vendor is in this process, so that its
clock is the one that the key was pressed by.
"""

import queue
import select
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
from create_form import opened, write_configuration

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.create_double import Step, VendorDouble, marked
from tui.cli.arguments import Options
from tui.cli.bootstrap import compose
from tui.cli.configured import load_configuration, state_folder
from tui.domain.creates import KeptDraft
from tui.engine.clock import SystemClock
from tui.sandbox.accounts import KLINK_TOKEN, KLINKCX
from tui.sandbox.world import make_world

SIZES = (1_000, 100_000)
SAVES = 20
_LIMIT_S = 20.0
_LOOK_S = 0.0005
_CASE = "bench"

Pairs = list[tuple[float, float]]


class Drafts:
    """Keeps drafts as the form does, and the same texts as rows of plain SQLite."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        path = write_configuration("http://127.0.0.1:9", Path(self._folder.name))
        config = load_configuration(path)
        options = Options(config_file=str(path), workspaces=["klink"], observe=False)
        self._deck = compose(config, options, folder=state_folder(config))
        self._deck.service.start()
        self._raw = sqlite3.connect(Path(self._folder.name, "raw.db"), isolation_level=None)
        self._raw.execute("PRAGMA journal_mode = wal")
        self._raw.execute("PRAGMA synchronous = full")
        self._raw.execute("CREATE TABLE drafts (id TEXT PRIMARY KEY, content TEXT)")

    def keeping(self, size: int) -> Callable[[], float]:
        """Return what keeps a draft of so many characters, and tells the seconds of one time."""
        at = SystemClock().now()
        kept = KeptDraft(id=f"draft-{size}", workspace="klink", texts={}, at=at)

        def keep() -> float:
            nonlocal kept
            start = time.perf_counter()
            for number in range(SAVES):
                texts = {"title": f"Till {number}", "description": _text(size)}
                draft = replace(kept, texts=texts)
                kept = self._deck.service.forms.keep_draft(draft).result(_LIMIT_S)
            return (time.perf_counter() - start) / SAVES

        return keep

    def inserting(self, size: int) -> Callable[[], float]:
        """Return what puts a text of so many characters into SQLite, and tells the seconds."""

        def insert() -> float:
            start = time.perf_counter()
            for _ in range(SAVES):
                self._raw.execute(
                    "INSERT OR REPLACE INTO drafts VALUES ('draft', ?)", [_text(size)]
                )
            return (time.perf_counter() - start) / SAVES

        return insert

    def close(self) -> None:
        """End the engine."""
        self._deck.service.stop()
        self._raw.close()
        self._folder.cleanup()


def send_creates(count: int) -> dict[str, Pairs]:
    """Return the seconds from the key to the disk and to the vendor, each beside a bare POST's."""
    arrived: queue.SimpleQueue[float] = queue.SimpleQueue()

    def note(_case: str, step: Step) -> None:
        if step is Step.READ:
            arrived.put(time.perf_counter())

    world = make_world(now=SystemClock().now(), tickets=60, still=True)
    to_disk: Pairs = []
    to_socket: Pairs = []
    with (
        VendorDouble(world, on_step=note) as double,
        tempfile.TemporaryDirectory() as folder,
        httpx.Client(headers={"Authorization": f"Bearer {KLINK_TOKEN}"}) as bare,
    ):
        path = write_configuration(double.url, Path(folder))
        ledger = state_folder(load_configuration(path)) / "ledger.db"
        url = f"{double.url}/{KLINKCX}/api/v1/tickets"
        with (
            opened(path, "klink") as terminal,
            closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as intents,
        ):
            for _ in range(count + 1):
                terminal.press(b"n", 1.0)
                terminal.press(marked(_CASE).encode())
                before = _count(intents)
                start = time.perf_counter()
                terminal.type(b"\x13")
                while _count(intents) == before:
                    if time.perf_counter() - start > _LIMIT_S:
                        raise TimeoutError("no intent is on the disk")
                    select.select([], [], [], _LOOK_S)
                kept_s = time.perf_counter() - start
                sent_s = arrived.get(timeout=_LIMIT_S) - start
                terminal.read_until_quiet(1.0)
                start = time.perf_counter()
                bare.post(
                    url, json={"title": marked(_CASE), "priority": "medium", "status": "open"}
                )
                bare_s = arrived.get(timeout=_LIMIT_S) - start
                to_disk.append((kept_s, bare_s))
                to_socket.append((sent_s, bare_s))
    # The first ones open the connections.
    return {
        "ctrl+s to the intent on disk": to_disk[1:],
        "ctrl+s to the first byte at the vendor's socket": to_socket[1:],
    }


def _text(size: int) -> str:
    return "No till in Bergen accepts cards. ".ljust(size, "x")


def _count(intents: sqlite3.Connection) -> int:
    found: int = intents.execute("SELECT count(*) FROM intents").fetchone()[0]
    return found
