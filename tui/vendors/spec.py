"""What a vendor brings to the registry; light, so that nothing of HTTP is loaded with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.budget import CallBudget
from tui.domain.draft import FieldSpec
from tui.domain.ports import Vendor
from tui.domain.settings import VendorDeclaration

if TYPE_CHECKING:
    from tui.vendors.context import VendorContext

OWN_CAUTION = CallBudget(calls=2_880, days=1, is_documented=False)
"""Where no vendor names a limit: a call in 30 s all day long, which no list minds.

It sets the pace and stops nobody: a configured interval is obeyed.
"""
OWN_RATE_LIMIT = 600
"""Calls a minute where no vendor names a limit: about what one connection makes that waits for each
answer before it asks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorSpec:
    """One vendor: what it wants configured, the fields of a create, and how to open it."""

    declaration: VendorDeclaration
    fields: tuple[FieldSpec, ...] = ()
    """Of a create; () where tickets cannot be created."""
    account: str = ""
    """Whose calls they are, where several of our vendors belong to one company; else our id."""
    call_budget: CallBudget = OWN_CAUTION
    """What may be called with one credential, unless the configuration says otherwise."""
    trial_budget: CallBudget | None = None
    """What a trial has instead, where that is known: no answer tells the licence."""
    rate_limit: int | None = OWN_RATE_LIMIT
    """Calls a minute that the vendor allows for one credential; None for as many as you like."""
    open: Callable[[VendorContext], Vendor]
    """Opens one workspace. The adapter, and httpx with it, is imported only here."""
