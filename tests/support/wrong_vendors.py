"""The sandbox's vendors on a real socket, with a fault of the catalogue in every answer."""

from collections.abc import Callable
from typing import Any

from support.clock import FakeClock
from support.fault_server import FaultServer, Received, Script, Send, answer
from support.sandbox import CREDENTIALS, SETTINGS, still_world
from support.wire import FakeCredential
from support.wire_faults import FAILS_AT_ONCE, FLOODS, HANGS, HARMLESS, Context
from tui.config.model import Network
from tui.domain.ports import Clock
from tui.domain.workspace import Workspace
from tui.sandbox.accounts import SOCIALBOARDS
from tui.sandbox.exchange import make_request
from tui.sandbox.gateway import Gateway
from tui.vendors.context import VendorContext
from tui.vendors.registry import vendor_spec

ALL = {**FAILS_AT_ONCE, **HANGS, **FLOODS, **HARMLESS}


class WrongVendors:
    """The sandbox on a socket; the first part of a path names what is wrong with the answers."""

    def __init__(self, elsewhere: FaultServer) -> None:
        self.gateway = Gateway(still_world(20))
        self.elsewhere = elsewhere
        self.is_over = False
        """Whether all answers are right from now on."""
        self.spoils: Callable[[str], bool] = lambda path: not path.endswith("/token")
        self.server = FaultServer(self._script)

    def _script(self, request: Received) -> Script:
        line, _, rest = request.head.decode("latin-1").partition("\r\n")
        method, target, _ = line.split(" ")
        lines = (each.partition(": ") for each in rest.split("\r\n") if each)
        headers = {name.lower(): value for name, _, value in lines}
        _, number, target = target.split("/", 2)
        del headers["accept-encoding"]
        reply = self.gateway.answer(make_request(method, f"/{target}", headers, request.body))
        fault = list(ALL.values())[int(number)]
        if self.is_over or not self.spoils(target.partition("?")[0]):
            return (Send(answer(f"{reply.status} OK", "Connection: close", body=reply.body)),)
        return fault(Context(reply.body, self.elsewhere.url))

    def open(self, vendor: str, fault: str, *, timeout_s: float, clock: Clock | None = None) -> Any:
        """Open the adapter whose every answer is spoilt so; Any, for each has its own abilities."""
        base = f"{self.server.url}/{list(ALL).index(fault)}/{vendor}"
        settings = {**SETTINGS[vendor], "base_url": base}
        if vendor == SOCIALBOARDS:
            settings["token_url"] = f"{base}/token"
        return vendor_spec(vendor).open(
            VendorContext(
                workspace=Workspace(name="w", vendor=vendor, title=vendor),
                settings=settings,
                credential=FakeCredential([CREDENTIALS[vendor]]),
                clock=clock or FakeClock(),
                network=Network(timeout_s=timeout_s),
            )
        )
