"""The composition root: makes the program's parts and hands them to each other."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui.cli.arguments import Options
from tui.cli.configured import (
    NO_WORKSPACE,
    chosen_workspaces,
    load_configuration,
    queue_keys,
    state_folder,
    user_name,
)
from tui.cli.crash_log import guard_errors
from tui.cli.memory_guard import forbid_attaching, forbid_core_dumps
from tui.cli.output import Output
from tui.config.model import Config, WorkspaceConfig
from tui.config.secrets import credential_identity
from tui.domain.clean import clean
from tui.domain.errors import ConfigError, Problem
from tui.domain.ports import Clock, Vendor
from tui.engine.accounts import Accounts, Terms
from tui.engine.allowance import Gate
from tui.engine.clock import SystemClock
from tui.engine.service import Service
from tui.engine.source import Source
from tui.store.journal import Journal
from tui.store.sqlite_version import check_sqlite
from tui.vendors.context import VendorContext
from tui.vendors.registry import vendor_spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """What one call of the program works with."""

    config: Config
    sources: tuple[Source, ...]
    """The chosen workspaces, in the order of the configuration."""
    service: Service
    journal: Journal
    clock: Clock


def load_deck(options: Options, output: Output) -> Deck:
    """Compose everything from the user's configuration; its warnings are narrated.

    Raises:
        ConfigError: there is none, it cannot be used, or it has no workspace.
        UsageError: `-w` names a workspace that is not configured.
    """
    return load_deck_of(load_configuration(options.config), options, output)


def load_deck_of(config: Config, options: Options, output: Output) -> Deck:
    """Compose everything from a configuration that was read; its warnings are narrated.

    Raises:
        ConfigError: it has no workspace, or no place for the journal is known.
        UsageError: `-w` names a workspace that is not configured.
    """
    for warning in config.warnings:
        output.narrate(f"warning: {warning}")
    deck = open_deck(config, options)
    # Both files may complain of one folder.
    for notice in dict.fromkeys(filter(None, (deck.journal.banner, *deck.journal.notices))):
        output.narrate(f"warning: {notice}")
    return deck


def open_deck(config: Config, options: Options) -> Deck:
    """Compose everything from a configuration that was read; nothing is narrated.

    Raises:
        ConfigError: it has no workspace, or no place for the journal is known.
        UsageError: `-w` names a workspace that is not configured.
    """
    if not config.workspaces:
        raise ConfigError(Problem(clean(str(config.path)), None, "", NO_WORKSPACE))
    return compose(config, options, folder=state_folder(config))


def open_journal(
    config: Config, folder: Path | None, clock: Clock, workspaces: Sequence[str] = ()
) -> Journal:
    """Open the journal of the chosen workspaces; None: in memory, and nothing is left behind.

    Raises StateError for a SQLite that is too old.
    """
    check_sqlite()
    return Journal(
        folder,
        queue_keys(config, workspaces),
        clock=clock,
        retention=config.retention,
        store_bodies=config.store_bodies,
    )


def compose(
    config: Config,
    options: Options,
    *,
    folder: Path | None,
    clock: Clock | None = None,
    has_rate_limits: bool = True,
) -> Deck:
    """Make the service for the workspaces that the options choose; nothing runs yet.

    `folder` is where the journal is kept; None: nowhere. `has_rate_limits`: whether real vendors
    are behind it.

    Raises:
        StateError: Python's SQLite is too old.
        UsageError: `-w` names a workspace that is not configured.
    """
    harden()
    leave_out_httpx_command_line()
    clock = clock or SystemClock()
    journal = open_journal(config, folder, clock, options.workspaces)
    accounts = Accounts(journal.ledger, clock=clock)
    gates = _gates(config, accounts, has_rate_limits=has_rate_limits)
    sources = tuple(
        _source(
            configured,
            config,
            clock,
            accounts,
            gates[configured.workspace.name],
            observe=options.observe,
        )
        for configured in chosen_workspaces(config, options.workspaces)
    )
    service = Service(sources, journal, clock=clock, viewer=user_name())
    return Deck(config=config, sources=sources, service=service, journal=journal, clock=clock)


def harden() -> None:
    """Keep credentials and customers' texts out of core dumps, logs and stray tracebacks."""
    forbid_core_dumps()
    forbid_attaching()
    guard_errors()


def leave_out_httpx_command_line() -> None:
    """Keep `import httpx` from loading a command line of its own, and Rich with it.

    httpx 0.28: it does so wherever click is installed, which doubles the time of the import;
    drop when https://github.com/encode/httpx no longer has `httpx/_main.py`.
    """
    # None is the documented way to make an import fail; typeshed does not know it.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def _source(
    configured: WorkspaceConfig,
    config: Config,
    clock: Clock,
    accounts: Accounts,
    gate: Gate,
    *,
    observe: bool,
) -> Source:
    workspace = configured.workspace
    if observe:
        workspace = replace(workspace, observe=True)
    spec = vendor_spec(workspace.vendor)
    credential = accounts.credential(workspace.name, configured.credential)
    context = VendorContext(
        workspace=workspace,
        settings=configured.settings,
        credential=credential,
        clock=clock,
        network=config.network,
        gate=gate,
    )

    def open_vendor() -> Vendor:
        return spec.open(context)

    _, place = spec.declaration.home(configured.settings)
    return Source(
        workspace=workspace,
        open_vendor=open_vendor,
        credential=credential,
        gate=gate,
        is_named_by_credential=not place and accounts.are_lasting,
        fields=spec.fields,
        list_settings=spec.declaration.list_settings(configured.settings),
    )


def _gates(config: Config, accounts: Accounts, *, has_rate_limits: bool) -> Mapping[str, Gate]:
    """Return every workspace's gate, of those too that are not chosen: they share accounts."""
    gates: dict[str, Gate] = {}
    for configured in config.workspaces:
        name, vendor = configured.workspace.name, configured.workspace.vendor
        spec = vendor_spec(vendor)
        terms = Terms(
            vendor=spec.account or vendor,
            source=credential_identity(configured.credential),
            call_budget=configured.call_budget,
            default_budget=spec.call_budget,
            rate_limit=spec.rate_limit if has_rate_limits else None,
        )
        gates[name] = accounts.gate(name, terms)
    return gates
