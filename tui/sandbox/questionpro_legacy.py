"""The sandbox's questionpro_legacy API."""

from tui.sandbox.exchange import Reply, Request
from tui.sandbox.world import World


def handle(request: Request, world: World) -> Reply:
    """Answer one request."""
    raise NotImplementedError
