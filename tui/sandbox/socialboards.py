"""The sandbox's socialboards API."""

from tui.sandbox.exchange import Reply, Request
from tui.sandbox.world import World


def handle(request: Request, world: World) -> Reply:
    """Answer one request."""
    raise NotImplementedError
