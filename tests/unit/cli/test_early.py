"""What the dashboard begins with, before the configuration and the engine are loaded."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.configuration import write_config
from support.journal import close_opened, open_cache
from tui.cli.arguments import Options
from tui.cli.config_digest import Keeper
from tui.cli.configured import load_configuration, queue_keys, state_folder
from tui.cli.early import Early, read_early
from tui.cli.stored import begun_keeper, digest_of
from tui.domain.errors import UsageError
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import DueSource, Priority, Ticket

CONFIGURATION = """
theme = "daylight"
time_zone = "Europe/Berlin"
[[workspaces]]
name = "klink"
vendor = "klinkcx"
credential = { env = "KLINK_TOKEN" }
base_url = "https://klink.example"
sla = { low = "1h" }
[[views]]
name = "Mine"
query = "assignee:ann"
[[templates]]
name = "Tills down"
workspace = "klink"
[templates.fields]
title = "Tills down in "
tags = ["pos", "oslo"]
[[templates]]
name = "Anywhere"
fields = { priority = "high" }
"""
WORDS = 'status_words = { "Erledigt" = "resolved" }'


def options(config: Path, *names: str, observe: bool = False) -> Options:
    return Options(config_file=str(config), workspaces=list(names), observe=observe)


def make_config(folder: Path, more: str = "") -> Path:
    return write_config(folder, CONFIGURATION.replace("[[views]]", f"{more}\n[[views]]"))


def start(config: Path, tickets: Sequence[Ticket] = ()) -> None:
    """Do what a first start does: store tickets, and keep what is made of the configuration."""
    keeper = begun_keeper(options(config), NOON.timestamp())
    loaded = load_configuration(config)
    keeper.keep(digest_of(loaded))
    cache = open_cache(state_folder(loaded), queues=queue_keys(loaded))
    cache.apply("klink", tickets)
    cache.set_health(
        "klink", WorkspaceHealth(state=HealthState.OK, as_of=NOON, pages_done=3, pages_known=9)
    )
    close_opened()


def read(config: Path, *names: str, observe: bool = False) -> Early | None:
    return read_early(options(config, *names, observe=observe), NOON)


def many(count: int) -> list[Ticket]:
    return [make_ticket(str(number), workspace="klink") for number in range(count)]


def test_it_begins_with_the_tickets_that_come_first_and_the_sums_of_all(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    hour = timedelta(hours=1)
    late = make_ticket("low", workspace="klink", priority=Priority.LOW, created_at=NOON - 2 * hour)
    start(config, [*many(400), late])

    early = read(config)

    assert early is not None
    stored = early.stored
    assert len(stored.tickets) < 400
    (first,) = [ticket for ticket in stored.tickets if ticket.ref.id == "low"]
    assert (first.due_at, first.due_source) == (NOON - hour, DueSource.SLA)
    assert stored.totals["klink"].tickets == 401
    assert stored.totals["klink"].overdue == 1
    assert stored.health["klink"].as_of == NOON
    assert stored.health["klink"].pages_done is None
    assert [workspace.title for workspace in stored.workspaces] == ["KlinkCX"]
    assert early.time_zone == "Europe/Berlin"
    assert early.looks.theme == "daylight"
    assert [tuple(view) for view in early.looks.views] == [("Mine", "assignee:ann", "urgency")]
    assert early.looks.known_templates == load_configuration(config).templates
    assert [template.pairs for template in early.looks.known_templates] == [
        (("title", "Tills down in "), ("tags", "pos"), ("tags", "oslo")),
        (("priority", "high"),),
    ]


def test_observing_is_true_from_the_first_frame(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    start(config, many(1))

    observed, plain = read(config, observe=True), read(config)

    assert observed is not None
    assert plain is not None
    assert observed.stored.workspaces[0].observe
    assert not plain.stored.workspaces[0].observe


def test_a_few_tickets_are_read_by_the_workspaces_own_words_and_many_are_not(
    tmp_path: Path,
) -> None:
    config = make_config(tmp_path, WORDS)
    done = make_ticket("done", workspace="klink", vendor_status="Erledigt")
    start(config, [*many(3), done])

    early = read(config)

    assert early is not None
    assert early.stored.totals["klink"].open == 3
    start(config, many(2_001))
    assert read(config) is None


def _change(config: Path) -> None:
    config.write_text(config.read_text() + "\n# a word")


def _forget(config: Path) -> None:
    for path in Path(os.environ["HOME"]).rglob("config-*.json"):
        path.unlink()


def _lose(config: Path) -> None:
    (state_folder(load_configuration(config)) / "cache.db").unlink()


def _damage(config: Path) -> None:
    (state_folder(load_configuration(config)) / "cache.db").write_bytes(b"\0" * 5_000)


@pytest.mark.parametrize("step", [_change, _forget, _lose, _damage])
def test_where_anything_is_not_as_it_was_all_is_loaded_first(tmp_path: Path, step: object) -> None:
    config = make_config(tmp_path)
    start(config, many(3))
    assert read(config) is not None

    assert callable(step)
    step(config)

    assert read(config) is None


def test_nothing_is_begun_with_where_nothing_is_stored(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    start(config)

    assert read(config) is None


def test_a_workspace_that_is_not_configured_is_told_at_once(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    start(config, many(1))

    with pytest.raises(UsageError, match="nearest: klink"):
        read(config, "klinc")


def test_a_digest_without_looks_begins_nothing(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    start(config, many(1))
    keeper = Keeper(str(config), os.environ)
    digest = keeper.recall(NOON.timestamp())
    assert digest is not None

    keeper.keep(digest._replace(looks=None))

    assert read(config) is None
