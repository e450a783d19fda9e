"""Credentials that are looked for wherever the program leaves anything: they are nowhere."""

import base64
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from support.program import PATIENCE_S, Configure, Program
from support.terminal_session import session
from tui.sandbox.accounts import KLINK_TOKEN, LEGACY_KEY, QUESTIONPRO_KEY, REFRESH_TOKEN

pytestmark = pytest.mark.e2e

REFUSED = "canary/refused+5a=="
CANARIES = (QUESTIONPRO_KEY, LEGACY_KEY, REFRESH_TOKEN, KLINK_TOKEN, REFUSED)
CREDENTIALS = {"QP_CANARY": QUESTIONPRO_KEY, "KLINK_CANARY": KLINK_TOKEN, "BAD_CANARY": REFUSED}
NO_KEY_STORE = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
"""What the library finds by itself where there is no desktop, as over SSH."""
ENVIRON = CREDENTIALS | NO_KEY_STORE
FORMS = [
    form
    for canary in CANARIES
    for form in (
        canary.encode(),
        canary.encode().hex().encode(),
        base64.b64encode(canary.encode()).rstrip(b"="),
        base64.b64encode(b"Bearer " + canary.encode()).rstrip(b"="),
        quote(canary, safe="").encode(),
        canary.replace("/", "\\/").encode(),
        canary[::-1].encode(),
    )
]

# The whole command line in one process: starting it for each call would take most of the time.
# Every library logs all it has, whatever the program wants of it.
COMMANDS = """
import logging, os, resource, signal, sys, threading
from tui.cli.main import run

logging.basicConfig(level=logging.DEBUG, filename=sys.argv[2], force=True)
logging.Logger.setLevel = lambda self, level: None
for command in sys.argv[3:]:
    print("##", command, flush=True)
    if command in ("watch", "poll"):
        threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    code = run(["--config", sys.argv[1], *command.split()])
    print("##", code, resource.getrlimit(resource.RLIMIT_CORE), flush=True)
"""
CALLS = (
    "check",
    "check --format json",
    "list",
    "list --format csv",
    "list --format json --envelope",
    "list --cached",
    "create -w klink --field title=x --field description=y --dry-run",
    "create -w klink --field title=x --field description=y",
    "create -w inbox --field title=x --dry-run",
    "create -w refused --field title=x --field description=y",
    "list -w refused",
    "show klink/1",
    "watch",
    "poll",
    "status",
    "outbox",
    "config show",
    "config validate",
    "config schema",
    "purge --older-than 1d",
)


@pytest.fixture
def program(configure: Configure, tmp_path: Path) -> Program:
    """The program with a credential of every kind; the children it starts tell what they got."""
    (tmp_path / "key").write_text(f"{LEGACY_KEY}\n")
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "token").write_text(REFRESH_TOKEN)
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\n{_telling(tmp_path)}\ncat {tmp_path}/token\n")
    command.chmod(0o700)
    changed = configure(
        (f'command = ["echo", "{QUESTIONPRO_KEY}"]', 'env = "QP_CANARY"'),
        (f'command = ["echo", "{LEGACY_KEY}"]', f'file = "{tmp_path}/key"'),
        (f'command = ["echo", "{REFRESH_TOKEN}"]', f'command = ["{command}"]'),
        (f'command = ["echo", "{KLINK_TOKEN}"]', 'env = "KLINK_CANARY"'),
    )
    assert changed.config is not None
    text = changed.config.read_text()
    klink = text[text.rindex("[[workspaces]]") :].partition("[[templates]]")[0]
    refused = klink.replace("KLINK_CANARY", "BAD_CANARY").replace('"klink"', '"refused"')
    locked = klink.replace('env = "KLINK_CANARY"', 'keyring = "ticketdeck/klink"')
    locked = locked.replace('"klink"', '"locked"')
    changed.config.write_text(f"{text}\n{refused}\n{locked}")
    return changed


def _telling(tmp_path: Path) -> str:
    """Return what has a shell tell its environment, and what of its parent everybody may see."""
    told = f"{tmp_path}/home/told-$$"
    return f"(env; tr '\\0' ' ' < /proc/$PPID/cmdline; echo; ulimit -c; ls -l /proc/$$/fd) > {told}"


def _found(data: bytes) -> list[bytes]:
    return [form for form in FORMS if form in data]


def _left_behind(tmp_path: Path) -> Mapping[str, list[bytes]]:
    """Return the files below the home directory that hold a canary, and what of it."""
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert files
    return {path.name: found for path in files if (found := _found(path.read_bytes()))}


def test_no_command_shows_or_keeps_a_credential_though_all_is_logged(
    program: Program, tmp_path: Path
) -> None:
    log = tmp_path / "home" / "debug.log"

    ended = subprocess.run(
        [sys.executable, "-c", COMMANDS, str(program.config), str(log), *CALLS],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **ENVIRON, "PYTHONASYNCIODEBUG": "1"},
        timeout=PATIENCE_S,
        check=False,
    )

    out = ended.stdout.decode()
    assert ended.returncode == 0, ended.stderr.decode()
    codes = [line.split()[1] for line in out.splitlines() if line.startswith("## ") and "(" in line]
    assert len(codes) == len(CALLS), out[-2_000:]
    assert {"0", "3", "4", "143"} <= set(codes)
    assert out.count("(0, 0)") == len(CALLS), "no core is dumped"
    assert "keyring ticketdeck/klink: the key store cannot be used (NoKeyringError)" in out
    assert b"httpcore" in log.read_bytes(), "it did listen"
    assert list((tmp_path / "home").glob("told-*")), "the command ran"
    assert _found(ended.stdout + ended.stderr) == []
    assert _left_behind(tmp_path) == {}


def test_no_screen_child_export_or_core_gets_a_credential(program: Program, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{_telling(tmp_path)}\necho edited by hand > $1\n")
    editor.chmod(0o700)
    ways = (
        (b"L", "tab next source"),
        (b"\x1b", "WORKSPACE"),
        (b"\r", "sort:urgency"),
        (b"E", "Export"),
        (b"\x7f" * 40 + b"~/export.json\r", "Wrote"),
        (b"\r", "esc back"),
        (b"n", "New ticket in"),
        (b"\x1bOS", "edited by hand"),
        (b"\x12", "***"),
    )

    with session(program, environ={**ENVIRON, "VISUAL": str(editor)}) as run:
        seen = run.wait_for("KEY REFUSED", "4 of 6 current")
        for keys, mark in ways:
            run.type(keys)
            seen += run.wait_for(mark)
        os.kill(run.process.pid, signal.SIGSEGV)
        assert run.end() == -signal.SIGSEGV

    assert not list(Path.cwd().glob("core*"))
    assert _found(seen.encode()) == []
    assert (tmp_path / "home" / "export.json").stat().st_mode & 0o777 == 0o600
    assert _left_behind(tmp_path) == {}
    told = [path.read_text() for path in (tmp_path / "home").glob("told-*")]
    assert len(told) >= 2, "the credential's command, and the editor"
    for each in told:
        assert not [name for name in CREDENTIALS if name in each]
        assert "\n0\n" in each, "no core of a child either"
        assert not re.search(r"\.db|socket:", each), "no file or connection of ours is open there"
