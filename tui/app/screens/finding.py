"""Finding on a screen with a list of tickets: the filter, the order, and what they hide."""

from collections.abc import Collection
from datetime import datetime

from textual import on
from textual.widgets import Input

from tui.app.formatting import Span
from tui.app.health_text import is_trusted
from tui.app.look import Look
from tui.app.mirror import QueueMirror
from tui.app.queue_view import QueueView
from tui.app.screens.deck import Result
from tui.app.screens.news import NewsMoves
from tui.app.widgets.filter_bar import FilterBar
from tui.domain.order import Order
from tui.domain.query import Query, QueryContext, QueryError, parse_query
from tui.domain.ticket import TicketRef


class Finding(NewsMoves[Result]):
    """Narrows the list while somebody types, and makes every view that the list shows."""

    marked: Collection[TicketRef] = frozenset()
    """The tickets that somebody has marked on this screen."""

    def __init__(self, look: Look, mirror: QueueMirror, workspaces: tuple[str, ...]) -> None:
        super().__init__(look, mirror, workspaces)
        self._order = Order()
        self._query = Query()
        self._query_text = ""
        self._filter = FilterBar(look.painter, widget_id="filter")
        self._view = self._make_view(look.clock.now())

    @property
    def view(self) -> QueueView:
        return self._view

    def show_view(self, now: datetime) -> None:
        """Show the view as it is since the last change of query, order or workspaces."""
        raise NotImplementedError

    def context(self, now: datetime) -> QueryContext:
        """Return what a query may ask beyond the tickets themselves."""
        health = self._mirror.health
        return QueryContext(
            now=now,
            novelties=self._mirror.novelties,
            acts=self._mirror.acts,
            marked=self.marked,
            stale=[name for name, each in health.items() if not is_trusted(each)],
        )

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "app.back" and self._query_text:
            return "clear filter"
        return super().hint_words(command_id, hint)

    def _make_view(self, now: datetime) -> QueueView:
        return QueueView(self._mirror.tickets, now, workspaces=self.workspaces, query=self._query)

    def _rebuild(self) -> None:
        now = self.look.clock.now()
        self._view = self._make_view(now)
        self.show_view(now)

    def _clear_query(self) -> None:
        self._filter.input.value = ""
        self._set_query("")

    def _set_query(self, text: str) -> None:
        try:
            query = parse_query(text)
        except QueryError as error:
            self._filter.note((Span(str(error), "error"),))
            return
        self._filter.note((Span("enter keeps  esc clears", "muted"),))
        self._query, self._query_text = query, text.strip()
        self._show_keys()
        self._rebuild()

    def _end_typing(self) -> None:
        self.remove_class("-filtering")
        self.items.focus()

    @on(Input.Changed)
    def _filter_typed(self, event: Input.Changed) -> None:
        self._set_query(event.value)

    @on(Input.Submitted)
    def _filter_kept(self) -> None:
        self._end_typing()

    def action_list_filter(self) -> None:
        self.add_class("-filtering")
        self._filter.input.focus()
        self._set_query(self._query_text)

    def action_back(self) -> None:
        if self.has_class("-filtering") or self._query_text:
            self._clear_query()
            self._end_typing()
        else:
            super().action_back()
