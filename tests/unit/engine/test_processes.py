"""Real processes on one state directory, of which some are killed or stopped."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from support.engine_worker import INTERVAL_S

TESTS = Path(__file__).resolve().parents[2]
TAKEOVER_S = 6.0


class Worker:
    """One process with an engine."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, word: str = "state") -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        answer: dict[str, Any] = json.loads(line)
        return answer

    @property
    def holds(self) -> bool:
        return bool(self.ask()["holds"])


@contextmanager
def worker(folder: Path, name: str) -> Iterator[Worker]:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS), str(TESTS.parent)]))
    process = subprocess.Popen(
        [sys.executable, "-m", "support.engine_worker", str(folder), name],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Worker(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a vendor that shows two tickets."""
    (tmp_path / "vendor").mkdir()
    show(tmp_path, "first", "second")
    return tmp_path


def show(folder: Path, *titles: str) -> None:
    new = folder / "vendor" / "titles.new"
    new.write_text("\n".join(titles))
    new.rename(folder / "vendor" / "titles")


def calls(folder: Path) -> list[str]:
    """Return who called the vendor, in order."""
    made = folder / "vendor" / "calls"
    return [line.split()[1] for line in made.read_text().splitlines()] if made.exists() else []


def holder_among(workers: dict[str, Worker], within_s: float) -> str:
    """Wait until exactly one of them polls; return which."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        holding = [name for name, each in workers.items() if each.holds]
        assert len(holding) <= 1
        if holding:
            return holding[0]
        pause(0.1)
    pytest.fail("nobody polls")


def wait_for(workers: dict[str, Worker], titles: list[str], within_s: float) -> None:
    until = time.monotonic() + within_s
    while any(each.ask()["titles"] != titles for each in workers.values()):
        assert time.monotonic() < until, {name: each.ask() for name, each in workers.items()}
        pause(0.1)


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def test_the_one_that_polls_may_be_killed_or_stopped_at_any_time(folder: Path) -> None:
    with ExitStack() as stack:
        running = {name: stack.enter_context(worker(folder, name)) for name in ("a", "b", "c")}
        first = holder_among(running, 20)
        began = time.monotonic()
        wait_for(running, ["first", "second"], 5)

        running.pop(first).process.send_signal(signal.SIGKILL)
        second = holder_among(running, TAKEOVER_S)
        show(folder, "first", "second", "third")
        wait_for(running, ["first", "second", "third"], 3 * INTERVAL_S)

        stopped = running.pop(second)
        stopped.process.send_signal(signal.SIGSTOP)
        third = holder_among(running, TAKEOVER_S)
        show(folder, "first", "other")
        wait_for(running, ["first", "other"], 5 * INTERVAL_S)

        stopped.process.send_signal(signal.SIGCONT)
        running[second] = stopped
        wait_for(running, ["first", "other"], 3)
        pause(1.5)
        states = {name: each.ask() for name, each in running.items()}
        made, lasted_s = calls(folder), time.monotonic() - began

    assert len({first, second, third}) == 3
    assert [states[name]["holds"] for name in (second, third)] == [False, True]
    assert len({state["position"] for state in states.values()}) == 1
    assert all((each["errors"], each["banner"]) == ([], None) for each in states.values())
    assert all(each["state"] == "ok" for each in states.values())
    assert made == sorted(made, key=[first, second, third].index), "one at a time"
    # As many as of one, and one more where a poll had begun that nobody finished.
    assert len(made) <= lasted_s / (0.9 * INTERVAL_S) + 3


def test_who_wants_the_queue_once_asks_the_one_that_polls(folder: Path) -> None:
    with worker(folder, "a") as dashboard, worker(folder, "once") as once:
        assert holder_among({"a": dashboard}, 20) == "a"
        wait_for({"a": dashboard}, ["first", "second"], 5)
        show(folder, "newest")

        answer = once.ask("fresh")

        assert "newest" in answer["titles"]
        assert answer["holds"] is False
        assert dashboard.holds
        assert set(calls(folder)) == {"a"}


def test_who_ends_in_good_order_is_replaced_at_once(folder: Path) -> None:
    with worker(folder, "a") as first, worker(folder, "b") as second:
        both = {"a": first, "b": second}
        name = holder_among(both, 20)
        leaving = both.pop(name)
        assert leaving.process.stdin is not None

        leaving.process.stdin.close()
        assert leaving.process.wait(10) == 0
        assert holder_among(both, 2.5) != name


def wait_for_acks(workers: list[Worker], acked: dict[str, str], within_s: float) -> None:
    until = time.monotonic() + within_s
    while any(each.ask()["acked"] != acked for each in workers):
        assert time.monotonic() < until, [each.ask()["acked"] for each in workers]
        pause(0.05)


def test_what_one_does_here_all_see_and_no_kill_9_takes_it_back(folder: Path) -> None:
    (folder / "state").mkdir()
    (folder / "state").chmod(0o2770)
    with ExitStack() as stack:
        ana, ben = (stack.enter_context(worker(folder, name)) for name in ("ana", "ben"))

        assert ana.ask("ack 0")["acked"] == {"0": "ana"}, "at once"
        assert ben.ask("ack 1")["acked"]["1"] == "ben"
        wait_for_acks([ana, ben], {"0": "ana", "1": "ben"}, 2)
        ben.ask("ack 0")
        wait_for_acks([ana, ben], {"0": "ben", "1": "ben"}, 2)

        ben.process.send_signal(signal.SIGKILL)
        ben.process.wait()
        ana.ask("undo")
        wait_for_acks([ana], {"0": "ben", "1": "ben"}, 2)
        late = stack.enter_context(worker(folder, "once"))
        wait_for_acks([ana, late], {"0": "ben", "1": "ben"}, 2)

    assert stat.S_IMODE((folder / "state" / "ledger.db").stat().st_mode) == 0o660
