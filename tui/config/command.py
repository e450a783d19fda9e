"""Runs a command for what it prints: no shell, no terminal, no input, a deadline, a size limit."""

import atexit
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Collection, Sequence
from contextlib import suppress

_GLANCE_S = 0.05
"""How soon it is noticed that a command has ended while a child of it holds its output open."""

_GRACE_S = 1.0
"""How long a killed command may take to be gone."""


_running: "set[subprocess.Popen[bytes]]" = set()
"""Commands that no answer was had from yet; none outlives the program."""


class CommandFailed(Exception):
    """The command brought nothing. Reads on after the command's name; never holds its output."""

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.advice = advice


def run_command(
    arguments: Sequence[str],
    *,
    withheld: Collection[str] = (),
    patience_s: float,
    most_bytes: int,
) -> bytes:
    """Return what the command prints to stdout; stderr is thrown away unread.

    It gets the environment without the `withheld` variables, and a session of its own: without a
    terminal it cannot ask anybody anything. After `patience_s` seconds, or more than `most_bytes`
    bytes, it is killed with its process group.

    Raises:
        CommandFailed: it did not start, did not end in time, printed too much, or failed.
    """
    deadline = time.monotonic() + patience_s
    process = _start(arguments, withheld)
    _running.add(process)
    try:
        output = _read_output(process, deadline, most_bytes)
        code = process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise CommandFailed(
            f"did not end in {patience_s:g} s and was stopped",
            advice="run it by hand; it must not ask for anything",
        ) from None
    finally:
        _end(process)
        _running.discard(process)
    if code != 0:
        how = f"exited {code}" if code > 0 else f"was ended by signal {-code}"
        raise CommandFailed(how, advice="run it by hand to see why")
    return output


def _start(arguments: Sequence[str], withheld: Collection[str]) -> "subprocess.Popen[bytes]":
    program = os.path.expanduser(arguments[0])  # noqa: PTH111  `pass` must not become a path
    try:
        return subprocess.Popen(
            [program, *arguments[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in withheld},
            start_new_session=True,
        )
    except FileNotFoundError:
        raise CommandFailed("was not found", advice="write its whole path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its arguments are not usable"
        raise CommandFailed(f"cannot be started: {reason}") from None


def _read_output(process: "subprocess.Popen[bytes]", deadline: float, most_bytes: int) -> bytes:
    """Read until the output ends, or the command has ended and nothing more is there."""
    stream = process.stdout
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        if stream is None:
            return b""
        selector.register(stream, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(process.args, 0)
            has_ended = process.poll() is not None
            if selector.select(0 if has_ended else min(left, _GLANCE_S)):
                chunk = os.read(stream.fileno(), 65_536)
                if not chunk:
                    return bytes(output)
                output += chunk
                if len(output) > most_bytes:
                    raise CommandFailed(f"printed over {most_bytes // 1024} KiB and was stopped")
            elif has_ended:
                return bytes(output)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let go of a command. One that still runs is killed, with all that it started."""
    if process.stdout is not None:
        process.stdout.close()
    # A command that runs as another user cannot be killed; it is not waited for either.
    if _kill(process):
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)


def _kill(process: "subprocess.Popen[bytes]") -> bool:
    """Kill a command that still runs, with all that it started; return whether that was done."""
    if process.poll() is not None:
        return False
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


@atexit.register
def end_commands() -> None:
    """Kill what still runs: Python ends without waiting for the threads in which it is read."""
    for process in list(_running):
        _kill(process)
