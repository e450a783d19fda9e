"""The configuration that the sandbox prints opens the sandbox."""

import tomllib
from typing import Any

import pytest

from support.conversation import Conversation
from support.sandbox import CREDENTIALS, SETTINGS, still_world
from tui.sandbox import configuration
from tui.sandbox.accounts import QUESTIONPRO_LEGACY, SOCIALBOARDS, VENDORS

URL = "http://127.0.0.1:8080"


def workspaces() -> dict[str, dict[str, Any]]:
    parsed = tomllib.loads(configuration(URL))
    return {workspace["vendor"]: workspace for workspace in parsed["workspaces"]}


def test_the_configuration_is_toml_and_names_its_address_first() -> None:
    assert URL in configuration(URL).splitlines()[0]
    assert configuration(URL).startswith("#")
    assert set(workspaces()) == set(VENDORS)
    assert [workspace["name"] for workspace in workspaces().values()] == [
        "cx-emea",
        "cx-legacy",
        "inbox",
        "klink",
    ]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_credentials_are_the_ones_the_sandbox_takes(vendor: str) -> None:
    workspace = workspaces()[vendor]
    command = workspace["credential"]["command"]
    assert command[0] == "echo"
    assert command[1].startswith("sandbox-")
    assert command[1] == CREDENTIALS[vendor]
    assert workspace["base_url"] == f"{URL}/{vendor}"
    client = Conversation(still_world(), vendor)
    if vendor != SOCIALBOARDS:
        assert command[1] in " ".join(client.headers.values())
    assert client.list_page(1, 1).status == 200


def test_the_settings_of_the_tests_are_those_of_the_configuration() -> None:
    for vendor, settings in SETTINGS.items():
        workspace = workspaces()[vendor]
        for key, value in settings.items():
            if not value.startswith("http"):
                assert workspace[key] == value
    assert "segment_id" in workspaces()[QUESTIONPRO_LEGACY]
    assert workspaces()[SOCIALBOARDS]["token_url"] == f"{URL}/{SOCIALBOARDS}/token"
