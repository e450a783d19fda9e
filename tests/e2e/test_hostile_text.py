"""What strangers write reaches a terminal as text only: every screen, every command, the bytes."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pytest

from support.broken_program import break_program
from support.fault_server import FaultServer, Send, answer
from support.hostile_corpus import PAYLOADS, foreign_codes, plain_foreign_codes
from support.hostile_state import write_hostile_state
from support.hostile_vendor import ADDRESS, HostileGateway, hostile_server, mark
from support.program import PATIENCE_S, Program
from support.pseudo_terminal import play
from support.screens import every_screen
from support.terminal_session import session
from tui.cli import config, main, outbox
from tui.cli.arguments import Parser
from tui.domain.clean import clean
from tui.engine.clock import SystemClock
from tui.sandbox import configuration
from tui.sandbox.accounts import KLINKCX
from tui.sandbox.world import make_world

pytestmark = pytest.mark.e2e

ATTACK = "\x1b[2J\x1b]52;c;UFdORUQ=\x07\x9b31m\u202e"
REASON = "500 \x1b[2Jbad\x9b31m"
PAGE = f"<html><title>{ATTACK}</title><body>{ATTACK}[/usr/bin]</body></html>".encode()
BROKEN = """
[[workspaces]]
name = "broken"
vendor = "klinkcx"
base_url = "{url}"
credential = {{ command = ["echo", "key"] }}
call_budget = {{ calls = 1000000, days = 1 }}

[[views]]
name = "[/b] [@click=app.quit]"
query = "title:[/usr/bin]"

[[templates]]
name = "Hostile [/b] [@click=app.quit]"
workspace = "cx-emea"
[templates.fields]
comment = "[/usr/bin] [@click=app.quit]x[/]"
"""
WHO = f"mallory{ATTACK}"
ENVIRON = {"EDITOR": f"false{ATTACK}", "VISUAL": "", "LOGNAME": WHO, "USER": WHO}
HEAD = 'glyphs = "unicode"\nalerts = { bell = [] }\n"colour\\u001b[2J\\u202e" = 1\n'
LISTED = ("cx-emea/", "inbox/")
BACK, DOWN, ENTER = b"\x03", b"\x04", b"\r"
WALK = (
    (b"L", "Sources"),
    *((b"\t", f"[{name}]") for name in ("cx-legacy", "inbox", "klink", "broken", "log")),
    (BACK, "WORKSPACE"),
    (ENTER, "TITLE"),
    (b"p", "TITLE"),
    *((DOWN, "TITLE") for _ in range(4)),
    (b"g", "TITLE"),
    (b"1", "0 of 60"),
    (b"2", "1-16 of 60"),
    (b"i", "Band "),
    (BACK, "TITLE"),
    (ENTER, "1 of 60"),
    *((b"J", f" {number} of 60") for number in range(2, 27)),
    (b"G", "Changes"),
    (BACK, "TITLE"),
    (b"/", "/"),
    (b"customer:<", "customer:<"),
    (ENTER, "customer:<"),
    (BACK, "of 60"),
    (b"/", "/"),
    (b"workspace:inbox", "workspace:inbox"),
    (ENTER, "inbox/"),
    (b"o", ADDRESS),
    (BACK, "TITLE"),
    (BACK, "of 60"),
    (b":", "ticket.create"),
    (BACK, "TITLE"),
    (b"?", "Help"),
    (BACK, "TITLE"),
    (b"T", "night"),
    (BACK, "TITLE"),
    (b"w", "broken"),
    (BACK, "TITLE"),
    (b"m", "Note beside"),
    (b"[/x] [@click=app.quit]", "[/x]"),
    (ENTER, "TITLE"),
    (b"s", "Snooze"),
    (BACK, "TITLE"),
    (b"y", "lipboard"),
    (b"E", "CSV"),
    (BACK, "TITLE"),
    (b"S", "Sort by"),
    (BACK, "TITLE"),
    (b"X", "It may be one of these"),
    (DOWN, "Outbox"),
    (ENTER, "POST"),
    (BACK, "Outbox"),
    (b"o", "It may be"),
    (BACK, "Outbox"),
    (b"r", "again?"),
    (b"n", "Outbox"),
    (b"d", "Drop "),
    (b"n", "Outbox"),
    (b"e", "New ticket in"),
    (b"\x1bOS", "false"),
    (BACK, "Outbox"),
    (BACK, "TITLE"),
    (b"n", "New ticket in"),
    (b"Gk" + ENTER, "drafts for klink"),
    (BACK, "TITLE"),
    (b"g", "▸   CRIT"),
    (b"N", "New ticket in"),
    (b"\x14", "Hostile [/b] [@click=app.quit]"),
    (BACK, "New ticket in"),
    (b"\x12", "POST"),
    (BACK, "New ticket in"),
    (b"\x1bOS", "false"),
)
"""The keys, and what must stand on the screen behind each."""


RECORD = """
compose = module.DeckScreen.compose
def record(self):
    with open({seen!r}, "a") as seen:
        print(type(self).__name__, file=seen)
    return compose(self)
module.DeckScreen.compose = record
"""
"""Put into the program: it writes down which screens it draws."""


@dataclass(frozen=True, slots=True)
class Place:
    """A program over vendors that strangers write into, and where it lives."""

    program: Program
    folder: Path
    gateway: HostileGateway

    def write_another(self) -> None:
        """Let a stranger write one more ticket."""
        world = self.gateway.world
        with world.lock:
            latest = world.tickets.of(KLINKCX)[0]
            world.add(replace(latest, uid=world.new_uid(), title="One more"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Four vendors whose every text is hostile, a fifth that is broken, and a folder of ours."""
    folder = tmp_path_factory.mktemp("hostile") / "a\x1b[31m\u202efolder"
    folder.mkdir(mode=0o700)
    themes = folder / "themes"
    themes.mkdir()
    (themes / "night\x1b[2J\u202e.toml").write_text('extend = "daylight"\n')
    (themes / "bad\x1b[31m.toml").write_text('"col\\u001b[2Jour" = 1\n')
    world = make_world(now=SystemClock().now(), tickets=60, still=True)
    page = answer(REASON, f"X-Odd: {ATTACK.encode().decode('latin-1')}", body=PAGE)
    with hostile_server(world) as server, FaultServer((Send(page),)) as broken:
        gateway = server._gateway
        assert isinstance(gateway, HostileGateway)
        path = folder / "config.toml"
        text = (
            HEAD
            + configuration(server.url).replace('"10s"', '"5s"')
            + BROKEN.format(url=broken.url)
        )
        state = folder.parent / "state"
        path.write_text(f"state_dir = {json.dumps(str(state))}\n{text}")
        path.chmod(0o600)
        write_hostile_state(path, "klink", clean(WHO), ATTACK)
        yield Place(Program(path), folder, gateway)


def test_no_screen_lets_a_text_act_on_the_terminal(place: Place, tmp_path: Path) -> None:
    seen_screens = tmp_path / "screens"
    patch = break_program(tmp_path, "tui.app.screens.deck", RECORD.format(seen=str(seen_screens)))
    with session(place.program, environ={**ENVIRON, **patch}) as terminal:
        terminal.wait_for("4 of 5 current", "FAILED")
        screens = [terminal.press(keys, wanted) for keys, wanted in WALK]
        terminal.type(b"\x11")
        code = terminal.end()

    drawn = bytes(terminal.drawn)
    assert code == 0, terminal.text
    _assert_only_the_name_was_copied(drawn)
    assert foreign_codes(_OSC_52.sub(b"", drawn)) == []
    raw = [f"{mark(n)}{payload}>".encode("utf-8", "replace") for n, payload in enumerate(PAYLOADS)]
    assert [sent for sent in raw if _is_active(sent) and sent in drawn] == []
    seen = {int(number) for screen in screens for number in re.findall(r"<(\d{3})", screen)}
    assert len(seen) >= 200, len(seen)
    _assert_shown_as_written(screens)
    assert set(seen_screens.read_text().split()) == every_screen()


_OSC_52 = re.compile(rb"(?:\x1bPtmux;\x1b)?\x1b\]52;c;([A-Za-z0-9+/=]*)\x07(?:\x1b\\)?")


def _is_active(sent: bytes) -> bool:
    return any(byte < 0x20 or byte == 0x7F for byte in sent) or b"\xc2\x9b" in sent


def _assert_only_the_name_was_copied(drawn: bytes) -> None:
    copied = [base64.b64decode(found).decode() for found in _OSC_52.findall(drawn)]
    assert all(re.fullmatch(r"[\w-]+/\d+|https?://[!-~]+", text) for text in copied), copied


def _assert_shown_as_written(screens: list[str]) -> None:
    """Compare the lines of the tickets' own texts with what was sent, cleaned."""
    found = {
        int(number): line.strip()
        for screen in screens
        for number, line in re.findall(r"^ (?=<(\d{3}))(.*)$", screen, re.MULTILINE)
    }
    wanted = {
        number: clean(f"{mark(number)}{PAYLOADS[number]}>", multiline=True) for number in found
    }
    simple = {n: text for n, text in wanted.items() if text.isprintable() and _is_narrow(text)}
    assert len(simple) >= 80, len(simple)
    assert {n: found[n] for n in simple if not found[n].startswith(simple[n])} == {}


_ODD_IN_PYTE = re.compile("[\u0300-\u036f\u1100-\u11ff\ufdd0-\uffff\U000e0100-\U000e01ef]")
"""What takes no cell; the terminal of these tests gives up on a line that has such a character."""


def _is_narrow(text: str) -> bool:
    return len(text) < 70 and _ODD_IN_PYTE.search(text) is None


COMMANDS = (
    ["watch", "-w", "klink", "--once", "--format", "text"],
    ["list"],
    ["list", "--cached", "--sort", "title", "customer:<"],
    ["list", "--cached", f"status:{ATTACK}"],
    ["show", "{ref}"],
    ["show", f"klink/{ATTACK}"],
    ["show", f"{ATTACK}/1"],
    ["status"],
    ["outbox"],
    ["outbox", "list", "--observe"],
    ["outbox", "retry", ATTACK],
    ["outbox", "retry", "1111"],
    ["outbox", "drop", ATTACK],
    ["outbox", "drop", "1111"],
    ["check"],
    ["themes"],
    ["config", "init"],
    ["config", "path"],
    ["config", "validate"],
    ["config", "show"],
    ["config", "schema"],
    ["config", ATTACK],
    ["create", "-w", "klink", "--dry-run", "--field", f"title={ATTACK}", "--field", "x=1"],
    ["create", "-w", "klink", "--dry-run", "--field", f"title={ATTACK}"],
    ["create", "-w", "klink", "--field", f"title={ATTACK}", "--field", f"priority={ATTACK}"],
    ["create", "-w", ATTACK, "--from", ATTACK],
    ["purge", "-w", "broken"],
    ["demo", ATTACK],
    ["sandbox", ATTACK],
    ["poll", ATTACK],
    [f"{ATTACK}"],
)
UNLIKE_IN_A_PIPE = (["config", "path"], ["config", "init"], ["status", "--line", ATTACK])
"""There, what the user said is exact, for programs."""


def _every_option() -> Iterator[list[str]]:
    """Yield a call with each option of each command, and an attack for its value."""
    for name, (module_name, _) in main.COMMANDS.items():
        parser = Parser(name, usage="", description="")
        import_module(module_name).add_arguments(parser)
        if name == "list":
            parser.add_common_options()
        yield [name, f"--{ATTACK}"]
        for action in parser._actions:
            if action.option_strings and action.nargs != 0:
                yield [name, action.option_strings[-1], ATTACK]


def test_no_command_is_left_out() -> None:
    called = {tuple(words[:2]) for words in (*COMMANDS, *FOR_PROGRAMS)}

    assert {words[0] for words in COMMANDS} >= set(main.COMMANDS)
    assert called >= {("outbox", word) for word in outbox._ACTIONS}
    assert called >= {("config", word) for word in config._ACTIONS}


FOR_PROGRAMS = (
    ["watch", "-w", "klink", "--once"],
    ["list", "--cached", "--format", "json", "--envelope"],
    ["list", "--cached", "--format", "jsonl"],
    ["show", "{ref}", "--format", "json"],
    ["check", "--format", "json"],
    ["themes", "--format", "json"],
    ["outbox", "--format", "json"],
    ["config", "schema"],
    ["create", "-w", "klink", "--dry-run", "--format", "json", "--field", "title=[/x] \ufeff 日本"],
)
_IN_ONE_PROCESS = """
import json, sys
from tui.cli.main import run
for words in json.loads(sys.argv[1]):
    code = int(run(words))
    print(f"@@ {code} {words[2]!r}", flush=True)
"""


class _Each(Program):
    """Runs many calls in one process, because loading the program takes longer than a call."""

    def command(self, *words: str) -> list[str]:
        calls = [["--config", str(self.config), *json.loads(call)] for call in words]
        return [sys.executable, "-c", _IN_ONE_PROCESS, json.dumps(calls)]


def _calls(place: Place, commands: Iterable[list[str]]) -> list[str]:
    ref = json.loads(place.program("list", "--limit", "1", "--format", "json").out)[0]["ref"]
    return [json.dumps([word.replace("{ref}", ref) for word in words]) for words in commands]


def test_no_command_prints_what_acts_on_a_terminal(place: Place) -> None:
    each = _Each(place.program.config)
    commands = [*COMMANDS, *_every_option()]
    in_a_pipe = [call for call in commands if call not in UNLIKE_IN_A_PIPE and call != COMMANDS[0]]
    environ = {**ENVIRON, "COLORTERM": ATTACK, "SSH_TTY": ATTACK, "HTTPS_PROXY": f"http://{ATTACK}"}

    calls, calls_in_a_pipe = _calls(place, commands), _calls(place, in_a_pipe)
    place.write_another()
    _, on_a_terminal = play(each, *calls, environ={**environ, "TERM": f"xterm{ATTACK}"})
    piped = subprocess.run(
        each.command(*calls_in_a_pipe),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, **environ},
        timeout=PATIENCE_S,
        check=False,
    )

    with session(place.program, "poll", environ=environ) as polling:
        polling.wait_for("broken: backing off")
        polling.process.terminate()
        polling.end()

    assert plain_foreign_codes(bytes(polling.drawn)) == []
    assert on_a_terminal.count(b"\n@@ ") + on_a_terminal.startswith(b"@@ ") == len(commands)
    assert piped.stdout.count(b"@@ ") == len(in_a_pipe), piped.stderr
    # Progress rewrites its line with a carriage return; nothing else moves the cursor.
    assert plain_foreign_codes(on_a_terminal.replace(b"\r", b"")) == []
    assert plain_foreign_codes(piped.stdout) == []
    assert plain_foreign_codes(piped.stderr) == []
    for printed in (on_a_terminal, piped.stdout):
        assert len(set(re.findall(rb"<\d{3}", printed))) > 60, "the tickets are among it"


def test_all_that_is_for_programs_is_printable_ascii(place: Place) -> None:
    each = _Each(place.program.config)

    calls = _calls(place, FOR_PROGRAMS)

    place.write_another()
    ended = subprocess.run(
        each.command(*calls),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )

    *parts, rest = re.split(r"^@@ \d+ .*\n", ended.stdout.decode("ascii"), flags=re.MULTILINE)
    assert (len(parts), rest) == (len(FOR_PROGRAMS), "")
    assert re.fullmatch(r"[ -~\n]*", "".join(parts))
    for words, part in zip(FOR_PROGRAMS, parts, strict=True):
        assert part, (words, ended.stderr)
        whole = part if "json" in words or "schema" in words else f"[{','.join(part.splitlines())}]"
        json.loads(whole, parse_constant=pytest.fail)


def test_a_tmux_keeps_its_buffers_and_the_title_that_is_ours(place: Place, tmp_path: Path) -> None:
    if shutil.which("tmux") is None:
        pytest.skip("there is no tmux")
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]

    def ask(*words: str) -> str:
        return subprocess.run([*tmux, *words], capture_output=True, check=False).stdout.decode()

    def wait_for(text: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while text not in ask("capture-pane", "-p"):
            assert time.monotonic() < deadline, ask("capture-pane", "-p")
            ask("run-shell", "sleep 0.1")

    start = ("new-session", "-d", "-x", "80", "-y", "24", "sleep 300")
    subprocess.run([*tmux, *start], check=True)
    try:
        ask("set", "-g", "set-clipboard", "on")
        ask("respawn-pane", "-k", *place.program.command("-w", "klink", "-w", "inbox"))
        wait_for("▸   ")
        ask("send-keys", "Enter")
        wait_for("next ticket")

        assert ask("list-buffers") == ""
        assert "ticketdeck" in ask("display-message", "-p", "#{pane_title}")
        assert "PWNED" not in ask("display-message", "-p", "#{pane_title} #{window_name}")
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
