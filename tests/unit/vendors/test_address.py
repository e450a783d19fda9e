"""A credential goes to the declared addresses and nowhere else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.domain.errors import Unreachable
from tui.vendors.address import Boundary, join_url, parse_url, shown_host

BASE = "https://api.example.com/questionpro"


@pytest.mark.parametrize(
    ("base", "segments", "url"),
    [
        ("https://h.example", ("tickets",), "https://h.example/tickets"),
        ("https://h.example/", ("tickets", 7), "https://h.example/tickets/7"),
        ("http://127.0.0.1:1/a/b/", ("x y", "ü"), "http://127.0.0.1:1/a/b/x%20y/%C3%BC"),
        ("https://h.example/X/", ("t",), "https://h.example/X/t"),
        (BASE, ("../../admin",), f"{BASE}/..%2F..%2Fadmin"),
        (BASE, ("a?b#c%2f@:",), f"{BASE}/a%3Fb%23c%252f%40%3A"),
        (BASE, ("…", "a\r\nb"), f"{BASE}/%E2%80%A6/a%0D%0Ab"),
    ],
)
def test_segments_are_encoded_whole(base: str, segments: tuple[str, ...], url: str) -> None:
    assert join_url(base, *segments) == url


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_a_segment_that_would_move_the_path_is_refused(segment: str) -> None:
    with pytest.raises(Unreachable, match="cannot be part"):
        join_url(BASE, segment)


@given(st.text(min_size=1))
@example("\ud800")
@example("%2e%2e")
@example("..\\..")
def test_whatever_the_id_the_address_stays_below_its_base(segment: str) -> None:
    boundary = Boundary([BASE])
    try:
        url = boundary.admit(join_url(BASE, segment, "tickets"))
    except Unreachable:
        return
    assert (url.scheme, url.host, url.port) == ("https", "api.example.com", None)
    assert url.path.startswith("/questionpro/")
    assert url.path.endswith("/tickets")
    assert not url.query


@pytest.mark.parametrize(
    "url",
    [
        BASE,
        f"{BASE}/",
        f"{BASE}/tickets?page=2",
        "https://API.EXAMPLE.com:443/questionpro/tickets",
        f"{BASE}/a/../b",
        f"{BASE}/a?x=/../b",
        f"{BASE}/%ff",
        f"{BASE}/{'x' * 2000}",
    ],
)
def test_addresses_below_the_base_are_inside(url: str) -> None:
    assert Boundary([BASE]).admit(url).host == "api.example.com"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/questionpro/tickets",
        "https://api.example.com.evil.example/questionpro/x",
        "https://api.example.com:444/questionpro/x",
        "http://api.example.com/questionpro/x",
        "https://api.example.com/",
        "https://api.example.com/questionpro2/x",
        "https://api.example.com/other/x",
        f"{BASE}/../other",
        f"{BASE}/%2e%2e/other",
        f"{BASE}/%2e/other",
        f"{BASE}/.%2E/other",
        f"{BASE}/..%5c..%5cother",
        "https://api.example.com@evil.example/questionpro/x",
        "https://user:hunter2@api.example.com/questionpro/x",
        "https://evil.example\\@api.example.com/questionpro/x",
        "//api.example.com/questionpro/x",
        "/questionpro/x",
        "ftp://api.example.com/questionpro/x",
        "file:///etc/passwd",
        "https://",
        "https://api.example.com:99999/questionpro",
        "https://api.example.com/questionpro/\r\nHost: evil.example",
        "https://xn--/questionpro",
        "",
        "x" * 70_000,
    ],
)
def test_every_other_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Unreachable) as caught:
        Boundary([BASE]).admit(url)
    assert "hunter2" not in str(caught.value)
    assert len(str(caught.value)) < 200
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "base",
    [
        "http://api.example.com",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://0.0.0.0",
        "https://user:hunter2@api.example.com",
        "https://api.example.com?key=hunter2",
        "https://api.example.com/#x",
        "api.example.com",
    ],
)
def test_a_base_that_would_show_the_credential_is_refused(base: str) -> None:
    with pytest.raises(Unreachable) as caught:
        Boundary([base])
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_plain_http_reaches_this_machine(host: str) -> None:
    base = f"http://{host}:8080/klinkcx"
    url = Boundary([base]).admit(f"{base}/tickets")
    assert shown_host(url) == f"{host}:8080"


@pytest.mark.parametrize("base", ["https://h.example/X", "https://h.example/X/"])
@pytest.mark.parametrize("below", ["", "/", "/y"])
def test_a_slash_at_the_end_of_a_base_changes_nothing(base: str, below: str) -> None:
    boundary = Boundary([base])
    assert boundary.admit(f"https://h.example/X{below}").path == f"/X{below}"
    with pytest.raises(Unreachable):
        boundary.admit(f"https://h.example/y{below}")


def test_another_port_is_another_origin() -> None:
    boundary = Boundary(["https://h.example:8443"])
    assert boundary.admit("https://h.example:8443/x").port == 8443
    for url in ("https://h.example:9443/x", "https://h.example/x"):
        with pytest.raises(Unreachable):
            boundary.admit(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://evil.example:1", "evil.example:1 is not an address of this workspace; nothing"),
        (f"{BASE}/%2e%2e/x", "the address at api.example.com climbs out of its path"),
        ("https://u@api.example.com", "the address of api.example.com must not hold a user or a"),
        ("api.example.com", "the address is not a web address"),
    ],
)
def test_why_an_address_is_refused_is_said(url: str, reason: str) -> None:
    with pytest.raises(Unreachable) as caught:
        Boundary([BASE]).admit(url)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        (f"{BASE}?x=1", "the address of api.example.com must not hold a query or a fragment"),
        ("http://h.example", "h.example is not called: only https, or http on this machine"),
    ],
)
def test_why_a_base_is_refused_is_said(base: str, reason: str) -> None:
    with pytest.raises(Unreachable) as caught:
        Boundary([base])
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://h.example", True),
        ("https://h.example:1", True),
        ("https://h.example:65535", True),
        ("https://h.example:65536", False),
        ("https:///path", False),
        ("h.example", False),
    ],
)
def test_an_address_has_a_host_and_a_port_that_can_be(text: str, *, is_one: bool) -> None:
    assert (parse_url(text) is not None) is is_one


def test_a_host_is_shown_short() -> None:
    url = parse_url("https://" + ".".join(["x" * 60] * 3))
    assert url is not None
    assert len(shown_host(url)) == 100


def test_nothing_is_inside_a_boundary_of_nothing() -> None:
    with pytest.raises(Unreachable):
        Boundary([]).admit(BASE)
