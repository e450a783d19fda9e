"""`make soak`: the dashboard and a poller over vendors that misbehave, for as long as it is given.

At random, vendors fail, the terminal stalls and changes its size, keys are typed without sense and
the poller is killed. At the end all is well again: the queue is up to date, the files are whole,
nothing has grown, nothing was raised that nobody handled, and both programs end as they should.

SOAK_MINUTES says for how long (2), SOAK_SEED repeats a run as far as chance goes.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from measures import Held, growth, held, stored_mib
from terminal import Terminal

from tui.engine.clock import SystemClock
from tui.sandbox import configuration
from tui.sandbox.exchange import Delivery
from tui.sandbox.faults import Fault
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import World, make_world

COMMAND = str(Path(sys.executable).with_name("ticketdeck"))
MINUTES = float(os.environ.get("SOAK_MINUTES", "2"))
SEED = int(os.environ.get("SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
TICKETS = 400
LINE_S = 10.0
CALM_S = 90.0
"""So long after the last fault everything is up to date again, or is reported."""
END_S = 3.0
STALL_S = (2.0, 8.0)
STORED_MIB = 64.0
"""The journal stays below that: a month of history of a small world."""
KEYS = (
    *(b"j", b"k", b"g", b"G", b"\x1b[A", b"\x1b[B", b"\x1b[5~", b"\x1b[6~", b"\x04", b"\x15"),
    *(b"\r", b"p", b"S", b" ", b"V", b"i", b"\x1b", b".", b",", b"[", b"]", b"1", b"2", b"w"),
    *(b"\t", b"\x1b[Z", b"n", b"a", b"s", b"b", b"u", b"r", b"R", b"P", b"L", b"?", b"\x1bOP"),
    *(b"/is:open priority:high+\r", b"/\x1b", b":", b"T", b"\x0c", b"\x1b[<0;9;9M", b"\xc3\xa9"),
    *(b"\x1b[200~pasted [/x] \x1b[31m\x1b[201~", b"\x1b[I", b"\x1b[O", b"\xff", b"\x00"),
)
"""All but what ends or suspends the program, sends something or starts another."""
SIZES = ((80, 24), (120, 36), (40, 12), (20, 5), (1, 1), (200, 60))
FAULTS = (
    Fault.html(),
    Fault.html(status=503, times=3),
    Fault.rate_limited(retry_after="3"),
    Fault.rate_limited(retry_after="soon"),
    Fault.hang(5.0),
    Fault.reset(),
    Fault.reset(at=300),
    Fault(status=500, times=2),
    Fault(status=401),
    Fault(status=302, headers={"location": "https://elsewhere.example/"}),
    Fault(status=200, body=b'{"data": '),
    Fault(status=200, body=b"[" * 100_000),
    Fault(retype={"id": None, "status": 7, "createdAt": "\ud800"}),
    Fault(delivery=Delivery(truncate_at=500)),
    Fault(delivery=Delivery(truncate_at=500, tells_length=False)),
    Fault(delivery=Delivery(drip_bytes=40, drip_pause_s=0.05)),
)
VENDORS = (None, "questionpro", "questionpro-legacy", "socialboards", "klinkcx")


class Soak:
    """One run: two programs on one journal, one world, and what was found wrong."""

    def __init__(self, folder: Path, world: World, url: str) -> None:
        self.chance = random.Random(SEED)
        self.world = world
        self.folder = folder
        self.config = folder / "config.toml"
        text = configuration(url).replace('"10s"', '"5s"')
        self.config.write_text(f'state_dir = "{folder / "state"}"\n{text}', encoding="utf-8")
        self.config.chmod(0o600)
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
        }
        self.told = folder / "poll.log"
        self.poller = self.start_poller()
        self.terminal = Terminal(self.command(), self.environ)
        self.samples: list[Held] = []
        self.found: list[str] = []
        self.done = dict.fromkeys(("faults", "keys", "sizes", "stalls", "kills"), 0)

    def command(self, *words: str) -> list[str]:
        return [COMMAND, "--config", str(self.config), *words]

    def start_poller(self) -> subprocess.Popen[bytes]:
        with self.told.open("ab") as told:
            return subprocess.Popen(
                self.command("poll"),
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                env=self.environ,
                start_new_session=True,
            )

    def trouble(self, seconds: float) -> None:
        """Do harm for so long, and tell every ten seconds what is held."""
        began = told_at = time.monotonic()
        while (now := time.monotonic()) < began + seconds and not self.found:
            self.one_harm()
            self.terminal.read_for(self.chance.uniform(0.02, 0.2))
            if now >= told_at + LINE_S:
                told_at = now
                self.look(now - began)

    def one_harm(self) -> None:
        """Do one thing at random: mostly a key, rarely a kill."""
        lot = self.chance.random()
        if lot < 0.80:
            self.done["keys"] += 1
            self.terminal.type(self.chance.choice(KEYS))
        elif lot < 0.92:
            self.done["sizes"] += 1
            self.terminal.resize(*self.chance.choice(SIZES))
        elif lot < 0.975:
            self.done["faults"] += 1
            fault = self.chance.choice(FAULTS)
            with self.world.lock:
                self.world.faults.add(replace(fault, vendor=self.chance.choice(VENDORS)))
        elif lot < 0.99:
            self.done["kills"] += 1
            self.end_poller(signal.SIGKILL)
            self.poller = self.start_poller()
        else:
            self.done["stalls"] += 1
            self.terminal.stall_for(self.chance.uniform(*STALL_S))

    def look(self, at_s: float) -> None:
        """Take a sample and print it."""
        for name, process in (("dashboard", self.terminal.process), ("poll", self.poller)):
            if process.poll() is not None:
                self.found.append(f"{name} ended by itself with {process.returncode}")
                return
        sample, polls = held(self.terminal.process.pid), held(self.poller.pid)
        self.samples.append(sample)
        stored = stored_mib(self.folder / "state")
        if stored > STORED_MIB:
            self.found.append(f"the state folder holds {stored:.0f} MiB")
        did = " ".join(f"{count} {what}" for what, count in self.done.items())
        print(f"{at_s:5.0f} s  dashboard {sample}  poll {polls}  state {stored:.1f} MiB  {did}")
        sys.stdout.flush()

    def recover(self) -> None:
        """Let everything be well, and wait until the queue is up to date."""
        with self.world.lock:
            self.world.faults.clear()
        self.terminal.resize(80, 24)
        began = time.monotonic()
        for _ in range(9):
            self.terminal.type(b"\x1b")
            self.terminal.read_for(0.3)
        self.terminal.type(b"R")
        stale = "?"
        while time.monotonic() < began + CALM_S and stale != "0":
            self.terminal.read_for(1.0)
            stale = self.status("{stale}")
        if stale != "0":
            self.found.append(f"{CALM_S:.0f} s after the last fault, {stale} workspaces are stale")
        self.terminal.type(b"\x0c")
        if len(self.terminal.read_for(1.0)) < 80 * 24 // 2:
            self.found.append("the dashboard draws nothing when it is asked to")
        print(f"recovered in {time.monotonic() - began:.1f} s")

    def status(self, line: str) -> str:
        """Return what `ticketdeck status` says."""
        command = self.command("status", "--line", line)
        ended = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, timeout=30, check=False
        )
        return ended.stdout.strip() or ended.stderr.strip()

    def end_poller(self, number: int) -> int:
        """End the poller by a signal; a code of its own before that is reported."""
        if (code := self.poller.poll()) is not None:
            self.found.append(f"poll ended by itself with {code}")
        self.poller.send_signal(number)
        try:
            return self.poller.wait(END_S)
        except subprocess.TimeoutExpired:
            self.found.append(f"poll does not end within {END_S} s of signal {number}")
            self.poller.kill()
            return self.poller.wait()

    def finish(self) -> None:
        """End both programs and judge what they leave behind."""
        if (code := self.end_poller(signal.SIGTERM)) != 128 + signal.SIGTERM:
            self.found.append(f"poll ended with {code} at SIGTERM")
        if (ended := self.terminal.end(signal.SIGTERM, END_S)) != 128 + signal.SIGTERM:
            self.found.append(f"the dashboard ended with {ended} at SIGTERM")
        elif not self.terminal.is_restored:
            self.found.append("the terminal is not restored")
        self.found += [f"the dashboard's {each}" for each in growth(self.samples)]
        for name, text in (
            ("dashboard", self.terminal.traceback),
            ("poll", self.told.read_bytes()),
        ):
            if b"Traceback" in text or b"Exception" in text:
                self.found.append(f"{name} raised: {text[-2_000:].decode(errors='replace')}")
        state = self.folder / "state"
        self.found += [
            f"a crash was reported: {path.read_text()}" for path in state.rglob("crash-*")
        ]
        for path in sorted(state.rglob("*.db")):
            with closing(sqlite3.connect(path)) as database:
                if (answer := database.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
                    self.found.append(f"{path.name} is damaged: {answer}")


@contextmanager
def soak() -> Iterator[Soak]:
    """Yield a run whose programs are gone at the end, whatever happens."""
    world = make_world(now=SystemClock().now(), tickets=TICKETS, seed=SEED)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, SandboxServer(world) as server:
        run = Soak(Path(folder), world, server.url)
        try:
            yield run
        finally:
            run.terminal.close()
            run.poller.kill()
            run.poller.wait()


def main() -> int:
    """Soak; return 1 where anything was found."""
    print(f"{MINUTES:g} minutes, SOAK_SEED={SEED}", flush=True)
    with soak() as run:
        run.terminal.read_for(5.0)
        run.trouble(MINUTES * 60)
        if not run.found:
            run.recover()
        run.finish()
        print(f"{run.terminal.drawn / 1_048_576:.1f} MiB drawn")
    for line in run.found:
        print(f"FAILED: {line}")
    print("failed" if run.found else "held: nothing grew, nothing was raised, all came back")
    return 1 if run.found else 0


if __name__ == "__main__":
    sys.exit(main())
