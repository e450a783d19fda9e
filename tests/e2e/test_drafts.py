"""What is typed for a new ticket outlives the program, however that ends; and the editor."""

import json
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from support.program import PATIENCE_S, Configure, Program
from support.terminal_session import Session, session

pytestmark = pytest.mark.e2e

TYPED = "Tills down in Oslo since 20:05, naïve café, 返金"


def _kept(tmp_path: Path) -> list[str]:
    """Return what was typed into the drafts on disk, in order."""
    found = list((tmp_path / "home").rglob("ledger.db"))
    if not found:
        return []
    connection = sqlite3.connect(f"file:{found[0]}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT content FROM drafts").fetchall()
    finally:
        connection.close()
    drafts = [json.loads(row[0]) for row in rows]
    return sorted(draft["title"] or draft["description"] for draft in drafts)


def _wait_until_kept(tmp_path: Path, text: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while text not in _kept(tmp_path):
        assert time.monotonic() < deadline, _kept(tmp_path)


def _open_form(run: Session) -> None:
    run.wait_for("klink/", "n new")
    run.type(b"n")
    run.wait_for("New ticket in klink")


def _type_title(run: Session, text: str = TYPED) -> None:
    _open_form(run)
    run.type(text.encode())


def test_every_character_is_there_after_kill_9(ticketdeck: Program, tmp_path: Path) -> None:
    with session(ticketdeck, "-w", "klink") as run:
        _type_title(run)
        run.wait_for(TYPED[:20])
        _wait_until_kept(tmp_path, TYPED)
        run.process.kill()
        run.process.wait()

    with session(ticketdeck, "-w", "klink") as run:
        run.wait_for("klink/", "n new")
        run.type(b"n")
        # Each wide character stands in two cells, the second one empty.
        run.wait_for("Tills down in Oslo since 20:05, naïve café", "ctrl+n begins another")
        run.type(b"\x11")
        assert run.end() == 0
    assert _kept(tmp_path) == [TYPED]


@pytest.mark.parametrize("key", [b"\x11", b"\x1b"])
def test_what_is_typed_in_one_breath_with_leaving_is_kept(
    ticketdeck: Program, tmp_path: Path, key: bytes
) -> None:
    with session(ticketdeck, "-w", "klink") as run:
        _open_form(run)
        run.type(TYPED.encode() + key)
        if key == b"\x1b":
            run.wait_for("Draft kept; n reopens")
            run.type(b"\x11")
        assert run.end() == 0

    assert _kept(tmp_path) == [TYPED]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_program_and_all_is_kept(
    ticketdeck: Program, tmp_path: Path, number: signal.Signals
) -> None:
    with session(ticketdeck, "-w", "klink") as run:
        _type_title(run)
        run.wait_for("naïve café")
        run.wait_for("返")
        run.process.send_signal(number)
        assert run.end() == 128 + number

    assert _kept(tmp_path) == [TYPED]


def test_two_dashboards_with_one_draft_lose_nothing(ticketdeck: Program, tmp_path: Path) -> None:
    with session(ticketdeck, "-w", "klink") as one, session(ticketdeck, "-w", "klink") as other:
        _type_title(one, "Tills down")
        _wait_until_kept(tmp_path, "Tills down")
        other.wait_for("klink/", "n new")
        other.type(b"n")
        other.wait_for("Tills down", "ctrl+n begins another")
        one.type(b" here")
        _wait_until_kept(tmp_path, "Tills down here")
        other.type(b"\x1b[Z\x05 there")
        other.wait_for("both are kept")
        other.type(b"\x11")
        assert other.end() == 0
        one.type(b"\x11")
        assert one.end() == 0

    assert {"Tills down here", "Tills down there"} <= set(_kept(tmp_path))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "editor"
    path.touch(mode=0o700)
    return path


def test_the_editor_has_the_terminal_and_no_credential(
    configure: Configure, tmp_path: Path, script: Path
) -> None:
    ticketdeck = configure(
        ('{ command = ["echo", "sandbox-klink-token"] }', '{ env = "KLINK_KEY" }')
    )
    script.write_text(
        "#!/bin/sh\n"
        f'env > "{tmp_path}/seen"; stty > "{tmp_path}/modes"\n'
        'printf "EDITOR IS HERE\\n"; read answer\n'
        'printf "%s\\nsince eight\\n" "$answer" > "$1"\n'
    )
    environ = {"EDITOR": str(script), "KLINK_KEY": "sandbox-klink-token"}
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environ |= {"TMPDIR": str(temporary)}
    with session(ticketdeck, "-w", "klink", environ=environ) as run:
        before = run.modes
        _open_form(run)
        run.type(b"\x1bOS")
        run.wait_for("EDITOR IS HERE")
        run.type(b"All tills down\n")
        run.wait_for("New ticket in klink", "All tills down", "since eight")
        _wait_until_kept(tmp_path, "All tills down\nsince eight")
        run.type(b"\x11")
        assert run.end() == 0
        assert run.modes == before

    assert "KLINK_KEY" not in (tmp_path / "seen").read_text()
    assert "sandbox-klink-token" not in (tmp_path / "seen").read_text()
    assert "-icanon" not in (tmp_path / "modes").read_text()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("end", ["exit 3", "kill -9 $$"])
def test_an_editor_that_ruins_the_terminal_and_fails_loses_nothing(
    ticketdeck: Program, tmp_path: Path, script: Path, end: str
) -> None:
    script.write_text(f"#!/bin/sh\nstty raw -echo -opost\nprintf '\\033[?1049l'\n{end}\n")
    with session(ticketdeck, "-w", "klink", environ={"VISUAL": str(script)}) as run:
        before = run.modes
        _type_title(run, "Tills down")
        run.wait_for("Tills down")
        run.type(b"\x1bOS")
        run.wait_for("New ticket in klink", "Tills down", "Not edited: editor")
        run.type(b"!")
        run.wait_for("Tills down!")
        run.type(b"\x11")
        assert run.end() == 0
        assert run.modes == before

    assert _kept(tmp_path) == ["Tills down!"]
