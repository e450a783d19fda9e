"""Several processes on one journal, some of which die, sleep or find the disk full."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from support import journal_worker
from support.builders import NOON
from support.intents import make_intent
from support.journal import (
    open_acts,
    open_cache,
    open_file,
    open_ledger_file,
    open_outbox,
)
from support.old_ledger import ENDS_OF_4, write_ledger_of_version_4
from support.repeats import repeats
from tui.domain.errors import StateError
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE
from tui.store.database import migration
from tui.store.drafts import Drafts
from tui.store.intents import IntentLog
from tui.store.ledger_file import LEDGER

TESTS = Path(__file__).resolve().parents[2]
KILLS = repeats(15, 250)
"""For each of the four tests of kill -9."""


@contextmanager
def worker(command: str, folder: Path, argument: str) -> Iterator[subprocess.Popen[str]]:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS), str(TESTS.parent)]))
    process = subprocess.Popen(
        [sys.executable, "-m", "support.journal_worker", command, str(folder), argument],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()


def next_line(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr.read() if process.stderr else ""
    return json.loads(line)


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """A worker that forks those which are to die: to start each anew takes longer than it lives."""
    with worker("nurse", tmp_path_factory.mktemp("nursery"), "") as process:
        yield process


def born(nursery: subprocess.Popen[str], command: str, folder: Path, argument: str) -> int:
    """Start a worker; return its process id."""
    tell(nursery, json.dumps([command, str(folder), argument]))
    return int(next_line(nursery))


def words_until_its_end(nursery: subprocess.Popen[str]) -> tuple[list[Any], int]:
    """Return what the worker said from now on, and its exit code."""
    said: list[Any] = []
    while True:
        word = next_line(nursery)
        if isinstance(word, dict) and "ended" in word:
            return said, word["ended"]
        said.append(word)


def killed_at_a_random_moment(
    nursery: subprocess.Popen[str], command: str, folder: Path, first: int, random: Random
) -> int:
    """Kill a worker soon after its first word; return the last number it called safe."""
    process = born(nursery, command, folder, str(first))
    next_line(nursery)
    threading.Event().wait(random.uniform(0, 0.05))
    os.kill(process, signal.SIGKILL)
    said, code = words_until_its_end(nursery)
    assert code == -signal.SIGKILL
    return int(said[-1]) if said else first


def test_no_create_that_was_recorded_is_lost_by_kill_9(
    tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    random, first = Random(60), 0
    for _ in range(KILLS):
        last = killed_at_a_random_moment(nursery, "intents", tmp_path, first, random)

        file = open_ledger_file(tmp_path)
        kept = sorted(int(entry.intent.id) for entry in IntentLog(file).open_entries())
        file.close()

        assert file.notices == ()
        assert kept == list(range(len(kept))), "none is missing"
        assert last + 1 <= len(kept) <= last + 2, "at most the one that was under way is more"
        first = len(kept)


def test_no_create_is_half_settled_by_kill_9(
    tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    """At every moment: a draft or its ticket, and one create that the key stands for."""
    random, first = Random(62), 0
    told: set[str] = set()
    for kill in range(KILLS):
        last = killed_at_a_random_moment(nursery, "settle", tmp_path, first, random)

        file = open_ledger_file(tmp_path)
        drafts = {draft.id for draft in Drafts(file).load("ana")}
        entries = {entry.intent.id: entry for entry in IntentLog(file).entries()}
        file.close()

        assert file.notices == ()
        created = {
            each.outcome.ref.id
            for each in entries.values()
            if each.outcome is not None and each.outcome.ref is not None
        }
        told |= {str(number) for number in range(first, last + 1)}
        assert told <= created, "what was told stays"
        assert not drafts & created
        under_way = {each.removesuffix(" first") for each in entries if each.endswith("first")}
        assert under_way <= drafts | created, "no words are lost"
        for number in under_way:
            again = entries.get(f"{number} again")
            assert entries[f"{number} first"].is_retried == (again is not None)
            standing = again or entries[f"{number} first"]
            assert standing.intent.key == number
            assert bool(standing.intent.draft.values) == (number not in created)
        assert told <= under_way
        assert len(under_way - told) <= kill + 1, "at most the one of each kill"
        first = last + 2


def test_no_act_is_lost_and_no_half_of_one_is_left_by_kill_9(
    tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    random, first = Random(61), 1
    for _ in range(KILLS):
        last = killed_at_a_random_moment(nursery, "acts", tmp_path, first, random)

        log = open_acts(tmp_path)
        done = log.since(NOON)
        acts = log.read().acts
        assert log._file.notices == ()
        assert len(done) == journal_worker.BATCH * len({record.batch for record in done})
        assert len(acts) == journal_worker.BATCH
        newest = max(int(record.batch) for record in done)
        assert last <= newest <= last + 1, "at most the one that was under way is more"
        standing = {int(record.batch) for record in done if record.taken_back is None}
        assert standing in ({newest}, {newest - 1, newest})
        log.take_back(str(newest - 1), by="ana", at=NOON)
        log._file.close()
        first = newest + 1


def test_no_half_of_a_change_is_left_by_kill_9(
    tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    random, first = Random(55), 0
    for _ in range(KILLS):
        last = killed_at_a_random_moment(nursery, "batches", tmp_path, first, random)

        file = open_file(tmp_path)
        titles = [int(ticket.title) for ticket in TicketCache(file).tickets()]
        file.close()

        assert (file.notices, file.memory_only) == ((), None)
        assert len(titles) == journal_worker.BATCH
        assert len(set(titles)) == 1
        assert last <= titles[0] <= last + 1
        first = titles[0] + 1


def test_a_migration_that_is_killed_at_any_statement_loses_nothing(
    tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    old = tmp_path / "old"
    write_ledger_of_version_4(old)
    codes: list[int] = []
    while 0 not in codes:
        folder = tmp_path / str(len(codes))
        shutil.copytree(old, folder)
        born(nursery, "migrate", folder, str(len(codes)))
        codes.append(words_until_its_end(nursery)[1])

        file, ledger = open_file(folder), open_ledger_file(folder)
        assert (file.notices, file.memory_only, ledger.notices) == ((), None, ())
        assert TicketCache(file).tickets() == ()
        assert {entry.intent.id for entry in IntentLog(ledger).entries()} == set(ENDS_OF_4)
        file.close()
        ledger.close()

    statements = [*migration(CACHE, CACHE.oldest)]
    for number in range(5, LEDGER.version + 1):
        statements += migration(LEDGER, number)
    assert codes == [-signal.SIGKILL] * len(statements) + [0]


def test_what_was_to_undo_a_killed_write_may_be_damaged_and_no_create_is_missing_without_a_word(
    tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    half = tmp_path / "half"
    outbox = open_outbox(half)
    for number in range(30):
        outbox.record(make_intent(str(number)), NOON)
    outbox._file.close()
    born(nursery, "midst", half, "")
    assert words_until_its_end(nursery) == ([], -signal.SIGKILL)
    undo = half / "ledger.db-journal"
    sound, random = undo.read_bytes(), Random(57)
    told = whole = 0
    for attempt in range(repeats(40, 1_000)):
        begin = random.randrange(64 if attempt % 3 == 0 else len(sound))
        wrong = random.randbytes(random.choice([1, 16, 512]))
        content = (sound[:begin] + wrong + sound[begin + len(wrong) :])[: len(sound)]
        folder = tmp_path / str(attempt)
        shutil.copytree(half, folder)
        (folder / undo.name).write_bytes(content[: begin if attempt % 5 == 0 else None])
        try:
            with closing(open_ledger_file(folder)) as file:
                drafts = [entry.intent.draft for entry in IntentLog(file).entries()]
        except StateError:
            told += 1
            continue
        assert file.notices or drafts == [make_intent().draft] * 30
        whole += not file.notices
        told += bool(file.notices)
        shutil.rmtree(folder)

    assert min(told, whole) > 5, (told, whole)


def test_a_full_disk_leaves_the_memory_and_refuses_creates(tmp_path: Path) -> None:
    with worker("fill", tmp_path, str(300_000)) as process:
        told = next_line(process)

    assert str(tmp_path / "cache.db") in told["memory_only"]
    assert told["tickets"] == 101
    assert told["reset"] is False, "readers go on where they were"
    assert str(tmp_path / "ledger.db") in told["refused"]
    assert told["recorded"] > 0

    after = open_cache(tmp_path)
    assert after._file.notices == ()
    assert "first" in {ticket.ref.id for ticket in after.tickets()}
    assert len(open_outbox(tmp_path).entries()) == told["recorded"]


def tell(process: subprocess.Popen[str], word: str | None) -> None:
    assert process.stdin is not None
    if word is None:
        process.stdin.close()
    else:
        process.stdin.write(f"{word}\n")
        process.stdin.flush()


def wait_for_holder(processes: dict[str, subprocess.Popen[str]], within_s: float) -> str:
    """Return who says next that it polls."""
    streams = {process.stdout: name for name, process in processes.items() if process.stdout}
    until = time.monotonic() + within_s
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select(list(streams), [], [], left)
        for stream in ready:
            name = streams[stream]
            assert next_line(processes[name]) == {"holds": name}
            return name
    pytest.fail("nobody took over")


def test_eight_processes_share_one_journal(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(8)]
    with ExitStack() as stack:
        running = {name: stack.enter_context(worker("poll", tmp_path, name)) for name in names}
        pause = threading.Event()
        patience_s = journal_worker.PATIENCE.total_seconds()

        first = wait_for_holder(running, 20)
        pause.wait(1)
        killed = running.pop(first)
        killed.send_signal(signal.SIGKILL)
        second = wait_for_holder(running, 5 * patience_s)

        pause.wait(0.5)
        tell(running[second], "sleep")
        others = {name: process for name, process in running.items() if name != second}
        third = wait_for_holder(others, 5 * patience_s)
        running[second].send_signal(signal.SIGCONT)
        pause.wait(0.7)

        for process in running.values():
            tell(process, None)
        ends = {name: next_line(process) for name, process in running.items()}

    assert len({first, second, third}) == 3
    assert all(end["notices"] == [] for end in ends.values())
    assert all(end["in_order"] for end in ends.values()), "no fenced write came through"
    assert ends[second]["fenced"] == 1
    assert {second, third} <= {name for name, end in ends.items() if end["writes"]}
    assert len({(end["n"], json.dumps(end["state"])) for end in ends.values()}) == 1
