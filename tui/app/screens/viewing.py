"""Which tickets a list shows, and in what order: its workspaces, its tabs, how they are sorted."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from textual import on
from textual.message import Message
from textual.timer import Timer

from tui.app.commands import view_place
from tui.app.formatting import Line, Span
from tui.app.health_text import is_trusted
from tui.app.look import Look
from tui.app.mirror import QueueMirror, Touched
from tui.app.queue_view import QueueView
from tui.app.screens.deck import Result
from tui.app.screens.news import NewsMoves
from tui.app.screens.pick import PickScreen
from tui.app.screens.scope import ScopeChoice, ScopeScreen
from tui.app.tab_line import TabLabel
from tui.app.view_counts import ViewCounts
from tui.app.views import Tabs
from tui.app.widgets.tab_bar import TabBar
from tui.domain.order import SORT_KEYS, Order
from tui.domain.query import Query, QueryContext, parse_query
from tui.domain.ticket import TicketRef

_DIGITS = 9
"""So many tabs have a key of their own."""
_SAME_AS = {"app.next_pane": "view.next", "app.previous_pane": "view.previous"}
"""The next pane of a list is its next view."""
_BREATH_S = 0.01
"""Between two slices of a count: keys come first."""
_SORT_WORDS = {
    "urgency": ("what breaches next", "the least urgent first"),
    "priority": ("critical first", "low first"),
    "due": ("due soonest first", "due latest first"),
    "created": ("oldest first", "newest first"),
    "updated": ("longest untouched first", "latest change first"),
    "status": ("new first", "resolved first"),
    "workspace": ("from A", "from Z"),
    "customer": ("from A", "from Z"),
    "assignee": ("from A", "from Z"),
    "title": ("from A", "from Z"),
    "ref": ("by name", "by name, backwards"),
}
"""What each key of the order means, and what it means backwards."""


def _switching_to(place: int) -> Callable[["Viewing[Any]"], None]:
    """Return the action of a digit."""

    def switch(screen: "Viewing[Any]") -> None:
        screen.switch(place)

    return switch


class Viewing(NewsMoves[Result]):
    """Makes every view that the list shows."""

    class WorkspaceWanted(Message):
        """All that is known of the workspaces is wanted, on a screen of its own."""

    marked: Collection[TicketRef] = frozenset()
    """The tickets that somebody has marked on this screen."""

    def __init__(
        self, look: Look, mirror: QueueMirror, workspaces: tuple[str, ...], tabs: Tabs
    ) -> None:
        super().__init__(look, mirror, workspaces)
        tabs.active = tabs.place_of_all
        self._tabs = tabs
        self._typed = parse_query(tabs.filters.get(workspaces, ""))
        """The filter on top of the tab's own query."""
        self._counts = ViewCounts(mirror, [tab.query for tab in tabs.tabs])
        self._breath: Timer | None = None
        self._tab_bar = TabBar(look.painter, widget_id="tabs")
        self._view = self._make_view(look.clock.now())

    @property
    def view(self) -> QueueView:
        return self._view

    @property
    def keeps_unseen(self) -> bool:
        return "novelties" in self._query.depends_on

    @property
    def _query(self) -> Query:
        """What the list is narrowed by: the tab's query, and the filter."""
        return Query((*self._tabs.front.query.terms, *self._typed.terms))

    @property
    def _order(self) -> Order:
        return self._tabs.front.order

    def on_mount(self) -> None:
        self._count_on()

    def queue_changed(self, touched: Touched) -> None:
        self._recount(touched.refs)

    def time_passed(self) -> None:
        self._counts.minute_passed()
        self._count_on()

    def show_view(self, now: datetime) -> None:
        """Show the view as it is since the tab, the filter, the order or the workspaces changed."""
        raise NotImplementedError

    def context(self, now: datetime) -> QueryContext:
        """Return what a query may ask beyond the tickets themselves."""
        return QueryContext(
            now=now,
            novelties=self._mirror.novelties,
            acts=self._mirror.acts,
            marked=self.marked,
            stale=[name for name, health in self._mirror.health.items() if not is_trusted(health)],
        )

    def offers(self, command_id: str) -> bool:
        place = view_place(command_id)
        if place is not None and place >= len(self._tabs.tabs):
            return False
        return super().offers(command_id)

    def help_words(self, command_id: str) -> str:
        if other := _SAME_AS.get(command_id):
            key = self.look.keymap.shown(other, self.COMMAND_IDS)
            return super().help_words(other) + (f", as {key}" if key else "")
        place = view_place(command_id)
        if place is not None and place < len(self._tabs.tabs):
            return f"To the view {self._tabs.tabs[place].name}"
        return super().help_words(command_id)

    def way_to_all(self) -> str:
        """Return `4 shows everything.`, or which key leads on; "" if none does."""
        number = self._tabs.place_of_all + 1
        shown = self.look.keymap.shown
        if number <= _DIGITS and (key := shown(f"view.{number}", self.COMMAND_IDS)):
            return f"{key} shows everything."
        key = shown("view.next", self.COMMAND_IDS)
        return f"{key} shows the next view." if key else ""

    def narrow_to(self, workspaces: tuple[str, ...]) -> None:
        """Show only these workspaces, all for none; tab, filter and cursor stay."""
        if workspaces != self.workspaces:
            self.workspaces = workspaces
            self._make_anew()
            self.post_message(self.Resumed())

    def _make_view(self, now: datetime) -> QueueView:
        return QueueView(
            self._mirror.tickets,
            now,
            workspaces=self.workspaces,
            query=self._query,
            order=self._order,
            context=self.context,
            texts=self._mirror.texts,
        )

    def _make_anew(self) -> None:
        now = self.look.clock.now()
        self._view = self._make_view(now)
        self.show_view(now)

    def _narrow(self, wanted: TicketRef | None = None) -> None:
        """Show what tab and filter leave now.

        The cursor stays on its ticket, or `wanted`; on the first row if that is not shown, for who
        asks for other tickets wants the most urgent of them.
        """
        now, ticket = self.look.clock.now(), self.items.ticket
        wanted = wanted or (ticket.ref if ticket else None)
        self._view.show_only(self._query, now)
        if wanted is None or self._view.find(wanted) is None:
            self.items.restart()
        self.show_view(now)

    def _recount(self, refs: Collection[TicketRef] = ()) -> None:
        """Count these tickets anew, and those of which something else is different now."""
        self._counts.take(refs, self.context(self.look.clock.now()))
        self._count_on()

    def _count_on(self) -> None:
        """Count a slice of what is left, and go on after a breath."""
        self._breath = None
        if self._counts.is_counting:
            self._counts.go_on(self.context(self.look.clock.now()))
            if self._counts.is_counting:
                self._breath = self.set_timer(_BREATH_S, self._count_on)
        self._show_tabs()

    def _show_tabs(self) -> None:
        counts, order = self._counts, self._order
        labels = [
            TabLabel(tab.name, counts.count(place, self.workspaces))
            for place, tab in enumerate(self._tabs.tabs)
        ]
        width = self.app.size.width
        self._tab_bar.show_tabs(labels, self._tabs.active, _order_lines(order), width)

    def switch(self, place: int) -> None:
        """Bring the tab at this place to the front, as it was left."""
        tabs = self._tabs
        if place >= len(tabs.tabs):
            self.say(f"There are {len(tabs.tabs)} views")
            return
        if place == tabs.active:
            return
        ticket = self.items.ticket
        before, tabs.front.cursor = tabs.front.order, ticket.ref if ticket else None
        tabs.active = place
        self.items.restart()
        if tabs.front.order == before:
            self._narrow()
        else:
            self._make_anew()
        if tabs.front.cursor is not None:
            self.items.select(tabs.front.cursor)

    def _step_view(self, by: int) -> None:
        count = len(self._tabs.tabs)
        if count == 1:
            self.say(f"There is no other view than {self._tabs.front.name}")
        else:
            self.switch((self._tabs.active + by) % count)

    def _arrange(self, order: Order) -> None:
        now = self.look.clock.now()
        self._tabs.front.order = order
        self._view.arrange(order, now)
        self.show_view(now)

    @on(TabBar.Picked)
    def _tab_clicked(self, event: TabBar.Picked) -> None:
        self.switch(event.tab)

    @on(TabBar.RestPicked)
    def action_list_sort(self) -> None:
        order = self._order
        items = [(key, _sort_words(key, order)) for key in SORT_KEYS]

        def arrange(at: int | None) -> None:
            if at is not None:
                key = SORT_KEYS[at]
                backwards = key == order.key and not order.descending
                self._arrange(Order(key, descending=backwards))

        at = SORT_KEYS.index(order.key)
        self.app.push_screen(PickScreen(self.look, "Sort by", items, at=at), arrange)

    def action_view_previous(self) -> None:
        self._step_view(-1)

    def action_view_next(self) -> None:
        self._step_view(1)

    def action_app_next_pane(self) -> None:
        self.action_view_next()

    def action_app_previous_pane(self) -> None:
        self.action_view_previous()

    action_view_1 = _switching_to(0)
    action_view_2 = _switching_to(1)
    action_view_3 = _switching_to(2)
    action_view_4 = _switching_to(3)
    action_view_5 = _switching_to(4)
    action_view_6 = _switching_to(5)
    action_view_7 = _switching_to(6)
    action_view_8 = _switching_to(7)
    action_view_9 = _switching_to(8)

    def action_workspace_pick(self) -> None:
        def narrow(choice: ScopeChoice | None) -> None:
            if choice is not None and choice.wants_more:
                self.post_message(self.WorkspaceWanted())
            elif choice is not None:
                self.narrow_to(choice.workspaces)

        names = tuple(self._mirror.health)
        screen = ScopeScreen(self.look, self._mirror, names, self.workspaces)
        self.app.push_screen(screen, narrow)


def _sort_words(key: str, order: Order) -> str:
    words, backwards = _SORT_WORDS[key]
    if key != order.key:
        return words
    return f"{backwards if order.descending else words}; again reverses it"


def _order_lines(order: Order) -> tuple[Line, ...]:
    """Return `sort:due desc`, and the same in fewer cells; the usual order may go unsaid."""
    words = f"{order.key}{' desc' if order.descending else ''}"
    if order == Order():
        return (Span(f"sort:{words}", "muted"),), (Span(words, "muted"),), ()
    return (Span(f"sort:{words}", "accent"),), (Span(words, "accent"),)
