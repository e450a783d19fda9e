"""What an adapter is given when its workspace is opened."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.config.model import Network
from tui.domain.ports import CallGate, Clock
from tui.domain.secret import CredentialSource
from tui.domain.settings import VendorSettings
from tui.domain.workspace import Workspace

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, kw_only=True)
class VendorContext:
    """One workspace, and what it needs to be reached."""

    workspace: Workspace
    settings: VendorSettings
    credential: CredentialSource
    clock: Clock
    network: Network
    gate: CallGate | None = None
    """Asked before every call; None lets all through."""
    http: "httpx.AsyncBaseTransport | None" = None
    """Stands in for the network; whoever made it closes it."""
