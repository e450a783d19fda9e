"""The example configuration and the vendors' real declarations agree."""

import re
from pathlib import Path

import pytest

from support.configuration import write_config
from tui.config.credentials import KINDS
from tui.config.general import TOP_KEYS
from tui.config.load import load_config
from tui.config.workspaces import COMMON_KEYS
from tui.domain.errors import ConfigError
from tui.resources import resource
from tui.vendors.registry import vendor_declarations, vendor_specs

EXAMPLE = resource("config.example.toml").read_text(encoding="utf-8")
OPTIONAL = re.findall(r"^# ([a-z_]+ = .+)$", EXAMPLE, re.MULTILINE)
THEMES = {file.stem for file in resource("themes").glob("*.toml")}
VENDOR_KEYS = {
    setting.key for vendor in vendor_declarations().values() for setting in vendor.settings
}


def test_the_example_loads_as_it_is_without_a_word(tmp_path: Path) -> None:
    fields = {vendor: spec.fields for vendor, spec in vendor_specs().items()}
    path = write_config(tmp_path, EXAMPLE)

    config = load_config(path, vendor_declarations(), themes=THEMES, fields=fields)

    assert config.warnings == ()
    assert [template.name for template in config.templates] == ["Tills down"]
    vendors = {each.workspace.vendor for each in config.workspaces}
    assert vendors == {"questionpro", "questionpro-legacy", "socialboards", "klinkcx"}


@pytest.mark.parametrize(
    "key", [*TOP_KEYS, *COMMON_KEYS, *KINDS, *sorted(VENDOR_KEYS), "bell", "ca_bundle", "proxy"]
)
def test_the_example_shows_every_key(key: str) -> None:
    assert re.search(rf"^(?:# )?\[*{key}\b(?: = |\])|[{{ ]{key} = ", EXAMPLE, re.MULTILINE)


@pytest.mark.parametrize("line", OPTIONAL)
def test_what_the_example_leaves_out_can_be_put_in(line: str, tmp_path: Path) -> None:
    (tmp_path / "corp.pem").touch()
    above, below = EXAMPLE.split(f"\n# {line}\n", 1)
    key = line.partition(" ")[0]
    replaced = {"workspace_id": "segment_id"}.get(key, key)
    tables, header, table = above.rpartition("\n[")
    table = re.sub(rf"\n{replaced} = .*", "", table)
    text = f"{tables}{header}{table}\n{line}\n{below}".replace("/etc/ssl", str(tmp_path))

    config = load_config(write_config(tmp_path, text), vendor_declarations(), themes=THEMES)

    assert config.warnings == ()


def test_a_typing_mistake_in_the_example_is_found(tmp_path: Path) -> None:
    path = write_config(tmp_path, EXAMPLE.replace("client_id", "clientid"))

    with pytest.raises(ConfigError) as caught:
        load_config(path, vendor_declarations())

    line = EXAMPLE.splitlines().index('client_id = "inbox-client"') + 1
    assert str(caught.value) == (
        f"{path}:{line}: workspaces[2].clientid: unknown key, and client_id is missing"
        " (nearest known key: client_id)"
    )
