"""Credentials that are looked for wherever the program leaves anything: they are nowhere."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

from support.echoes import IN_JSON, decoded
from support.program import PATIENCE_S, Configure, Program
from support.terminal_session import session
from tui.sandbox.accounts import (
    KLINK_TOKEN,
    KLINKCX,
    LEGACY_KEY,
    QUESTIONPRO,
    QUESTIONPRO_KEY,
    QUESTIONPRO_LEGACY,
    REFRESH_TOKEN,
    SOCIALBOARDS,
)
from tui.sandbox.faults import Fault, Faults

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
        *(canary.encode(encoding) for encoding in ("utf-16-le", "utf-16-be", "utf-32-le")),
        *(spell(canary).encode() for spell in IN_JSON.values()),
        *(decoded(spell(canary)).encode() for spell in IN_JSON.values()),
        *(json.dumps(decoded(spell(canary)))[1:-1].encode() for spell in IN_JSON.values()),
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
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # ignored since the command before ended
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
CALLS_TO_ECHOES = (
    "check",
    "list",
    "list --format json --envelope --max-age 0s",
    "create -w klink --field title=x --field description=y",
    "create -w inbox --field title=x --field message=y",
    "status",
    "outbox",
    "list --cached",
)
CUSTOMER = "Ada Customer of Somewhere"
_LISTED = ", ".join(
    f'{{"id": "{number}", "title": "got {spell(KLINK_TOKEN)}"}}'
    for number, spell in enumerate(IN_JSON.values())
)
ECHOES = (
    Fault(
        vendor=KLINKCX,
        method="POST",
        times=None,
        status=200,
        body=f'{{"success": false, "message": "bad token {KLINK_TOKEN}"}}'.encode(),
    ),
    Fault(vendor=KLINKCX, times=None, status=200, body=f'{{"data": [{_LISTED}]}}'.encode()),
    Fault(
        vendor=QUESTIONPRO,
        times=None,
        status=200,
        body=f"<html><title>Debug: your key was {QUESTIONPRO_KEY}</title></html>".encode(),
    ),
    Fault(
        vendor=QUESTIONPRO_LEGACY,
        times=None,
        status=200,
        body=f'{{"response": [{{"ticketID": 1, "comment": "{CUSTOMER} {LEGACY_KEY}'.encode(),
    ),
    Fault(
        vendor=SOCIALBOARDS,
        times=None,
        status=200,
        body=f"your token was {REFRESH_TOKEN}".encode(),
    ),
)
"""Each vendor repeats the credential in answers that call themselves successes."""


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
    files = _files(tmp_path)
    assert files
    return {name: found for name, data in files.items() if (found := _found(data))}


def _files(tmp_path: Path) -> Mapping[str, bytes]:
    paths = (tmp_path / "home").rglob("*")
    return {str(path): path.read_bytes() for path in paths if path.is_file()}


def _run_all(
    program: Program, log: Path, calls: Sequence[str], **environ: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", COMMANDS, str(program.config), str(log), *calls],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **ENVIRON, "PYTHONASYNCIODEBUG": "1", **environ},
        timeout=PATIENCE_S,
        check=False,
    )


def _codes(ended: subprocess.CompletedProcess[bytes], calls: Sequence[str]) -> list[str]:
    """Return the exit code of each call."""
    assert ended.returncode == 0, ended.stderr.decode()
    lines = ended.stdout.decode().splitlines()
    codes = [line.split()[1] for line in lines if line.startswith("## ") and "(" in line]
    assert len(codes) == len(calls), lines[-40:]
    return codes


def test_no_command_shows_or_keeps_a_credential_though_all_is_logged(
    program: Program, tmp_path: Path
) -> None:
    log = tmp_path / "home" / "debug.log"

    ended = _run_all(program, log, CALLS)

    out = ended.stdout.decode()
    assert {"0", "3", "4", "143"} <= set(_codes(ended, CALLS))
    assert out.count("(0, 0)") == len(CALLS), "no core is dumped"
    assert "keyring ticketdeck/klink: the key store cannot be used (NoKeyringError)" in out
    assert b"httpcore" in log.read_bytes(), "it did listen"
    assert list((tmp_path / "home").glob("told-*")), "the command ran"
    assert _found(ended.stdout + ended.stderr) == []
    assert _left_behind(tmp_path) == {}


def test_no_command_shows_or_keeps_what_a_vendor_echoes_in_a_success(
    program: Program, faults: Faults, tmp_path: Path
) -> None:
    faults.add(*ECHOES)
    assert program.config is not None
    text, _, _ = program.config.read_text().rsplit("[[workspaces]]", 2)
    program.config.write_text(text)

    log = tmp_path / "home" / "debug.log"
    ended = _run_all(program, log, CALLS_TO_ECHOES, BAD_CANARY="not asked for")

    assert len(_codes(ended, CALLS_TO_ECHOES)) == len(CALLS_TO_ECHOES)
    said = (ended.stdout + ended.stderr).decode()
    assert "not JSON: Debug: your key was ***" in said
    assert "bad token ***" in said
    assert "the token answer is not JSON" in said
    assert "not JSON from character" in said
    assert said.count("got ***") >= 2
    assert _found(said.encode()) == []
    assert CUSTOMER not in said
    assert _left_behind(tmp_path) == {}
    assert CUSTOMER.encode() not in b"".join(_files(tmp_path).values())


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
