"""KlinkCX: the list, the create, and contacts to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tui.domain.draft import Choice, Created, Draft, RequestPreview
from tui.domain.errors import VendorError, VendorFailure
from tui.domain.page import Page, PageKey
from tui.domain.secret import Secret
from tui.vendors.address import join_url
from tui.vendors.context import VendorContext
from tui.vendors.decode import as_count, as_list, as_object, dig, message_in, vendor_message
from tui.vendors.envelopes import created_nothing
from tui.vendors.failures import status_error
from tui.vendors.klinkcx.declaration import HOST, VENDOR
from tui.vendors.klinkcx.mapping import is_removed, to_contact_choice, to_create, to_ticket
from tui.vendors.preview import preview
from tui.vendors.reading import Origin, read_created, read_page
from tui.vendors.session import Call, Session
from tui.vendors.transport import Response, bearer

PAGE_SIZE = 100
"""Asked for; no maximum is documented, and a vendor that gives fewer is believed."""

_AUTHORIZATION = "Authorization"


class KlinkCx:
    """One tenant: the token says which."""

    sections = 1

    def __init__(self, context: VendorContext) -> None:
        base_url = context.settings.get("base_url") or HOST
        self._tickets_url = join_url(base_url, "api", "v1", "tickets")
        self._contacts_url = join_url(base_url, "api", "v1", "contacts")
        self._workspace = context.workspace.name
        self._clock = context.clock
        self._session = Session(context, origins=(base_url,), judge=KlinkJudge(), headers=_headers)

    async def fetch_page(self, key: PageKey) -> Page:
        asked = key.index + 1
        answer = await self._session.call(
            Call(
                method="GET",
                url=self._tickets_url,
                params={"page": asked, "pageSize": PAGE_SIZE},
                is_list=True,
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

    async def create(self, draft: Draft) -> Created:
        answer = await self._session.call(self._create_call(draft))
        return read_created(answer, self._origin(), to_ticket)

    def render(self, draft: Draft) -> RequestPreview:
        return preview(self._create_call(draft), _AUTHORIZATION, scheme="Bearer")

    async def fetch_choices(self, lookup: str, keyword: str = "") -> Sequence[Choice]:
        if lookup != "contacts":
            return ()
        params: dict[str, str | int] = {"pageSize": PAGE_SIZE}
        if keyword.strip():
            params["keyword"] = keyword.strip()
        answer = await self._session.call(Call(method="GET", url=self._contacts_url, params=params))
        contacts = as_list(answer if isinstance(answer, list) else dig(answer, "data"), "contacts")
        options = (to_contact_choice(raw) for raw in contacts if isinstance(raw, dict))
        return tuple(option for option in options if option is not None)

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


def _headers(token: Secret) -> Mapping[str, Secret]:
    return {_AUTHORIZATION: bearer(token)}
