"""SocialBoards' access token: minted from the refresh token, kept in memory, renewed in time."""

import asyncio
from dataclasses import dataclass

from tui.domain.errors import BadResponse, CredentialError, CredentialRefused, VendorError
from tui.domain.ports import Clock
from tui.domain.secret import Secret
from tui.vendors.decode import decode_json, dig, vendor_message
from tui.vendors.failures import status_error
from tui.vendors.session import CachedCredential
from tui.vendors.socialboards.wire import with_known_keys
from tui.vendors.transport import Response, Transport

LIFETIME_S = 3_600.0
"""The documented hour, for an answer that names no time."""
MARGIN_S = 60.0
"""A token is renewed so long before it ends; clocks and slow calls need room."""


CREATE_ROOM_S = 300.0
"""So much longer a token has to be good for a create, which is not sent a second time."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token and the moment, on the monotonic clock, from which it is not used any more."""

    secret: Secret
    stale_at: float


class TokenKeeper:
    """Hands out the access token; calls that come at once share one renewal."""

    def __init__(
        self,
        transport: Transport,
        credential: CachedCredential,
        *,
        token_url: str,
        client_id: str,
        clock: Clock,
    ) -> None:
        self._transport = transport
        self._credential = credential
        self._token_url = token_url
        self._client_id = client_id
        self._clock = clock
        self._token: AccessToken | None = None
        self._rotated: Secret | None = None
        self._lock = asyncio.Lock()

    async def get(self, *, room_s: float = 0.0) -> AccessToken:
        """Return a token that is good for a while, and where that can be had, `room_s` longer.

        Raises VendorError and CredentialError; a create that ends so was never sent.
        """
        async with self._lock:
            if self._token is None or self._is_stale(self._token, room_s):
                try:
                    self._token = await self._mint()
                except (VendorError, CredentialError) as error:
                    if self._token is None or self._is_stale(self._token):
                        if isinstance(error, VendorError):
                            error.nothing_was_created = True
                            error.address_setting = "token_url"
                        raise
            return self._token

    def _is_stale(self, token: AccessToken, room_s: float = 0.0) -> bool:
        return self._clock.monotonic() + room_s >= token.stale_at

    def drop(self, token: AccessToken) -> None:
        """Take a token for void, unless another has taken its place meanwhile."""
        if self._token is token:
            self._token = None

    def forget(self) -> None:
        """Start over from the configured refresh token, read anew."""
        self._token = self._rotated = None
        self._credential.forget()

    async def _mint(self) -> AccessToken:
        if self._rotated is not None:
            try:
                return await self._exchange(self._rotated)
            except CredentialRefused:
                self._rotated = None
        try:
            return await self._exchange(await self._credential.get())
        except CredentialRefused:
            self._credential.forget()
            raise

    async def _exchange(self, refresh_token: Secret) -> AccessToken:
        response = await self._transport.call(
            "POST",
            self._token_url,
            form={
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
                "client_id": self._client_id,
            },
            is_grant=True,
        )
        if response.status >= 400:
            said = vendor_message(response.body)
            error = status_error(response.status, response.headers, response.body, message=said)
            # OAuth says 400 where it means that the refresh token is no good.
            if response.status in (400, 401, 403):
                raise CredentialRefused(f"refresh token: {error}", status=response.status)
            raise error
        answer = with_known_keys(_decoded(response))
        inner = dig(answer, "data")
        grant = inner if isinstance(inner, dict) else answer
        token = _text(grant, "access_token", "accessToken")
        if token is None:
            raise BadResponse("the token answer holds no access token", status=response.status)
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise BadResponse("the token answer holds an access token that cannot be sent")
        # A vendor that rotates refresh tokens takes the old one only once.
        if rotated := _text(grant, "refresh_token", "refreshToken"):
            self._rotated = Secret(rotated)
            self._transport.conceal(self._rotated)
        lifetime = _seconds(grant)
        margin = min(MARGIN_S, lifetime / 10)
        return AccessToken(Secret(token), self._clock.monotonic() + lifetime - margin)


def _decoded(response: Response) -> object:
    try:
        return decode_json(response.body)
    except BadResponse:
        # What it says may be a token.
        raise BadResponse("the token answer is not JSON", status=response.status) from None


def _text(grant: object, *names: str) -> str | None:
    for name in names:
        value = dig(grant, name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def _seconds(grant: object) -> float:
    for name in ("expires_in", "expiresIn"):
        value = dig(grant, name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9:
            return float(value)
    return LIFETIME_S
