"""Vendors and files for tests of the configuration, without any real vendor."""

from collections.abc import Collection
from pathlib import Path

from tui.config.load import load_config
from tui.config.model import Config
from tui.domain.errors import ConfigError
from tui.domain.settings import SettingSpec, VendorDeclaration

ACME = VendorDeclaration(
    id="acme",
    title="Acme",
    settings=(
        SettingSpec(key="inbox", hint="the inbox", example="7", required=True),
        SettingSpec(key="region", hint="the region", example="eu", choices=("us", "eu")),
        SettingSpec(key="token_url", hint="the tokens", example="https://a.example", is_url=True),
    ),
    credential_hint="the API key",
    home=lambda settings: ("https://acme.example", settings.get("region", "us")),
    place=lambda settings: f"Acme {settings.get('region', 'us').upper()}",
)
DUAL = VendorDeclaration(
    id="dual",
    title="Dual",
    settings=(
        SettingSpec(key="segment_id", hint="a segment", example="1", one_of="list"),
        SettingSpec(key="board_id", hint="a board", example="2", one_of="list"),
    ),
    credential_hint="the token",
    home=lambda _settings: ("https://dual.example", ""),
    place=lambda _settings: "Dual",
)
VENDORS = {declaration.id: declaration for declaration in (ACME, DUAL)}
THEMES = ("midnight", "paper")

WORKSPACE = """\
[[workspaces]]
name = "one"
vendor = "acme"
inbox = "7"
credential = { env = "ACME_KEY" }
"""


def write_config(folder: Path, text: str, name: str = "config.toml") -> Path:
    """Write a file of the configuration that only its owner may change."""
    path = folder / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def load(path: Path, *, commands: Collection[str] = ()) -> Config:
    """Load with the vendors and themes of the tests."""
    return load_config(path, VENDORS, themes=THEMES, commands=commands)


def problems(path: Path, *, commands: Collection[str] = ()) -> list[str]:
    """Return every error, or else every warning, without the folder in front of the file."""
    try:
        found = load(path, commands=commands).warnings
    except ConfigError as error:
        found = error.problems
    return [str(problem).replace(f"{path.parent}/", "") for problem in found]
