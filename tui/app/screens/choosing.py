"""The part of the form that gets lists of choices, and drops them from the fields they are for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from rich.cells import cell_len
from textual import events, on
from textual.timer import Timer

from tui.app.bridge import Bridge
from tui.app.choice_rows import ChoiceIndex, ChoiceRow
from tui.app.look import Look
from tui.app.screens.deck import DeckModal
from tui.app.widgets.choice_drop import ROWS_MOST, ChoiceDrop
from tui.app.widgets.field_grid import FieldGrid
from tui.app.widgets.field_input import FieldInput
from tui.domain.creates import ChoiceList, with_choices
from tui.domain.draft import Choice, FieldSpec, choose
from tui.domain.workspace import Workspace

SEARCH_PAUSE_S: Final = 0.3
"""The vendor is asked once nobody has typed for so long."""
_FRAME = 2


class ChoosingForm(DeckModal[None]):
    """Has one list that drops, and asks for each list of the vendor once."""

    def __init__(self, look: Look, bridge: Bridge, workspace: Workspace) -> None:
        super().__init__(look)
        self.bridge = bridge
        self.place = workspace
        self.drop = ChoiceDrop(look.painter, look.glyphs, widget_id="drop")
        self.grid = FieldGrid(look.painter, (), {})
        self._lists: dict[str, ChoiceList] = {}
        self._indexes: dict[str, ChoiceIndex] = {}
        self._asked: set[str] = set()
        self._found: dict[tuple[str, str], ChoiceList] = {}
        """The answers to searches, by list and keyword."""
        self._pending: Timer | None = None
        """Runs until the vendor is searched for what was typed."""
        self._open: FieldInput | None = None
        """The field whose list is wanted; there may be nothing to show in it."""
        self._hung: FieldInput | None = None
        """The field that the list has its place at."""
        self._listed = ""
        """The text that the rows of the list were found for."""

    def show_choices(self, lookup: str, keyword: str, found: ChoiceList) -> None:
        """Take in a list of choices, or the answer to a search; nothing typed changes."""
        if keyword:
            self._found[lookup, keyword.casefold()] = found
            field = self._open
            if field is not None and field.spec.lookup == lookup and field.spec.searches:
                self._filter(field)
            return
        self.take_lists({lookup: found})

    def take_lists(self, lists: Mapping[str, ChoiceList]) -> None:
        """Give the fields the choices of these lists."""
        for lookup, came in lists.items():
            before = self._lists.get(lookup, ChoiceList())
            known = came if came.choices or came.as_of else replace(before, problem=came.problem)
            self._lists[lookup] = known
            self._indexes[lookup] = ChoiceIndex(known.choices)
        for field in self.grid.fields:
            if field.spec.lookup in lists and not field.spec.searches:
                self._give_list(field)

    @property
    def picked(self) -> Mapping[str, Sequence[Choice]]:
        """What was picked in the lists that are searched, by list."""
        searched = (field for field in self.grid.fields if field.spec.searches)
        return {field.spec.lookup: field.index.choices for field in searched}

    def name_picked(self, picked: Mapping[str, Iterable[Choice]]) -> None:
        """Show what was picked in such a list, maybe in another form, by its label."""
        for field in self.grid.fields:
            if field.spec.searches:
                field.know(picked.get(field.spec.lookup, ()))

    def ask_lists(self, specs: tuple[FieldSpec, ...]) -> None:
        """Ask for the lists that were not asked for yet."""
        for spec in specs:
            if spec.lookup and not spec.searches and spec.lookup not in self._asked:
                self._asked.add(spec.lookup)
                self.bridge.look_up(self.place.name, spec.lookup)
        for field in self.grid.fields:
            field.say(*self._word(field))

    def with_lists(self, specs: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
        """Return the fields with the choices that are known by now."""
        return tuple(with_choices(spec, self._lists.get(spec.lookup)) for spec in specs)

    def list_problem(self, field: FieldInput) -> str:
        """Return why a field has no list, in one line; "" where it has one, or none is meant."""
        known = self._known(field)
        return known.problem if known is not None else ""

    def take_choice(self) -> None:
        """Take what the cursor of the open list is on; with none open nothing happens."""
        field, picked = self._open, self._picked
        self.close_list()
        if field is not None and picked is not None:
            field.take(picked)
            field.say(*self._word(field))

    def take_choice_at_key(self) -> None:
        """Do so for a key that is done before the letters in front of it are in their field."""
        if self._open is not None and self._open.entry.message_queue_size:
            self.close_list()
        else:
            self.take_choice()

    @property
    def doubtful_field(self) -> FieldInput | None:
        """The field whose open list would give it what may not be meant.

        None where its text is the name of that row, or the beginning of nothing else.
        """
        field, picked = self._open, self._picked
        if field is None or picked is None:
            return None
        choices = self.drop.choices
        is_only_one = len(choices) == 1 and not field.spec.takes_other_values
        is_named = choose(choices, field.typed) == picked.value
        return None if is_named or is_only_one else field

    @property
    def _picked(self) -> Choice | None:
        """The row under the cursor of the list, if that is to be seen, and for what stands there.

        A key may come before the list has followed the letters in front of it.
        """
        field = self._open
        if field is None or not self.drop.visible or field.typed != self._listed:
            return None
        return self.drop.picked

    def close_list(self) -> None:
        """Let the list go; what is typed stays."""
        self._stop_search()
        if self._open is not None:
            field, self._open, self._hung = self._open, None, None
            self.drop.visible = False
            field.say(*self._word(field))

    @on(FieldInput.Edited)
    def _follow_typing(self, event: FieldInput.Edited) -> None:
        field = event.field
        if event.is_typed and field.entry.has_focus and field.has_list and field.typed:
            self._open = field
            if field.spec.searches:
                self._search(field)
            self._filter(field)
        elif self._open is field:
            # Nobody means a row who took away what was typed, or has what stood there before.
            self.close_list()
        else:
            field.say(*self._word(field))

    @on(FieldInput.ListWanted)
    def _drop_or_step(self, event: FieldInput.ListWanted) -> None:
        field = event.field
        if self._open is field and self.drop.visible:
            self.drop.step(event.rows)
        elif event.rows > 0 and field.has_list:
            self._open = field
            if field.spec.searches and field.typed:
                self._search(field, pause_s=0.0)
            self._filter(field, is_whole=True)

    @on(FieldInput.Left)
    def _close_with_field(self, event: FieldInput.Left) -> None:
        if self._open is event.field:
            self.close_list()
        else:
            event.field.say(*self._word(event.field))

    def on_click(self, event: events.Click) -> None:
        if self._open is None or event.widget is not self.drop:
            return
        if self.drop.row_at(event.y) is not None:
            field = self._open
            self.take_choice()
            field.enter()

    def _give_list(self, field: FieldInput) -> None:
        known = self._lists[field.spec.lookup]
        index = self._indexes[field.spec.lookup] if known.choices else None
        field.use(with_choices(field.spec, known), index)
        if self._open is field:
            self._filter(field)
        else:
            field.say(*self._word(field))

    def _filter(self, field: FieldInput, *, is_whole: bool = False) -> None:
        """Show the choices for what is typed; all of them where the list was asked for."""
        if field.spec.searches:
            rows = self._answer(field)
        else:
            rows = field.index.rows("" if is_whole else field.typed)
        able = sum(row.choice is not None for row in rows)
        self._listed = field.typed
        self.drop.visible = bool(able)
        current = field.index.value(field.typed) if is_whole else None
        self.drop.show(rows, current)
        if able:
            self._hang(field, rows)
        field.say(*self._word(field, able))

    def hang_list(self) -> None:
        """Put the open list where its field is by now."""
        if self._open is not None and self.drop.visible:
            self._hang(self._open, self.drop.rows)

    def _hang(self, field: FieldInput, rows: Sequence[ChoiceRow]) -> None:
        """Put the list below its field, above it where there is no room below."""
        entry, drop = field.entry.region, self.drop.styles
        height = min(len(rows), ROWS_MOST)
        width = max(entry.width, min(max(map(_row_width, rows)) + _FRAME * 2, self.text_width))
        if self._hung is field:
            # A list that is there keeps its width while one types: its frame would jump about.
            width = max(width, self.drop.size.width)
        self._hung = field
        right = self.grid.region.right
        below = self.app.size.height - 1 - entry.bottom
        y = entry.bottom if height <= below else max(field.region.y - height, 0)
        drop.offset = max(min(entry.x, right - width), 0), y
        drop.width, drop.height = width, height

    def _answer(self, field: FieldInput) -> list[ChoiceRow]:
        """Return what the vendor found for what is typed; nothing as long as it has not."""
        found = self._found.get((field.spec.lookup, field.typed.casefold()))
        return ChoiceIndex(found.choices).rows("") if found is not None else []

    def _search(self, field: FieldInput, pause_s: float = SEARCH_PAUSE_S) -> None:
        self._stop_search()
        lookup, keyword = field.spec.lookup, field.typed
        found = self._found.get((lookup, keyword.casefold()))
        if keyword and (found is None or found.problem):
            self._pending = self.set_timer(pause_s, lambda: self._ask_vendor(lookup, keyword))

    def _ask_vendor(self, lookup: str, keyword: str) -> None:
        self._pending = None
        self.bridge.look_up(self.place.name, lookup, keyword)

    def _stop_search(self) -> None:
        if self._pending is not None:
            self._pending.stop()
            self._pending = None

    def _known(self, field: FieldInput) -> ChoiceList | None:
        spec = field.spec
        if spec.searches:
            return self._found.get((spec.lookup, field.typed.casefold()))
        return self._lists.get(spec.lookup)

    def _word(self, field: FieldInput, able: int = 0) -> tuple[str, str]:
        """Return the word on a field's list, and its style."""
        if not field.has_list:
            return "", "muted"
        known, is_open = self._known(field), self._open is field
        if field.is_recalled and not is_open:
            return "as last time", "accent"
        if known is not None and known.problem and not known.choices:
            return "no list: free text", "warning"
        if field.is_as_typed and not is_open:
            return "sent as typed", "warning"
        if field.spec.searches:
            if not is_open or not field.typed:
                return "searched by name", "muted"
            return ("searching", "muted") if known is None else _count(able, len(known.choices))
        if field.spec.lookup and known is None and not len(field.index):
            return "loading", "muted"
        return _count(able, len(field.index)) if is_open else ("", "muted")


def _count(able: int, total: int) -> tuple[str, str]:
    return (f"{able:,} of {total:,}", "muted") if able else ("no match", "warning")


def _row_width(row: ChoiceRow) -> int:
    return cell_len(row.text) + cell_len(row.beside) + bool(row.beside)
