"""The filter that is typed on top of a list: live, with completion, history and its faults."""

from textual import on
from textual.timer import Timer
from textual.widgets import Input

from tui.app.filter_text import candidates_line, fault_line
from tui.app.formatting import Line, Span, line_width
from tui.app.look import Look
from tui.app.mirror import QueueMirror
from tui.app.place_line import Place, counted
from tui.app.screens.deck import Result
from tui.app.screens.viewing import Viewing
from tui.app.seen_values import SeenValues
from tui.app.views import Tabs
from tui.app.widgets.filter_bar import Fault, FilterBar, FilterInput
from tui.domain.query import (
    Completions,
    Query,
    QueryError,
    complete,
    parse_begun,
    parse_query,
)
from tui.domain.ticket import TicketRef

_NOTHING_TO_COMPLETE = Completions("", 0, 0)
_NO_VALUES = SeenValues(tuple, ())
_AT_ONCE = 5_000
"""Up to so many tickets are filtered with every letter."""
_PAUSE_S = 0.02
"""More of them are filtered as soon as no letter follows for so long: nobody who types fast waits
for what the letters in between would have shown."""
_TEXTS = 3_000
"""So many texts to search in are made at a time, in some 20 ms."""
_BREATH_S = 0.005
"""Between two such slices: keys come first."""
_KEYS_FROM = 60
"""From this width on the keys stand beside the candidates, and the filter that is shown beside the
one that cannot be read."""
_ECHO = 20
"""So many cells that filter takes there."""


class Finding(Viewing[Result]):
    """Narrows the list while somebody types."""

    def __init__(
        self, look: Look, mirror: QueueMirror, workspaces: tuple[str, ...], tabs: Tabs
    ) -> None:
        self._query_text = tabs.filters.get(workspaces, "")
        """The filter that the list shows; what is typed may be further, or wrong."""
        self._is_typing = False
        self._error: QueryError | None = None
        """Why what is typed is not what the list shows."""
        self._values = _NO_VALUES
        self._completions = _NOTHING_TO_COMPLETE
        self._chosen: int | None = None
        """The candidate that stands in the text already."""
        self._is_refused = False
        """Whether somebody wanted to keep what is wrong."""
        self._anchor: TicketRef | None = None
        """The ticket under the cursor before somebody began to type."""
        self._pause: Timer | None = None
        self._making: Timer | None = None
        """Makes the next texts to search in."""
        self._waits_for_texts = False
        super().__init__(look, mirror, workspaces, tabs)
        self._filter = FilterBar(look.painter, widget_id="filter")
        self._filter.display = False

    def show_typing(self, *, is_typing: bool) -> None:
        """Make room for the filter, or take it back."""
        raise NotImplementedError

    def hint_words(self, command_id: str, hint: str) -> str:
        if command_id == "app.back" and self._query_text:
            return "clear filter"
        return super().hint_words(command_id, hint)

    def standing_line(self, width: int) -> Line:
        if not self._is_typing:
            return super().standing_line(width)
        if self._shown_error is not None:
            return fault_line(self._shown_error, width)
        if not self._completions:
            return self._typing_keys()
        end = line_width(self.keys_at_the_end())
        room = width - end - 2 if end else width
        return candidates_line(self._completions, self._chosen, room, self.look.glyphs)

    def keys_at_the_end(self) -> Line:
        if not self._is_typing:
            return super().keys_at_the_end()
        has_room = self.app.size.width >= _KEYS_FROM
        is_needed = self._shown_error is None and bool(self._completions)
        return self._typing_keys() if has_room and is_needed else ()

    def _typing_keys(self) -> Line:
        keys = [("enter", "keep"), ("esc", "clear")]
        if not self._filter.input.value and any(self._tabs.history):
            keys.insert(0, ("up", "earlier"))
        parts = [(Span(key, "accent"), Span(f" {words}  ", "muted")) for key, words in keys]
        *most, (last_key, last_words) = parts
        last = Span(last_words.text.rstrip(), last_words.style)
        return (*(span for part in most for span in part), last_key, last)

    def clear_filter(self) -> None:
        """Show everything that the tab shows."""
        self._end_typing()
        self._show_filtered("", Query())

    def narrow_to(self, workspaces: tuple[str, ...]) -> None:
        filters = self._tabs.filters
        filters.pop(self.workspaces, None)
        filters[workspaces] = self._query_text
        super().narrow_to(workspaces)

    def enter_scope(self, workspaces: tuple[str, ...]) -> None:
        """Show other workspaces, with the filter that was left there."""
        self._end_typing()
        self._anchor = None
        self._query_text = self._tabs.filters.get(workspaces, "")
        self._typed = parse_query(self._query_text)
        super().narrow_to(workspaces)

    def begin_walk(self) -> None:
        # What a filter of before hides is to be seen as well.
        self.clear_filter()
        super().begin_walk()

    def typing_note(self, place: Place) -> Line:
        """Return what comes of the filter that is typed, and what is shown if that is another."""
        line = counted(place)
        if self._shown_error is None or self.app.size.width < _KEYS_FROM:
            return line
        text = f"/{self._query_text}" if self._query_text else "no filter"
        text = text if len(text) <= _ECHO else f"{text[: _ECHO - 2]}.."
        return (Span(f"{text}  ", "accent"), *line)

    @property
    def _shown_error(self) -> QueryError | None:
        """What is wrong, unless it is only what is being typed and may still become right."""
        error = self._error
        if error is None or self._is_refused:
            return error
        at = self._filter.input.cursor_position
        is_there = error.column - 1 <= at <= error.column - 1 + error.length
        return None if is_there and self._completions and self._chosen is None else error

    def _show_filtered(self, text: str, query: Query) -> None:
        self._query_text = self._tabs.filters[self.workspaces] = text
        if query != self._typed:
            self._typed = query
            self._narrow(self._anchor)
        else:
            self.show_view(self.look.clock.now())
        if self._anchor is not None:
            self.items.select(self._anchor)
        self._show_keys()

    def _take_text(self, *, is_done: bool = False) -> None:
        """Show what the text asks for, as far as it counts.

        What that is depends on the text alone, not on how quickly it was typed. `is_done`: nobody
        types on, so that the last word counts whatever it may be the beginning of.
        """
        self._stop_pause()
        text = self._filter.input.value
        begun = parse_begun(f"{text} " if is_done else text)
        self._error = begun.error
        self._offer()
        lacking = len(self._mirror.tickets) - len(self._mirror.texts)
        self._waits_for_texts = begun.query.needs_text and lacking > _TEXTS and not is_done
        if self._waits_for_texts:
            self._make_texts()
        else:
            self._show_filtered(begun.text, begun.query)

    def _make_texts(self) -> None:
        """Make some of the texts to search in, and go on after a breath."""
        if self._making is not None:
            self._making.stop()
        self._making = None
        if self._mirror.texts.make(_TEXTS):
            self._making = self.set_timer(_BREATH_S, self._make_texts)
        elif self._waits_for_texts and self._is_typing:
            self._take_text()

    def _offer(self) -> None:
        """Show what may stand at the cursor, or what is wrong."""
        field = self._filter.input
        if self._chosen is None:
            self._completions = complete(field.value, field.cursor_position, self._values)
        error = self._shown_error
        self._filter.show_fault(None if error is None else Fault(error.column - 1, error.length))
        self._show_keys()

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def _end_typing(self) -> None:
        if not self._is_typing:
            return
        self._stop_pause()
        self._is_typing = False
        self._error, self._values = None, _NO_VALUES
        self._filter.show_fault(None)
        self._tabs.history.rest()
        self.show_typing(is_typing=False)
        self.items.focus()
        self._show_keys()

    @on(Input.Changed)
    def _typed_on(self, event: Input.Changed) -> None:
        if not self._is_typing:
            return
        self._is_refused = False
        completions, chosen = self._completions, self._chosen
        if chosen is not None and event.value != completions.apply(completions.items[chosen])[0]:
            self._chosen = None
        self._stop_pause()
        if len(self._mirror.tickets) <= _AT_ONCE:
            self._take_text()
        else:
            self._pause = self.set_timer(_PAUSE_S, self._take_text)

    @on(FilterInput.CompletionWanted)
    def _complete(self, event: FilterInput.CompletionWanted) -> None:
        completions, count = self._completions, len(self._completions.items)
        if not count:
            return
        if self._chosen is None:
            self._chosen = count - 1 if event.step < 0 else 0
        else:
            self._chosen = (self._chosen + event.step) % count
        self._filter.put(*completions.apply(completions.items[self._chosen]))
        if event.step == 0 or count == 1:
            self._chosen = None

    @on(FilterInput.Recalled)
    def _recall(self, event: FilterInput.Recalled) -> None:
        history, typed = self._tabs.history, self._filter.input.value
        text = history.earlier(typed) if event.step < 0 else history.later()
        if text is not None:
            self._filter.put(text)

    @on(Input.Submitted)
    def _keep(self) -> None:
        self._is_refused = True
        self._take_text(is_done=True)
        if self._error is not None:
            return
        self._tabs.history.keep(self._query_text)
        self._anchor = None
        self._end_typing()

    @on(Input.Blurred)
    def _left_the_field(self) -> None:
        if self._is_typing and self.is_current and not self.is_out_of_sight:
            self._take_text(is_done=True)
            self._anchor = None
            self._end_typing()

    def action_list_filter(self) -> None:
        ticket = self.items.ticket
        self._anchor = ticket.ref if ticket else None
        self._is_typing, self._is_refused, self._chosen = True, False, None
        self._values = SeenValues(lambda: self._view.tickets, self._mirror.health)
        self._filter.restart(f"{self._query_text} " if self._query_text else "")
        self.show_typing(is_typing=True)
        self._filter.input.focus()
        self._take_text()
        if len(self._mirror.tickets) > _AT_ONCE and self._making is None:
            self._make_texts()

    def action_back(self) -> None:
        if self._is_typing or (self._query_text and not self.digest):
            self.clear_filter()
            self._anchor = None
        else:
            super().action_back()
