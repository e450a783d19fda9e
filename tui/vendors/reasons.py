"""What went wrong on the way to a vendor, in plain words. Pure.

Only our own words and the host go into a message: what libraries write into their exceptions may
hold a header's value, and what a server sends may hold our own credential.
"""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

_CERTIFICATE_REASONS = {
    9: "is not valid yet; is the clock of this machine right?",
    10: "has expired",
    18: "is self-signed",
    19: "is signed by an unknown authority",
    20: "is signed by an unknown authority",
    21: "is signed by an unknown authority",
    62: "is for another host",
    64: "is for another host",
    66: "uses a key that is too weak",
    67: "is signed by an authority with a key that is too weak",
    68: "is signed with an algorithm that is too weak",
}
"""OpenSSL's X509_V_ERR codes."""
_UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})
_STRICT_RULES = {
    **dict.fromkeys(range(79, 94), ""),
    85: " (no authority key identifier)",
    86: " (no subject key identifier)",
    89: " (basic constraints that are not critical)",
    92: " (no key usage)",
}
"""The codes of X509_V_FLAG_X509_STRICT, which Python sets since 3.13; the common ones are named."""
_TLS_REASONS = {
    "WRONG_VERSION_NUMBER": "the server does not speak TLS there",
    "HTTP_REQUEST": "the server does not speak TLS there",
    "UNSUPPORTED_PROTOCOL": "the server offers only outdated versions of TLS",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the server offers no version of TLS that is safe",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "the server and this program share no cipher",
    "UNEXPECTED_EOF_WHILE_READING": "the server hung up",
}
_ROUTE_ERRORS = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
)


def connect_reason(error: BaseException, host: str) -> str:
    """Return why no connection to `host` came about, as a whole sentence without its stop."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return _certificate_reason(link, host)
        if isinstance(link, ssl.SSLError):
            reason = _TLS_REASONS.get(link.reason or "", "the handshake broke off")
            return f"TLS with {host} failed: {reason}"
    for link in chain:
        if isinstance(link, socket.gaierror):
            if link.errno == socket.EAI_AGAIN:
                return f"the name {host} could not be looked up: DNS does not answer"
            return f"there is no host {host} (DNS)"
        if isinstance(link, UnicodeError):
            return f"{host} is no valid host name"
    for link in chain:
        if isinstance(link, OSError) and (told := _socket_reason(link, host)):
            return told
    return f"no connection to {host} came about"


def nobody_answered(error: BaseException) -> bool:
    """Return whether no connection came about because name, route or all answers were missing.

    A host that refuses, or that fails at TLS, was reached.
    """
    chain = list(_chain(error))
    if any(isinstance(link, ssl.SSLError) for link in chain):
        return False
    return any(
        isinstance(link, socket.gaierror | TimeoutError | httpx.ConnectTimeout)
        or (isinstance(link, OSError) and link.errno in _ROUTE_ERRORS)
        for link in chain
    )


def lost_reason(error: BaseException, host: str, *, answering: bool) -> str:
    """Return how the connection to `host` was lost once the request was on its way.

    `answering`: whether the head of an answer had come by then.
    """
    when = "in the middle of its answer" if answering else "before it answered"
    if isinstance(error, httpx.TimeoutException):
        return f"{host} went silent {when}"
    if isinstance(error, httpx.RemoteProtocolError):
        text = str(error)
        if "without sending a response" in text:
            return f"{host} closed the connection before it answered"
        if "without sending complete message body" in text or "incomplete chunked" in text:
            return f"{host} ended its answer too early"
        return f"{host} answered with something that is not HTTP"
    for link in _chain(error):
        if isinstance(link, ConnectionResetError | BrokenPipeError):
            return f"{host} broke the connection off {when}"
        if isinstance(link, ssl.SSLError):
            return f"{host} broke TLS off {when}"
    return f"the connection to {host} was lost {when}"


def _certificate_reason(error: ssl.SSLCertVerificationError, host: str) -> str:
    if error.verify_code in _STRICT_RULES:
        return (
            f"the TLS certificate of {host} or of its authority breaks RFC 5280"
            f"{_STRICT_RULES[error.verify_code]}, on which Python insists since 3.13;"
            " have it issued anew"
        )
    reason = _CERTIFICATE_REASONS.get(error.verify_code, "cannot be verified")
    hint = ""
    if error.verify_code in _UNKNOWN_AUTHORITY:
        hint = "; a company's own goes into ca_bundle under [network]"
    return f"the TLS certificate of {host} {reason}{hint}"


def _socket_reason(error: OSError, host: str) -> str | None:
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refused the connection"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return f"{host} broke the connection off while it was being made"
    if error.errno in _ROUTE_ERRORS:
        return f"there is no way to {host}: network unreachable"
    if isinstance(error, TimeoutError):
        return f"{host} does not answer"
    if error.errno in {errno.EMFILE, errno.ENFILE}:
        return f"no connection to {host}: this machine has too many files open"
    if isinstance(error, PermissionError):
        return f"no connection to {host}: this machine does not allow it"
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, and the members of groups; each once."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        if isinstance(link, BaseExceptionGroup):
            waiting.extend(link.exceptions)
        waiting.extend(cause for cause in (link.__cause__, link.__context__) if cause)
