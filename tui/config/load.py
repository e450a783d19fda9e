"""Reads a configuration and tells everything that is wrong with it at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.config.general import TOP_KEYS, KeyCheck, read_general
from tui.config.model import Config, WorkspaceConfig
from tui.config.secrets import withhold_credentials
from tui.config.source import Source, folder_problem, read_source
from tui.config.table import Findings, Table, dotted
from tui.config.templates import NO_FIELDS, Fields, read_templates
from tui.config.workspaces import Surroundings, read_workspace
from tui.domain.budget import CallBudget
from tui.domain.clean import clean
from tui.domain.errors import ConfigError, Problem
from tui.domain.secret import CredentialSource
from tui.domain.settings import VendorDeclaration

WORKSPACES_FOLDER = "workspaces.d"
"""Stands beside the main file; each `*.toml` in it adds workspaces."""


def load_config(
    path: Path,
    vendors: Mapping[str, VendorDeclaration],
    *,
    themes: Collection[str] = (),
    commands: Collection[str] = (),
    check_keys: KeyCheck | None = None,
    fields: Fields = NO_FIELDS,
) -> Config:
    """Return the configuration of `path` and of every `workspaces.d/*.toml` beside it.

    Unknown keys become `Config.warnings`; so do a theme and a command that are not among `themes`
    and `commands`, where those are given, and what `check_keys` says of the keys. `fields` are
    those of every vendor's new tickets, to check templates against.

    Raises:
        ConfigError: with every problem that keeps the program from starting, and the warnings. A
            file that cannot be read, or that is no TOML, stands alone.
    """
    main, *others = _sources(path)
    top = Table(Findings(main), (), main.values)
    config = read_general(
        top, path.absolute(), themes=themes, commands=commands, check_keys=check_keys
    )
    top.finish(TOP_KEYS)
    found = _Found(Surroundings(vendors, TOP_KEYS, config.poll_interval_s))
    found.read(top)
    every = [top.findings]
    for source in others:
        table = Table(Findings(source), (), source.values)
        table.finish(("workspaces",))
        found.read(table)
        every.append(table.findings)
    templates = read_templates(top, found.vendors, fields, TOP_KEYS)
    if any(findings.has_errors for findings in every):
        raise ConfigError(*(problem for findings in every for problem in findings.problems()))
    return replace(
        config,
        workspaces=withhold_credentials(found.workspaces),
        templates=templates,
        warnings=tuple(problem for findings in every for problem in findings.warnings()),
    )


@dataclass(slots=True)
class _Found:
    """The workspaces of all files, and the rules that hold between them."""

    around: Surroundings
    _workspaces: list[WorkspaceConfig] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _budgets: dict[tuple[str, CredentialSource], tuple[CallBudget, str]] = field(
        default_factory=dict
    )

    def read(self, top: Table) -> None:
        """Read the workspaces of one file."""
        for table in top.tables("workspaces"):
            where = f"{dotted(table.path)} in {table.findings.source.shown}"
            workspace = read_workspace(table, self.around)
            name = workspace.workspace.name if workspace else table.values.get("name")
            if isinstance(name, str):
                if name in self._names:
                    table.error("name", f"{self._names[name]} has this name already")
                self._names.setdefault(name, where)
            if workspace:
                self._workspaces.append(workspace)
                self._share_budget(table, workspace, where)

    def _share_budget(self, table: Table, workspace: WorkspaceConfig, where: str) -> None:
        budget = workspace.call_budget
        if budget is None:
            return
        shared, elsewhere = self._budgets.setdefault(_account(workspace), (budget, where))
        if shared != budget:
            table.error(
                "call_budget",
                f"differs from {elsewhere}, which has the same credential and so the same budget",
            )

    @property
    def vendors(self) -> Mapping[str, str | None]:
        """The vendor id of every workspace by name; None where the workspace is wrong."""
        sound = {each.workspace.name: each.workspace.vendor for each in self._workspaces}
        return {name: sound.get(name) for name in self._names}

    @property
    def workspaces(self) -> tuple[WorkspaceConfig, ...]:
        """The workspaces, each with the budget of its account even if another one names it."""
        return tuple(
            replace(workspace, call_budget=self._budgets[_account(workspace)][0])
            if _account(workspace) in self._budgets
            else workspace
            for workspace in self._workspaces
        )


def _account(workspace: WorkspaceConfig) -> tuple[str, CredentialSource]:
    return (workspace.workspace.vendor, workspace.credential)


def _sources(path: Path) -> list[Source]:
    """Read every file. One that cannot be read stands alone: the rest would be guesswork."""
    sources = [read_source(path)]
    problems: list[Problem] = []
    for file in _workspace_files(path.parent / WORKSPACES_FOLDER):
        try:
            sources.append(read_source(file))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(*problems)
    return sources


def _workspace_files(folder: Path) -> list[Path]:
    """Return the files that add workspaces, in the order of their names; hidden ones do not."""
    shown = clean(str(folder))
    try:
        names = sorted(file.name for file in folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(Problem(shown, None, "", f"cannot be read: {error.strerror}")) from None
    if problem := folder_problem(folder):
        raise ConfigError(Problem(shown, None, "", problem))
    return [folder / name for name in names if name.endswith(".toml") and name[0] != "."]
