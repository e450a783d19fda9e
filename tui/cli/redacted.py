"""A configuration as it was understood, for people to read: no value of a secret is in it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tui.config.model import Config, WorkspaceConfig
from tui.config.secrets import (
    CommandCredential,
    EnvCredential,
    FileCredential,
    KeyringCredential,
)
from tui.domain.creates import Template
from tui.domain.secret import CredentialSource

_HIDDEN = "***"


def redacted(config: Config) -> dict[str, Any]:
    """Return the configuration under its own keys, defaults filled in; for `tomli_w`."""
    return _given(
        {
            "theme": config.theme,
            "glyphs": config.glyphs,
            "mouse": config.mouse,
            "time_zone": config.time_zone,
            "clipboard": config.clipboard,
            "poll_interval": _pace(config.poll_interval_s),
            "state_dir": config.state_dir and str(config.state_dir),
            "retention": _span(config.retention),
            "store_bodies": config.store_bodies,
            "keys": {command: list(keys) for command, keys in config.keys.items()} or None,
            "alerts": {"bell": list(config.bell)},
            "network": _given(
                {
                    "ca_bundle": config.network.ca_bundle and str(config.network.ca_bundle),
                    "proxy": config.network.proxy,
                    "timeout": _span(timedelta(seconds=config.network.timeout_s)),
                }
            ),
            "workspaces": [_workspace(configured) for configured in config.workspaces],
            "views": [
                {"name": view.name, "query": view.query, "sort": view.sort} for view in config.views
            ]
            or None,
            "templates": [_template(template) for template in config.templates] or None,
        }
    )


def _template(template: Template) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for key, value in template.pairs:
        fields.setdefault(key, []).append(value)
    single = {key: each[0] if len(each) == 1 else each for key, each in fields.items()}
    return _given({"name": template.name, "workspace": template.workspace, "fields": single})


def _workspace(configured: WorkspaceConfig) -> dict[str, Any]:
    workspace = configured.workspace
    budget = configured.call_budget
    return _given(
        {
            "name": workspace.name,
            "vendor": workspace.vendor,
            **configured.settings,
            "credential": _credential(configured.credential),
            "mode": "observe" if workspace.observe else "act",
            "poll_interval": _pace(workspace.poll_interval_s),
            "call_budget": budget and {"calls": budget.calls, "days": budget.days},
            "sla": {str(priority): _span(span) for priority, span in workspace.sla.items()},
            "status_words": {word: str(status) for word, status in workspace.status_words.items()},
            "priority_words": {word: str(rank) for word, rank in workspace.priority_words.items()},
            "link": workspace.link,
        }
    )


def _credential(source: CredentialSource) -> dict[str, Any]:
    """Name the place; what follows a command's name may be a secret that somebody put there."""
    match source:
        case EnvCredential(variable=variable):
            return {"env": variable}
        case CommandCredential(arguments=arguments):
            return {"command": [arguments[0], *[_HIDDEN for _ in arguments[1:]]]}
        case FileCredential(path=path):
            return {"file": str(path)}
        case KeyringCredential(service=service, user=user):
            return {"keyring": f"{service}/{user}"}
        case _:
            return {"place": source.place}


def _pace(seconds: float | None) -> str | int:
    return "auto" if seconds is None else _span(timedelta(seconds=seconds))


def _span(span: timedelta) -> str | int:
    seconds = int(span.total_seconds())
    for size, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{letter}"
    return f"{seconds}s" if seconds else 0


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not set: TOML has no word for nothing."""
    return {key: value for key, value in values.items() if value is not None and value != {}}
