"""What the engine is told of a workspace: how to reach its vendor, and who shares its calls."""

from collections.abc import Callable
from dataclasses import dataclass

from tui.domain.draft import FieldSpec
from tui.domain.ports import Vendor
from tui.domain.secret import CredentialSource
from tui.domain.workspace import Workspace
from tui.engine.allowance import Allowance, Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One workspace, and how to reach its vendor."""

    workspace: Workspace
    open_vendor: Callable[[], Vendor]
    """Called once, on the engine's loop, when the workspace is first needed."""
    credential: CredentialSource
    gate: Gate
    """The way of this workspace's calls."""
    fields: tuple[FieldSpec, ...] = ()
    """The fields of a create; empty where the vendor takes none."""
    is_named_by_credential: bool = False
    """Whether nothing but the credential says which queue is meant."""
    list_settings: tuple[str, ...] = ()
    """The settings that say which list is read."""

    @property
    def account(self) -> str | None:
        """What stands for the credential, where nothing else says which queue is meant."""
        return self.allowance.account if self.is_named_by_credential else None

    @property
    def allowance(self) -> Allowance:
        """What may be called now; the same object for all who share it."""
        return self.gate.allowance


@dataclass(frozen=True, slots=True)
class Shares:
    """How the workspaces of one account share its calls."""

    paced: int = 1
    """How many are paced by us."""
    configured: int = 1
    """How many have an interval of their own."""
    taken_per_s: float = 0.0
    """Calls that those with a configured interval take."""
