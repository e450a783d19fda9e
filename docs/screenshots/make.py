"""Draws the pictures of the README from the demo's own world, at a fixed time: `make shots`."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.app.dashboard import Dashboard, DashboardOptions
from tui.cli.arguments import Options
from tui.cli.bootstrap import compose
from tui.cli.configured import load_configuration
from tui.domain.health import HealthState
from tui.engine.clock import SystemClock
from tui.engine.service import Service
from tui.sandbox import configuration
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import make_world

HERE = Path(__file__).parent
NIGHT = datetime(2026, 2, 4, 3, 5, tzinfo=UTC)
SHOTS = {
    "workspaces": ((80, 24), ()),
    "tickets": ((100, 30), ("enter",)),
    "create": ((100, 30), ("enter", "n", "enter")),
}
SETTLE_S = 20.0
ALL = Options(workspaces=[], observe=False)


@dataclass(frozen=True)
class NightClock(SystemClock):
    """It is always the same night; waiting is real."""

    moment: datetime = field(default=NIGHT)

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment


async def main() -> None:
    """Write one SVG a shot, beside this file."""
    clock = NightClock()
    with SandboxServer(make_world(now=NIGHT, still=True)) as server, TemporaryDirectory() as folder:
        path = Path(folder, "demo.toml")
        path.write_text(configuration(server.url), encoding="utf-8")
        path.chmod(0o600)
        for name, (size, keys) in SHOTS.items():
            deck = compose(
                load_configuration(path), ALL, clock=clock, folder=None, has_rate_limits=False
            )
            deck.service.start()
            deck.service.start_polling()
            try:
                await _draw(deck.service, clock, HERE / f"{name}.svg", size, keys)
            finally:
                deck.service.stop()


async def _draw(
    service: Service, clock: NightClock, path: Path, size: tuple[int, int], keys: Sequence[str]
) -> None:
    app = Dashboard(service, DashboardOptions(clock=clock, demo=True, time_zone="UTC"))
    async with app.run_test(size=size) as pilot:
        async with asyncio.timeout(SETTLE_S):
            while any(health.state is not HealthState.OK for health in service.health().values()):
                await pilot.pause(0.05)
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        drawn = app.export_screenshot(title="ticketdeck")
    # A picture in a README loads nothing from elsewhere.
    path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
