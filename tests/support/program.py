"""The installed program in a process of its own, and the sandbox that it talks to."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

COMMAND = Path(sys.executable).with_name("ticketdeck")
PATIENCE_S = 60.0
"""A call that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a call left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What was narrated, line by line."""
        return self.err.splitlines()


@dataclass(frozen=True, slots=True)
class Program:
    """Calls `ticketdeck` with a configuration."""

    config: Path | None = None

    def __call__(
        self, *words: str, stdin: str = "", environ: Mapping[str, str] | None = None
    ) -> Ended:
        """Run one call to its end; its streams are pipes."""
        ended = subprocess.run(
            self.command(*words),
            input=stdin.encode(),
            capture_output=True,
            env={**os.environ, **(environ or {})},
            timeout=PATIENCE_S,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    def command(self, *words: str) -> list[str]:
        """Return the whole command line of a call."""
        chosen = ["--config", str(self.config)] if self.config else []
        return [str(COMMAND), *chosen, *words]


Configure = Callable[..., Program]
"""Makes a program over a configuration that differs from the usual one."""
