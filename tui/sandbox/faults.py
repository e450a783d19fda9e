"""How the sandbox is told to misbehave: by data that waits in the world. Pure.

A fault either replaces what a vendor would have answered (status, body, retyped fields) or spoils
how that answer travels (delay, drip, truncation, reset), or both.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from tui.sandbox.exchange import AT_ONCE, Delivery, Reply, Request

HTML_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    b"<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to misbehave, and for which calls."""

    vendor: str | None = None
    """None: every vendor."""
    method: str | None = None
    path: str = ""
    """A piece of the path, such as `/tickets/list`."""
    after: int = 0
    """So many calls that match pass unharmed first."""
    times: int | None = 1
    """How many calls it hits; None: all from then on."""
    status: int | None = None
    """Without a body: the vendor's own error for that status."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    retype: Mapping[str, object] = field(default_factory=dict)
    """JSON fields by name, wherever they occur, and the value that replaces theirs."""
    delivery: Delivery = AT_ONCE
    does_act: bool | None = None
    """Whether the vendor does what it was asked, such as a create, before it misbehaves.

    None: no where the answer is replaced, yes where only its delivery suffers.
    """

    @classmethod
    def html(cls, *, status: int = 502, times: int | None = 1, vendor: str | None = None) -> Self:
        """A proxy's page where JSON should be."""
        return cls(
            vendor=vendor,
            times=times,
            status=status,
            headers={"content-type": "text/html"},
            body=HTML_PAGE,
        )

    @classmethod
    def rate_limited(
        cls,
        *,
        retry_after: str | None = None,
        times: int | None = 1,
        vendor: str | None = None,
    ) -> Self:
        """429, with `Retry-After` as given or without it."""
        headers = {} if retry_after is None else {"retry-after": retry_after}
        return cls(vendor=vendor, times=times, status=429, headers=headers)

    @classmethod
    def budget_spent(cls, *, vendor: str = "questionpro", times: int | None = None) -> Self:
        """QuestionPro's 429 for a licence whose calls are used up (questionpro.com/api/limits)."""
        error = {
            "docs": "https://www.questionpro.com/api/error-codes.html",
            "message": "API call limit exceeded. Please contact your account representative to "
            "extend the limits.",
            "id": 1013,
            "name": "",
            "httpStatusCode": 429,
            "resourceUrl": "",
        }
        return cls(
            vendor=vendor,
            times=times,
            status=429,
            headers={"content-type": "application/json"},
            body=json.dumps({"response": {"error": error}}).encode(),
        )

    @classmethod
    def hang(cls, seconds: float, *, times: int | None = 1, vendor: str | None = None) -> Self:
        """Nothing for so long, then the right answer."""
        return cls(vendor=vendor, times=times, delivery=Delivery(delay_s=seconds))

    @classmethod
    def reset(cls, *, at: int = 0, times: int | None = 1, vendor: str | None = None) -> Self:
        """The connection is reset after `at` bytes of the body."""
        return cls(vendor=vendor, times=times, delivery=Delivery(reset_at=at))

    @property
    def replaces(self) -> bool:
        """Whether the vendor's own answer is not sent."""
        return self.status is not None or self.body is not None

    def hits(self, vendor: str, request: Request) -> bool:
        """Tell whether a call is one of those it is meant for."""
        return (
            self.vendor in (None, vendor)
            and self.method in (None, request.method)
            and self.path in request.path
        )


class Faults:
    """The faults that wait, in the order they were added; the first that hits a call takes it."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, list[int]]] = []

    def add(self, *faults: Fault) -> None:
        """Queue faults; one whose `times` is None stands until `clear`."""
        self._waiting += [(fault, [0]) for fault in faults]

    def clear(self) -> None:
        """Behave again."""
        self._waiting.clear()

    def take(self, vendor: str, request: Request) -> Fault | None:
        """Return the fault for this call, and count it."""
        for index, (fault, seen) in enumerate(self._waiting):
            if not fault.hits(vendor, request):
                continue
            seen[0] += 1
            if seen[0] <= fault.after:
                continue
            if fault.times is not None and seen[0] >= fault.after + fault.times:
                del self._waiting[index]
            return fault
        return None


def with_fault(
    fault: Fault | None,
    answer: Callable[[], Reply],
    failure: Callable[[int], Reply],
) -> Reply:
    """Return the vendor's answer as the fault leaves it.

    `failure` makes the vendor's own error reply for a status.
    """
    if fault is None:
        return answer()
    acts = fault.does_act if fault.does_act is not None else not fault.replaces
    reply = answer() if acts else None
    if fault.replaces or reply is None:
        status = fault.status or 200
        reply = failure(status)
        if fault.body is not None:
            reply = replace(reply, chunks=(fault.body,))
    reply = replace(reply, headers={**reply.headers, **fault.headers}, faults=fault.delivery)
    if fault.retype and reply.body:
        value = _retype(json.loads(reply.body), fault.retype)
        # What is spoilt is another answer, and is not to be taken for the right one later.
        headers = {name: said for name, said in reply.headers.items() if name != "etag"}
        reply = replace(reply, headers=headers, chunks=(json.dumps(value).encode(),))
    return reply


def _retype(value: object, changes: Mapping[str, object]) -> object:
    if isinstance(value, dict):
        return {
            key: changes[key] if key in changes else _retype(item, changes)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_retype(item, changes) for item in value]
    return value
