"""Which proxy leads where, and that none ever leads to loopback."""

import httpx
import pytest

from tui.domain.errors import Unreachable
from tui.vendors.proxy import describe_proxy, proxy_for

PROXY = "http://proxy.example:3128"
VENDOR = "https://api.example.com/tickets"


@pytest.mark.parametrize(
    ("url", "configured", "environ", "proxy"),
    [
        (VENDOR, None, {}, None),
        (VENDOR, PROXY, {}, PROXY),
        (VENDOR, PROXY, {"HTTPS_PROXY": "http://other:1"}, PROXY),
        (VENDOR, PROXY, {"NO_PROXY": "*"}, PROXY),
        (VENDOR, None, {"HTTPS_PROXY": PROXY}, PROXY),
        (VENDOR, None, {"https_proxy": PROXY, "HTTPS_PROXY": "http://other:1"}, PROXY),
        (VENDOR, None, {"ALL_PROXY": PROXY}, PROXY),
        (VENDOR, None, {"HTTPS_PROXY": "", "all_proxy": PROXY}, PROXY),
        (VENDOR, None, {"HTTPS_PROXY": "proxy.example:3128"}, PROXY),
        (VENDOR, None, {"HTTP_PROXY": PROXY, "http_proxy": PROXY}, None),
        ("https://127.0.0.1:8/x", PROXY, {"ALL_PROXY": PROXY}, None),
        ("https://localhost/x", PROXY, {}, None),
        ("https://[::1]/x", PROXY, {}, None),
        ("http://127.0.0.1/x", PROXY, {"HTTP_PROXY": PROXY}, None),
    ],
)
def test_the_configuration_comes_before_the_environment(
    url: str, configured: str | None, environ: dict[str, str], proxy: str | None
) -> None:
    assert proxy_for(httpx.URL(url), configured, environ) == (proxy and httpx.URL(proxy))


@pytest.mark.parametrize(
    ("excepted", "url", "is_direct"),
    [
        ("*", VENDOR, True),
        ("example.com", VENDOR, True),
        (".example.com", VENDOR, True),
        ("*.example.com", VENDOR, True),
        ("API.example.com", VENDOR, True),
        ("ample.com", VENDOR, False),
        ("other.example, api.example.com", VENDOR, True),
        ("api.example.com:443", VENDOR, True),
        ("api.example.com:8443", VENDOR, False),
        ("", VENDOR, False),
        (",,", VENDOR, False),
        ("10.0.0.0/8", "https://10.2.3.4/x", True),
        ("10.0.0.0/8", "https://11.2.3.4/x", False),
        ("10.2.3.4", "https://10.2.3.4/x", True),
        ("10.2.3.4:444", "https://10.2.3.4/x", False),
        ("[2001:db8::1]", "https://[2001:db8::1]/x", True),
        ("2001:db8::/32", "https://[2001:db8::1]/x", True),
        ("10.0.0.0/8", VENDOR, False),
    ],
)
def test_no_proxy_is_read_as_curl_reads_it(excepted: str, url: str, *, is_direct: bool) -> None:
    environ = {"HTTPS_PROXY": PROXY, "NO_PROXY": excepted}
    assert (proxy_for(httpx.URL(url), None, environ) is None) is is_direct


@pytest.mark.parametrize(
    "proxy", ["socks5://u:hunter2@h:1", "http://", "::::", "http://u:hunter2@h:99999", "ftp://h"]
)
def test_a_proxy_that_cannot_be_used_is_named_by_its_place(proxy: str) -> None:
    for configured, environ, place in (
        (proxy, {}, "proxy under [network]"),
        (None, {"ALL_PROXY": proxy}, "variable ALL_PROXY"),
    ):
        with pytest.raises(Unreachable) as caught:
            proxy_for(httpx.URL(VENDOR), configured, environ)
        assert str(caught.value).startswith(place)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("configured", "environ", "words"),
    [
        (None, {}, None),
        (None, {"HTTP_PROXY": PROXY, "https_proxy": ""}, None),
        (None, {"ALL_PROXY": "u:pw@h:1"}, "h:1, by variable ALL_PROXY, where NO_PROXY allows it"),
        ("http://u:pw@h:3128", {"ALL_PROXY": PROXY}, "h:3128, by proxy under [network]"),
    ],
)
def test_which_proxy_there_is_is_said_without_its_password(
    configured: str | None, environ: dict[str, str], words: str | None
) -> None:
    assert describe_proxy(configured, environ) == words
