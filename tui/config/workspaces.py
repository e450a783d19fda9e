"""Reads one `[[workspaces]]` table: what all vendors share, and what its own vendor declares."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from tui.config.credentials import read_credential
from tui.config.model import WorkspaceConfig
from tui.config.table import Table
from tui.config.urls import link_problem, url_problem
from tui.domain.budget import CallBudget
from tui.domain.clean import clean
from tui.domain.settings import SettingSpec, VendorDeclaration
from tui.domain.ticket import Priority, Status
from tui.domain.workspace import Workspace, plain_word

COMMON_KEYS = (
    "name",
    "vendor",
    "credential",
    "base_url",
    "mode",
    "poll_interval",
    "call_budget",
    "sla",
    "status_words",
    "priority_words",
    "link",
)
"""The keys of a workspace that every vendor has."""
SHORTEST_POLL = timedelta(seconds=5)

_NEEDS = (("name",), ("vendor",), ("credential",))
WORKSPACE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a workspace is read against."""

    vendors: Mapping[str, VendorDeclaration]
    top_keys: tuple[str, ...]
    poll_interval_s: float | None
    """The general one."""


def read_workspace(table: Table, around: Surroundings) -> WorkspaceConfig | None:
    """Return the workspace; None where its name, vendor, settings or credential cannot be used."""
    name = _name(table)
    declaration = _declaration(table, around.vendors)
    credential = read_credential(table)
    settings = _settings(table, declaration.settings if declaration else ())
    mode = table.choice("mode", ("act", "observe"))
    poll_interval_s = read_poll_interval(table, default=around.poll_interval_s)
    budget = _budget(table)
    sla = dict(_sla(table))
    status_words = {word: Status(meant) for word, meant in _words(table, "status_words", Status)}
    priority_words = {
        word: Priority(meant) for word, meant in _words(table, "priority_words", Priority)
    }
    link = _link(table)
    _finish(table, declaration, around)
    if not name or not declaration or not credential or settings is None:
        return None
    return WorkspaceConfig(
        workspace=Workspace(
            name=name,
            vendor=declaration.id,
            title=clean(declaration.place(settings)),
            observe=mode == "observe",
            poll_interval_s=poll_interval_s,
            sla=sla,
            status_words=status_words,
            priority_words=priority_words,
            link=link,
        ),
        settings=settings,
        credential=credential,
        call_budget=budget,
    )


def read_poll_interval(table: Table, *, default: float | None) -> float | None:
    """Return the seconds between polls; None for `auto`, 0 for never."""
    match table.values.get("poll_interval"):
        case None:
            return default
        case "auto":
            return None
        case "0" | "0s":
            return 0.0
        case bool():
            pass
        case 0:
            return 0.0
        case int():
            table.error("poll_interval", 'takes "auto", a length such as "30s", or 0 for never')
            return default
        case _:
            pass
    length = table.duration("poll_interval", least=SHORTEST_POLL)
    return length.total_seconds() if length else default


def _name(table: Table) -> str | None:
    name = table.text("name", number_too=True)
    if name and not WORKSPACE_NAME.fullmatch(name):
        table.error("name", "takes letters, digits, - and _, up to 64, and no - in front")
        return None
    return name


def _declaration(
    table: Table, vendors: Mapping[str, VendorDeclaration]
) -> VendorDeclaration | None:
    vendor = table.choice("vendor", list(vendors))
    return vendors[vendor] if vendor else None


def _settings(table: Table, specs: tuple[SettingSpec, ...]) -> dict[str, str] | None:
    """Return the vendor's settings, `base_url` among them; None if one is missing or wrong."""
    values: dict[str, str] = {}
    complete = True
    for spec in (*specs, *(() if _declares(specs, "base_url") else (_BASE_URL,))):
        if spec.key not in table:
            complete = complete and not spec.required
            continue
        if spec.choices:
            value = table.choice(spec.key, spec.choices)
        else:
            value = table.text(spec.key, number_too=True)
        if value and spec.is_url:
            if problem := url_problem(value):
                table.error(spec.key, problem)
                value = None
            else:
                value = value.rstrip("/")
        if value is None:
            complete = False
        else:
            values[spec.key] = value
    for alternatives in _alternatives(specs):
        given = [key for key in alternatives if key in table]
        if len(given) > 1:
            table.error(given[1], f"excludes {given[0]}; give one of them")
        complete = complete and len(given) == 1
    return values if complete else None


def _alternatives(specs: tuple[SettingSpec, ...]) -> list[tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for spec in specs:
        if spec.one_of:
            groups[spec.one_of] = (*groups.get(spec.one_of, ()), spec.key)
    return list(groups.values())


def _declares(specs: tuple[SettingSpec, ...], key: str) -> bool:
    return any(spec.key == key for spec in specs)


_BASE_URL = SettingSpec(key="base_url", hint="", example="", is_url=True)


def _finish(table: Table, declaration: VendorDeclaration | None, around: Surroundings) -> None:
    """Note unknown and missing keys. Where the vendor is unknown, any vendor's keys pass."""
    declarations = [declaration] if declaration else list(around.vendors.values())
    own_keys = dict.fromkeys(spec.key for each in declarations for spec in each.settings)
    needs: list[tuple[str, ...]] = list(_NEEDS)
    if declaration:
        needs += [(spec.key,) for spec in declaration.settings if spec.required]
        needs += _alternatives(declaration.settings)
    known = tuple(dict.fromkeys((*COMMON_KEYS, *own_keys)))
    table.finish(known, needs=needs, top_keys=around.top_keys)


def _budget(table: Table) -> CallBudget | None:
    budget = table.table("call_budget")
    if budget is None:
        return None
    calls, days = budget.count("calls", most=10**9), budget.count("days", most=3_650)
    budget.finish(("calls", "days"), needs=(("calls",), ("days",)))
    return CallBudget(calls=calls, days=days) if calls and days else None


def _sla(table: Table) -> Iterator[tuple[Priority, timedelta]]:
    sla = table.table("sla")
    if sla is None:
        return
    for priority in Priority:
        allowed = sla.duration(priority, least=timedelta(minutes=1))
        if allowed:
            yield priority, allowed
    sla.finish(tuple(Priority))


def _words(
    table: Table, key: str, meanings: type[Status] | type[Priority]
) -> Iterator[tuple[str, str]]:
    """Read a tenant's own words; they are compared as `plain_word` makes them."""
    words = table.table(key)
    if words is None:
        return
    seen: set[str] = set()
    for written in words.values:
        word = plain_word(clean(written))
        meaning = words.choice(written, tuple(meanings))
        if not word:
            words.error(written, "is no word")
        elif word in seen:
            words.error(written, "is the same word as one above it")
        elif meaning:
            yield word, meaning
        seen.add(word)


def _link(table: Table) -> str | None:
    link = table.text("link")
    if link and (problem := link_problem(link)):
        table.error("link", problem)
        return None
    return link
