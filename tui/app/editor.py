"""Has a text edited in the user's own editor, and loses none of it whatever the editor does."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Timer
from types import FrameType
from typing import Final

from tui.app.paste import PASTE_LIMIT, PASTE_LINES, clean_paste
from tui.domain.clean import clean
from tui.ending import ENDING_SIGNALS

_VARIABLES: Final = ("VISUAL", "EDITOR")
_FALLBACK: Final = "vi"
_NAME: Final = "ticket.txt"
_KEYBOARD: Final = 0
_MEANT_FOR_THE_EDITOR: Final = (signal.SIGINT, signal.SIGQUIT)
"""The terminal sends them to every program in front of it."""
_ALONE_S: Final = 0.3
"""So long an editor may take to notice by itself that its terminal is gone."""
_GRACE_S: Final = 1.3
"""So long it may take to keep what was typed, before it is killed."""


@dataclass(frozen=True, slots=True)
class Edited:
    """How an editor was left."""

    text: str | None = None
    """What is to stand in place of the text; None: that stays."""
    problem: str = ""
    """Why it stays, in one line; "" where that was meant."""
    rescued: str | None = None
    """What an editor wrote that failed then: it may be all that was typed, or half of it."""
    file: Path | None = None
    """Where what it wrote is kept that is no text of a form; the problem names it."""


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return the program and its arguments; raises ValueError for a setting that is no command."""
    for name in _VARIABLES:
        if environ.get(name, "").strip():
            try:
                return shlex.split(environ[name])
            except ValueError:
                raise ValueError(f"{name} is no command: a quote is not closed") from None
    return [_FALLBACK]


def edit(
    text: str,
    environ: Mapping[str, str],
    *,
    withheld: Collection[str] = (),
    keep_in: Path | None = None,
) -> Edited:
    """Have `text` edited on this terminal, which is nobody else's meanwhile; main thread only.

    The editor gets a private file, and no variable that is `withheld`. It runs until it ends. What
    it wrote takes the place of the text only if it ended well. What is no text of a form is kept in
    the folder `keep_in`, else in its temporary one, and the problem says where.
    """
    try:
        command = editor_command(environ)
        folder = Path(tempfile.mkdtemp(prefix="ticketdeck-"))
    except (ValueError, OSError) as error:
        return Edited(problem=f"Not edited: {_reason(error)}")
    file = folder / _NAME
    try:
        written = _write(file, text)
        env = {name: value for name, value in environ.items() if name not in withheld}
        with _terminal_as_it_was(), _signals_left_to_the_editor():
            # Not a shell line: what the user configured are the words of one command.
            process = subprocess.Popen([*command, str(file)], env=env)
            with _ending_with_us(process):
                code = process.wait()
    except (ValueError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        name = clean(command[0])
        return Edited(problem=f"Not edited: {name}: {_reason(error)}; set EDITOR to another")
    edited = _taken(file, written, text, code, clean(Path(command[0]).name))
    if edited.file is not None:
        kept = _keep(edited.file, keep_in)
        edited = replace(edited, problem=f"{edited.problem} {_shown(kept, environ)}", file=kept)
    if edited.file != file:
        shutil.rmtree(folder, ignore_errors=True)
    return edited


def _keep(file: Path, folder: Path | None) -> Path:
    """Copy a file to where it lasts, for its owner's eyes only; return where it is then."""
    if folder is None:
        return file
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, kept = tempfile.mkstemp(prefix="ticket-", suffix=".txt", dir=folder)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(file.read_bytes())
    except OSError:
        return file
    return Path(kept)


def _shown(file: Path, environ: Mapping[str, str]) -> str:
    """Return a path in full as a shell takes it, which knows the user's home."""
    home, path = environ.get("HOME", "").rstrip("/"), str(file)
    return clean(f"~{path.removeprefix(home)}" if home and path.startswith(f"{home}/") else path)


def _write(file: Path, text: str) -> bytes:
    """Write the text for its owner's eyes only; return the bytes."""
    written = text.encode("utf-8", "replace")
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(written)
    return written


def _taken(file: Path, written: bytes, text: str, code: int, name: str) -> Edited:
    try:
        found = file.read_bytes()
    except OSError as error:
        return Edited(problem=f"Not edited: what {name} wrote cannot be read: {_reason(error)}")
    is_changed = found not in (written, written + b"\n")
    how = f"{name} failed ({code})" if code > 0 else f"{name} was ended by signal {-code}"
    if not is_changed:
        return Edited(problem=f"Not edited: {how}" if code else "")
    try:
        typed = found.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Edited(problem=f"Not taken, no UTF-8: what {name} wrote is in", file=file)
    if len(typed) > PASTE_LIMIT:
        return Edited(problem=f"Not taken, over {PASTE_LIMIT:,} characters: it is in", file=file)
    if typed.count("\n") > PASTE_LINES:
        return Edited(problem=f"Not taken, over {PASTE_LINES:,} lines: it is in", file=file)
    taken = clean_paste(_without_added_newline(typed, text))
    if code:
        return Edited(problem=f"{how}; what it wrote is another draft", rescued=taken)
    return Edited(taken)


def _without_added_newline(typed: str, before: str) -> str:
    """Take away the newline that editors put behind the last line."""
    if before.endswith("\n"):
        return typed
    return typed.removesuffix("\n").removesuffix("\r")


def _reason(error: Exception) -> str:
    return clean(getattr(error, "strerror", None) or str(error))


@contextmanager
def _terminal_as_it_was() -> Iterator[None]:
    """Give the terminal back its modes, and this program its place in front of it.

    An editor that is killed leaves the terminal as it needed it, without echo or lines.
    """
    import termios  # there is none everywhere

    try:
        modes = termios.tcgetattr(_KEYBOARD)
    except termios.error:
        yield
        return
    try:
        yield
    finally:
        with _stopped_by_nothing():
            with suppress(OSError):
                os.tcsetpgrp(_KEYBOARD, os.getpgrp())
            with suppress(termios.error):
                termios.tcsetattr(_KEYBOARD, termios.TCSADRAIN, modes)


@contextmanager
def _stopped_by_nothing() -> Iterator[None]:
    """Let a terminal be set by a program that is not in front of it any more."""
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGTTOU, before)


@contextmanager
def _signals_left_to_the_editor() -> Iterator[None]:
    """Do nothing about ctrl+c: many editors take it for a key of their own.

    A handler, and not SIG_IGN, which the editor would inherit.
    """

    def nothing(_number: int, _frame: FrameType | None) -> None:
        """Leave it to the editor."""

    before = {number: signal.signal(number, nothing) for number in _MEANT_FOR_THE_EDITOR}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _ending_with_us(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Have a signal that ends this program end the editor too, in time to take what it wrote."""
    timers: list[Timer] = []

    def end(number: int, frame: FrameType | None) -> None:
        if not timers:
            timers.extend((Timer(_ALONE_S, process.terminate), Timer(_GRACE_S, process.kill)))
            for timer in timers:
                timer.start()
        handler = before[number]
        if callable(handler):
            handler(number, frame)

    ending = set(ENDING_SIGNALS) - {*_MEANT_FOR_THE_EDITOR}
    before = {number: signal.signal(number, end) for number in ending}
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        for number, former in before.items():
            signal.signal(number, former)
