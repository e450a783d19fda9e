"""QuestionPro's older CX tickets: a segment's list, or what one address is read literally for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tui.domain.clean import raw_id
from tui.domain.errors import BadResponse, NotFound
from tui.domain.page import Page, PageKey
from tui.domain.ports import Vendor
from tui.domain.ticket import Ticket, TicketRef
from tui.vendors.address import join_url
from tui.vendors.context import VendorContext
from tui.vendors.decode import Object, as_count, as_list, as_object, dig
from tui.vendors.questionpro.api import PAGE_SIZE, open_session
from tui.vendors.questionpro.declaration import API_HOSTS, DEFAULT_DATA_CENTER
from tui.vendors.questionpro_legacy.declaration import VENDOR
from tui.vendors.questionpro_legacy.mapping import LISTED_STATUSES, listed_with, to_ticket
from tui.vendors.reading import Origin, read_page, wire_id
from tui.vendors.session import Call

_ID = "ticketID"


def open_legacy(context: VendorContext) -> Vendor:
    """Open the segment, or the address of the workspace, whichever is configured."""
    if "segment_id" in context.settings:
        return LegacySegment(context)
    return LegacyWorkspace(context)


class LegacySegment:
    """The tickets of one segment: one pass over the list for each status."""

    sections = len(LISTED_STATUSES)

    def __init__(self, context: VendorContext) -> None:
        base_url = _base_url(context.settings)
        self._tickets_url = join_url(base_url, "a", "api", "v2", "cx", "tickets")
        self._segment_id = wire_id(context.settings["segment_id"])
        self._workspace = context.workspace.name
        self._clock = context.clock
        self._session = open_session(context, base_url)
        self._passes = Passes()

    def begin_pass(self, *, whole: bool) -> None:
        self._passes.begin(whole=whole)

    async def fetch_page(self, key: PageKey) -> Page:
        status = LISTED_STATUSES[key.section]
        answer = await self._session.call(
            Call(
                method="POST",
                url=join_url(self._tickets_url, "detractors"),
                params={"page": key.index + 1, "perPage": PAGE_SIZE},
                json={"segmentID": self._segment_id, "status": status},
            )
        )
        envelope = as_object(answer, "a list of tickets")
        items = as_list(envelope.get("response"), "tickets")
        self._passes.ask(status)
        to_listed = listed_with(lambda ref: self._passes.status(ref, status))
        page = read_page(items, key, self._origin(), to_listed, id_of=_id_of)
        return replace(page, total=_total(envelope))

    async def fetch_ticket(self, ref: TicketRef) -> Ticket:
        asked = raw_id(ref.id)
        if asked is None:
            raise NotFound(f"{ref}: the id is too long to ask for")
        answer = await self._session.call(
            Call(method="GET", url=join_url(self._tickets_url, asked))
        )
        items = _whatever_comes(answer)
        page = read_page(items, PageKey(), self._origin(), to_ticket, id_of=_id_of)
        for ticket in page.tickets:
            if ticket.ref == ref:
                return ticket
        if page.tickets:
            raise BadResponse(f"{ref}: the vendor answered with another ticket")
        raise NotFound(f"{ref}: the vendor does not show this ticket")

    @property
    def last_date(self) -> datetime | None:
        return self._session.last_date

    async def close(self) -> None:
        await self._session.close()

    def _origin(self) -> Origin:
        return Origin(self._workspace, VENDOR, self._clock.now())


class Passes:
    """Notices a ticket that comes under several statuses of one pass.

    The status is known only from the filter. Where the vendor does not heed it, the last section
    would call every ticket resolved; so the status of such a ticket is not known, until a pass over
    the whole list shows it under one alone.
    """

    def __init__(self) -> None:
        self._whole = False
        self._status_of: dict[TicketRef, int] = {}
        self._asked: set[int] = set()
        self._doubtful: set[TicketRef] = set()
        """Of this pass, and of those since the last whole one."""
        self._doubtful_before: set[TicketRef] = set()

    def begin(self, *, whole: bool) -> None:
        """Begin a pass; `whole` when it is going to show every ticket under every status."""
        # A pass that was cut short has not shown them all.
        if self._whole and len(self._asked) == len(LISTED_STATUSES):
            self._doubtful_before, self._doubtful = self._doubtful, set()
        elif whole:
            self._doubtful_before |= self._doubtful
            self._doubtful.clear()
        self._whole = whole
        self._status_of.clear()
        self._asked.clear()

    def ask(self, status: int) -> None:
        """Note that the list for a status was shown."""
        self._asked.add(status)

    def status(self, ref: TicketRef, asked: int) -> int | None:
        """Return the status that a ticket on the list for `asked` has; None for unknown."""
        if self._status_of.setdefault(ref, asked) != asked:
            self._doubtful.add(ref)
        return None if ref in self._doubtful or ref in self._doubtful_before else asked


class LegacyWorkspace:
    """`cx/tickets/{workspace}` taken at its word: one ticket or several, whatever comes."""

    sections = 1

    def __init__(self, context: VendorContext) -> None:
        base_url = _base_url(context.settings)
        workspace_id = context.settings["workspace_id"]
        self._url = join_url(base_url, "a", "api", "v2", "cx", "tickets", workspace_id)
        self._workspace = context.workspace.name
        self._clock = context.clock
        self._session = open_session(context, base_url)

    async def fetch_page(self, key: PageKey) -> Page:
        if key.index > 0:
            return Page(key=key, is_last=True)
        answer = await self._session.call(Call(method="GET", url=self._url, is_list=True))
        origin = Origin(self._workspace, VENDOR, self._clock.now())
        page = read_page(_whatever_comes(answer), key, origin, to_ticket, id_of=_id_of)
        return replace(page, is_last=True)

    @property
    def last_date(self) -> datetime | None:
        return self._session.last_date

    async def close(self) -> None:
        await self._session.close()


def _id_of(raw: Object) -> object:
    return raw.get(_ID) or None


def _base_url(settings: Mapping[str, str]) -> str:
    center = settings.get("data_center", DEFAULT_DATA_CENTER)
    return settings.get("base_url") or API_HOSTS[center]


def _total(envelope: Object) -> int | None:
    """Spelled both ways in the documents. The links beside it point elsewhere: never followed."""
    pagination = envelope.get("pagination")
    total = as_count(dig(pagination, "totalItems"))
    return as_count(dig(pagination, "total")) if total is None else total


def _whatever_comes(answer: object) -> list[object]:
    """Return the tickets of `response`: one ticket, a list, or an object that holds a list."""
    envelope = as_object(answer, "a ticket or a list of tickets")
    if "response" not in envelope:
        raise BadResponse("the answer holds no response")
    response = envelope["response"]
    if isinstance(response, list):
        return response
    if response is None or response == {}:
        return []
    if isinstance(response, dict) and _ID not in response:
        lists = [value for value in response.values() if isinstance(value, list)]
        if lists:
            return max(lists, key=len)
    return [response]
