"""Which addresses are opened, and with what."""

from pathlib import Path

import pytest

from tui.app.browser import host_of, open_address, why_not_open
from tui.domain.clean import clean

DESKTOP = {"DISPLAY": ":0"}
GOOD = "https://app.example/tickets/35637"


def test_an_address_of_the_web_is_opened_where_there_is_a_desktop() -> None:
    assert why_not_open(GOOD, DESKTOP, "linux") == ""
    assert why_not_open(GOOD, {"WAYLAND_DISPLAY": "wayland-0"}, "linux") == ""
    assert why_not_open("HTTPS://APP.example/", DESKTOP, "linux") == ""
    assert why_not_open("http://127.0.0.1:8080/", {}, "darwin") == ""


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ssh://host.example",
        "vscode://open",
        "/etc/passwd",
        "--help",
        "https://",
        "https://[::1",
        "data:text/html,x",
    ],
)
def test_nothing_but_the_web_is_opened(address: str) -> None:
    assert "only addresses of http and https" in why_not_open(address, DESKTOP, "linux")


@pytest.mark.parametrize(
    "address",
    [
        GOOD + "/long…",
        GOOD + " --help",
        GOOD + "\x1b]52;c;x\x07",
        clean(GOOD + "\x1b]52;c;x\x07"),
        clean(GOOD + "\u202eb"),
        GOOD + "\xa0b",
    ],
)
def test_an_address_that_is_not_whole_is_not_opened(address: str) -> None:
    assert "not whole" in why_not_open(address, DESKTOP, "linux")


@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"])
def test_over_ssh_nothing_is_opened(variable: str) -> None:
    assert "SSH" in why_not_open(GOOD, {**DESKTOP, variable: "x"}, "linux")


def test_without_a_desktop_nothing_is_opened() -> None:
    assert "no desktop" in why_not_open(GOOD, {}, "linux")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (GOOD, "app.example"),
        ("https://bank.example@evil.example/", "evil.example"),
        ("https://\u0430pp.example/", "xn--pp-6kc.example"),  # a Cyrillic letter first
        ("HTTPS://APP.EXAMPLE:8443/", "app.example"),
        ("https://[::1", ""),
        ("nothing", ""),
    ],
)
def test_the_host_is_the_one_that_the_network_goes_to(address: str, host: str) -> None:
    assert host_of(address) == host


def _program(folder: Path, script: str) -> dict[str, str]:
    path = folder / "xdg-open"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"PATH": f"{folder}:/usr/bin:/bin", "API_KEY": "secret", **DESKTOP}


def test_the_program_gets_the_address_and_no_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = _program(
        tmp_path, f'echo "$#|$1|$API_KEY" > {tmp_path}/said; tty >> {tmp_path}/said; true'
    )
    monkeypatch.setenv("PATH", environ["PATH"])
    address = GOOD + "?a=$(id)&b='c'"

    assert open_address(address, environ, withheld={"API_KEY"}, platform="linux") == ""
    assert (tmp_path / "said").read_text() == f"1|{address}|\nnot a tty\n"


def test_a_program_that_fails_or_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = _program(tmp_path, "exit 3")
    monkeypatch.setenv("PATH", environ["PATH"])

    assert open_address(GOOD, environ, platform="linux") == "Not opened: xdg-open failed (3)"
    (tmp_path / "xdg-open").unlink()
    assert open_address(GOOD, environ, platform="linux").startswith(
        "Not opened: xdg-open cannot be started: "
    )
