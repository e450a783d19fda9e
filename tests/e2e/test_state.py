"""What the program keeps on disk: whose it is, and how it goes on where nothing can be kept."""

import json
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.program import PATIENCE_S, Program
from support.pseudo_terminal import play
from support.terminal_session import session
from tui.sandbox.server import SandboxServer

pytestmark = pytest.mark.e2e

CREATE = ("create", "-w", "klink", "--field", "title=Tills down", "--field", "priority=high")
LIST = ("list", "-w", "klink", "--format", "json")
QUIT = b"\x11"


@dataclass(frozen=True)
class WithoutRoom(Program):
    """The program where no file can grow: every write fails, as on a full disk."""

    def command(self, *words: str) -> list[str]:
        return ["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *super().command(*words)]


def creates(server: SandboxServer) -> int:
    return sum(
        not call.request.path.endswith("/list")
        for call in server.calls.of("klinkcx", method="POST")
    )


def test_every_file_is_the_users_alone_and_the_configuration_stays_as_it_is(
    ticketdeck: Program,
) -> None:
    config = ticketdeck.config
    assert config is not None
    before = config.read_bytes(), config.stat().st_mtime_ns
    own = os.umask(0o000)
    try:
        assert Program()("config", "init").code == 0
        assert ticketdeck("list").code == 0
        assert ticketdeck(*CREATE).code == 0
        code, drawn = play(ticketdeck, "-w", "klink", steps=[(b"klink/", b"b"), (b"Pinned", QUIT)])
        assert code == 0, drawn[-2_000:]
    finally:
        os.umask(own)

    modes = {path: path.lstat().st_mode for path in Path.home().rglob("*")}

    names = {path.name for path in modes}
    assert names >= {"cache.db", "ledger.db", "audit.log", "journal.lock", "config.toml"}
    for path, mode in modes.items():
        assert stat.S_IMODE(mode) == (0o700 if stat.S_ISDIR(mode) else 0o600), path
    assert (config.read_bytes(), config.stat().st_mtime_ns) == before


def test_without_room_the_queue_is_shown_and_nothing_is_created(
    ticketdeck: Program, server: SandboxServer
) -> None:
    full = WithoutRoom(ticketdeck.config)
    sent = creates(server)

    listed = full(*LIST)
    created = full(*CREATE)
    with session(full, "-w", "klink") as dashboard:
        drawn = dashboard.wait_for("MEMORY ONLY", "klink/")
        dashboard.type(QUIT)
        assert dashboard.end() == 0

    assert listed.code == 0
    assert json.loads(listed.out)
    assert all(line.startswith("warning: ") for line in listed.lines)
    assert "OVER" in drawn
    assert (created.code, created.out) == (1, "")
    assert "not created: nothing was sent: " in created.lines[-1]
    assert creates(server) == sent


def test_what_was_kept_before_the_disk_was_full_is_still_there(
    ticketdeck: Program, server: SandboxServer
) -> None:
    assert ticketdeck(*LIST).code == 0
    full = WithoutRoom(ticketdeck.config)
    sent = creates(server)

    checked = full("-w", "klink", "check")
    created = full(*CREATE)

    assert checked.code == 4
    assert "look at the disk" in checked.out or "free some space" in checked.out
    assert created.code == 1
    assert creates(server) == sent
    assert ticketdeck(*LIST, "--cached").code == 0
    assert ticketdeck(*CREATE).code == 0, "as soon as there is room again"


def a_file_in_its_place(place: Path) -> str:
    place.write_text("x")
    return str(place)


def nothing_yet(place: Path) -> str:
    return str(place / "not" / "yet")


def a_link_to_nothing(place: Path) -> str:
    place.mkdir(mode=0o700)
    (place / "ticketdeck").symlink_to("nowhere")
    return str(place)


def a_link_elsewhere(place: Path) -> str:
    place.mkdir(mode=0o700)
    (place / "elsewhere").mkdir(mode=0o700)
    (place / "ticketdeck").symlink_to("elsewhere")
    return str(place)


def open_to_others(place: Path) -> str:
    (place / "ticketdeck").mkdir(parents=True)
    (place / "ticketdeck").chmod(0o777)
    return str(place)


def read_only(place: Path) -> str:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    place.mkdir(mode=0o500)
    return str(place)


def too_long(place: Path) -> str:
    return str(place / ("x" * 300))


def hostile_name(place: Path) -> str:
    return str(place / "a b\x1b[2J?%#\u202eé")


def relative(_place: Path) -> str:
    return "relative"


@pytest.mark.parametrize(
    ("make", "is_kept"),
    [
        (nothing_yet, True),
        (a_link_elsewhere, True),
        (hostile_name, True),
        (relative, True),
        (a_file_in_its_place, False),
        (a_link_to_nothing, False),
        (open_to_others, False),
        (read_only, False),
        (too_long, False),
    ],
)
def test_wherever_the_state_is_to_lie_the_queue_is_shown_and_what_is_wrong_is_one_line(
    ticketdeck: Program, tmp_path: Path, make: Callable[[Path], str], *, is_kept: bool
) -> None:
    environ = {"XDG_STATE_HOME": make(tmp_path / "place")}

    listed = ticketdeck(*LIST, environ=environ)
    cached = ticketdeck(*LIST, "--cached", environ=environ)

    assert listed.code == 0, listed.err
    assert len(listed.lines) == (0 if is_kept else 1)
    assert all("set state_dir" in line or "chmod 700" in line for line in listed.lines)
    assert cached.code == (0 if is_kept else 1)
    assert len(cached.lines) == (0 if is_kept else 1)
    assert "internal error" not in cached.err
    assert (listed.out == cached.out) is is_kept
    assert not Path("relative").exists()


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace to see the system calls")
def test_all_that_the_ledger_holds_is_on_the_disk_before_a_create_leaves(
    ticketdeck: Program, tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    calls = "trace=pwrite64,write,fsync,fdatasync,sendto,sendmsg,unlink"
    traced = subprocess.run(
        ["strace", "-f", "-y", "-s", "64", "-e", calls, "-o", log, *ticketdeck.command(*CREATE)],
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if b"ptrace" in traced.stderr:
        pytest.skip("nobody may be traced here")
    assert traced.returncode == 0, traced.stderr

    told = log.read_text(errors="replace").splitlines()
    (sent,) = (at for at, line in enumerate(told) if re.search(r'"POST (?!\S*/list )', line))

    def last(call: str) -> int:
        """Return where a call stands that was the last of its kind before the create left."""
        return max(at for at, line in enumerate(told[:sent]) if re.search(call, line))

    written, synced = last(r"write\S*\(.*/ledger\.db>"), last(r"sync\(.*/ledger\.db>")
    committed = last(r'unlink\(".*/ledger\.db-journal"')
    assert written < synced < committed < last(r"sync\(.*/ticketdeck>")
