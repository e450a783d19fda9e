"""QuestionPro's closed loop, version 2: the list, the create, and the look-ups beside them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from tui.domain.draft import Choice, Created, Draft, RequestPreview
from tui.domain.page import Page, PageKey
from tui.domain.ticket import Ticket
from tui.vendors.address import join_url
from tui.vendors.context import VendorContext
from tui.vendors.decode import Object, as_count, as_list, as_object, dig
from tui.vendors.preview import preview
from tui.vendors.questionpro.api import API_KEY_HEADER, PAGE_SIZE, open_session
from tui.vendors.questionpro.declaration import (
    API_HOSTS,
    CLOSED_LOOP_HOSTS,
    DEFAULT_DATA_CENTER,
    VENDOR,
)
from tui.vendors.questionpro.mapping import (
    is_removed,
    to_create,
    to_segment_choice,
    to_ticket,
    to_user_choice,
)
from tui.vendors.reading import Origin, last_index, matching, read_created, read_page
from tui.vendors.session import Call

LOOKUP_PAGES = 10
"""Pages of segments or users that a look-up reads at most."""

_LOOKUPS: dict[str, tuple[str, Callable[[Object], Choice | None]]] = {
    "segments": ("segments", to_segment_choice),
    "users": ("users", to_user_choice),
}


class QuestionPro:
    """One closed-loop workspace."""

    sections = 1

    def __init__(self, context: VendorContext) -> None:
        settings = context.settings
        center = settings.get("data_center", DEFAULT_DATA_CENTER)
        base_url = settings.get("base_url") or CLOSED_LOOP_HOSTS[center]
        api_url = settings.get("api_url") or settings.get("base_url") or API_HOSTS[center]
        workspace_id = settings["workspace_id"]
        self._tickets_url = join_url(
            base_url, "api", "v2", "cx", "closedloop", "workspaces", workspace_id, "tickets"
        )
        self._feedback_url = join_url(api_url, "a", "api", "v2", "cx", "feedback", workspace_id)
        self._workspace = context.workspace.name
        self._clock = context.clock
        self._session = open_session(context, base_url, api_url)

    async def fetch_page(self, key: PageKey) -> Page:
        return await self._fetch(key, is_list=True)

    async def fetch_newest(self, since: datetime) -> Sequence[Ticket]:
        """Fetch the first page and the last: the order of the list is documented nowhere."""
        first = await self._fetch(PageKey())
        last = last_index(first)
        if last == 0:
            return first.tickets
        return (*first.tickets, *(await self._fetch(PageKey(index=last))).tickets)

    async def _fetch(self, key: PageKey, *, is_list: bool = False) -> Page:
        answer = await self._session.call(
            Call(
                method="GET",
                url=self._tickets_url,
                params={"page": key.index + 1, "perPage": PAGE_SIZE},
                is_list=is_list,
            )
        )
        envelope = as_object(answer, "a list of tickets")
        items = as_list(envelope.get("data"), "tickets")
        page = read_page(items, key, self._origin(), to_ticket, is_removed=is_removed)
        return replace(page, total=as_count(dig(envelope, "pagerOptions", "totalCount")))

    async def create(self, draft: Draft) -> Created:
        answer = await self._session.call(self._create_call(draft))
        return read_created(answer, self._origin(), to_ticket)

    def render(self, draft: Draft) -> RequestPreview:
        return preview(self._create_call(draft), API_KEY_HEADER)

    async def fetch_choices(self, lookup: str, keyword: str = "") -> Sequence[Choice]:
        if lookup not in _LOOKUPS:
            return ()
        route, to_choice = _LOOKUPS[lookup]
        found: dict[str, Choice] = {}
        for number in range(1, LOOKUP_PAGES + 1):
            answer = await self._session.call(
                Call(
                    method="GET",
                    url=join_url(self._feedback_url, route),
                    params={"page": number, "perPage": PAGE_SIZE},
                )
            )
            items = as_list(dig(answer, "response"), route)
            before = len(found)
            for raw in items:
                if isinstance(raw, dict) and (option := to_choice(raw)):
                    found.setdefault(option.value, option)
            if len(items) < PAGE_SIZE or len(found) == before:
                break
        return matching(found.values(), keyword)

    @property
    def last_date(self) -> datetime | None:
        return self._session.last_date

    async def close(self) -> None:
        await self._session.close()

    def _create_call(self, draft: Draft) -> Call:
        return Call(method="POST", url=self._tickets_url, json=to_create(draft))

    def _origin(self) -> Origin:
        return Origin(self._workspace, VENDOR, self._clock.now())
