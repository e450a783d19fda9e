"""KlinkCX: the list, the create, and what its form is made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from tui.domain.draft import Choice, Created, Draft, FieldSpec, RequestPreview
from tui.domain.errors import (
    BadRequest,
    BadResponse,
    NotFound,
    Redirected,
    VendorError,
    VendorFailure,
)
from tui.domain.page import Page, PageKey
from tui.domain.secret import Secret
from tui.domain.ticket import Ticket
from tui.vendors.address import join_url
from tui.vendors.context import VendorContext
from tui.vendors.decode import Object, as_count, as_list, as_object, dig, message_in, vendor_message
from tui.vendors.envelopes import created_nothing
from tui.vendors.failures import status_error
from tui.vendors.klinkcx.declaration import HOST, VENDOR
from tui.vendors.klinkcx.mapping import (
    is_removed,
    to_channel_choice,
    to_contact_choice,
    to_create,
    to_form_field,
    to_tag_choice,
    to_ticket,
)
from tui.vendors.preview import preview
from tui.vendors.reading import Origin, last_index, matching, read_created, read_page
from tui.vendors.session import Call, Session
from tui.vendors.tenant_fields import distinct, tenant_fields
from tui.vendors.transport import Response, bearer

PAGE_SIZE = 100
"""Asked for; no maximum is documented, and a vendor that gives fewer is believed."""

LIST_PAGES = 10
"""Pages of tags, channels or form fields that are read at most."""

_AUTHORIZATION = "Authorization"


class KlinkCx:
    """One tenant: the token says which."""

    sections = 1

    def __init__(self, context: VendorContext) -> None:
        base_url = context.settings.get("base_url") or HOST
        self._api_url = join_url(base_url, "api", "v1")
        self._tickets_url = join_url(self._api_url, "tickets")
        self._workspace = context.workspace.name
        self._clock = context.clock
        self._session = Session(context, origins=(base_url,), judge=KlinkJudge(), headers=_headers)

    async def fetch_page(self, key: PageKey) -> Page:
        return await self._fetch(key, is_list=True)

    async def _fetch(self, key: PageKey, *, is_list: bool = False) -> Page:
        asked = key.index + 1
        answer = await self._session.call(
            Call(
                method="GET",
                url=self._tickets_url,
                params={"page": asked, "pageSize": PAGE_SIZE},
                is_list=is_list,
            )
        )
        envelope = as_object(answer, "a list of tickets")
        items = as_list(envelope.get("data"), "tickets")
        total = as_count(envelope.get("total"))
        echoed = as_count(envelope.get("page"))
        if key.index > 0 and echoed is not None and echoed != asked:
            # A parameter that is ignored brings the same page for ever.
            return Page(key=key, total=total, is_last=True)
        page = read_page(items, key, self._origin(), to_ticket, is_removed=is_removed)
        return replace(page, total=total)

    async def fetch_newest(self, since: datetime) -> Sequence[Ticket]:
        """Fetch the first page and the last: the order of the list is documented nowhere."""
        first = await self._fetch(PageKey())
        last = last_index(first)
        if last == 0:
            return first.tickets
        return (*first.tickets, *(await self._fetch(PageKey(index=last))).tickets)

    async def create(self, draft: Draft) -> Created:
        answer = await self._session.call(self._create_call(draft))
        return read_created(answer, self._origin(), to_ticket)

    def render(self, draft: Draft) -> RequestPreview:
        return preview(self._create_call(draft), _AUTHORIZATION, scheme="Bearer")

    async def fetch_choices(self, lookup: str, keyword: str = "") -> Sequence[Choice]:
        match lookup:
            case "contacts":
                # The vendor searches; who is found is not narrowed by our own rules.
                return await self._contacts(keyword.strip())
            case "tags":
                return matching(_choices(await self._guess("tags"), to_tag_choice), keyword)
            case "channels":
                return matching(_choices(await self._guess("channels"), to_channel_choice), keyword)
            case _:
                return ()

    async def fetch_fields(self) -> Sequence[FieldSpec]:
        return tenant_fields(await self._guess("tickets", "fields"), to_form_field)

    async def _contacts(self, keyword: str) -> Sequence[Choice]:
        params: dict[str, str | int] = {"pageSize": PAGE_SIZE}
        if keyword:
            params["keyword"] = keyword
        url = join_url(self._api_url, "contacts")
        answer = await self._session.call(Call(method="GET", url=url, params=params))
        contacts = as_list(answer if isinstance(answer, list) else dig(answer, "data"), "contacts")
        return _choices(contacts, to_contact_choice)

    async def _guess(self, *route: str) -> list[object]:
        """Return a list from an address that no document names; [] where there is none."""
        items: list[object] = []
        for page in range(1, LIST_PAGES + 1):
            params = {"page": page, "pageSize": PAGE_SIZE}
            call = Call(method="GET", url=join_url(self._api_url, *route), params=params)
            try:
                answer = await self._session.call(call)
            except (NotFound, BadRequest, BadResponse, Redirected):
                return items
            except VendorFailure as error:
                if error.status is None or error.status >= HTTPStatus.BAD_REQUEST:
                    raise
                return items
            found = _list_in(answer)
            if found is None or found in (items[-len(found) :], []):
                # No list, or the same page again.
                return items
            items += found
            total = as_count(dig(answer, "total"))
            if len(found) < PAGE_SIZE if total is None else len(items) >= total:
                return items
        return items

    @property
    def last_date(self) -> datetime | None:
        return self._session.last_date

    async def close(self) -> None:
        await self._session.close()

    def _create_call(self, draft: Draft) -> Call:
        return Call(method="POST", url=self._tickets_url, json=to_create(draft))

    def _origin(self) -> Origin:
        return Origin(self._workspace, VENDOR, self._clock.now())


class KlinkJudge:
    """Four envelopes, and no documented error: the status counts, then what the body says of it."""

    def refusal(self, response: Response) -> VendorError:
        said = vendor_message(response.body)
        return status_error(response.status, response.headers, response.body, message=said)

    def complaint(self, answer: object, status: int) -> VendorError | None:
        outcome = dig(answer, "status")
        failed = isinstance(outcome, str) and outcome.strip().casefold() in ("error", "fail")
        if dig(answer, "success") is False or failed:
            said = message_in(answer) or "the answer is not a success"
            return VendorFailure(said, status=status, nothing_was_created=created_nothing(answer))
        return None


def _list_in(answer: object) -> list[object] | None:
    """Return the list of an answer, whichever of the vendor's envelopes it has."""
    for found in (answer, dig(answer, "data"), dig(answer, "data", "data")):
        if isinstance(found, list):
            return found
    return None


def _choices(
    items: Iterable[object], to_choice: Callable[[Object], Choice | None]
) -> tuple[Choice, ...]:
    """Return the choices that can be made of the items; a bare word is named as it is."""
    raws = ({"name": item} if isinstance(item, str) else item for item in items)
    found = (to_choice(raw) for raw in raws if isinstance(raw, dict))
    return distinct(option for option in found if option is not None)


def _headers(token: Secret) -> Mapping[str, Secret]:
    return {_AUTHORIZATION: bearer(token)}
