"""Mistakes of the program itself: what a person sees of them, and what is kept."""

import base64
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from support.broken_program import break_program
from support.program import PATIENCE_S, Program
from support.pseudo_terminal import play

pytestmark = pytest.mark.e2e

CANARY = "canary/8d1f+5a=="
FORMS = [
    CANARY.encode(),
    base64.b64encode(CANARY.encode()),
    CANARY.replace("/", "%2F").encode(),
    CANARY.replace("/", "\\/").encode(),
    b"8d1f",
]
TERMINAL_LEFT = b"\x1b[?1049l"
SEQUENCE = re.compile(r"\x1b\[[?<]?[\d;]*[a-z]")

KEY = "module.TicketList.move_by = fail"
WORKER = """
async def work(): fail()
def move_by(self, *_): self.app.run_worker(work())
module.TicketList.move_by = move_by
"""
THREAD_WORKER = (
    "module.TicketList.move_by = lambda self, *_: self.app.run_worker(fail, thread=True)"
)
TIMER = "module.TicketList.on_mount = lambda self: self.set_timer(0.01, fail)"
DRAWS_ITSELF = """
class Vivid(Exception):
    def __rich__(self): return str(self)
def move_by(self, *_):
    try: fail()
    except RuntimeError as error: raise Vivid(str(error)) from error
module.TicketList.move_by = move_by
"""
LIST = "tui.app.widgets.ticket_list"


def _told(text: str) -> str:
    """Return the report that a crash names, after looking at all that it may and may not say."""
    lines = [line for line in SEQUENCE.sub("", text).splitlines() if line]
    assert re.fullmatch(r"ticketdeck: internal error: \S+ at \S+:\d+", lines[-3]), lines
    assert lines[-2].startswith("Report, without texts and keys: ")
    assert lines[-1].startswith("To go on, start it again; ")
    path = Path(lines[-2].partition("keys: ")[2])
    assert re.fullmatch(r"crash-\d{8}T\d{6}Z(-\d+)?\.txt", path.name)
    assert path.is_relative_to(os.environ["HOME"])
    assert path.stat().st_mode & 0o777 == 0o600
    report = path.read_text()
    assert "RuntimeError\n" in report
    assert "ValueError\n" in report
    assert "in fail\n" in report
    return report


def _holds_canary(data: bytes) -> bool:
    return any(form in data for form in FORMS)


def _nothing_is_kept_of_it() -> bool:
    home = Path(os.environ["HOME"])
    return not any(_holds_canary(path.read_bytes()) for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("patch", "keys"),
    [(KEY, b"j"), (WORKER, b"j"), (THREAD_WORKER, b"j"), (TIMER, b""), (DRAWS_ITSELF, b"j")],
    ids=["key", "worker", "thread", "timer", "draws itself"],
)
def test_a_crash_of_the_dashboard_restores_the_terminal_and_names_its_report(
    ticketdeck: Program, tmp_path: Path, patch: str, keys: bytes
) -> None:
    environ = break_program(tmp_path / "broken", LIST, patch) | {"CANARY": CANARY}

    code, drawn = play(
        ticketdeck, "-w", "klink", steps=[(b"klink/", keys)] if keys else [], environ=environ
    )

    assert code == 1, drawn[-2_000:]
    assert not _holds_canary(drawn)
    assert _nothing_is_kept_of_it()
    _, left, after = drawn.rpartition(TERMINAL_LEFT)
    assert left
    report = _told(after.decode())
    assert "command   dashboard\n" in report
    assert "screens   TicketsScreen\n" in report or not keys
    assert ", 80 columns, 24 lines\n" in report


def test_a_crash_behind_the_first_frame_is_told_like_every_other(
    ticketdeck: Program, tmp_path: Path
) -> None:
    assert ticketdeck("list").code == 0
    quit_at_once = [(b"klink/", b"\x11")]
    assert play(ticketdeck, "-w", "klink", steps=quit_at_once)[0] == 0
    environ = break_program(tmp_path / "broken", "tui.cli.bootstrap", "module.open_deck = fail")

    code, drawn = play(ticketdeck, "-w", "klink", environ=environ | {"CANARY": CANARY})

    assert code == 1, drawn[-2_000:]
    assert b"klink/" in drawn, "the first frame came from the store"
    assert not _holds_canary(drawn)
    assert _nothing_is_kept_of_it()
    assert "command   dashboard\n" in _told(drawn.rpartition(TERMINAL_LEFT)[2].decode())


@pytest.mark.parametrize(
    ("words", "module", "patch"),
    [
        (["list"], "tui.cli.list_", "module.run = fail"),
        (["check"], "tui.cli.bootstrap", "module.compose = fail"),
        (["poll"], "tui.store.journal", "module.Journal.__init__ = fail"),
    ],
    ids=["command", "start", "poll"],
)
def test_a_crash_of_a_command_is_three_lines_and_a_report(
    ticketdeck: Program, tmp_path: Path, words: list[str], module: str, patch: str
) -> None:
    environ = break_program(tmp_path / "broken", module, patch)

    ended = ticketdeck(*words, environ=environ | {"CANARY": CANARY})

    assert (ended.code, ended.out) == (1, "")
    assert len(ended.lines) == 3
    assert not _holds_canary(ended.err.encode())
    assert _nothing_is_kept_of_it()
    assert f"command   {words[0]}\n" in _told(ended.err)


def test_a_crash_while_a_crash_is_told_is_a_line(ticketdeck: Program, tmp_path: Path) -> None:
    patch = "module.report_of = fail"
    environ = break_program(tmp_path / "broken", "tui.cli.report", patch)
    (tmp_path / "broken" / "msgspec.py").write_text("raise LookupError('8d1f')")

    ended = ticketdeck("list", environ=environ | {"CANARY": CANARY})

    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "ticketdeck: internal error: LookupError, then RuntimeError; no report could be made\n"
    )


def test_a_report_that_cannot_be_written_is_printed(ticketdeck: Program, tmp_path: Path) -> None:
    environ = break_program(tmp_path / "broken", "tui.cli.list_", "module.run = fail")
    (tmp_path / "no folder").touch()

    ended = ticketdeck(
        "list", environ={**environ, "CANARY": CANARY, "XDG_STATE_HOME": str(tmp_path / "no folder")}
    )

    assert ended.code == 1
    assert "No report can be written; this is what would stand in it:\n" in ended.err
    assert "in fail\n" in ended.err
    assert not _holds_canary(ended.err.encode())


def test_a_mistake_in_the_engine_ends_no_polling_and_is_told(
    ticketdeck: Program, tmp_path: Path
) -> None:
    patch = "module.Poller._poll_if_free = fail"
    environ = break_program(tmp_path / "broken", "tui.engine.poller", patch)

    with subprocess.Popen(
        ticketdeck.command("-w", "klink", "poll"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environ, "CANARY": CANARY},
    ) as process:
        assert process.stderr is not None
        told = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 128 + signal.SIGTERM
    assert not _holds_canary(out + told + err)
    assert _nothing_is_kept_of_it()
    assert told.startswith(b"internal error: RuntimeError at ")
    report = Path(told.decode().partition("report: ")[2].strip()).read_text()
    assert "command   poll\n" in report
    assert "in _poll_if_free" in report or "in run\n" in report
