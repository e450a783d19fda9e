"""Reads the store as the configuration names it, mostly without reading the configuration.

Loads neither the network nor the engine, and of the configuration nothing where that is as it was.
"""

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from typing import TypeVar

from tui.cli.arguments import Options
from tui.cli.config_digest import ConfigDigest, Keeper, Looks, StoredQueue
from tui.domain.errors import StateError, UsageError
from tui.store.glance import Glance, NoGlance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tui.config.model import Config

T = TypeVar("T")

Work = Callable[[Glance, ConfigDigest, Sequence[StoredQueue]], T]
"""What is to be done with the store and the chosen queues of it. It may run twice."""


def read_store(options: Options, now_s: float, work: Work[T], nothing: T) -> T:
    """Return what `work` makes of the store; `nothing` where there is none.

    Raises:
        ConfigError: the configuration cannot be used.
        UsageError: `-w` names a workspace that is not configured.
        StateError: the store cannot be read as it is.
    """
    keeper = Keeper(options.config_file, os.environ)
    digest = keeper.recall(now_s)
    if digest is not None:
        # Another version of the program may have begun the store anew since.
        with suppress(NoGlance):
            return _read(keeper, digest, options.workspaces, work)
    keeper = begun_keeper(options, now_s)
    digest = _read_configuration(options)
    keeper.keep(digest)
    try:
        return _read(keeper, digest, options.workspaces, work)
    except NoGlance as reason:
        if _is_untouched(digest.cache):
            return nothing
        told = f"what is stored cannot be read ({reason}); {reason.advice}"
        raise StateError(f"{told}: {digest.cache}") from None


def _is_untouched(path: str) -> bool:
    """Whether nothing was ever stored there, as far as that can be seen."""
    try:
        facts = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return stat.S_ISREG(facts.st_mode) and not facts.st_size


def _read(keeper: Keeper, digest: ConfigDigest, names: Sequence[str], work: Work[T]) -> T:
    chosen = chosen_queues(digest, names)
    counted = dict(digest.counted)
    glance = Glance(digest.cache, application_id=digest.application_id, version=digest.version)
    with closing(glance):
        result = work(glance, digest, chosen)
    if digest.counted != counted:
        keeper.keep(digest)
    return result


def chosen_queues(digest: ConfigDigest, names: Sequence[str]) -> Sequence[StoredQueue]:
    """Return the queues of these names, all where none is named; UsageError for a wrong one."""
    known = [queue.name for queue in digest.queues]
    for name in names:
        if name not in known:
            from tui.domain.draft import nearest_name

            nearest = nearest_name(name, known)
            hint = f"nearest: {nearest}" if nearest else f"known: {', '.join(known)}"
            raise UsageError(f"no workspace {name!r} ({hint})")
    return [queue for queue in digest.queues if not names or queue.name in names]


def begun_keeper(options: Options, now_s: float) -> Keeper:
    """Return who can keep what is made of the configuration, which is about to be read."""
    from tui.config.paths import find_config

    keeper = Keeper(options.config_file, os.environ)
    path = find_config(options.config, os.environ)
    if path is not None:
        keeper.begin(path, now_s)
    return keeper


def _read_configuration(options: Options) -> ConfigDigest:
    from tui.cli.configured import load_configuration

    return digest_of(load_configuration(options.config))


def digest_of(config: "Config") -> ConfigDigest:
    """Return what reading the store takes of a configuration.

    Raises:
        ConfigError: it has no workspace, or no place for the store is known.
    """
    from tui.cli.configured import NO_WORKSPACE, queue_keys, state_folder, user_name
    from tui.domain.clean import clean
    from tui.domain.errors import ConfigError, Problem
    from tui.store.cache_file import CACHE

    if not config.workspaces:
        raise ConfigError(Problem(clean(str(config.path)), None, "", NO_WORKSPACE))
    keys = queue_keys(config)
    return ConfigDigest(
        time_zone=config.time_zone,
        cache=str(state_folder(config) / CACHE.file),
        application_id=CACHE.application_id,
        version=CACHE.version,
        viewer=user_name(),
        queues=tuple(
            StoredQueue(
                name=workspace.name,
                vendor=keys[workspace.name].vendor,
                origin=keys[workspace.name].origin,
                place=keys[workspace.name].place,
                sla={each: allowed.total_seconds() for each, allowed in workspace.sla.items()},
                status_words=dict(workspace.status_words),
                priority_words=dict(workspace.priority_words),
                link=workspace.link,
                title=workspace.title,
                observe=workspace.observe,
            )
            for workspace in (configured.workspace for configured in config.workspaces)
        ),
        counted={},
        looks=looks_of(config),
    )


def looks_of(config: "Config") -> Looks:
    """Return what the dashboard takes of a configuration to draw its first frame."""
    from tui.config.secrets import credential_variables

    return Looks(
        config=str(config.path),
        theme=config.theme,
        glyphs=config.glyphs,
        mouse=config.mouse,
        clipboard=config.clipboard,
        keys={command: list(keys) for command, keys in config.keys.items()},
        bell=list(config.bell),
        withheld=sorted(credential_variables(config)),
        views=[(view.name, view.query, view.sort) for view in config.views],
        warnings=[str(warning) for warning in config.warnings],
        templates=[(each.name, each.workspace, list(each.pairs)) for each in config.templates],
    )
