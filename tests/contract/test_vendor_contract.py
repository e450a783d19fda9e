"""One body for every vendor over its own sandbox: what an adapter promises, it keeps.

A new vendor is done when it stands in here.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from support.builders import NOON
from support.clock import FakeClock
from support.sandbox import CREDENTIALS, SETTINGS, SandboxTransport, still_world
from support.wire import CANARY, Answer, FakeCredential, ScriptedVendor, context
from tui.domain.clean import clean
from tui.domain.creates import with_tenant_fields
from tui.domain.draft import Draft, FieldSpec, FieldType, check_draft
from tui.domain.errors import (
    BadResponse,
    BudgetSpent,
    ConnectionLost,
    CredentialError,
    CredentialRefused,
    Forbidden,
    NotFound,
    RateLimited,
    TicketdeckError,
    Unreachable,
    VendorError,
    VendorFailure,
)
from tui.domain.page import Page, PageKey
from tui.domain.ports import (
    ChoiceSource,
    DraftRenderer,
    FormSource,
    NewestSource,
    TicketCreator,
    TicketFetcher,
    Vendor,
)
from tui.domain.record import to_record
from tui.domain.ticket import DueSource, Priority, Status, TicketRef
from tui.engine.sweep import SweepReport, sweep
from tui.sandbox.accounts import (
    KLINK_READER_TOKEN,
    KLINKCX,
    LEGACY_WORKSPACE_ID,
    QUESTIONPRO,
    QUESTIONPRO_LEGACY,
    QUESTIONPRO_READER_KEY,
    SOCIALBOARDS,
    VENDORS,
)
from tui.sandbox.faults import Fault
from tui.sandbox.world import World
from tui.vendors.registry import vendor_spec

CAPABILITIES: Mapping[str, set[type]] = {
    QUESTIONPRO: {TicketCreator, DraftRenderer, ChoiceSource, NewestSource},
    QUESTIONPRO_LEGACY: {TicketFetcher},
    SOCIALBOARDS: {
        *(TicketCreator, DraftRenderer, ChoiceSource, FormSource, NewestSource, TicketFetcher),
    },
    KLINKCX: {TicketCreator, DraftRenderer, ChoiceSource, FormSource, NewestSource},
}
CREATORS = [vendor for vendor in VENDORS if TicketCreator in CAPABILITIES[vendor]]
DRAFTS: Mapping[str, list[tuple[str, str]]] = {
    QUESTIONPRO: [
        ("comment", "Kasse steht\nseit 9 Uhr"),
        ("status", "NEW"),
        ("priority", "HIGH"),
        ("firstName", "Ann"),
        ("emailAddress", "ann@example.com"),
        ("mobileNumber", "01234567890"),
    ],
    SOCIALBOARDS: [
        ("title", "Kasse steht"),
        ("message", "Kasse steht\nseit 9 Uhr <b>"),
        ("sentiment", "complaint"),
        ("creator.name", "Ann"),
        ("creator.email", "ann@example.com"),
        ("cc", "bob@example.com"),
        ("tags", "till"),
        ("attachments", "https://files.example.com/till.png"),
    ],
    KLINKCX: [
        ("title", "Kasse steht"),
        ("description", "Kasse steht\nseit 9 Uhr"),
        ("status", "open"),
        ("priority", "high"),
        ("channel", "email"),
    ],
}
ONLY_REQUIRED: Mapping[str, list[tuple[str, str]]] = {
    QUESTIONPRO: [("comment", "x")],
    SOCIALBOARDS: [("message", "x")],
    KLINKCX: [("title", "x")],
}


@dataclass
class Desk:
    """A vendor over its sandbox."""

    name: str
    world: World = field(default_factory=still_world)
    settings: Mapping[str, str] | None = None
    credential: str | None = None
    clock: FakeClock | None = None

    def __post_init__(self) -> None:
        self.http = SandboxTransport(self.world)
        self.vendor: Any = self.open(self.http)

    def open(self, http: httpx.AsyncBaseTransport) -> Vendor:
        credential = FakeCredential([self.credential or CREDENTIALS[self.name]])
        settings = SETTINGS[self.name] if self.settings is None else self.settings
        opened = context(
            self.name, http, settings=settings, credential=credential, clock=self.clock
        )
        return vendor_spec(self.name).open(opened)

    def draft(self, pairs: list[tuple[str, str]]) -> Draft:
        draft, problems = check_draft("w", vendor_spec(self.name).fields, pairs)
        assert not problems
        return draft

    def there(self) -> set[str]:
        """The ids of the tickets that the vendor shows."""
        tickets = [t for t in self.world.tickets.of(self.name) if t.deleted_at is None]
        return {ticket.uid if self.name == KLINKCX else str(ticket.number) for ticket in tickets}


async def read_all(desk: Desk) -> tuple[SweepReport, list[Page]]:
    pages: list[Page] = []

    async def take(page: Page) -> Collection[TicketRef]:
        pages.append(page)
        return ()

    async def progress(_done: int, _known: int | None) -> None:
        pass

    return await sweep(desk.vendor, take, progress), pages


def ids(pages: list[Page]) -> set[str]:
    return {ticket.ref.id for page in pages for ticket in page.tickets}


@pytest.fixture(params=VENDORS)
def desk(request: pytest.FixtureRequest) -> Desk:
    return Desk(request.param)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("tickets", [0, 3, 40, 800, 804])
async def test_every_ticket_is_listed(vendor: str, tickets: int) -> None:
    desk = Desk(vendor, still_world(tickets))
    report, pages = await read_all(desk)
    assert ids(pages) == desk.there()
    assert report.settled
    assert (report.skipped, report.missing) == ([], 0)


async def test_every_ticket_is_a_row_of_the_contract(desk: Desk) -> None:
    _, pages = await read_all(desk)
    for page in pages:
        for ticket in page.tickets:
            record = to_record(ticket, FakeClock().now())
            assert json.loads(json.dumps(record, allow_nan=False))["vendor"] == desk.name
            assert ticket.ref.workspace == "w"
            assert ticket.title == clean(ticket.title)
            assert ticket.body == clean(ticket.body, multiline=True)
            assert ticket.created_at is not None
            assert ticket.status is not Status.UNKNOWN


def test_the_capabilities_are_the_methods() -> None:
    everything = set().union(*CAPABILITIES.values())
    for vendor in VENDORS:
        opened = Desk(vendor).vendor
        assert {ability for ability in everything if isinstance(opened, ability)} == (
            CAPABILITIES[vendor]
        )
        assert bool(vendor_spec(vendor).fields) is (TicketCreator in CAPABILITIES[vendor])


@pytest.mark.parametrize("vendor", CREATORS)
@pytest.mark.parametrize("drafts", [DRAFTS, ONLY_REQUIRED], ids=["all fields", "required fields"])
async def test_a_created_ticket_is_in_the_list(
    vendor: str, drafts: Mapping[str, list[tuple[str, str]]]
) -> None:
    desk = Desk(vendor)
    before = desk.there()
    created = await desk.vendor.create(desk.draft(drafts[vendor]))
    assert desk.there() - before == {created.ref.id}
    _, pages = await read_all(desk)
    listed = next(t for page in pages for t in page.tickets if t.ref == created.ref)
    assert listed.title == ("x" if drafts is ONLY_REQUIRED else "Kasse steht")
    if created.ticket is not None:
        told = ("title", "status", "priority", "customer", "created_at", "vendor_status")
        for name in told:
            assert getattr(created.ticket, name) == getattr(listed, name), name


@pytest.mark.parametrize("vendor", CREATORS)
async def test_the_preview_is_what_is_sent(vendor: str) -> None:
    desk = Desk(vendor)
    draft = desk.draft(DRAFTS[vendor])
    shown = desk.vendor.render(draft)
    await desk.vendor.create(draft)
    sent = desk.http.calls.of(vendor, method="POST")[-1].request
    assert shown.method == "POST"
    assert shown.url.endswith(f"/{vendor}{sent.path}")
    assert json.loads(shown.body) == json.loads(sent.body)
    credential = CREDENTIALS[vendor]
    assert credential not in f"{shown}"
    for name, value in shown.headers.items():
        masked = sent.headers[name.lower()].replace(credential, "***")
        if vendor == SOCIALBOARDS and name == "Authorization":
            masked = f"{masked.partition(' ')[0]} ***"
        assert value == masked


@pytest.mark.parametrize("vendor", CREATORS)
async def test_a_refused_field_is_named(vendor: str) -> None:
    desk = Desk(vendor)
    fields = [*vendor_spec(vendor).fields, FieldSpec(key="nonsense", label="Nonsense")]
    key = {QUESTIONPRO: "assignTo", SOCIALBOARDS: "assigneeId", KLINKCX: "contact_id"}[vendor]
    draft, _ = check_draft("w", fields, [*ONLY_REQUIRED[vendor], (key, "nobody@example.com")])
    with pytest.raises(VendorError, match=key) as caught:
        await desk.vendor.create(draft)
    assert caught.value.nothing_was_created


@pytest.mark.parametrize("vendor", CREATORS)
async def test_the_choices_of_a_field_are_values_that_a_create_takes(vendor: str) -> None:
    settings = {**SETTINGS[vendor]}
    if vendor == SOCIALBOARDS:
        settings["category_id"] = "15590"
    desk = Desk(vendor, settings=settings)
    looked_up = [spec for spec in vendor_spec(vendor).fields if spec.lookup]
    assert looked_up
    for spec in looked_up:
        options = await desk.vendor.fetch_choices(spec.lookup)
        assert options, spec.key
        await desk.vendor.create(desk.draft([*ONLY_REQUIRED[vendor], (spec.key, options[0].value)]))
        narrowed = await desk.vendor.fetch_choices(spec.lookup, options[0].label[:3])
        assert 0 < len(narrowed) <= len(options)


FORMS = [vendor for vendor in VENDORS if FormSource in CAPABILITIES[vendor]]
FILLED = {
    FieldType.TEXT: "Oslo",
    FieldType.DATE: "2025-10-23",
    FieldType.DECIMAL: "-3.5",
    FieldType.NUMBER: "3",
}


@pytest.mark.parametrize("vendor", FORMS)
async def test_every_field_of_a_tenant_is_one_that_a_create_takes(vendor: str) -> None:
    desk = Desk(vendor)
    own = vendor_spec(vendor).fields
    tenant = await desk.vendor.fetch_fields()
    custom = [spec for spec in tenant if spec.key.startswith("customFields.")]
    assert len({spec.type for spec in custom}) >= 4
    pairs = [*ONLY_REQUIRED[vendor]]
    for spec in custom:
        value = spec.choices[-1].value if spec.choices else FILLED[spec.type]
        pairs.append((spec.key, value))
    draft, problems = check_draft("w", with_tenant_fields(own, tenant), pairs)
    assert not problems
    created = await desk.vendor.create(draft)
    listed = next(t for t in await desk.vendor.fetch_newest(NOON) if t.ref == created.ref)
    values = {value for key, value in listed.extra.items() if key.startswith("field.")}
    assert values == {value for key, value in pairs if key.startswith("customFields.")}


@pytest.mark.parametrize("vendor", FORMS)
async def test_what_the_tenant_hides_is_not_in_its_form(vendor: str) -> None:
    labels = {spec.label for spec in await Desk(vendor).vendor.fetch_fields()}
    assert not labels & {"Import batch", "National id", "Old code", "Assignee"}


@pytest.mark.parametrize("vendor", CREATORS)
@pytest.mark.parametrize("tickets", [0, 40, 1_200])
async def test_a_new_ticket_is_found_in_a_few_calls(vendor: str, tickets: int) -> None:
    clock = FakeClock()
    desk = Desk(vendor, still_world(tickets), clock=clock)
    desk.world.advance_to(clock.now() + timedelta(minutes=5))
    created = await desk.vendor.create(desk.draft(DRAFTS[vendor]))
    calls_before = len(desk.http.calls.log)
    found = await desk.vendor.fetch_newest(desk.world.now - timedelta(minutes=2))
    assert len(desk.http.calls.log) - calls_before <= 2
    (ticket,) = (each for each in found if each.ref == created.ref)
    assert ticket.title == "Kasse steht"
    assert ticket.created_at == desk.world.now
    if vendor == SOCIALBOARDS:
        assert len(found) == 1


async def test_a_new_ticket_is_found_outside_the_configured_category() -> None:
    desk = Desk(SOCIALBOARDS, settings={**SETTINGS[SOCIALBOARDS], "category_id": "15597"})
    created = await desk.vendor.create(desk.draft(DRAFTS[SOCIALBOARDS]))
    _, pages = await read_all(desk)
    assert created.ref.id not in ids(pages)
    found = await desk.vendor.fetch_newest(NOON - timedelta(minutes=2))
    assert created.ref in {ticket.ref for ticket in found}


async def test_the_categories_are_a_tree_of_those_that_can_be_chosen() -> None:
    desk = Desk(SOCIALBOARDS, settings={**SETTINGS[SOCIALBOARDS], "category_id": "15590"})
    options = await desk.vendor.fetch_choices("categories")
    assert {each.value: each.above for each in options} == {
        "15597": (),
        "15598": (),
        "15599": (),
        "15600": (),
        "15610": ("Orders and delivery",),
        "15612": ("Orders and delivery", "Returns"),
    }
    everywhere = await Desk(SOCIALBOARDS, still_world(400)).vendor.fetch_choices("categories")
    assert set(everywhere) == set(options)


@pytest.mark.parametrize("vendor", [QUESTIONPRO_LEGACY, SOCIALBOARDS])
async def test_one_ticket_is_fetched_as_it_is_listed(vendor: str) -> None:
    desk = Desk(vendor)
    page = await desk.vendor.fetch_page(PageKey())
    fetched = await desk.vendor.fetch_ticket(page.tickets[0].ref)
    for name in ("ref", "title", "body", "status", "customer", "created_at", "due_at"):
        assert getattr(fetched, name) == getattr(page.tickets[0], name), name


async def test_the_legacy_ticket_read_literally_is_the_list() -> None:
    settings = {
        "base_url": SETTINGS[QUESTIONPRO_LEGACY]["base_url"],
        "workspace_id": str(LEGACY_WORKSPACE_ID),
    }
    report, pages = await read_all(Desk(QUESTIONPRO_LEGACY, settings=settings))
    assert len(report.seen) == 1
    (ticket,) = pages[0].tickets
    assert ticket.due_source is DueSource.ESTIMATE
    assert ticket.priority is not Priority.UNKNOWN


CONDITIONAL = [QUESTIONPRO, KLINKCX]
"""Those whose list is asked for by GET."""


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_second_read_of_what_did_not_change_confirms_the_same_tickets(vendor: str) -> None:
    clock = FakeClock()
    desk = Desk(vendor, clock=clock)
    _, first = await read_all(desk)
    bytes_before = desk.http.bytes_sent
    await clock.advance(60)
    _, second = await read_all(desk)

    again = desk.http.bytes_sent - bytes_before
    if vendor in CONDITIONAL:
        assert again == 0
        assert desk.http.calls.log[-1].status == 304
    else:
        assert again > 0
    before = {ticket.ref: ticket for page in first for ticket in page.tickets}
    after = {ticket.ref: ticket for page in second for ticket in page.tickets}
    assert {ticket.confirmed_at for ticket in after.values()} == {clock.now()}
    as_it_was = {ref: replace(ticket, confirmed_at=NOON) for ref, ticket in after.items()}
    assert as_it_was == before


@pytest.mark.parametrize("vendor", CONDITIONAL)
async def test_a_change_is_seen_however_often_nothing_had_changed(vendor: str) -> None:
    desk = Desk(vendor)
    for _ in range(25):
        await read_all(desk)
    created = await desk.vendor.create(desk.draft(ONLY_REQUIRED[vendor]))
    _, pages = await read_all(desk)
    assert created.ref.id in ids(pages)


async def test_a_wrong_credential_is_refused(desk: Desk) -> None:
    wrong = Desk(desk.name, credential=CANARY)
    with pytest.raises(CredentialRefused) as caught:
        await wrong.vendor.fetch_page(PageKey())
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("vendor", "reader"), [(QUESTIONPRO, QUESTIONPRO_READER_KEY), (KLINKCX, KLINK_READER_TOKEN)]
)
async def test_a_credential_that_may_only_read_is_forbidden_to_write(
    vendor: str, reader: str
) -> None:
    desk = Desk(vendor, credential=reader)
    await desk.vendor.fetch_page(PageKey())
    with pytest.raises(Forbidden) as caught:
        await desk.vendor.create(desk.draft(ONLY_REQUIRED[vendor]))
    assert caught.value.nothing_was_created


@pytest.mark.parametrize("vendor", [QUESTIONPRO, QUESTIONPRO_LEGACY])
async def test_a_wrong_workspace_is_not_found(vendor: str) -> None:
    key = "workspace_id" if vendor == QUESTIONPRO else "segment_id"
    desk = Desk(vendor, settings={**SETTINGS[vendor], key: "1"})
    with pytest.raises(NotFound):
        await desk.vendor.fetch_page(PageKey())


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=404), NotFound),
        (Fault(status=403), Forbidden),
        (Fault(status=500), VendorFailure),
        (Fault(status=503), VendorFailure),
        (Fault.rate_limited(), RateLimited),
        (Fault.html(), VendorFailure),
        (Fault.html(status=200), BadResponse),
        (Fault(status=200, body=b""), BadResponse),
        (Fault(status=200, body=b"null"), BadResponse),
        (Fault.reset(), ConnectionLost),
        (Fault.reset(at=20), ConnectionLost),
        (Fault(status=302, headers={"location": "https://elsewhere.example/"}), VendorError),
    ],
    ids=str,
)
async def test_every_fault_is_an_error_of_ours_and_passes(
    desk: Desk, fault: Fault, error: type[VendorError]
) -> None:
    await desk.vendor.fetch_page(PageKey())
    desk.world.faults.add(fault)
    with pytest.raises(error) as caught:
        await desk.vendor.fetch_page(PageKey())
    message = str(caught.value)
    assert message
    assert message == clean(message)
    assert CREDENTIALS[desk.name] not in message
    assert (await desk.vendor.fetch_page(PageKey())).skipped == ()


async def test_the_wait_that_a_vendor_asks_for_is_passed_on(desk: Desk) -> None:
    desk.world.faults.add(Fault.rate_limited(retry_after="7"))
    with pytest.raises(RateLimited) as caught:
        await desk.vendor.fetch_page(PageKey())
    assert caught.value.retry_after_s == 7


@pytest.mark.parametrize("vendor", [QUESTIONPRO, QUESTIONPRO_LEGACY])
async def test_a_spent_budget_is_told_apart(vendor: str) -> None:
    desk = Desk(vendor)
    desk.world.faults.add(Fault.budget_spent(vendor=vendor))
    with pytest.raises(BudgetSpent):
        await desk.vendor.fetch_page(PageKey())


@pytest.mark.parametrize("retyped", [None, 7, "text", [], {}, True])
async def test_wrong_types_cost_no_ticket(desk: Desk, retyped: object) -> None:
    names = [
        *("title", "status", "priority", "createdAt", "creationTime", "comment", "lockedBy"),
        *("author", "tags", "customFields", "assignedUser", "properties", "timelimit"),
    ]
    desk.world.faults.add(Fault(retype=dict.fromkeys(names, retyped), times=None, path="tickets"))
    envelope_breaks = desk.name == QUESTIONPRO and isinstance(retyped, str)
    if envelope_breaks:  # its envelope has a `status` of its own, which says error then
        with pytest.raises(VendorFailure):
            await desk.vendor.fetch_page(PageKey())
        return
    report, pages = await read_all(desk)
    assert ids(pages) == desk.there()
    assert report.skipped == []


async def test_tickets_without_an_id_are_skipped_and_counted(desk: Desk) -> None:
    key = "ticketID" if desk.name == QUESTIONPRO_LEGACY else "id"
    desk.world.faults.add(Fault(retype={key: None}, times=None, path="tickets"))
    page = await desk.vendor.fetch_page(PageKey())
    assert page.tickets == ()
    assert len(page.skipped) == page.count > 0
    assert page.skipped[0].where == "page 1, item 1"


@pytest.mark.parametrize("vendor", CREATORS)
@pytest.mark.parametrize("does_act", [True, False])
async def test_a_create_that_breaks_off_claims_nothing(vendor: str, *, does_act: bool) -> None:
    desk = Desk(vendor)
    before = desk.there()
    await desk.vendor.fetch_page(PageKey())
    desk.world.faults.add(Fault(status=500, does_act=does_act))
    with pytest.raises(VendorFailure) as caught:
        await desk.vendor.create(desk.draft(ONLY_REQUIRED[vendor]))
    assert not caught.value.nothing_was_created
    assert len(desk.there() - before) == does_act


ODD: list[Callable[[], Exception]] = [
    lambda: ValueError(f"odd {CANARY}"),
    lambda: RuntimeError(f"odd {CANARY}"),
    lambda: OSError(5, CANARY),
    lambda: KeyError(CANARY),
    lambda: UnicodeDecodeError("utf-8", b"x", 0, 1, CANARY),
    lambda: RecursionError(CANARY),
    lambda: httpx.InvalidURL(CANARY),
    lambda: httpx.ConnectTimeout(CANARY),
]


@pytest.mark.parametrize("make_error", ODD, ids=lambda make: type(make()).__name__)
async def test_nothing_but_our_errors_comes_out(
    desk: Desk, make_error: Callable[[], Exception]
) -> None:
    vendor: Any = Desk(desk.name, credential=CANARY).open(
        ScriptedVendor(lambda _request: make_error())
    )
    attempts = [vendor.fetch_page(PageKey())]
    if isinstance(vendor, TicketCreator):
        attempts.append(vendor.create(desk.draft(ONLY_REQUIRED[desk.name])))
    if isinstance(vendor, ChoiceSource):
        lookups = [spec.lookup for spec in vendor_spec(desk.name).fields if spec.lookup]
        attempts.append(vendor.fetch_choices(lookups[-1]))
    if isinstance(vendor, TicketFetcher):
        page = await desk.vendor.fetch_page(PageKey())
        attempts.append(vendor.fetch_ticket(page.tickets[0].ref))
    for attempt in attempts:
        with pytest.raises((ConnectionLost, Unreachable)) as caught:
            await attempt
        assert CANARY not in str(caught.value)


async def test_a_credential_that_is_missing_is_not_a_vendors_error(desk: Desk) -> None:
    source = FakeCredential(error=CredentialError("variable TEST_KEY is not set"))
    opened = context(desk.name, desk.http, settings=SETTINGS[desk.name], credential=source)
    with pytest.raises(CredentialError, match="is not set"):
        await vendor_spec(desk.name).open(opened).fetch_page(PageKey())


async def test_hostile_errors_are_cleaned(desk: Desk) -> None:
    said = "no\x1b]0;pwned\x07\x1b[2J\u202e\nsecond line"
    body = json.dumps({"message": said, "errorText": said, "errorCode": 1}).encode()
    vendor = desk.open(ScriptedVendor(Answer(body, 400)))
    with pytest.raises(TicketdeckError) as caught:
        await vendor.fetch_page(PageKey())
    assert str(caught.value) == clean(str(caught.value))
    assert "second line" in str(caught.value)
