"""A configuration with 10,000 stored tickets, for the commands that only read; no vendor is there.

Run as a program it reads the tickets of a cache and encodes them with msgspec alone.
"""

import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

COUNT = 10_000
_CONFIGURATION = """
state_dir = "{state}"
[[workspaces]]
name = "klink"
vendor = "klinkcx"
base_url = "https://klink.example"
credential = {{ env = "KLINK_TOKEN" }}
"""


def store(folder: Path) -> Path:
    """Store the tickets below `folder`; return the configuration that finds them."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from support.builders import make_ticket
    from tui.cli.configured import load_configuration, queue_keys, state_folder
    from tui.domain.health import HealthState, WorkspaceHealth
    from tui.domain.ticket import Priority
    from tui.engine.clock import SystemClock
    from tui.store.cache import TicketCache
    from tui.store.cache_file import CacheFile

    path = folder / "bench.toml"
    path.write_text(_CONFIGURATION.format(state=folder / "state"))
    path.chmod(0o600)
    config, clock = load_configuration(path), SystemClock()
    file = CacheFile(state_folder(config), queue_keys(config), clock=clock)
    cache, now, priorities = TicketCache(file), clock.now(), list(Priority)
    cache.apply(
        "klink",
        [
            make_ticket(
                str(number),
                workspace="klink",
                body="Since 20:05 no till in Bergen accepts cards. " * 6,
                priority=priorities[number % len(priorities)],
                created_at=now - timedelta(minutes=number),
                due_at=now + timedelta(minutes=number - 500) if number % 3 else None,
                confirmed_at=now,
            )
            for number in range(COUNT)
        ],
    )
    cache.set_health("klink", WorkspaceHealth(state=HealthState.OK, as_of=now))
    file.close()
    return path


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
