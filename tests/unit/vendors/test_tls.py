"""No certificate that is wrong in any way is accepted, and the message says in which."""

import shutil
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.certificates import Certificates
from support.fault_server import FaultServer, Send, answer
from tui.config.model import Network
from tui.domain.errors import Unreachable
from tui.domain.secret import Secret
from tui.vendors.transport import Transport

CANARY = "canary-1f0c7e"
OK = (Send(answer()),)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    if shutil.which("openssl") is None:
        pytest.skip("makes its certificates with the openssl command, which is not here")
    certificates = Certificates(tmp_path_factory.mktemp("certificates"))
    certificates.make_authority()
    return certificates


async def refusal(url: str, network: Network) -> str:
    """Return why a call to this address, with a credential, was refused."""
    transport = Transport(origins=[url], network=network)
    try:
        with pytest.raises(Unreachable) as caught:
            await transport.call("POST", url, secret_headers={"api-key": Secret(CANARY)}, json={})
    finally:
        await transport.close()
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("expired", "has expired"),
        ("future", "is not valid yet; is the clock of this machine right?"),
        ("other host", "is for another host"),
        ("sha1", "is signed with an algorithm that is too weak"),
        ("self-signed", "is self-signed; a company's own goes into ca_bundle under [network]"),
        ("unknown", "is signed by an unknown authority; a company's own goes into ca_bundle"),
    ],
)
async def test_a_wrong_certificate_is_refused_before_anything_is_sent(
    certificates: Certificates, kind: str, reason: str
) -> None:
    trusted: Path | None = certificates.authority
    match kind:
        case "expired":
            tls = certificates.server("old", end="20200102000000Z")
        case "future":
            tls = certificates.server("new", start="20980101000000Z")
        case "other host":
            tls = certificates.server("other", hosts="DNS:other.example")
        case "sha1":
            tls = certificates.server("weak", digest="sha1")
        case "self-signed":
            tls = certificates.self_signed("selfsigned")
        case _:
            tls = certificates.server("good1")
            trusted = None
    with FaultServer(OK, tls=tls) as server:
        message = await refusal(server.url, Network(ca_bundle=trusted, timeout_s=5))
        assert message.startswith(f"the TLS certificate of {server.address} {reason}")
        assert server.received == []


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python insists on it since 3.13")
async def test_a_certificate_against_the_standard_is_refused_and_told_what_it_lacks(
    certificates: Certificates,
) -> None:
    tls = certificates.server("careless", extensions="of_careless_server")
    with FaultServer(OK, tls=tls) as server:
        message = await refusal(server.url, Network(ca_bundle=certificates.authority, timeout_s=5))
        assert message == (
            f"the TLS certificate of {server.address} or of its authority breaks RFC 5280"
            " (no authority key identifier), on which Python insists since 3.13;"
            " have it issued anew"
        )
        assert server.received == []


async def test_an_authority_from_the_ca_bundle_is_trusted(certificates: Certificates) -> None:
    with FaultServer(OK, tls=certificates.server("good2")) as server:
        transport = Transport(
            origins=[server.url], network=Network(ca_bundle=certificates.authority)
        )
        response = await transport.call("GET", f"{server.url}/tickets")
        await transport.close()
        assert (response.status, response.body) == (200, b"{}")


async def test_old_versions_of_tls_are_refused(certificates: Certificates) -> None:
    tls = certificates.server("good3")
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        tls.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with FaultServer(OK, tls=tls) as server:
        message = await refusal(server.url, Network(ca_bundle=certificates.authority, timeout_s=5))
        assert message.startswith(f"TLS with {server.address} failed: the server ")
        assert server.received == []


async def test_a_server_without_tls_is_named_as_such() -> None:
    with FaultServer((Send(b"HTTP/1.1 400 Bad Request\r\n\r\n"),), greets=True) as server:
        url = f"https://{server.address}"
        message = await refusal(url, Network(timeout_s=5))
        assert message == f"TLS with {server.address} failed: the server does not speak TLS there"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory"),
        ("", "holds no certificate in PEM"),
        ("not a certificate", "holds no certificate in PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds no certificate"),
    ],
)
async def test_a_ca_bundle_that_cannot_be_used_is_named(
    tmp_path: Path, content: str | None, reason: str
) -> None:
    bundle = tmp_path / "corp.pem"
    if content is not None:
        bundle.write_text(content)
    message = await refusal("https://tickets.example", Network(ca_bundle=bundle))
    assert message.startswith(f"ca_bundle under [network]: {bundle}: {reason}")


@pytest.fixture
def proxy(certificates: Certificates) -> Iterator[FaultServer]:
    """A proxy that lets everything through to a vendor of its own."""
    tls = certificates.server("tickets")
    with FaultServer(OK, behind_connect=tls, keeps_open=True) as server:
        yield server


async def test_a_proxy_sees_where_https_goes_and_never_the_credential(
    certificates: Certificates, proxy: FaultServer
) -> None:
    network = Network(
        ca_bundle=certificates.authority, proxy=f"http://u:pass@{proxy.address}", timeout_s=5
    )
    transport = Transport(origins=["https://tickets.example"], network=network)
    for _ in range(2):
        await transport.call(
            "GET", "https://tickets.example/t", secret_headers={"api-key": Secret(CANARY)}
        )
    await transport.close()
    connect, first, second = (request.head for request in proxy.received)
    assert connect.startswith(b"CONNECT tickets.example:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dTpwYXNz\r\n" in connect
    assert CANARY.encode() not in connect
    assert CANARY.encode() in first
    assert b"Proxy-Authorization" not in first + second


async def test_a_bad_certificate_behind_a_proxy_never_wears_out_the_pool(
    proxy: FaultServer,
) -> None:
    """By itself httpcore keeps such a connection; the eighth would block every other call."""
    network = Network(proxy=f"http://{proxy.address}", timeout_s=5)
    transport = Transport(origins=["https://tickets.example"], network=network)
    for _ in range(10):
        with pytest.raises(Unreachable, match="is signed by an unknown authority"):
            await transport.call("GET", "https://tickets.example/t")
    await transport.close()
