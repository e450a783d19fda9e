"""Processes that run until a signal: `poll` and `watch`, several on one store."""

import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from support.builders import make_ticket
from support.program import PATIENCE_S, Configure, Program
from tui.cli.configured import load_configuration, queue_keys, state_folder
from tui.engine.clock import SystemClock
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import World
from tui.store.cache import TicketCache
from tui.store.cache_file import CacheFile

pytestmark = pytest.mark.e2e

WORKSPACES = ("cx-emea", "cx-legacy", "inbox", "klink")


class Running:
    """A process whose lines are read as they come."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.out: SimpleQueue[str] = SimpleQueue()
        self.err: SimpleQueue[str] = SimpleQueue()
        self._readers = [
            threading.Thread(target=_read, args=(stream, lines), daemon=True)
            for stream, lines in ((process.stdout, self.out), (process.stderr, self.err))
        ]
        for reader in self._readers:
            reader.start()

    def end(self, number: signal.Signals) -> tuple[int, float]:
        """Send a signal; return the exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S), time.monotonic() - began

    def close(self) -> None:
        """Kill the process and read to the end: no stream is closed under its reader."""
        self.process.kill()
        for reader in self._readers:
            reader.join(PATIENCE_S)


def _read(stream: Iterator[str], lines: "SimpleQueue[str]") -> None:
    for line in stream:
        lines.put(line.rstrip("\n"))


def until(lines: "SimpleQueue[str]", *pieces: str) -> str:
    """Return the first line that holds all the pieces."""
    seen = []
    try:
        while True:
            seen.append(lines.get(timeout=PATIENCE_S / 3))
            if all(piece in seen[-1] for piece in pieces):
                return seen[-1]
    except Empty:
        pytest.fail(f"no line with {pieces}, only {seen}")


def until_all_polled(lines: "SimpleQueue[str]") -> None:
    """Wait until the process says of every workspace, in whatever order, that it polls it."""
    missing = set(WORKSPACES)
    while missing:
        line = until(lines, ": polled by this process")
        missing -= {name for name in missing if f" {name}: " in line}


@contextmanager
def running(program: Program, *words: str, has_shell: bool = True) -> Iterator[Running]:
    with (
        subprocess.Popen(
            program.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # As a shell with job control starts it: only then it can be suspended.
            process_group=0 if has_shell else None,
            start_new_session=not has_shell,
        ) as process,
        closing(Running(process)) as run,
    ):
        yield run


@pytest.fixture
def quick(configure: Configure) -> Program:
    """The program over the sandbox, at the shortest interval there is."""
    return configure(('poll_interval = "10s"', 'poll_interval = "5s"'))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_poll_runs_without_a_terminal_until_a_signal(
    ticketdeck: Program, number: signal.Signals
) -> None:
    with running(ticketdeck, "poll") as poll:
        for _ in WORKSPACES:
            until(poll.err, ": ok, as of ")
        code, took_s = poll.end(number)

        assert code == 128 + number
        assert took_s < 2
        assert poll.out.empty()

    assert ticketdeck("list", "--cached").code == 0


def test_one_that_is_suspended_gives_way_at_once_and_follows_when_it_is_back(
    ticketdeck: Program,
) -> None:
    with running(ticketdeck, "poll") as first:
        until_all_polled(first.err)
        with running(ticketdeck, "poll") as second:
            until(second.err, "klink: polled by ", f"process {first.process.pid}")
            first.process.send_signal(signal.SIGTSTP)
            until_all_polled(second.err)

            first.process.send_signal(signal.SIGCONT)
            until(first.err, "klink: polled by ", f"process {second.process.pid}")
            assert first.end(signal.SIGTERM)[0] == 143


def test_one_that_nobody_would_continue_cannot_be_suspended(ticketdeck: Program) -> None:
    with running(ticketdeck, "poll", has_shell=False) as poll:
        until_all_polled(poll.err)
        poll.process.send_signal(signal.SIGTSTP)

        assert poll.end(signal.SIGTERM)[0] == 143, "who is stopped does not end"


def test_one_polls_all_see_and_the_next_takes_over_at_once(
    ticketdeck: Program, server: SandboxServer
) -> None:
    with running(ticketdeck, "poll") as first:
        until_all_polled(first.err)
        with running(ticketdeck, "poll") as second:
            until(second.err, "klink: polled by ", f"process {first.process.pid}")
            assert first.end(signal.SIGTERM)[0] == 143
            until_all_polled(second.err)
            ended = ticketdeck("list", "--format", "json")
            assert ended.code == 0


def test_viewers_of_a_poller_need_no_credential(
    ticketdeck: Program, server: SandboxServer, world: World
) -> None:
    with running(ticketdeck, "poll") as poll:
        for _ in WORKSPACES:
            until(poll.err, ": ok, as of ")

        # The credentials come from a command, which is not found without a path.
        ended = ticketdeck("list", "--format", "json", environ={"PATH": "/nowhere"})

        assert ended.code == 0, ended.err
        assert len(json.loads(ended.out)) == len(world.tickets)


def test_what_fails_is_told_once_and_again_when_it_is_over(quick: Program, faults: Faults) -> None:
    with running(quick, "-w", "klink", "poll") as poll:
        until(poll.err, "klink: ok")
        faults.add(Fault.html(times=1, vendor="klinkcx"))
        failed = until(poll.err, "klink: backing off")
        assert "retry" in failed
        until(poll.err, "klink: ok, as of ")


def test_a_purge_meanwhile_is_made_good_by_the_next_poll(quick: Program, world: World) -> None:
    with running(quick, "poll") as poll:
        for _ in WORKSPACES:
            until(poll.err, ": ok, as of ")

        assert quick("purge").out == f"{len(world.tickets)} tickets removed\n"
        ended = quick("list", "--max-age", "0s", "--format", "json")

        assert ended.code == 0, ended.err
        assert len(json.loads(ended.out)) == len(world.tickets)
        assert quick("status", "--line", "{stale}").out == "0\n"


def test_a_store_that_keeps_nothing_is_no_use_to_poll_for(
    configure: Configure, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("no folder")
    program = configure(head=f'state_dir = "{tmp_path}/state"\n')

    ended = program("poll")

    assert ended.code == 1
    assert "nobody would see" in ended.lines[-1]


def test_watch_tells_what_happens_and_nothing_that_was_there(quick: Program, world: World) -> None:
    listed = quick("list", "-w", "klink", "--format", "jsonl").out.splitlines()
    ref = json.loads(listed[0])["ref"]
    (ticket,) = (each for each in world.tickets.of("klinkcx") if ref == f"klink/{each.uid}")
    with ExitStack() as watching:
        ours = watching.enter_context(running(quick, "watch", "-w", "klink"))
        other = watching.enter_context(running(quick, "watch", "-w", "klink", "no-such-word"))
        once = watching.enter_context(
            running(quick, "watch", "-w", "klink", "--once", "--format", "text")
        )
        for watch in (ours, other, once):
            until(watch.err, "watching klink")
        title = ticket.title
        ticket.title = "Something else entirely"
        try:
            event = json.loads(until(ours.out, '"event":"changed"'))
            assert event["ref"] == ref
            assert event["changes"]["title"] == [title, "Something else entirely"]
            assert event["ticket"]["title"] == "Something else entirely"

            assert once.process.wait(PATIENCE_S) == 0
            line = until(once.out, "changed")
            assert "Something else entirely; title" in line
            assert ours.end(signal.SIGINT)[0] == 130
            assert other.end(signal.SIGTERM)[0] == 143
            assert other.out.empty()
        finally:
            ticket.title = title


def test_whoever_watches_prints_the_same_lines(quick: Program) -> None:
    with ExitStack() as watching:
        poll = watching.enter_context(running(quick, "poll"))
        for _ in WORKSPACES:
            until(poll.err, ": ok, as of ")
        watches = [watching.enter_context(running(quick, "watch")) for _ in range(2)]
        for watch in watches:
            until(watch.err, "watching ")

        write_quick_changes(quick)

        told = [lines_until(watch.out, "the last") for watch in watches]
        assert told[0] == told[1]
        events = [json.loads(line) for line in told[0]]
        ours = [each for each in events if "/quick-" in (each["ref"] or "")]
        assert Counter(each["event"] for each in ours) == {
            "added": QUICK_TICKETS + 1,
            "changed": QUICK_TICKETS * QUICK_CHANGES,
            "overdue": QUICK_TICKETS,
        }
        assert [each["at"] for each in events] == sorted(each["at"] for each in events)
        assert quick("purge").code == 0
        for watch in watches:
            until(watch.err, "is not in the store any more")


QUICK_TICKETS, QUICK_CHANGES = 5, 40


def write_quick_changes(program: Program) -> None:
    """Write to the store as a poller would, but many changes between two looks of whoever reads.

    Meanwhile each ticket becomes overdue, at a moment of its own.
    """
    config = load_configuration(program.config)
    file = CacheFile(state_folder(config), queue_keys(config), clock=SystemClock())
    cache = TicketCache(file)
    with closing(file):
        now = SystemClock().now()
        tickets = [
            make_ticket(
                f"quick-{number}",
                workspace=WORKSPACES[number % len(WORKSPACES)],
                due_at=now + timedelta(seconds=1, milliseconds=7 * number),
            )
            for number in range(QUICK_TICKETS)
        ]
        for change in range(QUICK_CHANGES + 1):
            for ticket in tickets:
                cache.apply(ticket.ref.workspace, [replace(ticket, title=f"{change}")])
            threading.Event().wait(0.05)
        last = make_ticket("quick-last", workspace="klink", title="the last")
        cache.apply("klink", [last])


def lines_until(lines: "SimpleQueue[str]", piece: str) -> list[str]:
    """Return all lines up to the first that holds the piece."""
    found = [""]
    try:
        while piece not in found[-1]:
            found.append(lines.get(timeout=PATIENCE_S / 3))
    except Empty:
        pytest.fail(f"no line with {piece}, only {found}")
    return found[1:]


def test_a_reader_that_leaves_ends_a_watch_in_which_nothing_happens(
    ticketdeck: Program,
) -> None:
    reading, writing = os.pipe()
    with subprocess.Popen(
        ticketdeck.command("watch"),
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    ) as watch:
        os.close(writing)
        assert watch.stderr is not None
        assert watch.stderr.readline().startswith("watching ")

        os.close(reading)

        assert watch.wait(PATIENCE_S) == 128 + signal.SIGPIPE
        assert watch.stderr.read() == ""
