"""SocialBoards' inbox: the list, one ticket, the create, and what there is to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from tui.domain.clean import clean, raw_id
from tui.domain.draft import Choice, Created, Draft, FieldSpec, RequestPreview
from tui.domain.errors import (
    BadRequest,
    BadResponse,
    CredentialRefused,
    NotFound,
    VendorError,
    VendorFailure,
)
from tui.domain.page import Page, PageKey
from tui.domain.secret import Secret
from tui.domain.ticket import Ticket, TicketRef
from tui.vendors.address import join_url
from tui.vendors.context import VendorContext
from tui.vendors.decode import Object, as_list, dig, message_in, vendor_message
from tui.vendors.envelopes import created_nothing, new_id
from tui.vendors.failures import status_error
from tui.vendors.preview import preview
from tui.vendors.reading import Origin, matching, read_page, ticket_id, wire_id
from tui.vendors.session import REFUSED, CachedCredential, Call, judged, send
from tui.vendors.socialboards.categories import fetch_tree
from tui.vendors.socialboards.declaration import CATEGORY, HOST, VENDOR
from tui.vendors.socialboards.mapping import (
    field_order,
    is_removed,
    to_create,
    to_form_field,
    to_teammate_choice,
    to_ticket,
)
from tui.vendors.socialboards.pages import TAKE, Pages
from tui.vendors.socialboards.token import CREATE_ROOM_S, TokenKeeper
from tui.vendors.socialboards.wire import find, with_known_keys
from tui.vendors.tenant_fields import distinct, tenant_fields
from tui.vendors.transport import Response, Transport, bearer

NEWEST_PAGES = 4
"""Pages of new tickets that one look reads at most."""
LATEST_FIRST = "last_thread_activity_desc"
"""The one order that the documents name."""

_SUCCESS = "-1"
_AUTHORIZATION = "Authorization"


class SocialBoards:
    """One inbox, or one category of it."""

    sections = 1

    def __init__(self, context: VendorContext) -> None:
        settings = context.settings
        base_url = settings.get("base_url") or HOST
        token_url = settings.get("token_url") or join_url(base_url, "token")
        self._base_url = base_url
        self._category_id = settings.get("category_id")
        self._workspace = context.workspace.name
        self._clock = context.clock
        self._transport = Transport(
            origins=(base_url, token_url),
            network=context.network,
            gate=context.gate,
            http=context.http,
        )
        self._tokens = TokenKeeper(
            self._transport,
            CachedCredential(context.credential),
            token_url=token_url,
            client_id=settings["client_id"],
            clock=context.clock,
        )
        self._pages = Pages()

    def begin_pass(self, *, whole: bool) -> None:
        self._pages.begin_pass()

    async def fetch_page(self, key: PageKey) -> Page:
        items = await self._list({"skip": self._pages.skip(key.index), "take": TAKE})
        page = read_page(items, key, self._origin(), to_ticket, is_removed=is_removed)
        facts = self._pages.read(key.index, [_id_of(item) for item in items])
        return replace(page, is_last=facts.is_last, continues=facts.continues)

    async def fetch_ticket(self, ref: TicketRef) -> Ticket:
        asked = raw_id(ref.id)
        if asked is None:
            raise NotFound(f"{ref}: the id is too long to ask for")
        # The route for one ticket is named in the documents, its path is not.
        asked_for = {"ticketIds": [wire_id(asked)], "skip": 0, "take": 1}
        items = await self._list(asked_for, everywhere=True)
        page = read_page(items, PageKey(), self._origin(), to_ticket, is_removed=is_removed)
        for ticket in page.tickets:
            if ticket.ref == ref:
                return ticket
        gone = "is deleted" if ref in page.removed else "is not shown by the vendor"
        raise NotFound(f"{ref}: the ticket {gone}")

    async def create(self, draft: Draft) -> Created:
        found = new_id(await self._send_create(self._create_call(draft)))
        if found is None:
            raise BadResponse("the vendor took the ticket but named no id")
        return Created(ref=TicketRef(self._workspace, found))

    def render(self, draft: Draft) -> RequestPreview:
        return preview(self._create_call(draft), _AUTHORIZATION, scheme="Bearer")

    async def fetch_choices(self, lookup: str, keyword: str = "") -> Sequence[Choice]:
        match lookup:
            case "teammates":
                return matching(await self._teammates(), keyword)
            case "categories":
                tree = await fetch_tree(
                    await self._newest(), self._category_id, self._subcategories
                )
                return matching(tree, keyword)
            case _:
                return ()

    async def fetch_fields(self) -> Sequence[FieldSpec]:
        """Read the custom fields off the newest tickets: the path of their list is not known."""
        tickets = await self._newest()
        shown: list[Object] = [
            raw
            for ticket in tickets
            if isinstance(fields := dig(ticket, "customFields"), list)
            for raw in fields
            if isinstance(raw, dict)
        ]
        shown.sort(key=field_order)
        fields = tenant_fields(shown, to_form_field)
        lies_in = {ticket_id(dig(ticket, "category", "id")) for ticket in tickets}
        if self._category_id and self._category_id in lies_in:
            # Elsewhere the new ticket would not be on this workspace's list.
            return (*fields, replace(CATEGORY, default=self._category_id))
        return fields

    async def fetch_newest(self, since: datetime) -> Sequence[Ticket]:
        """Fetch what was created since then, in whatever category."""
        found: list[Ticket] = []
        for number in range(NEWEST_PAGES):
            body = {"from": since.isoformat(), "skip": number * TAKE, "take": TAKE}
            items = await self._list(body, everywhere=True)
            key = PageKey(index=number)
            page = read_page(items, key, self._origin(), to_ticket, is_removed=is_removed)
            found += page.tickets
            if len(items) < TAKE:
                break
        return found

    async def _newest(self) -> list[object]:
        return await self._list({"skip": 0, "take": TAKE, "orderBy": LATEST_FIRST})

    async def _teammates(self) -> Sequence[Choice]:
        answer = await self._call(Call(method="GET", url=join_url(self._base_url, "Teammates")))
        people = [each for each in as_list(dig(answer, "data"), "teammates") if each]
        found = [to_teammate_choice(each) for each in people if isinstance(each, dict)]
        if people and all(ticket_id(dig(each, "id")) is None for each in people):
            raise BadResponse("the vendor names its teammates without their ids")
        return distinct(each for each in found if each is not None)

    async def _subcategories(self, category_id: str) -> Sequence[object]:
        url = join_url(self._base_url, "categories", category_id, "subcategories")
        try:
            answer = await self._call(Call(method="GET", url=url))
            return as_list(dig(answer, "data"), "categories")
        except (NotFound, BadRequest, BadResponse):
            # One branch that is gone, or that nobody can read, must not cost the others.
            return ()
        except VendorFailure as error:
            if error.status is None or error.status >= HTTPStatus.BAD_REQUEST:
                raise
            return ()

    @property
    def last_date(self) -> datetime | None:
        return self._transport.last_date

    async def close(self) -> None:
        await self._transport.close()

    async def _list(self, body: dict[str, object], *, everywhere: bool = False) -> list[object]:
        if self._category_id and not everywhere:
            # Never null: that asks for the tickets without a category.
            body["categoryId"] = wire_id(self._category_id)
        call = Call(method="POST", url=join_url(self._base_url, "tickets", "list"), json=body)
        return as_list(dig(await self._call(call), "data"), "tickets")

    async def _call(self, call: Call) -> object:
        """Make a call that only reads; one that a stale token spoils is made once more."""
        token = await self._tokens.get()
        response = await send(self._transport, call, _headers(token.secret))
        if response.status == 401:
            self._tokens.drop(token)
            token = await self._tokens.get()
            response = await send(self._transport, call, _headers(token.secret))
        if response.status in REFUSED:
            self._tokens.forget()
        return with_known_keys(judged(response, BoardJudge()))

    async def _send_create(self, call: Call) -> object:
        """Send a create, once whatever comes of it, with a token that is good for long enough."""
        token = await self._tokens.get(room_s=CREATE_ROOM_S)
        response = await send(self._transport, call, _headers(token.secret))
        if response.status == HTTPStatus.UNAUTHORIZED:
            self._tokens.drop(token)
            said = BoardJudge().refusal(response)
            raise CredentialRefused(
                f"{said}; send it again, with a new access token", status=response.status
            )
        if response.status == HTTPStatus.FORBIDDEN:
            self._tokens.forget()
        return with_known_keys(judged(response, BoardJudge()))

    def _create_call(self, draft: Draft) -> Call:
        return Call(method="POST", url=join_url(self._base_url, "tickets"), json=to_create(draft))

    def _origin(self) -> Origin:
        return Origin(self._workspace, VENDOR, self._clock.now())


def _headers(token: Secret) -> Mapping[str, Secret]:
    return {_AUTHORIZATION: bearer(token)}


def _id_of(raw: object) -> str | None:
    return ticket_id(dig(raw, "id"))


class BoardJudge:
    """Success is a status of the 200s and an error code of -1; nothing less."""

    def refusal(self, response: Response) -> VendorError:
        said = vendor_message(response.body)
        return status_error(response.status, response.headers, response.body, message=said)

    def complaint(self, answer: object, status: int) -> VendorError | None:
        code = find(answer, "errorCode")
        if code is None:
            return BadResponse("the answer has no errorCode", status=status)
        if str(code) == _SUCCESS:
            return None
        text = find(answer, "errorText")
        said = clean(text) if isinstance(text, str) else message_in(answer)
        message = f"error {clean(str(code), limit=20)}: {said}" if said else f"error {code}"
        return VendorFailure(
            clean(message),
            status=status,
            nothing_was_created=created_nothing(with_known_keys(answer)),
        )
