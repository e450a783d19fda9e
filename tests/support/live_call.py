"""A call of the installed program that a test follows while it runs, and may end."""

import signal
import subprocess
from types import TracebackType
from typing import Self

from support.program import PATIENCE_S, Ended, Program


class LiveCall:
    """Runs beside the test; a context manager that leaves nothing running."""

    def __init__(self, program: Program, *words: str) -> None:
        self._heard: list[str] = []
        self.process = subprocess.Popen(
            program.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self.process:
            if self.process.poll() is None:
                self.process.kill()

    def says(self, part: str) -> bool:
        """Wait for a line of narration with this in it; False: it ended without one."""
        stderr = self.process.stderr
        assert stderr is not None
        for line in stderr:
            self._heard.append(line)
            if part in line:
                return True
        return False

    def end(self, number: signal.Signals | None = None) -> Ended:
        """Wait for its end, after a signal if one is given."""
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return Ended(self.process.returncode, out, "".join(self._heard) + err)

    def kill(self) -> None:
        """End it as nothing can be refused, and return when it is gone."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
