"""The composition root: makes the program's parts and hands them to each other."""

import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tui.app.commands import BY_ID
from tui.cli.arguments import Options
from tui.cli.output import Output
from tui.config.load import load_config
from tui.config.model import Config, WorkspaceConfig
from tui.config.paths import NO_CONFIGURATION, find_config, state_dir
from tui.config.secrets import credential_identity
from tui.domain.clean import clean
from tui.domain.draft import nearest_name
from tui.domain.errors import ConfigError, Problem, UsageError
from tui.domain.ports import Clock, Vendor
from tui.engine.allowance import Allowance, account_key
from tui.engine.clock import SystemClock
from tui.engine.service import Service, Source
from tui.resources import resource
from tui.store.journal import Journal
from tui.store.queue_key import QueueKey
from tui.vendors.context import VendorContext
from tui.vendors.registry import vendor_declarations, vendor_spec

NO_WORKSPACE = "no workspace is configured; fill one in, then run: ticketdeck check"

_SECONDS_A_DAY = 86_400
_NOT_DUMPABLE = 4
"""PR_SET_DUMPABLE of linux/prctl.h; with 0 nobody else may attach either."""


class NoConfiguration(ConfigError):
    """Nobody named a configuration, and the user has none."""

    def __str__(self) -> str:
        return NO_CONFIGURATION


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
    config = load_configuration(options.config)
    for warning in config.warnings:
        output.narrate(f"warning: {warning}")
    if not config.workspaces:
        raise ConfigError(Problem(clean(str(config.path)), None, "", NO_WORKSPACE))
    return compose(config, options, folder=state_folder(config))


def load_configuration(path: Path | None) -> Config:
    """Read the configuration at `path`, or the one that is found.

    Raises:
        ConfigError: there is none, or it cannot be used.
    """
    found = find_config(path, os.environ)
    if found is None:
        raise NoConfiguration
    themes = {file.stem for file in resource("themes").glob("*.toml")}
    return load_config(found, vendor_declarations(), themes=themes, commands=BY_ID)


def state_folder(config: Config) -> Path:
    """Return where the journal is kept.

    Raises:
        ConfigError: the configuration names no folder, and no home directory is known.
    """
    return state_dir(config, os.environ)


def queue_keys(config: Config, workspaces: Sequence[str] = ()) -> Mapping[str, QueueKey]:
    """Return what each chosen workspace's queue is stored under; all are chosen where none is.

    Raises:
        UsageError: a name that is not configured.
    """
    return {
        configured.workspace.name: _queue_key(configured)
        for configured in _chosen(config, workspaces)
    }


def open_journal(
    config: Config, folder: Path | None, clock: Clock, workspaces: Sequence[str] = ()
) -> Journal:
    """Open the journal of the chosen workspaces; None: in memory, and nothing is left behind."""
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
        UsageError: `-w` names a workspace that is not configured.
    """
    harden()
    leave_out_httpx_command_line()
    clock = clock or SystemClock()
    journal = open_journal(config, folder, clock, options.workspaces)
    allowances = _allowances(config, journal, clock, has_rate_limits=has_rate_limits)
    sources = tuple(
        _source(
            configured,
            config,
            clock,
            allowances[configured.workspace.name],
            observe=options.observe,
        )
        for configured in _chosen(config, options.workspaces)
    )
    service = Service(sources, journal, clock=clock, viewer=user_name())
    return Deck(config=config, sources=sources, service=service, journal=journal, clock=clock)


def user_name() -> str:
    """Return who runs the program, as this machine calls them."""
    import getpass

    try:
        return clean(getpass.getuser())
    except (KeyError, OSError):  # a uid that nobody has a name for
        return str(os.getuid())


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """Run the service meanwhile."""
    service.start()
    try:
        yield service
    finally:
        service.stop()


def harden() -> None:
    """Keep credentials and customers' texts out of core dumps, logs and stray tracebacks."""
    import resource as limits

    with suppress(OSError, ValueError):
        limits.setrlimit(limits.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_NOT_DUMPABLE, 0, 0, 0, 0)
    # Without a handler, Python writes warnings of any library to stderr.
    logging.getLogger().addHandler(logging.NullHandler())
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    threading.excepthook = _log_thread_error


def leave_out_httpx_command_line() -> None:
    """Keep `import httpx` from loading a command line of its own, and Rich with it.

    httpx 0.28: it does so wherever click is installed, which doubles the time of the import;
    drop when https://github.com/encode/httpx no longer has `httpx/_main.py`.
    """
    # None is the documented way to make an import fail; typeshed does not know it.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def _log_thread_error(ended: threading.ExceptHookArgs) -> None:
    logging.getLogger(__name__).error("a thread ended with %s", ended.exc_type.__name__)


def _chosen(config: Config, names: Sequence[str]) -> list[WorkspaceConfig]:
    known = [configured.workspace.name for configured in config.workspaces]
    for name in names:
        if name not in known:
            nearest = nearest_name(name, known)
            hint = f"nearest: {nearest}" if nearest else f"known: {', '.join(known)}"
            raise UsageError(f"no workspace {name!r} ({hint})")
    return [
        configured
        for configured in config.workspaces
        if not names or configured.workspace.name in names
    ]


def _queue_key(configured: WorkspaceConfig) -> QueueKey:
    vendor = configured.workspace.vendor
    origin, place = vendor_spec(vendor).declaration.home(configured.settings)
    return QueueKey(vendor, origin, place or credential_identity(configured.credential))


def _source(
    configured: WorkspaceConfig,
    config: Config,
    clock: Clock,
    allowance: Allowance,
    *,
    observe: bool,
) -> Source:
    workspace = configured.workspace
    if observe:
        workspace = replace(workspace, observe=True)
    spec = vendor_spec(workspace.vendor)
    gate = allowance.gate(workspace.name)
    context = VendorContext(
        workspace=workspace,
        settings=configured.settings,
        credential=configured.credential,
        clock=clock,
        network=config.network,
        gate=gate,
    )

    def open_vendor() -> Vendor:
        return spec.open(context)

    return Source(
        workspace=workspace,
        open_vendor=open_vendor,
        credential=configured.credential,
        allowance=allowance,
        gate=gate,
        origin=spec.declaration.home(configured.settings)[0],
        fields=spec.fields,
        list_settings=spec.declaration.list_settings(configured.settings),
    )


def _allowances(
    config: Config, journal: Journal, clock: Clock, *, has_rate_limits: bool
) -> Mapping[str, Allowance]:
    """Return every workspace's allowance; those with one account have the same."""
    accounts: dict[str, list[WorkspaceConfig]] = {}
    for configured in config.workspaces:
        accounts.setdefault(_account(configured), []).append(configured)
    found: dict[str, Allowance] = {}
    for account, members in accounts.items():
        spec = vendor_spec(members[0].workspace.vendor)
        budgets = [member.call_budget for member in members if member.call_budget]
        allowance = Allowance(
            account,
            budgets[0] if budgets else spec.call_budget,
            rate_limit=spec.rate_limit if has_rate_limits else None,
            counts=journal.ledger,
            clock=clock,
        )
        found.update((member.workspace.name, allowance) for member in members)
    return found


def _account(configured: WorkspaceConfig) -> str:
    vendor = vendor_spec(configured.workspace.vendor)
    identity = credential_identity(configured.credential)
    return account_key(vendor.account or configured.workspace.vendor, identity)
