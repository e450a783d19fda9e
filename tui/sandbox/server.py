"""Serves a world over HTTP on loopback, in a thread of its own."""

import time
from collections.abc import Callable

from tui.sandbox.gateway import Calls, Gateway
from tui.sandbox.world import World


class SandboxServer:
    """An HTTP/1.1 server for one world on 127.0.0.1. A context manager, too."""

    def __init__(
        self, world: World, port: int = 0, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._gateway = Gateway(world)
        self._port = port
        self._monotonic = monotonic

    @property
    def calls(self) -> Calls:
        return self._gateway.calls

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:41234`; after `start`."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        raise NotImplementedError

    def stop(self) -> None:
        """Close every connection and end the thread."""
        raise NotImplementedError
