"""Draws the pictures of the README from the demo's own world, at a fixed time: `make shots`."""

import asyncio
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.app.dashboard import Dashboard, DashboardOptions
from tui.cli.arguments import Options
from tui.cli.bootstrap import Deck, compose
from tui.cli.configured import load_configuration
from tui.domain.health import HealthState
from tui.engine.clock import SystemClock
from tui.sandbox import configuration
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import make_world
from tui.theming.load import DEFAULT


@dataclass(frozen=True)
class Shot:
    """One picture: what is typed, on what screen. Sizes in cells."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    theme: str = DEFAULT
    starts_in_list: bool = True


@dataclass(frozen=True)
class NightClock(SystemClock):
    """It is always the same night; waiting is real."""

    moment: datetime = field(default=datetime(2026, 2, 4, 3, 5, tzinfo=UTC))

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment


HERE = Path(__file__).parent
SMALL, WIDE = (80, 24), (120, 36)
ACTED = ("j", "a", "j", "j", "b", "g", "j", "j", "j", "space", "space")
SHOWN_THEMES = ("daylight", "contrast", "colorblind", "mono")
"""Not that of the other pictures, and not `ansi`, which looks as the reader's terminal does."""
SHOTS = (
    Shot("tickets", WIDE, ACTED),
    Shot("small", SMALL),
    Shot("filter", SMALL, ("/", *"is:open", "space", *"cust")),
    Shot("detail", SMALL, ("j", "a", "m", *"Called them: back at 4", "enter", "enter")),
    Shot("why", SMALL, ("i",)),
    Shot("palette", SMALL, (":",)),
    Shot("create", (100, 30), ("n", "enter")),
    Shot("workspaces", SMALL, starts_in_list=False),
    *(Shot(f"theme-{theme}", (80, 14), ("j", "j"), theme) for theme in SHOWN_THEMES),
)
SETTLE_S = 20.0
BETWEEN_KEYS_S = 0.05
ALL = Options(workspaces=[], observe=False)
SEEN_BY = {"LOGNAME": "ana", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
"""Who looks, on what terminal: a picture says nothing of the machine that drew it."""


async def main() -> None:
    """Write one SVG a shot, beside this file."""
    clock = NightClock()
    with (
        SandboxServer(make_world(now=clock.now(), still=True)) as server,
        TemporaryDirectory() as folder,
    ):
        path = Path(folder, "demo.toml")
        path.write_text(configuration(server.url), encoding="utf-8")
        path.chmod(0o600)
        config = load_configuration(path)
        for shot in SHOTS:
            deck = compose(config, ALL, clock=clock, folder=None, has_rate_limits=False)
            deck.service.start()
            deck.service.start_polling()
            try:
                drawn = await _draw(deck, shot)
            finally:
                deck.service.stop()
            (HERE / f"{shot.name}.svg").write_text(drawn, encoding="utf-8")


async def _draw(deck: Deck, shot: Shot) -> str:
    every = tuple(source.workspace.name for source in deck.sources)
    options = DashboardOptions(
        clock=deck.clock,
        start_in=every if shot.starts_in_list else (),
        demo=True,
        theme=shot.theme,
        glyphs="unicode",
        time_zone="UTC",
    )
    app = Dashboard(deck.service, options)
    async with app.run_test(size=shot.size) as pilot:
        async with asyncio.timeout(SETTLE_S):
            while any(
                health.state is not HealthState.OK for health in deck.service.health().values()
            ):
                await pilot.pause(BETWEEN_KEYS_S)
        await pilot.pause()
        for key in shot.keys:
            await pilot.press(key)
            await pilot.pause(BETWEEN_KEYS_S)
        drawn = app.export_screenshot(title="ticketdeck")
    # A picture in a README loads nothing from elsewhere.
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    os.environ.update(SEEN_BY)
    asyncio.run(main())
