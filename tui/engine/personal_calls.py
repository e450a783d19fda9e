"""The calls that a person asked for and waits for, beside creates."""

from tui.domain.draft import Draft, RequestPreview
from tui.domain.errors import UsageError
from tui.domain.ports import DraftRenderer, TicketFetcher
from tui.domain.ticket import Ticket, TicketRef
from tui.engine.allowance import for_a_person
from tui.engine.poller import Poller


async def fetch(poller: Poller, ref: TicketRef) -> Ticket:
    """Fetch one ticket with all that its vendor tells; UsageError where it serves none."""
    workspace = poller.source.workspace
    if not isinstance(poller.vendor, TicketFetcher):
        raise UsageError(f"{workspace.title} does not serve single tickets")
    with for_a_person():
        return workspace.apply_rules(await poller.vendor.fetch_ticket(ref))


async def render(poller: Poller, draft: Draft) -> RequestPreview:
    """Return the request that the draft becomes; UsageError where none can be sent."""
    if not isinstance(poller.vendor, DraftRenderer):
        raise UsageError(f"{poller.source.workspace.title} takes no new tickets")
    return poller.vendor.render(draft)
