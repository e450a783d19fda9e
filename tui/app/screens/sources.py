"""What the polling did: the last polls of each workspace, its calls left, and the log."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult

from tui.app.activity_text import poll_lines, poller_words, polls_header, workspace_facts
from tui.app.bridge import Bridge
from tui.app.commands import EVERYWHERE, MOVES
from tui.app.formatting import Line, Span, line_width, wrap
from tui.app.look import Look
from tui.app.mirror import QueueMirror
from tui.app.screens.reading import ReadingScreen
from tui.app.screens.watching import ActivityWatch
from tui.app.top_line import words_and_clock
from tui.app.widgets.line_pane import Bar, TextPane
from tui.engine.recent_log import LogLine

LOG = "log"
TAIL_FROM = 20
"""From this height of the terminal on, the end of the log stands below the polls."""

_LEVEL_STYLES = {"warning": "warning", "error": "error", "critical": "error"}
_LEVEL_WIDTH = 9


class SourcesScreen(ActivityWatch[None], ReadingScreen):
    """A tab for each workspace, and one for the whole log."""

    COMMAND_IDS: ClassVar[tuple[str, ...]] = (
        "app.next_pane",
        "app.previous_pane",
        *MOVES,
        "data.refresh",
        "data.refresh_all",
        *EVERYWHERE,
    )
    HINTS: ClassVar[tuple[str, ...]] = (
        "app.next_pane",
        "list.down",
        "list.page_down",
        "data.refresh",
        "app.back",
        "app.help",
    )

    def __init__(
        self,
        look: Look,
        bridge: Bridge,
        mirror: QueueMirror,
        log_lines: Callable[[], Sequence[LogLine]],
        workspace: str | None,
    ) -> None:
        super().__init__(look, bridge)
        self._mirror, self._log_lines = mirror, log_lines
        self._tabs = (*bridge.workspaces, LOG)
        self._at = self._tabs.index(workspace) if workspace in bridge.workspaces else 0
        self._newest: datetime | None = None
        """When the first poll of the list ended."""
        painter = look.painter
        self._tab_bar = Bar(painter, ground="background", widget_id="tabs")
        self._facts = TextPane(painter, widget_id="facts")
        self._heads = Bar(painter, widget_id="heads")
        self._log_head = Bar(painter, widget_id="log-head")
        self._polls = self.text
        self._log = TextPane(painter, widget_id="log")

    @property
    def workspace(self) -> str | None:
        """The workspace whose polls are shown; None for the log."""
        return None if self._at == len(self._tabs) - 1 else self._tabs[self._at]

    def compose_body(self) -> ComposeResult:
        yield self.top_bar
        yield self._tab_bar
        yield self._facts
        yield self._heads
        yield self._polls
        yield self._log_head
        yield self._log

    def on_mount(self) -> None:
        self._heads.show(polls_header())

    def on_resize(self) -> None:
        self.set_class(self.app.size.height < TAIL_FROM, "-short")

    def hint_words(self, command_id: str, hint: str) -> str:
        words = {"app.next_pane": "next source"}
        return words.get(command_id, super().hint_words(command_id, hint))

    def show_activity(self) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        look, now, name = self.look, self.look.clock.now(), self.workspace
        title = self.bridge.workspaces[name].title if name else "what the program noticed"
        self.top_bar.show(
            (Span("Sources", "accent", bold=True), Span(f"  {title}", "muted")),
            words_and_clock(look.words(), look.face, now),
        )
        poller = poller_words(self.activity_of(name)) if name in self.activities and name else ""
        tabs = tabs_line(self._tabs, self._at, self.app.size.width - len(poller) - 3)
        self._tab_bar.show(tabs, (Span(poller, "muted"),))
        if name:
            self._show_facts(name, now)
            self._show_polls(name, now)
        self._show_log(now)

    def _show_facts(self, name: str, now: datetime) -> None:
        facts = workspace_facts(
            self._mirror.health.get(name),
            self.activity_of(name),
            self.look.face,
            now,
            self._facts.width,
        )
        if banner := self.bridge.banner:
            facts.insert(0, (Span(banner, "warning"),))
        if self._facts.styles.height is None or self._facts.styles.height.value != len(facts):
            self._facts.styles.height = len(facts)
        self._facts.show(facts)

    def _show_polls(self, name: str, now: datetime) -> None:
        polls, face = self.activity_of(name).polls, self.look.face
        room = (face, now, self._polls.width, self.look.glyphs)
        if not polls:
            self._polls.show([(Span("No poll yet.", "muted"),)])
            return
        top = self._polls.top
        if top and self._newest is not None:
            # Whoever reads further down keeps the line in sight.
            later = [poll for poll in polls if poll.at > self._newest]
            top += sum(1 for _ in poll_lines(later, *room))
        self._newest = polls[0].at
        self._polls.show(list(poll_lines(polls, *room)), top=top)

    def _show_log(self, now: datetime) -> None:
        lines = self._log_lines()
        words = "Log, the newest first" if lines else "Log"
        self._log_head.show((Span(words, "muted"),))
        drawn = list(log_rows(lines, self._log.width, lambda at: self.look.face.second(at, now)))
        self._log.show(drawn or [(Span("Nothing yet.", "muted"),)])

    def action_app_next_pane(self) -> None:
        self._turn(1)

    def action_app_previous_pane(self) -> None:
        self._turn(-1)

    def _turn(self, tabs: int) -> None:
        self._at = (self._at + tabs) % len(self._tabs)
        self._newest = None
        self.set_class(self.workspace is None, "-log")
        self.text = self._log if self.workspace is None else self._polls
        self.text.scroll_lines(0)
        self.call_after_refresh(self.lay_out)

    def action_data_refresh(self) -> None:
        self.bridge.refresh(self.workspace)
        self.say(f"Reading {self.workspace or 'all workspaces'}")

    def action_data_refresh_all(self) -> None:
        self.bridge.refresh()
        self.say("Reading all workspaces")


def tabs_line(names: Sequence[str], at: int, width: int) -> Line:
    """Return the names around the one at `at`, as many as fit; `<` and `>` stand for others."""
    first = last = at

    def line() -> Line:
        spans = [Span("< ", "muted")] if first else []
        for number in range(first, last + 1):
            is_chosen = number == at
            name = f"[{names[number]}]" if is_chosen else f" {names[number]} "
            spans.append(Span(name, "accent" if is_chosen else "muted", bold=is_chosen))
        if last < len(names) - 1:
            spans.append(Span(" >", "muted"))
        return tuple(spans)

    shown = line()
    for step in (1, -1) * len(names):
        before = first, last
        first, last = (
            (first, min(last + 1, len(names) - 1)) if step > 0 else (max(first - 1, 0), last)
        )
        wider = line()
        if line_width(wider) > width:
            first, last = before
        else:
            shown = wider
    return shown


def log_rows(
    lines: Sequence[LogLine], width: int, tell: Callable[[datetime], str]
) -> Iterator[Line]:
    """Yield the log's lines; one that is too long goes on below."""
    for line in lines:
        head = f"{tell(line.at):<11}  {line.level:<{_LEVEL_WIDTH}}"
        style = _LEVEL_STYLES.get(line.level, "text")
        for text in wrap(line.text, width - len(head)):
            yield Span(head, "muted"), Span(text, style)
            head = " " * len(head)
