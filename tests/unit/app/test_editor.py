"""The user's editor gets the text and no credential, and loses nothing however it ends."""

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.app.editor import Edited, edit, editor_command
from tui.app.paste import PASTE_LIMIT, PASTE_LINES

Script = Callable[[str], dict[str, str]]
"""Makes an environment with an editor that does this; `$1` is the file."""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    def script(body: str) -> dict[str, str]:
        path = tmp_path / "my editor"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o700)
        return {**os.environ, "VISUAL": f"'{path}'", "SEEN": str(tmp_path / "seen")}

    return script


def _left(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "tmp").iterdir())


def test_what_the_editor_wrote_comes_back_and_nothing_is_left(
    script: Script, tmp_path: Path
) -> None:
    edited = edit("Tills", script('printf "%s down\\nin Oslo\\n" "$(cat "$1")" > "$1"'))

    assert edited.text == "Tills down\nin Oslo"
    assert edited.problem == ""
    assert _left(tmp_path) == []


@pytest.mark.parametrize("text", ["Tills", "Tills\n", "", "a\n\n"])
@pytest.mark.parametrize("body", ["true", 'echo >> "$1"'])
def test_nothing_changes_where_the_editor_adds_but_its_newline(
    script: Script, text: str, body: str
) -> None:
    edited = edit(text, script(body))

    assert (edited.text, edited.problem) == (None, "")


def test_a_newline_that_was_there_stays(script: Script) -> None:
    assert edit("a\n", script('printf "b\\n" > "$1"')).text == "b\n"
    assert edit("a", script('printf "b\\n\\n" > "$1"')).text == "b\n"


def test_a_text_that_was_emptied_is_empty(script: Script) -> None:
    assert edit("Tills", script(': > "$1"')).text == ""


def test_the_editor_gets_a_private_file_and_no_credential(script: Script, tmp_path: Path) -> None:
    environ = script('stat -c "%a" "$1" "$(dirname "$1")" > "$SEEN"; env >> "$SEEN"')
    environ |= {"API_KEY": "sk-canary", "KEPT": "yes"}

    edit("Tills", environ, withheld={"API_KEY"})

    seen = (tmp_path / "seen").read_text()
    assert seen.startswith("600\n700\n")
    assert "KEPT=yes" in seen
    assert "canary" not in seen


def test_the_file_is_private_whatever_the_mask_is(script: Script, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        edit("Tills", script('cp -p "$1" "$SEEN"'))
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "seen").stat().st_mode) == 0o600


def test_an_editor_that_fails_without_a_word_changes_nothing(
    script: Script, tmp_path: Path
) -> None:
    edited = edit("Tills", script("exit 1"))

    assert edited.text is None
    assert edited.problem == "Not edited: my editor failed (1)"
    assert _left(tmp_path) == []


@pytest.mark.parametrize(
    ("end", "words"), [("exit 3", "failed (3)"), ("kill -9 $$", "was ended by signal 9")]
)
def test_what_a_failing_editor_wrote_is_told_apart_from_what_is_taken(
    script: Script, tmp_path: Path, end: str, words: str
) -> None:
    edited = edit("Tills", script(f'echo "half a" > "$1"; {end}'))

    assert (edited.text, edited.rescued) == (None, "half a")
    assert edited.problem == f"my editor {words}; what it wrote is another draft"
    assert _left(tmp_path) == []


def _kept(edited: Edited) -> Path:
    assert edited.text is None
    assert edited.file is not None
    assert edited.problem.endswith(str(edited.file))
    return edited.file


def test_bytes_that_are_no_text_stay_in_their_file(script: Script, tmp_path: Path) -> None:
    edited = edit("Tills", script("printf 'caf\\351' > \"$1\""))

    assert "no UTF-8" in edited.problem
    assert _kept(edited).read_bytes() == b"caf\xe9"
    assert _left(tmp_path) == [_kept(edited).parent]


@pytest.mark.parametrize(
    "body",
    [
        f"head -c {PASTE_LIMIT + 1} /dev/zero | tr '\\0' x > \"$1\"",
        f'yes | head -n {PASTE_LINES + 2} > "$1"',
    ],
)
def test_a_text_over_the_limit_is_kept_whole_and_private(
    script: Script, tmp_path: Path, body: str
) -> None:
    folder = tmp_path / "state" / "drafts"

    edited = edit("Tills", script(body), keep_in=folder)

    assert "over 1" in edited.problem
    assert _kept(edited).parent == folder
    assert _kept(edited).stat().st_size > PASTE_LINES
    assert stat.S_IMODE(_kept(edited).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert _left(tmp_path) == []


@pytest.mark.parametrize(
    "body",
    [
        f"head -c {PASTE_LIMIT} /dev/zero | tr '\\0' x > \"$1\"",
        f'yes | head -n {PASTE_LINES - 1} > "$1"',
    ],
)
def test_what_a_paste_may_bring_an_editor_may_too(script: Script, body: str) -> None:
    edited = edit("Tills", script(body))

    assert edited.problem == ""
    assert edited.text is not None
    assert len(edited.text) > PASTE_LINES


def test_where_nothing_can_be_kept_it_stays_in_the_temporary_folder(
    script: Script, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("no folder")

    edited = edit("Tills", script("printf '\\351' > \"$1\""), keep_in=tmp_path / "state" / "drafts")

    assert _kept(edited).parent in _left(tmp_path)


def test_a_path_at_home_is_shown_as_a_shell_takes_it(script: Script, tmp_path: Path) -> None:
    environ = {**script("printf '\\351' > \"$1\""), "HOME": str(tmp_path)}

    edited = edit("Tills", environ, keep_in=tmp_path / "drafts")

    assert edited.file is not None
    assert edited.problem.endswith(f" ~/drafts/{edited.file.name}")


def test_a_file_that_the_editor_took_away_is_told(script: Script) -> None:
    edited = edit("Tills", script('rm "$1"'))

    assert edited.text is None
    assert edited.problem == (
        "Not edited: what my editor wrote cannot be read: No such file or directory"
    )


def test_what_acts_on_a_terminal_is_cleaned_as_a_paste_is(script: Script) -> None:
    edited = edit("", script("printf 'a\\033[2Jb\\tc\\r\\nd' > \"$1\""))

    assert edited.text == "a␛b    c\nd"


@pytest.mark.parametrize(
    ("environ", "command"),
    [
        ({}, ["vi"]),
        ({"VISUAL": " ", "EDITOR": ""}, ["vi"]),
        ({"EDITOR": "nano"}, ["nano"]),
        ({"VISUAL": "code --wait", "EDITOR": "nano"}, ["code", "--wait"]),
        ({"EDITOR": "'/opt/my editor/run' -n"}, ["/opt/my editor/run", "-n"]),
        ({"EDITOR": "vi; rm -rf ."}, ["vi;", "rm", "-rf", "."]),
    ],
)
def test_the_editor_is_the_users_words_and_no_shell_line(
    environ: dict[str, str], command: list[str]
) -> None:
    assert editor_command(environ) == command


def test_a_setting_that_is_no_command_is_told(script: Script) -> None:
    edited = edit("Tills", {"VISUAL": "'vi"})

    assert edited.text is None
    assert edited.problem == "Not edited: VISUAL is no command: a quote is not closed"


def test_an_editor_that_is_not_there_is_told(script: Script, tmp_path: Path) -> None:
    edited = edit("Tills", {"EDITOR": "no-such-editor -x"})

    assert edited.problem == (
        "Not edited: no-such-editor: No such file or directory; set EDITOR to another"
    )
    assert _left(tmp_path) == []


def test_a_full_disk_is_told(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/dev/null")

    edited = edit("Tills", script("true"))

    assert edited.text is None
    assert edited.problem.startswith("Not edited: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_interrupt_and_quit_are_left_to_the_editor(script: Script, number: signal.Signals) -> None:
    reached: list[int] = []
    before = signal.signal(number, lambda came, _: reached.append(came))
    try:
        edited = edit("", script(f'kill -{number} "$PPID"; echo "went on" > "$1"'))
        assert reached == []
        assert edited.text == "went on"
        os.kill(os.getpid(), number)
        assert reached == [number]
    finally:
        signal.signal(number, before)


def test_the_editor_itself_dies_of_ctrl_c_where_it_wants_to(script: Script) -> None:
    edited = edit("", script("kill -INT $$; exit 7"))

    assert edited.problem == "Not edited: my editor was ended by signal 2"
