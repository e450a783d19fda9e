"""The store as the configuration names it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.configuration import write_config
from support.journal import close_opened, open_cache
from tui.cli.arguments import Options
from tui.cli.config_digest import ConfigDigest, StoredQueue
from tui.cli.configured import load_configuration, queue_keys, state_folder
from tui.cli.stored import digest_of, read_store
from tui.domain.errors import ConfigError, StateError, UsageError
from tui.store.glance import Glance

CONFIGURATION = """
time_zone = "Europe/Berlin"
[[workspaces]]
name = "klink"
vendor = "klinkcx"
credential = { env = "KLINK_TOKEN" }
base_url = "https://klink.example"
sla = { critical = "1h", none = "2d" }
status_words = { "Erledigt" = "resolved" }
priority_words = { "P 1" = "critical" }
link = "https://app.example/{id}"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path / "etc", CONFIGURATION)


def fill(config: Path) -> Path:
    """Store a ticket; return the file."""
    loaded = load_configuration(config)
    cache = open_cache(state_folder(loaded), queues=queue_keys(loaded))
    cache.apply("klink", [make_ticket(workspace="klink")])
    close_opened()
    return state_folder(loaded) / "cache.db"


def titles(glance: Glance, _digest: ConfigDigest, queues: Sequence[StoredQueue]) -> list[str]:
    return [
        ticket.title
        for queue in queues
        if (found := glance.queue(queue.vendor, queue.origin, queue.place))
        for ticket in glance.tickets(found[0], queue.name)
    ]


def read(config: Path, *names: str) -> list[str]:
    options = Options(config_file=str(config), workspaces=list(names), observe=False)
    return read_store(options, NOON.timestamp(), titles, ["nothing"])


def test_a_digest_has_the_rules_of_its_configuration(config: Path) -> None:
    loaded = load_configuration(config)
    (configured,) = loaded.workspaces

    digest = digest_of(loaded)

    (queue,) = digest.queues
    assert queue.has_other_counts
    assert digest.time_zone == "Europe/Berlin"
    assert queue.workspace == configured.workspace


def test_what_is_stored_is_read_with_and_without_the_configuration(config: Path) -> None:
    fill(config)

    assert read(config) == ["Ticket 1"]
    assert read(config, "klink") == ["Ticket 1"]


def test_without_a_store_there_is_nothing_and_none_is_made(config: Path) -> None:
    for _ in range(2):
        assert read(config) == ["nothing"]
    assert not (state_folder(load_configuration(config)) / "cache.db").exists()


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_name_that_is_not_configured_is_told(config: Path, *, is_kept: bool) -> None:
    if is_kept:
        read(config)

    with pytest.raises(UsageError, match="nearest: klink"):
        read(config, "klnk")


def test_a_store_that_cannot_be_read_is_told(config: Path) -> None:
    fill(config).write_bytes(b"no database" * 999)

    for _ in range(2):
        with pytest.raises(
            StateError,
            match=r"\(file is not a database\); ticketdeck list begins it anew: .*cache\.db$",
        ):
            read(config)


def test_a_store_that_cannot_be_looked_at_is_not_called_empty(config: Path) -> None:
    folder = state_folder(load_configuration(config))
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(folder.name)

    with pytest.raises(
        StateError, match=r"\(Too many levels of symbolic links\); ticketdeck check"
    ):
        read(config)


def test_a_configuration_that_went_wrong_is_told(config: Path) -> None:
    fill(config)
    read(config)
    config.write_text("theme = 7")

    with pytest.raises(ConfigError):
        read(config)
