"""One workspace's way to its vendor: the credential, the call, and the answer's JSON or its error.

The credential is read when it is first needed, off the event loop, and again after the vendor
refused it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from tui.domain.errors import CredentialError, VendorError
from tui.domain.secret import CredentialSource, Secret
from tui.vendors.context import VendorContext
from tui.vendors.decode import decode_json
from tui.vendors.kept_answers import KeptAnswers
from tui.vendors.transport import Response, Transport

REFUSED = (401, 403)
"""After these the credential is read anew: somebody may have renewed it."""


class CachedCredential:
    """Reads a credential once and shares it among concurrent calls."""

    def __init__(self, source: CredentialSource) -> None:
        self._source = source
        self._value: Secret | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> Secret:
        """Return the credential. Raises CredentialError."""
        async with self._lock:
            if self._value is None:
                try:
                    self._value = await asyncio.to_thread(self._source.read)
                except CredentialError:
                    raise
                except Exception as error:  # a key store's own errors may quote what they hold
                    kind = type(error).__name__
                    raise CredentialError(f"{self._source.place}: {kind}") from None
            return self._value

    def forget(self) -> None:
        """Read it anew next time."""
        self._value = None


class Judge(Protocol):
    """How a vendor tells success from failure."""

    def refusal(self, response: Response) -> VendorError:
        """Return the error that a status of 400 and above stands for."""

    def complaint(self, answer: object, status: int) -> VendorError | None:
        """Return the error that an answer of the 200s holds; None where it is a success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, all but its credential."""

    method: str
    url: str
    params: Mapping[str, str | int] | None = None
    json: object | None = None
    is_list: bool = False
    """Whether it is a GET that is repeated for ever, and is asked conditionally where it can be."""

    @property
    def question(self) -> tuple[object, ...]:
        """What an answer to it is kept under."""
        return (self.url, *(self.params or {}).items())


class Session:
    """Makes the calls of a vendor whose credential goes into a header as it is."""

    def __init__(
        self,
        context: VendorContext,
        *,
        origins: tuple[str, ...],
        judge: Judge,
        headers: Callable[[Secret], Mapping[str, Secret]],
    ) -> None:
        self._credential = CachedCredential(context.credential)
        self._judge = judge
        self._headers = headers
        self._transport = Transport(
            origins=origins, network=context.network, gate=context.gate, http=context.http
        )
        self._answers = KeptAnswers()

    async def call(self, call: Call) -> object:
        """Return the decoded answer of a success. Raises VendorError and CredentialError.

        Where the vendor says that a list is what it was, that is the answer from before.
        """
        secret = await self._credential.get()
        kept = self._answers.to_ask(call.question) if call.is_list else None
        conditions = kept.conditions if kept else None
        response = await send(self._transport, call, self._headers(secret), conditions)
        if response.status in REFUSED:
            self._credential.forget()
            # Another credential may be shown another list.
            self._answers.forget()
        if kept and response.status == HTTPStatus.NOT_MODIFIED:
            return decode_json(kept.body)
        answer = judged(response, self._judge)
        if call.is_list:
            self._answers.keep(call.question, response.headers, response.body)
        return answer

    @property
    def last_date(self) -> datetime | None:
        """What time it was by the vendor's clock when it last answered."""
        return self._transport.last_date

    async def close(self) -> None:
        """Give back the connections."""
        await self._transport.close()


async def send(
    transport: Transport,
    call: Call,
    secret_headers: Mapping[str, Secret],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Send one call with its credential."""
    return await transport.call(
        call.method,
        call.url,
        params=call.params,
        headers=headers,
        json=call.json,
        secret_headers=secret_headers,
    )


def judged(response: Response, judge: Judge) -> object:
    """Return the decoded answer; raise what the vendor complains of."""
    if response.status >= 400:
        raise judge.refusal(response)
    answer = decode_json(response.body, status=response.status)
    if complaint := judge.complaint(answer, response.status):
        raise complaint
    return answer
