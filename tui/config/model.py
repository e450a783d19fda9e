"""The configuration as plain data, checked. What `config.load` makes and everyone else reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args

from tui.domain.budget import CallBudget
from tui.domain.creates import Template
from tui.domain.errors import Problem
from tui.domain.secret import CredentialSource
from tui.domain.settings import VendorSettings
from tui.domain.view import View
from tui.domain.workspace import Workspace

Glyphs = Literal["auto", "unicode", "ascii"]
Mouse = Literal["auto", "on", "off"]
Clipboard = Literal["osc52", "off"]
BellRule = Literal["critical", "overdue"]

GLYPHS: tuple[str, ...] = get_args(Glyphs)
MOUSE: tuple[str, ...] = get_args(Mouse)
CLIPBOARDS: tuple[str, ...] = get_args(Clipboard)
BELL_RULES: tuple[str, ...] = get_args(BellRule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How every vendor is reached."""

    ca_bundle: Path | None = None
    """Certificates to trust instead of the usual ones, in one PEM file."""
    proxy: str | None = None
    """None: what the environment's proxy variables say. Loopback never goes through a proxy."""
    timeout_s: float = 20.0
    """For a whole call, from connecting to the last byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceConfig:
    """One configured workspace: what the domain knows of it, and how its vendor is reached."""

    workspace: Workspace
    settings: VendorSettings
    """The vendor's own settings, and `base_url` where one is configured. No URL ends in `/`."""
    credential: CredentialSource
    call_budget: CallBudget | None = None
    """Workspaces of one vendor with equal credentials share it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole configuration. Every text in it is cleaned, every path absolute."""

    path: Path
    """The file it was read from."""
    workspaces: tuple[WorkspaceConfig, ...] = ()
    """In the order of the file, then of `workspaces.d`. Names are unique."""
    theme: str = "midnight"
    """May name a theme that does not exist; there is a warning then."""
    glyphs: Glyphs = "auto"
    mouse: Mouse = "auto"
    time_zone: str = "local"
    """`local`, `UTC`, or a name that `zoneinfo` knows."""
    clipboard: Clipboard = "osc52"
    poll_interval_s: float | None = None
    """The general one, already in every workspace. None: paced by us. 0: never, by hand only."""
    state_dir: Path | None = None
    """None: the platform's place (`paths.state_dir`)."""
    retention: timedelta = timedelta(days=30)
    store_bodies: bool = True
    views: tuple[View, ...] = ()
    templates: tuple[Template, ...] = ()
    """Names are unique."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys by command id; an empty tuple unbinds the command."""
    bell: tuple[BellRule, ...] = ("critical", "overdue")
    network: Network = field(default_factory=Network)
    warnings: tuple[Problem, ...] = ()
    """What a person should know and the program can start with."""
