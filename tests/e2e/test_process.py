"""The program as a process: its streams, its signals, and where there is no terminal."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support.program import PATIENCE_S, Configure, Program
from support.pseudo_terminal import play
from tui.sandbox.faults import Fault, Faults

pytestmark = pytest.mark.e2e


def _shell(program: Program, words: str, redirection: str) -> subprocess.CompletedProcess[bytes]:
    command = " ".join(program.command(words))
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} {redirection}"],
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_a_closed_stdout_is_told_before_any_call(ticketdeck: Program) -> None:
    ended = _shell(ticketdeck, "list", ">&-")

    assert ended.returncode == 74
    assert ended.stderr == b"ticketdeck: the output could not be written: stdout is closed\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_device_is_told(ticketdeck: Program) -> None:
    ended = _shell(ticketdeck, "list", ">/dev/full")

    assert ended.returncode == 74
    assert ended.stderr.count(b"\n") == 1


def test_a_reader_that_leaves_is_no_error_to_speak_of(ticketdeck: Program) -> None:
    ended = _shell(ticketdeck, "list", "| true")

    assert ended.returncode in (141, 0), "0 where all was written before the reader left"
    assert ended.stderr == b""


def test_a_closed_stderr_hurts_nobody(ticketdeck: Program) -> None:
    ended = _shell(ticketdeck, "list -w klink", "2>&-")

    assert ended.returncode == 0
    assert ended.stdout.startswith(b"PRI")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize(
    ("words", "is_stdout_full", "code"),
    [
        ("list --nix", False, 2),
        ("list -w nowhere", False, 2),
        ("", False, 2),
        ("list", False, 4),
        ("list --format json", True, 74),
        (
            "create --format json -w cx-emea --field comment=x --field emailAddress=a@example.com",
            True,
            74,
        ),
    ],
)
@pytest.mark.parametrize("has_reader_left", [False, True])
def test_a_stderr_that_takes_nothing_changes_no_exit_code(
    configure: Configure, words: str, *, is_stdout_full: bool, has_reader_left: bool, code: int
) -> None:
    ticketdeck = configure(("sandbox-klink-token", "canary-wrong"))
    # Unbuffered, Python would have nothing left to write when it shuts down.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    left, no_reader = os.pipe()
    os.close(left)

    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            ticketdeck.command(*words.split()),
            stdin=subprocess.DEVNULL,
            stdout=full if is_stdout_full else subprocess.DEVNULL,
            stderr=no_reader if has_reader_left else full,
            env=environ,
            timeout=PATIENCE_S,
            check=False,
        )
    os.close(no_reader)

    assert ended.returncode == code


@pytest.mark.parametrize(
    "redirection", ["</dev/null", "<&-", ">/dev/null", "2>/dev/null", ">&-", "2>&-"]
)
def test_without_a_terminal_there_is_no_dashboard(ticketdeck: Program, redirection: str) -> None:
    began = time.monotonic()

    ended = _shell(ticketdeck, "", redirection)

    assert ended.returncode == 2
    assert b"\x1b" not in ended.stdout + ended.stderr
    if "2>" not in redirection:
        assert b"ticketdeck list" in ended.stderr
    assert time.monotonic() - began < 10


def test_the_demo_without_a_terminal_prints_the_queue_and_leaves_nothing(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    ended = Program()("demo", "--tickets", "12", "--still", environ={"TMPDIR": str(temporary)})

    assert ended.code == 0, ended.err
    assert len(ended.out.splitlines()) == 1 + 12
    assert ended.err.startswith("DEMO: ")
    assert list(temporary.iterdir()) == []
    assert list(Path(os.environ["HOME"]).rglob("*")) == []


def test_who_waits_is_told_for_what_and_an_interrupt_prints_what_came(
    ticketdeck: Program, faults: Faults
) -> None:
    faults.add(Fault.hang(30, times=None, vendor="klinkcx"))
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        ticketdeck.command("list"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    narrated = b""
    while b"waiting for klink" not in narrated:
        narrated += os.read(ours, 1024)

    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE_S)
    narrated += os.read(ours, 1024)
    os.close(ours)

    assert process.returncode == 130
    assert out.startswith(b"PRI")
    assert b"cx-emea/" in out
    assert b"klink/" not in out
    assert narrated.endswith(b"interrupted; nothing more from klink\r\n")


@pytest.mark.parametrize(
    "words",
    [
        ("list", "-w", "klink"),
        ("check", "-w", "klink"),
        ("show", "klink/1"),
        ("create", "-w", "klink", "--field", "title=x", "--field", "description=y"),
    ],
)
def test_an_interrupt_ends_the_program_and_a_command_that_hangs(
    configure: Configure, tmp_path: Path, words: tuple[str, ...]
) -> None:
    seen = tmp_path / "command"
    script = f"echo $$ > {seen}.new; mv {seen}.new {seen}; exec sleep 60"
    program = configure(('["echo", "sandbox-klink-token"]', f'["sh", "-c", "{script}"]'))
    with subprocess.Popen(
        program.command(*words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        _wait_for(seen.exists)
        command = int(seen.read_text())
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 130
    assert time.monotonic() - began < 4
    assert out == b""
    assert err.count(b"\n") <= 1
    _wait_for(lambda: _has_ended(command))


def _has_ended(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in ("Z", "X")


def _wait_for(happened: Callable[[], bool]) -> None:
    patience = threading.Event()
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline
        patience.wait(0.02)


_SIGNAL_AT_IMPORT = """
import os, sys
class Watch:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == os.environ["AT_IMPORT"]:
            sys.meta_path.remove(Watch)
            os.kill(os.getpid(), int(os.environ["SIGNAL"]))
sys.meta_path.insert(0, Watch)
"""


@pytest.mark.parametrize(
    ("words", "module"),
    [
        (["--version"], "tui.cli.output"),
        (["list"], "tui.cli.arguments"),
        (["list"], "tui.cli.list_"),
        ([], "tui.cli.early"),
    ],
)
def test_a_signal_while_the_program_is_loaded_ends_it_without_a_word(
    ticketdeck: Program, tmp_path: Path, words: list[str], module: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_SIGNAL_AT_IMPORT)
    program = Program() if words == ["--version"] else ticketdeck
    for number in (signal.SIGINT, signal.SIGTERM):
        environ = {
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(tmp_path), os.environ.get("PYTHONPATH")))
            ),
            "AT_IMPORT": module,
            "SIGNAL": str(int(number)),
        }
        assert play(program, *words, environ=environ) == (128 + number, b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_serves_until_a_signal_and_its_configuration_works(
    tmp_path: Path, number: signal.Signals
) -> None:
    path = tmp_path / "sandbox.toml"
    with path.open("wb") as file:
        path.chmod(0o600)
        process = subprocess.Popen(
            Program().command("sandbox", "--port", "0", "--tickets", "20", "--still"),
            stdout=file,
            stderr=subprocess.PIPE,
        )
    assert process.stderr is not None
    ready = process.stderr.readline()
    assert re.match(rb"serving at http://127\.0\.0\.1:\d+", ready)

    listed = Program(path)("list", "--format", "jsonl")
    process.send_signal(number)
    process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 128 + number
    assert listed.code == 0, listed.err
    assert len(listed.out.splitlines()) == 20


def test_a_port_that_is_taken_is_named(ticketdeck: Program) -> None:
    port = re.search(r"127\.0\.0\.1:(\d+)", Path(str(ticketdeck.config)).read_text())
    assert port is not None

    ended = Program()("sandbox", "--port", port[1])

    assert (ended.code, ended.out) == (1, "")
    assert f"port {port[1]}" in ended.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["frobnicate"], "no command 'frobnicate'"),
        (["lst"], "nearest: list"),
        (["list", "--fromat", "json"], "nearest: --format"),
        (["--observ"], "nearest: --observe"),
        (["list", "status:nww"], "nearest: new"),
        (["list", "-w", "klnk"], "nearest: klink"),
    ],
)
def test_a_wrong_call_is_one_line_with_the_nearest(
    ticketdeck: Program, words: list[str], says: str
) -> None:
    ended = ticketdeck(*words)

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert len(ended.lines) == 1
