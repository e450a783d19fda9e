"""How a vendor declares what must be configured for it. Pure data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

VendorSettings = Mapping[str, str]
"""A workspace's own settings of its vendor, checked against the vendor's `SettingSpec`s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSpec:
    """One setting of a workspace that only this vendor knows. Values are strings."""

    key: str
    hint: str
    """One line for the example file and the schema."""
    example: str
    required: bool = False
    one_of: str | None = None
    """Settings that share this name exclude each other, and one of them is needed."""
    choices: tuple[str, ...] = ()
    is_url: bool = False
    """https, or http on loopback; without user, query or fragment."""
    names_list: bool = False
    """Whether it says which tickets are listed: what to check where the vendor finds no list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorDeclaration:
    """What the configuration needs to know of a vendor."""

    id: str
    title: str
    settings: tuple[SettingSpec, ...]
    credential_hint: str
    """What the credential is, in a few words: `the API key`."""
    place: Callable[[VendorSettings], str]
    """The workspace's place in words, such as `QuestionPro EU`."""

    home: Callable[[VendorSettings], tuple[str, str]]
    """The base address of the workspace's API, and the vendor's own id of the workspace; no id
    where the credential alone says which one is meant."""

    def list_settings(self, settings: VendorSettings) -> tuple[str, ...]:
        """Return the keys of a workspace's settings that say which list is read, and where."""
        keys = [spec.key for spec in self.settings if spec.names_list and spec.key in settings]
        return (*keys, *(key for key in ("base_url",) if key in settings))
