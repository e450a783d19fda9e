"""Reads the keys of a configuration that belong to no workspace."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import cast

from tui.config.model import (
    BELL_RULES,
    CLIPBOARDS,
    GLYPHS,
    MOUSE,
    BellRule,
    Clipboard,
    Config,
    Glyphs,
    Mouse,
    Network,
)
from tui.config.paths import absolute
from tui.config.table import Table, none_of
from tui.config.urls import proxy_problem
from tui.config.workspaces import read_poll_interval
from tui.domain.clean import clean
from tui.domain.draft import nearest_name
from tui.domain.errors import UsageError
from tui.domain.order import parse_order
from tui.domain.view import View

TOP_KEYS = (
    "theme",
    "glyphs",
    "mouse",
    "time_zone",
    "clipboard",
    "poll_interval",
    "state_dir",
    "retention",
    "store_bodies",
    "workspaces",
    "views",
    "templates",
    "keys",
    "alerts",
    "network",
)
"""The keys at the top of the main file."""

KeyCheck = Callable[[Mapping[str, tuple[str, ...]]], Iterable[tuple[str, str]]]
"""Takes keys by command id; returns the id of a command and what is wrong with its keys."""

_SHORTEST_RETENTION = timedelta(hours=1)
_SHORTEST_TIMEOUT = timedelta(seconds=1)


def read_general(
    top: Table,
    path: Path,
    *,
    themes: Collection[str],
    commands: Collection[str],
    check_keys: KeyCheck | None = None,
) -> Config:
    """Return all but the workspaces and templates; wrong values stay at their defaults."""
    folder = path.parent
    usual = Config(path=path)
    store_bodies = top.flag("store_bodies")
    return Config(
        path=path,
        theme=_theme(top, themes) or usual.theme,
        glyphs=cast("Glyphs | None", top.choice("glyphs", GLYPHS)) or usual.glyphs,
        mouse=cast("Mouse | None", top.choice("mouse", MOUSE)) or usual.mouse,
        time_zone=_time_zone(top) or usual.time_zone,
        clipboard=cast("Clipboard | None", top.choice("clipboard", CLIPBOARDS)) or usual.clipboard,
        poll_interval_s=read_poll_interval(top, default=None),
        state_dir=_path(top, "state_dir", folder),
        retention=top.duration("retention", least=_SHORTEST_RETENTION) or usual.retention,
        store_bodies=usual.store_bodies if store_bodies is None else store_bodies,
        views=_views(top),
        keys=_keys(top, commands, check_keys),
        bell=_bell(top, usual.bell),
        network=_network(top, folder),
    )


def _theme(top: Table, themes: Collection[str]) -> str | None:
    theme = top.text("theme")
    if theme and themes and theme not in themes:
        nearest = nearest_name(theme, sorted(themes))
        hint = f"nearest: {nearest}" if nearest else f"themes: {', '.join(sorted(themes))}"
        top.warn("theme", f"no such theme ({hint})")
    return theme


def _time_zone(top: Table) -> str | None:
    """Return `local`, `UTC` or an IANA name. zoneinfo is loaded only for the last of them."""
    name = top.text("time_zone")
    if name in (None, "local", "UTC"):
        return name
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        nearest = nearest_name(name, ["local", "UTC", *sorted(zoneinfo.available_timezones())])
        hint = f" (nearest: {nearest})" if nearest else ""
        top.error("time_zone", f"takes local, UTC, or a name such as Europe/Berlin{hint}")
        return None
    return name


def _path(table: Table, key: str, folder: Path) -> Path | None:
    written = table.text(key)
    if written is None:
        return None
    path = absolute(written, folder)
    if path is None:
        table.error(key, "names a home directory that is not known; write the whole path")
    return path


def _views(top: Table) -> tuple[View, ...]:
    views: list[View] = []
    names: set[str] = set()
    for table in top.tables("views"):
        name, query = table.text("name"), _query(table)
        sort = table.text("sort") or "urgency"
        try:
            parse_order(sort)
        except UsageError as error:
            table.error("sort", str(error))
        if name in names:
            table.error("name", "another view has this name already")
        table.finish(("name", "query", "sort"), needs=(("name",),), top_keys=TOP_KEYS)
        if name:
            names.add(name)
            views.append(View(name=name, query=query, sort=sort))
    return tuple(views)


def _query(table: Table) -> str:
    """An empty query is one: it shows everything."""
    query = "" if table.values.get("query") == "" else table.text("query") or ""
    if query:
        from tui.domain.query import QueryError, parse_query

        try:
            parse_query(query, whole=True)
        except QueryError as error:
            table.error("query", f"column {error.column}: {error.reason}")
    return query


def _keys(
    top: Table, commands: Collection[str], check: KeyCheck | None
) -> Mapping[str, tuple[str, ...]]:
    """Read keys by command id. `ticket.create` means the same with and without quotes."""
    keys: dict[str, tuple[str, ...]] = {}
    written: dict[str, tuple[Table, str]] = {}
    table = top.table("keys")
    waiting = [(table, "")] if table else []
    while waiting:
        table, prefix = waiting.pop()
        for name, value in table.values.items():
            command = prefix + name
            if isinstance(value, dict):
                waiting.append((Table(table.findings, (*table.path, name), value), f"{command}."))
                continue
            if commands and command not in commands:
                nearest = nearest_name(command, sorted(commands))
                hint = f" (nearest known key: {nearest})" if nearest else ""
                table.warn(name, f"unknown command, ignored{hint}")
            written[command] = (table, name)
            if value == "":
                keys[command] = ()
            elif isinstance(value, list):
                keys[command] = _without_repeats(table.texts(name) or ())
            elif key := table.text(name):
                keys[command] = (key,)
    for command, problem in check(keys) if check else ():
        table, name = written[command]
        table.warn(name, clean(problem))
    return keys


def _bell(top: Table, usual: tuple[BellRule, ...]) -> tuple[BellRule, ...]:
    table = top.table("alerts")
    if table is None:
        return usual
    table.finish(("bell",), top_keys=TOP_KEYS)
    rules = table.texts("bell")
    if rules is None:
        return usual
    for index, rule in enumerate(rules):
        if rule not in BELL_RULES:
            table.element_error("bell", index, none_of(rule, BELL_RULES))
    return cast("tuple[BellRule, ...]", _without_repeats(rules))


def _network(top: Table, folder: Path) -> Network:
    table = top.table("network")
    if table is None:
        return Network()
    ca_bundle = _path(table, "ca_bundle", folder)
    if ca_bundle and not ca_bundle.is_file():
        table.error("ca_bundle", "no such file")
    proxy = table.text("proxy")
    if proxy and (problem := proxy_problem(proxy)):
        table.error("proxy", problem)
    timeout = table.duration("timeout", least=_SHORTEST_TIMEOUT)
    table.finish(("ca_bundle", "proxy", "timeout"), top_keys=TOP_KEYS)
    return Network(
        ca_bundle=ca_bundle,
        proxy=proxy,
        timeout_s=timeout.total_seconds() if timeout else Network().timeout_s,
    )


def _without_repeats(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
