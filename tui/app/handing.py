"""The part of the dashboard that hands things out: to the clipboard, the browser, into a file."""

import asyncio
from collections.abc import Collection, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import App

from tui.app.look import Look
from tui.app.screens.deck import DeckScreen
from tui.app.screens.taking import Taking, TakingFromList
from tui.domain.clean import clean

if TYPE_CHECKING:
    from tui.app.screens.export import ExportScreen
    from tui.app.screens.text import TextScreen


class HandingApp(App[int], inherit_bindings=False):
    """Does what the screens want taken out, beside the loop: none of it may hold up a key.

    What it takes for that is loaded when it is wanted.
    """

    look: Look
    withheld: Collection[str] = ()
    """Variables that no other program gets: they hold credentials."""
    has_clipboard = True
    """Whether `clipboard` in the configuration lets anything be copied."""

    @on(Taking.CopyWanted)
    def _copy(self, event: Taking.CopyWanted) -> None:
        from tui.app.clipboard import LARGEST

        if not self.has_clipboard:
            from tui.app.screens.text import TextScreen

            title = f'{event.what}: select it; clipboard = "off"'
            self.push_screen(TextScreen(self.look, "Not copied", event.text, note=title))
            return
        size = len(event.text.encode("utf-8", "replace"))
        if size > LARGEST:
            words = f"{event.what}: {size:,} bytes; terminals take {LARGEST:,} at most"
            self._tell(f"Not copied: {words}", "warning")
            return
        self._beside(self._send_to_clipboard(event.text, event.what))

    async def _send_to_clipboard(self, text: str, what: str) -> None:
        from tui.app.clipboard import Way, clipboard_here, osc52

        clipboard = clipboard_here(self.withheld)
        way = await asyncio.to_thread(clipboard.find_way)
        if way is Way.BY_TMUX:
            if not await asyncio.to_thread(clipboard.load_into_tmux, text):
                self._tell("Not copied: tmux refuses; set -g set-clipboard on", "warning")
                return
        else:
            self.write_to_terminal(osc52(text, way))
        self._tell(f"Sent to the terminal's clipboard: {what}", "success")

    def write_to_terminal(self, sequence: str) -> None:
        """Write a sequence of our own to the terminal, between two frames."""
        if self._driver is not None:
            self._driver.write(sequence)

    @on(Taking.AddressWanted)
    def _show_address(self, event: Taking.AddressWanted) -> None:
        from tui.app.browser import host_of, why_not_open
        from tui.app.screens.text import TextScreen

        address, handle = clean(event.ticket.url or ""), event.ticket.handle
        reason = why_not_open(address)
        screen = TextScreen(
            self.look,
            f"Address of {handle}",
            address,
            head=host_of(address),
            note=reason or "Opening it in the browser",
        )

        def copy(is_wanted: bool | None) -> None:  # noqa: FBT001 - Textual hands it over so
            if is_wanted:
                self._copy(Taking.CopyWanted(address, address))

        self.push_screen(screen, copy)
        if not reason:
            self._beside(self._open(address, screen))

    async def _open(self, address: str, screen: "TextScreen") -> None:
        from tui.app.browser import open_address

        problem = await asyncio.to_thread(open_address, address, withheld=self.withheld)
        if screen.is_attached:
            screen.note(problem or "Opened in the browser")
        elif problem:
            self._tell(problem, "warning")

    @on(TakingFromList.ExportWanted)
    def _ask_for_file(self, event: TakingFromList.ExportWanted) -> None:
        from tui.app.screens.export import ExportScreen

        def tell(path: Path | None) -> None:
            if path is not None:
                self._tell(f"Wrote {event.what.split(',')[0]} to {clean(str(path))}", "success")

        self.push_screen(ExportScreen(self.look, event.tickets, event.what), tell)

    def on_export_screen_asked(self, event: "ExportScreen.Asked") -> None:
        """Write the file."""
        self._beside(self._write(event))

    async def _write(self, event: "ExportScreen.Asked") -> None:
        from tui.app.export_file import ExportFailed, write_export

        screen, now = event.screen, self.look.clock.now()
        try:
            path = await asyncio.to_thread(
                write_export, event.name, event.form, screen.tickets, now
            )
        except ExportFailed as problem:
            if screen.is_attached:
                screen.failed(problem)
            else:
                self._tell(str(problem), "warning")
            return
        if screen.is_current:
            screen.dismiss(path)
        else:
            self._tell(f"Wrote {clean(str(path))}", "success")

    def _beside(self, work: Coroutine[None, None, None]) -> None:
        self.run_worker(work, group="handing")

    def _tell(self, words: str, style: str) -> None:
        if isinstance(self.screen, DeckScreen):
            self.screen.say(words, style)
