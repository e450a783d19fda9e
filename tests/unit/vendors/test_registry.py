"""The registry is light, knows our vendors, and survives a stranger's package."""

import logging
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from tui.domain.errors import UsageError
from tui.vendors.registry import collect, vendor_declarations, vendor_spec
from tui.vendors.spec import VendorSpec

THIRD_PARTY = VendorSpec(
    declaration=vendor_declarations()["klinkcx"].__class__(
        id="desk",
        title="Desk",
        settings=(),
        credential_hint="the key",
        place=lambda _settings: "Desk",
        home=lambda _settings: ("https://desk.example", ""),
    ),
    open=vendor_spec("klinkcx").open,
)
A_NUMBER = 7


def entry(name: str, attribute: str, module: str = __name__) -> EntryPoint:
    return EntryPoint(name, f"{module}:{attribute}", "ticketdeck.vendors")


def test_the_four_vendors_are_there_and_each_names_itself() -> None:
    declarations = vendor_declarations()
    assert list(declarations)[:4] == [
        "questionpro",
        "questionpro-legacy",
        "socialboards",
        "klinkcx",
    ]
    assert all(declaration.id == vendor for vendor, declaration in declarations.items())


def test_asking_for_a_vendor_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="nearest: questionpro"):
        vendor_spec("questionpor")


def test_declaring_the_vendors_loads_neither_httpx_nor_msgspec_nor_an_adapter() -> None:
    program = (
        "import sys, tui.vendors.registry as registry;"
        "registry.vendor_declarations();"
        "print([name for name in sys.modules"
        " if name.split('.')[0] in ('httpx', 'msgspec', 'textual') or name.endswith('.adapter')])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("vendor", "settings", "place"),
    [
        ("questionpro", {"data_center": "eu"}, "QuestionPro EU"),
        ("questionpro", {}, "QuestionPro US"),
        ("questionpro", {"base_url": "https://proxy.example"}, "QuestionPro"),
        ("questionpro-legacy", {"data_center": "ksa"}, "QuestionPro legacy KSA"),
        ("socialboards", {}, "SocialBoards"),
        ("socialboards", {"category_id": "7"}, "SocialBoards category 7"),
        ("klinkcx", {}, "KlinkCX"),
    ],
)
def test_a_workspace_is_named_by_its_place(
    vendor: str, settings: dict[str, str], place: str
) -> None:
    assert vendor_declarations()[vendor].place(settings) == place


def test_an_entry_point_adds_a_vendor() -> None:
    assert collect([entry("desk", "THIRD_PARTY")])["desk"] is THIRD_PARTY


@pytest.mark.parametrize(
    "broken",
    [
        entry("gone", "anything", module="no_such_module_anywhere"),
        entry("gone", "no_such_attribute"),
        entry("gone", "A_NUMBER"),
    ],
)
def test_an_entry_point_that_does_not_load_is_logged_and_left_out(
    broken: EntryPoint, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert len(collect([broken])) == 4
    assert "gone" in caplog.text


def test_an_entry_point_cannot_take_the_place_of_another_vendor(
    caplog: pytest.LogCaptureFixture,
) -> None:
    specs = collect([entry("desk", "THIRD_PARTY"), entry("again", "THIRD_PARTY")])
    assert len(specs) == 5
    assert "taken" in caplog.text
