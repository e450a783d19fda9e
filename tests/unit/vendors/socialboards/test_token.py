"""The access token: minted once, shared, renewed in time and after a refusal; never shown."""

import asyncio
from urllib.parse import parse_qs

import httpx
import pytest

from support.clock import FakeClock
from support.wire import CANARY, Answer, FakeCredential, ScriptedVendor, body_of, open_vendor
from tui.domain.draft import Draft
from tui.domain.errors import (
    BadResponse,
    ConnectionLost,
    CredentialRefused,
    Redirected,
    VendorError,
    VendorFailure,
)
from tui.domain.page import PageKey

VENDOR = "socialboards"
EMPTY = Answer({"data": [], "errorCode": -1, "errorText": None})


class TokenDesk:
    """Mints `token-1`, `token-2`, …; accepts those that are not revoked."""

    def __init__(self, **answer: object) -> None:
        self.minted = 0
        self.forms: list[dict[str, list[str]]] = []
        self.revoked: set[str] = set()
        self.answer = answer
        self.next_error: Answer | Exception | None = None
        self.created = 0

    def __call__(self, request: httpx.Request) -> Answer | Exception:
        if request.url.path.endswith("/token"):
            self.forms.append(parse_qs(request.content.decode()))
            if self.next_error is not None:
                error, self.next_error = self.next_error, None
                return error
            self.minted += 1
            return Answer({"access_token": f"token-{self.minted}", **self.answer})
        token = request.headers["authorization"].removeprefix("Bearer ")
        if token in self.revoked:
            return Answer({"errorCode": 1, "errorText": "expired"}, 401)
        if request.url.path.endswith("/tickets"):
            self.created += 1
            return Answer({"data": 1, "errorCode": -1})
        return EMPTY

    def vendor(self) -> ScriptedVendor:
        return ScriptedVendor(self, mints=False)


async def test_the_refresh_token_goes_into_the_form_of_the_token_address_only() -> None:
    desk = TokenDesk(expires_in=3600)
    http = desk.vendor()
    settings = {"client_id": "inbox", "token_url": "https://login.example/oauth/token"}
    await open_vendor(VENDOR, http, settings=settings).fetch_page(PageKey())
    minting, listing = http.requests
    assert str(minting.url) == "https://login.example/oauth/token"
    assert minting.headers["content-type"] == "application/x-www-form-urlencoded"
    assert desk.forms == [
        {"grant_type": ["refresh_token"], "refresh_token": [CANARY], "client_id": ["inbox"]}
    ]
    assert "authorization" not in minting.headers
    assert CANARY.encode() not in listing.content
    assert CANARY not in str(listing.headers.raw)


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "https://api.socialboards.com/token"),
        ({"base_url": "https://proxy.example/sb"}, "https://proxy.example/sb/token"),
    ],
)
async def test_the_token_address_follows_the_base_url(
    settings: dict[str, str], address: str
) -> None:
    http = TokenDesk().vendor()
    vendor = open_vendor(VENDOR, http, settings={"client_id": "c", **settings})
    await vendor.fetch_page(PageKey())
    assert str(http.requests[0].url) == address


async def test_calls_at_once_share_one_token() -> None:
    desk = TokenDesk()
    vendor = open_vendor(VENDOR, desk.vendor())
    await asyncio.gather(*(vendor.fetch_page(PageKey()) for _ in range(6)))
    assert desk.minted == 1


async def test_calls_that_are_refused_at_once_share_one_renewal() -> None:
    desk = TokenDesk()
    vendor = open_vendor(VENDOR, desk.vendor())
    await vendor.fetch_page(PageKey())
    desk.revoked.add("token-1")
    await asyncio.gather(*(vendor.fetch_page(PageKey()) for _ in range(6)))
    assert desk.minted == 2


@pytest.mark.parametrize(
    ("answer", "good_for_s"),
    [
        ({"expires_in": 3600}, 3_540),
        ({}, 3_540),
        ({"expires_in": "100"}, 90),
        ({"expires_in": -1}, 3_540),
    ],
    ids=str,
)
async def test_a_token_is_renewed_before_it_expires(
    answer: dict[str, object], good_for_s: int
) -> None:
    desk, clock = TokenDesk(**answer), FakeClock()
    vendor = open_vendor(VENDOR, desk.vendor(), clock=clock)
    await vendor.fetch_page(PageKey())
    await clock.advance(good_for_s - 1)
    await vendor.fetch_page(PageKey())
    assert desk.minted == 1
    await clock.advance(1)
    await vendor.fetch_page(PageKey())
    assert desk.minted == 2


async def test_a_refused_token_is_renewed_once_and_the_call_repeated_once() -> None:
    desk = TokenDesk()
    desk.revoked.update({"token-1", "token-2", "token-3"})
    http = desk.vendor()
    with pytest.raises(CredentialRefused, match="expired"):
        await open_vendor(VENDOR, http).fetch_page(PageKey())
    assert (desk.minted, len(http.requests)) == (2, 4)


async def test_a_create_that_is_refused_is_not_repeated_and_the_next_one_has_a_new_token() -> None:
    desk = TokenDesk()
    http = desk.vendor()
    vendor = open_vendor(VENDOR, http)
    await vendor.fetch_page(PageKey())
    desk.revoked.add("token-1")
    with pytest.raises(CredentialRefused, match="send it again") as caught:
        await vendor.create(Draft("w", {"message": "x"}))
    assert caught.value.nothing_was_created
    assert [request.url.path for request in http.requests].count("/tickets") == 1
    created = await vendor.create(Draft("w", {"message": "x"}))
    assert (desk.created, created.ref.id) == (1, "1")


@pytest.mark.parametrize(("after_s", "minted"), [(3_200, 1), (3_300, 2)])
async def test_a_create_gets_a_fresh_token_where_the_old_one_is_near_its_end(
    after_s: int, minted: int
) -> None:
    desk, clock = TokenDesk(expires_in=3600), FakeClock()
    vendor = open_vendor(VENDOR, desk.vendor(), clock=clock)
    await vendor.fetch_page(PageKey())
    await clock.advance(after_s)
    await vendor.create(Draft("w", {"message": "x"}))
    assert (desk.minted, desk.created) == (minted, 1)


async def test_a_create_uses_the_old_token_while_it_is_good_and_none_is_to_be_had() -> None:
    desk, clock = TokenDesk(expires_in=3600), FakeClock()
    vendor = open_vendor(VENDOR, desk.vendor(), clock=clock)
    await vendor.fetch_page(PageKey())
    await clock.advance(3_400)
    desk.next_error = Answer(b"", 503)
    await vendor.create(Draft("w", {"message": "x"}))
    assert (desk.minted, desk.created) == (1, 1)
    await clock.advance(200)
    desk.next_error = Answer(b"", 503)
    with pytest.raises(VendorFailure) as caught:
        await vendor.create(Draft("w", {"message": "x"}))
    assert caught.value.nothing_was_created
    assert desk.created == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"accessToken": "t", "expiresIn": 60},
        {"AccessToken": "t"},
        {"data": {"access_token": "t"}, "errorCode": -1},
        {"Data": {"AccessToken": "t"}},
    ],
    ids=str,
)
async def test_the_answer_may_be_spelled_in_several_ways(answer: dict[str, object]) -> None:
    desk = TokenDesk()
    desk.next_error = Answer(answer)
    http = desk.vendor()
    await open_vendor(VENDOR, http).fetch_page(PageKey())
    assert http.requests[-1].headers["authorization"] == "Bearer t"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer({"error": "invalid_grant"}, 400), CredentialRefused),
        (Answer({"error": "invalid_client"}, 401), CredentialRefused),
        (Answer(b"<html>", 503), VendorFailure),
        (Answer({"token_type": "bearer"}), BadResponse),
        (Answer({"access_token": "  "}), BadResponse),
        (Answer(b"<html>"), BadResponse),
        (httpx.ReadError("reset"), ConnectionLost),
    ],
    ids=str,
)
async def test_a_create_without_a_token_surely_created_nothing(
    answer: Answer | Exception, error: type[VendorError]
) -> None:
    desk = TokenDesk()
    desk.next_error = answer
    with pytest.raises(VendorError) as caught:
        await open_vendor(VENDOR, desk.vendor()).create(Draft("w", {"message": "x"}))
    assert type(caught.value) is error
    assert caught.value.nothing_was_created
    assert desk.created == 0


async def test_a_refused_refresh_token_is_read_anew() -> None:
    desk = TokenDesk()
    desk.next_error = Answer({"error": "invalid_grant"}, 400)
    credential = FakeCredential(values=["old-refresh-token", "new-refresh-token"])
    vendor = open_vendor(VENDOR, desk.vendor(), credential=credential)
    with pytest.raises(CredentialRefused, match=r"refresh token: .*invalid_grant"):
        await vendor.fetch_page(PageKey())
    await vendor.fetch_page(PageKey())
    assert [form["refresh_token"] for form in desk.forms] == [
        ["old-refresh-token"],
        ["new-refresh-token"],
    ]


async def test_a_rotated_refresh_token_is_used_until_it_is_refused() -> None:
    desk = TokenDesk(refresh_token="rotated-refresh-token")
    vendor = open_vendor(VENDOR, desk.vendor())
    await vendor.fetch_page(PageKey())
    desk.revoked.add("token-1")
    await vendor.fetch_page(PageKey())
    desk.revoked.add("token-2")
    desk.next_error = Answer({"error": "invalid_grant"}, 400)
    await vendor.fetch_page(PageKey())
    used = [form["refresh_token"][0] for form in desk.forms]
    assert used == [CANARY, "rotated-refresh-token", "rotated-refresh-token", CANARY]


@pytest.mark.parametrize("said", [f"you sent {CANARY}", "access_token=tok-new&expires=60"])
async def test_a_token_answer_that_cannot_be_read_is_not_quoted(said: str) -> None:
    desk = TokenDesk()
    desk.next_error = Answer(f"<title>{said}</title>".encode())
    with pytest.raises(BadResponse) as caught:
        await open_vendor(VENDOR, desk.vendor()).fetch_page(PageKey())
    assert (str(caught.value), caught.value.status) == ("the token answer is not JSON", 200)


async def test_what_a_token_address_repeats_of_a_refused_token_is_masked() -> None:
    desk = TokenDesk()
    desk.next_error = Answer({"error_description": f"bad {CANARY}"}, 400)
    with pytest.raises(CredentialRefused, match=r"bad \*\*\*$"):
        await open_vendor(VENDOR, desk.vendor()).fetch_page(PageKey())


async def test_a_token_that_was_granted_is_masked_before_it_was_ever_sent() -> None:
    echo = Answer({"data": [{"id": 1, "title": "got rotated-token"}], "errorCode": -1})
    grant = Answer({"access_token": "t", "refresh_token": "rotated-token"})

    def script(request: httpx.Request) -> Answer:
        return grant if request.url.path.endswith("/token") else echo

    vendor = open_vendor(VENDOR, ScriptedVendor(script, mints=False))
    assert (await vendor.fetch_page(PageKey())).tickets[0].title == "got ***"


async def test_a_token_that_is_granted_once_more_still_works() -> None:
    desk, granted = TokenDesk(), Answer({"access_token": "same-token", "refresh_token": CANARY})
    desk.revoked.add("same-token")
    http = ScriptedVendor(
        lambda request: granted if request.url.path.endswith("/token") else desk(request),
        mints=False,
    )
    with pytest.raises(CredentialRefused):
        await open_vendor(VENDOR, http).fetch_page(PageKey())
    calls = [request for request in http.requests if not request.url.path.endswith("/token")]
    assert [each.headers["authorization"] for each in calls] == ["Bearer same-token"] * 2


async def test_a_token_address_that_points_elsewhere_is_the_one_to_check() -> None:
    desk = TokenDesk()
    desk.next_error = Answer(b"", 302, {"location": "https://elsewhere.example/"})
    with pytest.raises(Redirected) as caught:
        await open_vendor(VENDOR, desk.vendor()).fetch_page(PageKey())
    assert caught.value.address_setting == "token_url"


async def test_the_body_of_a_repeated_call_is_the_same() -> None:
    desk = TokenDesk()
    http = desk.vendor()
    vendor = open_vendor(VENDOR, http)
    desk.revoked.add("token-1")
    await vendor.fetch_page(PageKey())
    bodies = [body_of(request) for request in http.requests if request.url.path == "/tickets/list"]
    assert bodies == [{"skip": 0, "take": 50}] * 2
    await vendor.close()
