"""Reading credentials: what each place gives, and what is said when it gives nothing."""

import copy
import os
import pickle
import sys
import threading
import time
import traceback
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.configuration import WORKSPACE, load, problems, write_config
from support.owners import disown
from tui.config.secrets import (
    LARGEST,
    CommandCredential,
    EnvCredential,
    FileCredential,
    KeyringCredential,
    credential_variables,
)
from tui.domain.errors import CredentialError
from tui.domain.secret import CredentialSource, Secret

CANARY = "canary-5f3a-9c"


def python(code: str, *, patience_s: float = 10.0) -> CommandCredential:
    """Return a credential that a line of Python prints."""
    return CommandCredential((sys.executable, "-c", code), patience_s=patience_s)


def failure(source: CredentialSource) -> CredentialError:
    with pytest.raises(CredentialError) as caught:
        source.read()
    return caught.value


def test_a_variable_is_read_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    source = EnvCredential("ACME_KEY")
    assert str(failure(source)) == "variable ACME_KEY is not set"
    assert failure(source).advice == "set ACME_KEY in the environment"

    monkeypatch.setenv("ACME_KEY", CANARY)
    assert source.read().reveal() == CANARY


def test_a_command_gives_what_it_prints() -> None:
    assert python(f"print('{CANARY}')").read().reveal() == CANARY


def test_one_line_end_is_taken_off_also_as_windows_writes_it() -> None:
    assert python(f"print('{CANARY}\\r')").read().reveal() == CANARY


def test_a_command_is_found_below_the_home_directory(tmp_path: Path) -> None:
    script = tmp_path / "home" / "key"
    script.write_text(f"#!/bin/sh\necho {CANARY}\n")
    script.chmod(0o700)

    assert CommandCredential(("~/key",)).read().reveal() == CANARY


def test_a_command_has_no_shell_no_input_no_terminal_and_no_other_credential(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTHER_KEY", CANARY)
    monkeypatch.setenv("PLAIN", "kept")
    code = """if 1:
        import os, sys
        try:
            os.open('/dev/tty', os.O_RDWR)
            terminal = 'terminal'
        except OSError:
            terminal = 'none'
        print(sys.argv[1], repr(sys.stdin.read()), terminal, os.getsid(0) == os.getpid(),
              os.environ.get('OTHER_KEY'), os.environ.get('PLAIN'), sep='|')
    """
    source = CommandCredential(
        (sys.executable, "-c", code, "$HOME;ls"), withheld=frozenset({"OTHER_KEY"})
    )

    assert source.read().reveal() == "$HOME;ls|''|none|True|None|kept"


def test_a_command_reads_nothing_of_what_is_typed_for_us() -> None:
    reading, writing = os.pipe()
    ours = os.dup(0)
    os.dup2(reading, 0)
    try:
        os.write(writing, b"typed")
        os.close(writing)
        source = python("import sys; print('read:', sys.stdin.read(), sep='')")
        assert source.read().reveal() == "read:"
    finally:
        os.dup2(ours, 0)
        os.close(ours)
        os.close(reading)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys; sys.exit(3)", "exited 3"),
        (f"import sys; sys.exit('{CANARY}')", "exited 1"),
        (f"print('{CANARY}'); raise SystemExit(1)", "exited 1"),
        ("import os; os.kill(os.getpid(), 9)", "was ended by signal 9"),
        ("", "is empty"),
        (r"print()", "is empty"),
        (f"print('{CANARY}\\rx')", "holds spaces, line breaks or other characters"),
        (f"print('{CANARY}\\n')", "holds spaces, line breaks or other characters"),
        (f"print('{CANARY} x')", "holds spaces, line breaks or other characters"),
        (f"print('{CANARY}\\x00')", "holds spaces, line breaks or other characters"),
        (f"import os; os.write(1, b'{CANARY}\\xff')", "holds spaces, line breaks or"),
    ],
)
def test_a_command_that_fails_is_named_and_not_quoted(code: str, message: str) -> None:
    error = failure(python(code))

    assert str(error).startswith(f"command {sys.executable} {message}")
    assert error.advice in {
        "run it by hand to see why",
        "put the credential itself there, and nothing else",
    }
    assert "canary" not in report(error)


def test_a_command_that_goes_on_without_its_output_is_stopped_in_its_time() -> None:
    began = time.monotonic()

    error = failure(python("import os, time; os.close(1); time.sleep(60)", patience_s=0.3))

    assert "did not end in 0.3 s and was stopped" in str(error)
    assert time.monotonic() - began < 5


def test_errors_of_a_command_reach_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    python(f"import sys; print('{CANARY}', file=sys.stderr); print('x')").read()

    assert capfd.readouterr() == ("", "")


def test_a_command_that_hangs_is_stopped_with_its_children(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"open({str(pid_file)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    began = time.monotonic()

    error = failure(python(code, patience_s=1.0))

    assert str(error) == f"command {sys.executable} did not end in 1 s and was stopped"
    assert error.advice == "run it by hand; it must not ask for anything"
    assert time.monotonic() - began < 5
    assert wait_until(lambda: not is_running(int(pid_file.read_text())))


def test_a_command_that_floods_is_stopped() -> None:
    began = time.monotonic()

    error = failure(python("while True: print('x' * 10_000)"))

    assert str(error) == f"command {sys.executable} printed over 64 KiB and was stopped"
    assert time.monotonic() - began < 5


def test_a_command_may_print_as_much_as_a_credential_has() -> None:
    source = python(f"import os; os.write(1, b'x' * {LARGEST})")

    assert source.read().reveal() == "x" * LARGEST


def test_a_command_that_leaves_an_agent_behind_is_not_waited_for() -> None:
    code = (
        "import subprocess, sys;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3)']);"
        f"print('{CANARY}')"
    )
    began = time.monotonic()

    assert python(code).read().reveal() == CANARY
    assert time.monotonic() - began < 2.5


def test_a_command_that_does_not_start_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = failure(CommandCredential(("no-such-command-here",)))
    assert str(missing) == "command no-such-command-here was not found"
    assert missing.advice == "write its whole path"
    unusable = failure(CommandCredential(("a\0b",)))
    assert str(unusable).endswith("cannot be started: its arguments are not usable")
    error = failure(CommandCredential((str(tmp_path), CANARY)))
    assert str(error) == f"command {tmp_path} cannot be started: Permission denied"
    assert "canary" not in report(error)


def key_file(folder: Path, content: bytes = CANARY.encode() + b"\n", mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_that_only_its_owner_reads_is_taken(mode: int, tmp_path: Path) -> None:
    assert FileCredential(key_file(tmp_path, mode=mode)).read().reveal() == CANARY


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602, 0o601, 0o644, 0o666, 0o710])
def test_a_file_that_is_open_to_others_is_refused(mode: int, tmp_path: Path) -> None:
    path = key_file(tmp_path, mode=mode)

    error = failure(FileCredential(path))

    assert str(error) == f"file {path} is open to others (mode {mode:04o})"
    assert error.advice == f"chmod 600 {path}"
    assert "canary" not in report(error)


def test_a_link_to_a_private_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(key_file(tmp_path))

    assert FileCredential(tmp_path / "link").read().reveal() == CANARY


def test_a_file_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = key_file(tmp_path)
    disown(path, monkeypatch)

    error = failure(FileCredential(path))
    assert str(error) == f"file {path} belongs to somebody else (user {path.stat().st_uid})"
    assert error.advice == f"chown {os.geteuid()} {path}"


def test_what_is_no_file_is_said_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)

    missing = failure(FileCredential(tmp_path / "x"))
    assert str(missing) == f"file {tmp_path}/x does not exist"
    assert missing.advice == "write the credential there, with mode 0600"
    for name in ("pipe", "folder"):
        assert str(failure(FileCredential(tmp_path / name))) == (
            f"file {tmp_path}/{name} is not a regular file"
        )
    assert str(failure(FileCredential(tmp_path / "pipe" / "x"))).endswith(
        "cannot be read: Not a directory"
    )
    assert str(failure(FileCredential(Path("a\0b")))).endswith("cannot be read: not a path")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b" k", b"a\nb\n", b"k\xc3\xa9", b"k" * (LARGEST + 2)]
)
def test_a_file_with_something_else_in_it_is_refused(content: bytes, tmp_path: Path) -> None:
    path = key_file(tmp_path, content)

    assert str(failure(FileCredential(path))).startswith(f"file {path} ")


def test_no_more_of_a_file_is_read_than_a_credential_has(tmp_path: Path) -> None:
    path = key_file(tmp_path)
    os.truncate(path, 1_000 * LARGEST)

    tracemalloc.start()
    error = failure(FileCredential(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert str(error) == f"file {path} holds over {LARGEST // 1024} KiB; that is no credential"
    assert peak < 10 * LARGEST


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process as a file")
def test_a_file_that_breaks_while_it_is_read_is_named() -> None:
    error = failure(FileCredential(Path("/proc/self/mem")))

    assert str(error) == "file /proc/self/mem cannot be read: Input/output error"


class NoKeyringError(Exception):
    """As the real package raises it where there is no desktop."""


def install_keyring(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[str, str], str | None]
) -> None:
    module = ModuleType("keyring")
    module.get_password = answer  # type: ignore[attr-defined]  # a stand-in for the package
    monkeypatch.setitem(sys.modules, "keyring", module)


def entry(service: str, user: str) -> str | None:
    return CANARY if (service, user) == ("deck", "me") else None


def test_the_key_store_is_asked_for_its_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    install_keyring(monkeypatch, entry)

    assert KeyringCredential("deck", "me").read().reveal() == CANARY
    error = failure(KeyringCredential("deck", "you"))
    assert (str(error), error.advice) == (
        "keyring deck/you: no such entry",
        "keyring set deck you",
    )


def test_a_key_store_without_a_desktop_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_service: str, _user: str) -> str | None:
        raise NoKeyringError(CANARY)

    install_keyring(monkeypatch, refuse)

    error = failure(KeyringCredential("deck", "me"))

    assert str(error) == "keyring deck/me: the key store cannot be used (NoKeyringError)"
    assert error.advice == "over SSH there is often none; use a command or a file"
    assert "canary" not in report(error)


def test_a_key_store_that_is_locked_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked = threading.Event()

    def wait(_service: str, _user: str) -> str | None:
        unlocked.wait(30)
        return None

    install_keyring(monkeypatch, wait)
    try:
        error = failure(KeyringCredential("deck", "me", patience_s=0.05))
    finally:
        unlocked.set()

    assert str(error) == "keyring deck/me: the key store cannot be used (no answer in 0.05 s)"


def test_a_missing_extra_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)

    error = failure(KeyringCredential("deck", "me"))

    assert str(error) == "keyring deck/me: keyring is not installed"
    assert error.advice == "pip install 'ticketdeck[keyring]', or use a command or a file"


@pytest.mark.parametrize("kept", ["k\ud800", "two words", ""])
def test_an_entry_of_the_key_store_that_is_no_credential_is_named(
    kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_keyring(monkeypatch, lambda _service, _user: kept)

    assert str(failure(KeyringCredential("deck", "me"))).startswith(
        ("keyring deck/me holds spaces, line breaks", "keyring deck/me is empty")
    )


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (
            f'"{CANARY}"',
            (
                ": takes a place, never the credential itself; write "
                '{ env = "NAME" }, { command = ["pass", "show", "name"] }, { file = "~/path" } '
                'or { keyring = "service/user" }'
            ),
        ),
        (
            '{ env = "A1B2C3D4E5F6A7B8C9" }',
            ".env: takes the name of a variable, such as QUESTIONPRO_API_KEY",
        ),
        ('{ env = "a b" }', ".env: takes the name of a variable, such as QUESTIONPRO_API_KEY"),
        ('{ keyring = "x" }', '.keyring: takes "service/user"'),
        ('{ keyring = "/x" }', '.keyring: takes "service/user"'),
        ('{ keyring = "x/" }', '.keyring: takes "service/user"'),
        ("{ command = [] }", ".command: is empty"),
        ('{ file = "x" }', ".file: takes a whole path, from / or ~/"),
    ],
)
def test_a_place_that_cannot_be_one_is_explained(place: str, message: str, tmp_path: Path) -> None:
    text = WORKSPACE.replace('{ env = "ACME_KEY" }', place)

    assert problems(write_config(tmp_path, text)) == [
        f"config.toml:5: workspaces[0].credential{message}"
    ]


def test_sources_are_equal_where_their_place_is() -> None:
    assert CommandCredential(("a", "b")) == CommandCredential(("a", "b"), frozenset({"X"}))
    assert EnvCredential("A") != EnvCredential("B")
    assert len({EnvCredential("A"), EnvCredential("A"), FileCredential(Path("A"))}) == 2


@pytest.mark.parametrize(
    ("name", "problem"),
    [("EMPTY", "is empty"), ("SPACES", "holds spaces, line breaks or other characters")],
)
def test_a_variable_that_holds_no_credential_is_named(
    name: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setenv("SPACES", f"{CANARY} x")

    assert str(failure(EnvCredential(name))).startswith(f"variable {name} {problem}")


def test_a_credential_may_be_of_any_visible_ascii_and_of_a_certain_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visible = "".join(map(chr, range(0x21, 0x7F)))
    for value in (visible, "!", "~", "x" * LARGEST):
        monkeypatch.setenv("ACME_KEY", value)
        assert EnvCredential("ACME_KEY").read().reveal() == value

    monkeypatch.setenv("ACME_KEY", "x" * (LARGEST + 1))
    error = failure(EnvCredential("ACME_KEY"))
    assert (
        str(error) == f"variable ACME_KEY holds over {LARGEST // 1024} KiB; that is no credential"
    )


def test_a_command_of_one_workspace_gets_no_variable_of_another(tmp_path: Path) -> None:
    command = WORKSPACE.replace('"one"', '"two"').replace(
        'env = "ACME_KEY"', 'command = ["pass", "x"]'
    )
    one, two = load(write_config(tmp_path, WORKSPACE + command)).workspaces

    assert one.credential == EnvCredential("ACME_KEY")
    assert isinstance(two.credential, CommandCredential)
    assert two.credential.withheld == {"ACME_KEY"}


def test_credential_variables_are_those_of_all_workspaces(tmp_path: Path) -> None:
    two = WORKSPACE.replace("one", "two").replace("ACME_KEY", "DUAL_KEY")
    three = WORKSPACE.replace("one", "three").replace('env = "ACME_KEY"', 'command = ["x"]')
    config = load(write_config(tmp_path, WORKSPACE + two + three))

    assert credential_variables(config) == {"ACME_KEY", "DUAL_KEY"}


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret(CANARY)

    shown = f"{secret}{secret!r}{secret!s}{secret:>20}{[secret]}"

    assert "canary" not in shown
    assert secret != Secret(CANARY)
    for steal in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            steal(secret)


def test_a_configuration_shows_only_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_KEY", CANARY)
    command = WORKSPACE.replace("one", "two").replace(
        'env = "ACME_KEY"', f'command = ["echo", "{CANARY}"]'
    )
    config = load(write_config(tmp_path, WORKSPACE + command))
    for workspace in config.workspaces:
        assert workspace.credential.read().reveal() == CANARY

    assert (
        "canary" not in f"{config}{config!r}{[each.credential.place for each in config.workspaces]}"
    )
    assert "canary" not in str([asdict(each.workspace) for each in config.workspaces])


@given(
    value=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1)
)
def test_a_value_is_taken_whole_or_refused_unquoted(value: str) -> None:
    value = f"canary{value}"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ACME_KEY", value)
        try:
            taken = EnvCredential("ACME_KEY").read().reveal()
        except CredentialError as error:
            taken, shown = None, report(error)
        else:
            shown = ""

    clean = value.removesuffix("\n").removesuffix("\r") if value.endswith("\n") else value
    assert taken == (clean if all("!" <= character <= "~" for character in clean) else None)
    assert "canary" not in shown


def report(error: BaseException) -> str:
    """Everything that a report of the error could show, what our frames hold included."""
    seen = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame for frame in seen.stack if "/tui/config/" in frame.filename]
    assert ours
    held = "".join(str(frame.locals) for frame in ours)
    return f"{error}{error!r}{error.args}{held}" + "".join(traceback.format_exception(error))


def wait_until(condition: Callable[[], bool]) -> bool:
    pause = threading.Event()
    for _ in range(100):
        if condition():
            return True
        pause.wait(0.05)
    return False


def is_running(pid: int) -> bool:
    """Whether a process lives; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
