"""The calls that a person asked for and waits for: creating a ticket, fetching one, choices."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from tui.domain.draft import Choice, Draft, Outcome, RequestPreview
from tui.domain.errors import StateError, UsageError
from tui.domain.ports import ChoiceSource, Clock, DraftRenderer, Outbox, TicketFetcher
from tui.domain.ticket import Ticket, TicketRef
from tui.engine.allowance import for_a_person
from tui.engine.offload import Offload
from tui.engine.outbox import create_ticket
from tui.engine.poller import Poller
from tui.store.cache import TicketCache


class PersonalCalls:
    """Makes them, on the engine's loop, beside the polls."""

    def __init__(
        self,
        cache: TicketCache,
        outbox: Outbox,
        *,
        clock: Clock,
        offload: Offload,
        pull: Callable[[], Awaitable[None]],
    ) -> None:
        """Make it; `pull` brings the queue up to date with the cache."""
        self._cache = cache
        self._outbox = outbox
        self._clock = clock
        self._offload = offload
        self._pull = pull
        self._creating: set[asyncio.Task[Outcome]] = set()

    async def create(self, poller: Poller, draft: Draft) -> Outcome:
        """Create as a task of the engine's own: whoever asked for it may go away."""
        task = asyncio.create_task(self._send(poller, draft))
        self._creating.add(task)
        task.add_done_callback(self._creating.discard)
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Wait until every create has come to its end."""
        await asyncio.gather(*self._creating, return_exceptions=True)

    async def fetch(self, poller: Poller, ref: TicketRef) -> Ticket:
        """Fetch one ticket with all that its vendor tells; UsageError where it serves none."""
        workspace = poller.source.workspace
        if not isinstance(poller.vendor, TicketFetcher):
            raise UsageError(f"{workspace.title} does not serve single tickets")
        with for_a_person():
            return workspace.apply_rules(await poller.vendor.fetch_ticket(ref))

    async def choices(self, poller: Poller, field_key: str, keyword: str) -> Sequence[Choice]:
        """Fetch the choices of a field; UsageError where the vendor cannot be asked."""
        if not isinstance(poller.vendor, ChoiceSource):
            raise UsageError(f"{poller.source.workspace.title} cannot be asked for choices")
        with for_a_person():
            return await poller.vendor.fetch_choices(field_key, keyword)

    async def render(self, poller: Poller, draft: Draft) -> RequestPreview:
        """Return the request that the draft becomes; UsageError where none can be sent."""
        if not isinstance(poller.vendor, DraftRenderer):
            raise UsageError(f"{poller.source.workspace.title} takes no new tickets")
        return poller.vendor.render(draft)

    async def _send(self, poller: Poller, draft: Draft) -> Outcome:
        with for_a_person():
            outcome = await create_ticket(
                draft,
                workspace=poller.source.workspace,
                vendor=poller.vendor,
                outbox=self._outbox,
                clock=self._clock,
                offload=self._offload,
            )
        if (ticket := outcome.ticket) is None:
            if outcome.ref is not None:
                await poller.refresh()
            return outcome
        with suppress(StateError):
            await self._offload(lambda: self._cache.apply(draft.workspace, [ticket]))
        await self._pull()
        return replace(outcome, ticket=poller.source.workspace.apply_rules(ticket))
