"""The fields of a form, short ones in pairs where there is room."""

from collections.abc import Iterable, Mapping

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region

from tui.app.painting import Painter
from tui.app.widgets.field_input import FieldInput
from tui.domain.draft import FieldSpec, FieldType

_LEAST_TEXT, _MOST_TEXT = 4, 13
"""The heights of a long text with its label."""


class FieldGrid(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Keeps its fields: what stands in one stays when others come.

    It has no keys of its own: arrows that a field has no use for would scroll all of it.
    """

    def __init__(
        self, painter: Painter, specs: Iterable[FieldSpec], values: Mapping[str, str]
    ) -> None:
        super().__init__(id="fields")
        self._painter = painter
        self.columns = 2
        self.fields = [FieldInput(spec, painter, value=values.get(spec.key)) for spec in specs]
        """In their order on the screen."""
        self._is_composed = False

    def compose(self) -> ComposeResult:
        self._is_composed = True
        yield from self.fields

    @property
    def specs(self) -> tuple[FieldSpec, ...]:
        """The fields' own, with their choices."""
        return tuple(field.spec for field in self.fields)

    @property
    def long_field(self) -> FieldInput | None:
        """The field that is for the text of the ticket."""
        return next((f for f in self.fields if f.spec.type is FieldType.LONG_TEXT), None)

    def field(self, key: str) -> FieldInput | None:
        """Return the field of this key; None if there is none."""
        return next((field for field in self.fields if field.spec.key == key), None)

    def take_specs(self, specs: Iterable[FieldSpec]) -> None:
        """Have these fields: new ones come in their places, and empty ones that are none go."""
        before = {field.spec.key: field for field in self.fields}
        ordered: list[FieldInput] = []
        for spec in specs:
            field = before.pop(spec.key, None)
            if field is None or field.is_long != self._is_long(spec):
                field = FieldInput(spec, self._painter, value=field.value if field else None)
            elif field.spec != spec:
                # Who was found by a search is known to the field alone.
                field.use(spec, field.index if spec.searches else None)
            ordered.append(field)
        kept = [field for field in before.values() if field.is_touched or field.entry.has_focus]
        self._place([*ordered, *kept])

    def _place(self, fields: list[FieldInput]) -> None:
        # Nothing can be mounted any more once the program ends, though fields may still come.
        if not (self._is_composed and self.is_attached):
            self.fields = fields
            return
        for field in self.fields:
            if field not in fields:
                field.remove()
        after: FieldInput | None = None
        for field in fields:
            if not field.is_attached:
                self.mount(field, after=after) if after else self.mount(field, before=0)
            after = field
        self.fields = fields

    def fit(self, room: int, *, may_shrink: bool = True) -> int:
        """Take at most so many lines, and return how many that are.

        What the short fields leave is for the long text.
        """
        rows = self._rows()
        texts = [each for each in self.fields if each.spec.type is FieldType.LONG_TEXT]
        rest = sum(row[0].lines for row in rows if row[0] not in texts)
        for text in texts:
            lines = max(min((room - rest) // len(texts), _MOST_TEXT), _LEAST_TEXT)
            if lines != text.lines and (may_shrink or lines > text.lines):
                text.lines = lines
        for row in rows:
            for field in row:
                field.styles.column_span = self.columns if len(row) == 1 else 1
        lines = max(min(sum(row[0].lines for row in rows), room), 1)
        self.styles.height = lines
        return lines

    def bring(self, field: FieldInput) -> None:
        """Scroll so far that a field is seen whole, by pages rather than by lines."""
        region = field.virtual_region
        view = Region(0, round(self.scroll_y), region.width, self.size.height)
        if region.y >= view.y and region.bottom <= view.bottom:
            return
        top = region.y if region.bottom > view.bottom else region.bottom - view.height
        self.scroll_to(y=max(min(top, self.max_scroll_y), 0), animate=False, immediate=True)

    def _rows(self) -> list[list[FieldInput]]:
        """Return the fields as they stand side by side."""
        rows: list[list[FieldInput]] = []
        for field in self.fields:
            has_room = rows and len(rows[-1]) < self.columns
            if has_room and not field.is_whole and not rows[-1][-1].is_whole:
                rows[-1].append(field)
            else:
                rows.append([field])
        return rows

    @staticmethod
    def _is_long(spec: FieldSpec) -> bool:
        return spec.type is FieldType.LONG_TEXT or spec.open_keys
