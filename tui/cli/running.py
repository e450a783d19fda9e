"""Running the engine for as long as a command needs it."""

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from tui.ending import end_if_asked
from tui.engine.suspending import has_shell


class Runs(Protocol):
    """What runs beside a command: the engine's service, or what stands for it."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def at_rest(self) -> AbstractContextManager[None]: ...


Running = TypeVar("Running", bound=Runs)


@contextmanager
def running(service: Running) -> Iterator[Running]:
    """Run the service meanwhile, and keep it at rest while the process is suspended."""

    def suspend(_number: int, _frame: object) -> None:
        if not has_shell():
            return
        with service.at_rest():
            os.kill(os.getpid(), signal.SIGSTOP)

    end_if_asked()
    service.start()
    before = signal.getsignal(signal.SIGTSTP)
    if before is signal.SIG_DFL:
        signal.signal(signal.SIGTSTP, suspend)
    try:
        yield service
    finally:
        signal.signal(signal.SIGTSTP, before)
        service.stop()
