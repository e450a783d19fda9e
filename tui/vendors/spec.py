"""What a vendor brings to the registry; light, so that nothing of HTTP is loaded with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.draft import FieldSpec
from tui.domain.ports import Vendor
from tui.domain.settings import VendorDeclaration

if TYPE_CHECKING:
    from tui.vendors.context import VendorContext


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorSpec:
    """One vendor: what it wants configured, the fields of a create, and how to open it."""

    declaration: VendorDeclaration
    fields: tuple[FieldSpec, ...] = ()
    """Of a create; () where tickets cannot be created."""
    seconds_per_call: float = 30.0
    """What its call budget allows when it is spent evenly; the default where none is documented."""
    open: Callable[[VendorContext], Vendor]
    """Opens one workspace. The adapter, and httpx with it, is imported only here."""
