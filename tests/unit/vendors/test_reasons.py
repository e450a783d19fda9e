"""Each cause of a failed connection has words of its own, and none of a library's."""

import errno
import socket
import ssl

import httpx
import pytest

from tui.vendors.reasons import connect_reason, lost_reason, nobody_answered

HOST = "api.example.com"


def caused(cause: Exception) -> httpx.ConnectError:
    """Return the error as httpx hands it on: twice wrapped."""
    middle = OSError("All connection attempts failed")
    middle.__cause__ = ExceptionGroup("multiple connection attempts failed", [OSError(), cause])
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = middle
    return error


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "secret words of OpenSSL")
    error.reason = reason
    return error


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "secret words of OpenSSL")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), f"there is no host {HOST} (DNS)"),
        (
            socket.gaierror(socket.EAI_AGAIN, "x"),
            f"the name {HOST} could not be looked up: DNS does not answer",
        ),
        (UnicodeError("label too long"), f"{HOST} is no valid host name"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), f"{HOST} refused the connection"),
        (
            ConnectionResetError(errno.ECONNRESET, "x"),
            f"{HOST} broke the connection off while it was being made",
        ),
        (
            OSError(errno.ENETUNREACH, "x"),
            f"there is no way to {HOST}: network unreachable",
        ),
        (TimeoutError(errno.ETIMEDOUT, "x"), f"{HOST} does not answer"),
        (
            OSError(errno.EMFILE, "x"),
            f"no connection to {HOST}: this machine has too many files open",
        ),
        (
            PermissionError(errno.EPERM, "x"),
            f"no connection to {HOST}: this machine does not allow it",
        ),
        (OSError(errno.EIO, "x"), f"no connection to {HOST} came about"),
        (RuntimeError("x"), f"no connection to {HOST} came about"),
        (certificate_error(10), f"the TLS certificate of {HOST} has expired"),
        (certificate_error(62), f"the TLS certificate of {HOST} is for another host"),
        (
            certificate_error(80),
            (
                f"the TLS certificate of {HOST} or of its authority breaks RFC 5280, on which"
                " Python insists since 3.13; have it issued anew"
            ),
        ),
        (
            certificate_error(92),
            (
                f"the TLS certificate of {HOST} or of its authority breaks RFC 5280 (no key usage),"
                " on which Python insists since 3.13; have it issued anew"
            ),
        ),
        (certificate_error(999), f"the TLS certificate of {HOST} cannot be verified"),
        (
            tls_error("TLSV1_ALERT_PROTOCOL_VERSION"),
            f"TLS with {HOST} failed: the server offers no version of TLS that is safe",
        ),
        (tls_error("SOMETHING_NEW"), f"TLS with {HOST} failed: the handshake broke off"),
    ],
)
def test_the_cause_is_found_however_deep_it_lies(cause: Exception, reason: str) -> None:
    assert connect_reason(caused(cause), HOST) == reason


def test_a_chain_that_bites_its_tail_ends() -> None:
    first, second = RuntimeError(), RuntimeError()
    first.__cause__, second.__context__ = second, first
    assert connect_reason(first, HOST) == f"no connection to {HOST} came about"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            httpx.RemoteProtocolError("Server disconnected without sending a response."),
            f"{HOST} closed the connection before it answered",
        ),
        (
            httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body (received 3 bytes)"
            ),
            f"{HOST} ended its answer too early",
        ),
        (
            httpx.RemoteProtocolError("illegal status line: bytearray(b'canary')"),
            f"{HOST} answered with something that is not HTTP",
        ),
        (httpx.ReadTimeout("canary"), f"{HOST} went silent before it answered"),
        (httpx.ReadError("canary"), f"the connection to {HOST} was lost before it answered"),
        (tls_error("canary"), f"{HOST} broke TLS off before it answered"),
        (ValueError("canary"), f"the connection to {HOST} was lost before it answered"),
    ],
)
def test_how_a_connection_was_lost_is_said_in_our_words(error: Exception, reason: str) -> None:
    assert lost_reason(error, HOST, answering=False) == reason


def test_a_reset_in_the_middle_is_told_from_one_before_the_answer() -> None:
    error = httpx.ReadError("")
    error.__cause__ = ConnectionResetError()
    assert lost_reason(error, HOST, answering=True) == (
        f"{HOST} broke the connection off in the middle of its answer"
    )


@pytest.mark.parametrize(
    ("cause", "nobody"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), True),
        (socket.gaierror(socket.EAI_AGAIN, "x"), True),
        (OSError(errno.ENETUNREACH, "x"), True),
        (OSError(errno.EHOSTUNREACH, "x"), True),
        (TimeoutError(errno.ETIMEDOUT, "x"), True),
        (httpx.ConnectTimeout("x"), True),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), False),
        (ConnectionResetError(errno.ECONNRESET, "x"), False),
        (certificate_error(10), False),
        (tls_error("WRONG_VERSION_NUMBER"), False),
        (RuntimeError("x"), False),
    ],
)
def test_a_host_that_refuses_was_reached_and_one_that_is_silent_was_not(
    cause: Exception, *, nobody: bool
) -> None:
    assert nobody_answered(caused(cause)) is nobody
