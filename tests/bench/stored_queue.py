"""A configuration with many stored tickets, for whatever only reads; no vendor is there.

Run as a program it reads the tickets of a cache and encodes them with msgspec alone.
"""

import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.domain.ticket import Ticket
    from tui.store.cache import TicketCache

COUNT = 10_000
_CONFIGURATION = """
state_dir = "{state}"
poll_interval = 0
[[workspaces]]
name = "klink"
vendor = "klinkcx"
base_url = "https://klink.example"
credential = {{ env = "KLINK_TOKEN" }}
"""


def store(folder: Path, count: int = COUNT) -> Path:
    """Store tickets below `folder`; return the configuration that finds them."""
    path = folder / "bench.toml"
    path.write_text(_CONFIGURATION.format(state=folder / "state"))
    path.chmod(0o600)
    with opened(path) as cache:
        cache.apply("klink", make_tickets(range(count)))
    return path


@contextmanager
def opened(path: Path) -> Iterator["TicketCache"]:
    """Open the cache of that configuration, as the process that polls would."""
    from tui.cli.configured import load_configuration, queue_keys, state_folder
    from tui.domain.health import HealthState, WorkspaceHealth
    from tui.engine.clock import SystemClock
    from tui.store.cache import TicketCache
    from tui.store.cache_file import CacheFile

    config, clock = load_configuration(path), SystemClock()
    with closing(CacheFile(state_folder(config), queue_keys(config), clock=clock)) as file:
        cache = TicketCache(file)
        yield cache
        cache.set_health("klink", WorkspaceHealth(state=HealthState.OK, as_of=clock.now()))


def make_tickets(numbers: Iterable[int], title: str = "Card terminals offline") -> "list[Ticket]":
    """Return the tickets of these numbers; the order of urgency is that of no field."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from support.builders import make_ticket
    from tui.domain.ticket import Priority
    from tui.engine.clock import SystemClock

    now, priorities = SystemClock().now(), list(Priority)
    return [
        make_ticket(
            str(number),
            workspace="klink",
            title=f"{title}, store {number}",
            body="Since 20:05 no till in Bergen accepts cards. " * 6,
            priority=priorities[number % len(priorities)],
            created_at=now - timedelta(minutes=number),
            due_at=now + timedelta(minutes=number - 500) if number % 3 else None,
            confirmed_at=now,
        )
        for number in numbers
    ]


def encode_alone(path: str) -> None:
    """Read every ticket of a cache and write it as JSON, as it is stored."""
    import msgspec

    rows = sqlite3.connect(path).execute(
        "SELECT content FROM tickets JOIN sightings USING (queue, id)"
    )
    decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder()
    encoder = msgspec.json.Encoder()
    lines = [encoder.encode(decoder.decode(content)) for (content,) in rows]
    sys.stdout.buffer.write(b"\n".join(lines))


if __name__ == "__main__":
    encode_alone(sys.argv[1])
