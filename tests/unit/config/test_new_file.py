"""New files are whole, or they are not there; whenever the program is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.repeats import repeats
from tui.config.new_file import write_new_file

KILLS = repeats(60, 1_000)
CONTENT = b"[[workspaces]]\n" * 20_000

_KILLED_WRITERS = """
import os, signal, sys, threading
from pathlib import Path
from tui.config.new_file import write_new_file

folder, kills = Path(sys.argv[1]), int(sys.argv[2])
content = b"[[workspaces]]\\n" * 20_000
pause = threading.Event()
os.umask(0)
for kill in range(kills):
    writer = os.fork()
    if writer == 0:
        number = 0
        while True:
            write_new_file(folder / f"{kill}-{number}.toml", content)
            number += 1
    pause.wait(0.0013 * (kill % 10) + 0.0001 * (kill % 100))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
"""


def test_whoever_is_killed_while_writing_leaves_a_whole_file_or_none(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", _KILLED_WRITERS, str(tmp_path), str(KILLS)],
        check=True,
        timeout=100,
    )

    named, scratch = [*tmp_path.glob("*.toml")], [*tmp_path.glob(".ticketdeck-*")]
    assert named
    assert scratch, "some were killed in the middle"
    assert all(path.read_bytes() == CONTENT for path in named)
    assert {path.stat().st_mode & 0o777 for path in (*named, *scratch)} == {0o600}


def test_what_is_there_stays_and_so_does_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "missing")

    for name in ("there", "link"):
        with pytest.raises(FileExistsError):
            write_new_file(tmp_path / name, b"ours")

    assert (tmp_path / "there").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "link", "there"]


def test_without_links_it_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_new_file(tmp_path / "new", b"ours")

    assert (tmp_path / "new").read_bytes() == b"ours"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_new_file(tmp_path / "new", b"other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "new"]
