"""The form for a new ticket in a real pty of 80x24, counted in bytes, for each vendor.

A row for a create that waits comes and goes as it does for every viewer: another process, here this
one, writes the ledger.
"""

import statistics
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dashboard import COMMAND, Terminal

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tui.cli.bootstrap import open_journal
from tui.cli.configured import load_configuration, state_folder
from tui.domain.draft import Draft, FieldSpec, FieldType, Outcome, OutcomeState
from tui.domain.ports import Intent
from tui.engine.clock import SystemClock
from tui.engine.hold import HOLD
from tui.sandbox import configuration
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import make_world
from tui.vendors.registry import vendor_spec

PLACES = {"questionpro": "cx-emea", "socialboards": "inbox", "klinkcx": "klink"}
"""The workspace of each vendor that takes tickets."""
TICKETS = 60
OPENINGS = 5
WORD = b"offline at"
_FORM_S = 1.0
"""Nothing is drawn for so long once the form has its fields and its lists."""
_SETTLED_S = 3.0
_FOLLOWED_S = 4.0
"""By then every viewer shows what another process has written."""


def main() -> None:
    """Print what the form costs with each vendor, and what a create that waits costs the list."""
    with sandbox() as url, tempfile.TemporaryDirectory() as folder:
        path = write_configuration(url, Path(folder))
        for vendor, workspace in PLACES.items():
            with opened(path, workspace) as terminal:
                figures = _form(terminal, vendor)
            words = ", ".join(f"{name} {value:,.0f}" for name, value in figures.items())
            print(f"create form of {vendor}, bytes: {words}")
        print(f"a row for a create that waits, bytes: {_row(path)}")


@contextmanager
def sandbox() -> Iterator[str]:
    """Serve a world in which nothing happens by itself; yield its address."""
    world = make_world(now=SystemClock().now(), tickets=TICKETS, still=True)
    with SandboxServer(world) as server:
        yield server.url


def write_configuration(url: str, folder: Path) -> Path:
    """Write a configuration for the vendors at `url`, with a state folder beside it."""
    path = folder / "bench.toml"
    text = configuration(url).replace('poll_interval = "10s"', 'poll_interval = "1h"')
    path.write_text(f'state_dir = "{folder / "state"}"\n{text}')
    path.chmod(0o600)
    return path


@contextmanager
def opened(path: Path, workspace: str) -> Iterator[Terminal]:
    """Run the dashboard on the list of a workspace, until nothing more is drawn."""
    with Terminal([COMMAND, "--config", str(path), "-w", workspace]) as terminal:
        terminal.read_until(f"{workspace}/".encode())
        terminal.read_until_quiet(_SETTLED_S)
        yield terminal


def _form(terminal: Terminal, vendor: str) -> dict[str, float]:
    """Go through a form field by field; the first field of each kind is typed in."""
    specs = vendor_spec(vendor).fields
    first = next(at for at, spec in enumerate(specs) if spec.required)
    opened: list[int] = []
    for _ in range(OPENINGS):
        opened.append(len(terminal.press(b"n", _FORM_S)))
        terminal.press(b"\x1b")
    terminal.press(b"n", _FORM_S)
    figures = {"opened": statistics.median(opened), "opened at most": max(opened)}
    tabs: list[int] = []
    for spec in specs[first:]:
        kind = _kind(spec)
        if kind == "list of choices" and kind not in figures:
            figures[kind] = len(terminal.press(b"\x1b[B"))
            figures["the next row of it"] = len(terminal.press(b"\x1b[B"))
            figures["closed"] = len(terminal.press(b"\x1b"))
        elif kind not in ("", *figures):
            letters = [len(terminal.press(WORD[at : at + 1])) for at in range(len(WORD))]
            figures[kind] = statistics.median(letters)
        tabs.append(len(terminal.press(b"\t")))
    return figures | {"tab": statistics.median(tabs), "tab at most": max(tabs)}


def _kind(spec: FieldSpec) -> str:
    """Return what is counted in a field; "" for nothing."""
    if spec.choices:
        return "list of choices"
    if spec.type is FieldType.LONG_TEXT:
        return "letter in a text"
    is_line = spec.type is FieldType.TEXT and not (spec.lookup or spec.open_keys)
    return "letter in a line" if is_line else ""


def _row(path: Path) -> str:
    config, clock = load_configuration(path), SystemClock()
    with closing(open_journal(config, state_folder(config), clock)) as journal:
        outbox = journal.outbox
        assert outbox is not None
        with opened(path, "klink") as terminal:
            draft = Draft("klink", {"title": "Card terminals offline"})
            intent = Intent(id=uuid.uuid4().hex, draft=draft, at=clock.now(), by="bench")
            outbox.record(intent, clock.now() + HOLD)
            comes = terminal.read_for(_FOLLOWED_S)
            outbox.resolve(Outcome(intent_id=intent.id, state=OutcomeState.NOT_CREATED))
            goes = terminal.read_for(_FOLLOWED_S)
    return f"comes {len(comes):,}, goes {len(goes):,}"


if __name__ == "__main__":
    main()
