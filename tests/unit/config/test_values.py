"""Lengths of time and addresses, as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.urls import is_loopback, link_problem, proxy_problem, url_problem
from tui.domain.duration import duration_words, parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30s", timedelta(seconds=30)),
        (" 2m ", timedelta(minutes=2)),
        ("4h", timedelta(hours=4)),
        ("1d", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
        ("1h30m", timedelta(minutes=90)),
        ("0s", timedelta()),
    ],
)
def test_lengths_of_time_are_read(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", " ", "5", "-5s", "1.5h", "1 h", "30m1h", "s", "٣s", "1M", "9999999999s", "1e9s"]
)
def test_anything_else_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"length of time|ten years"):
        parse_duration(text)


@given(seconds=st.integers(0, 3_650 * 86_400))
def test_a_length_reads_back_as_it_was_written(seconds: int) -> None:
    length = timedelta(seconds=seconds)

    assert parse_duration(duration_words(length)) == length


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example",
        "https://api.example:8443/a/b/",
        "http://localhost:8080/questionpro",
        "http://127.0.0.1",
        "http://[::1]:99/x",
    ],
)
def test_addresses_that_may_get_a_credential(url: str) -> None:
    assert url_problem(url) is None


@pytest.mark.parametrize(
    "url",
    [
        *("", "api.example", "//api.example", "https://", "https:///x", "ftp://x", "file:///etc"),
        *("http://api.example", "http://127.0.0.1.example", "http://localhost.example"),
        *("http://0.0.0.0", "http://10.0.0.1", "http://[::ffff:10.0.0.1]"),
        *("https://me@x.example", "https://:pw@x.example", "https://@x.example"),
        *("https://x.example?a=1", "https://x.example/#a", "https://x.example/?"),
        *("https://x.example:0", "https://x.example:99999", "https://x.example:a", "https://[x"),
        *(
            "https://x .example",
            "https://x.example\\@y",
            "https://é.example",
            "https://x\n.example",
        ),
    ],
)
def test_addresses_that_may_not(url: str) -> None:
    problem = url_problem(url)

    assert problem is not None
    assert "me@" not in problem
    assert "pw" not in problem.replace("password", "")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "127.9.9.9", "::1"])
def test_this_machine_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "link", ["https://a.example/{id}", "http://intranet/{number}", "https://a.example/?t={id}#x"]
)
def test_links_to_tickets(link: str) -> None:
    assert link_problem(link) is None


@pytest.mark.parametrize(
    "proxy", ["http://proxy:3128", "https://proxy.example/", "http://10.0.0.1"]
)
def test_proxies(proxy: str) -> None:
    assert proxy_problem(proxy) is None


@pytest.mark.parametrize(
    "proxy", ["proxy:3128", "socks5://x:1", "http://x:1/path", "http://x?y", "http://u:p@x:1"]
)
def test_what_is_no_proxy(proxy: str) -> None:
    assert proxy_problem(proxy) is not None
