"""Fields to type in: what is typed, selected or hinted at is readable in every theme."""

from collections.abc import Iterator, Sequence

import pytest
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import Input, TextArea
from textual.widgets.input import Selection as InputSelection
from textual.widgets.text_area import Selection as TextSelection

from support.builders import NOON
from support.deck import SMALL, make_list_app, settle
from support.drawn import is_faint, segments_of, shown_colors
from support.service import world
from tui.app.dashboard import Dashboard
from tui.theming.contrast import contrast
from tui.theming.files import theme_names
from tui.theming.palette import XTERM

NAMES = theme_names()
WAYS = {
    "filter": ("slash",),
    "help": ("question_mark",),
    "palette": ("colon",),
    "note": ("m",),
    "snooze": ("s", "2"),
    "export": ("E",),
    "form": ("n", "enter"),
}
"""The keys that lead from the list to each screen with fields."""
TYPED, SELECTED = "abcdef", 3
SEEN = 3.0
"""The least ratio for what is no text (WCAG 2.2, success criterion 1.4.11)."""

Field = Input | TextArea
Cell = tuple[str, Style]


def _fields(app: Dashboard) -> list[Field]:
    return [
        field
        for field in app.screen.query("Input, TextArea")
        if isinstance(field, Input | TextArea) and field.display
    ]


def _type(field: Field, text: str) -> None:
    if isinstance(field, Input):
        field.value = text
        field.selection = InputSelection.cursor(len(text))
    else:
        field.text = text
        field.selection = TextSelection.cursor((0, len(text)))


def _select(field: Field, characters: int) -> None:
    """Select the first characters; the cursor stands behind them."""
    if isinstance(field, Input):
        field.selection = InputSelection(0, characters)
    else:
        field.selection = TextSelection((0, 0), (0, characters))


def _cells(app: Dashboard, field: Field) -> Iterator[Cell]:
    """Yield what stands in the first line of a field, a cell at a time."""
    region = field.content_region
    for y, x, segment in segments_of(app):
        for at, character in enumerate(segment.text, x):
            if y == region.y and region.x <= at < region.right:
                yield character, segment.style or Style()


def _ground(style: Style) -> object:
    """Return what a blank of this style shows."""
    colors = shown_colors(style, XTERM)
    return colors[1] if colors else bool(style.reverse)


def _is_seen(style: Style, beside: Style) -> bool:
    """Whether a blank of a style is seen beside one of another style."""
    one, other = shown_colors(style, XTERM), shown_colors(beside, XTERM)
    if one and other:
        return contrast(one[1], other[1]) >= SEEN
    return _ground(style) != _ground(beside)


async def _cells_of(pilot: Pilot[int], app: Dashboard, field: Field) -> list[Cell]:
    """Return what stands in a field, all of it readable, once it is drawn."""
    await settle(pilot)
    cells = list(_cells(app, field))
    faint = "".join(text for text, style in cells if text.strip() and is_faint(style))
    assert not faint, f"{faint!r} in theme {app.theme}"
    return cells


async def _put_on(pilot: Pilot[int], app: Dashboard, theme: str) -> None:
    app.show_theme(theme)
    await settle(pilot)


def _text(cells: Sequence[Cell]) -> str:
    return "".join(character for character, _ in cells)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_what_stands_in_a_field_is_readable_in_every_theme(way: tuple[str, ...]) -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(*way)
        await settle(pilot)
        assert _fields(app)
        for theme in NAMES:
            await _put_on(pilot, app, theme)
            for field in _fields(app):
                field.focus()
                field.scroll_visible(animate=False)
                await settle(pilot)
                _type(field, TYPED)
                cells = await _cells_of(pilot, app, field)
                assert _text(cells).startswith(TYPED), theme
                cursor, behind = cells[len(TYPED)][1], cells[len(TYPED) + 1][1]
                assert _is_seen(cursor, behind), f"the cursor in theme {theme}"

                _select(field, SELECTED)
                cells = await _cells_of(pilot, app, field)
                assert _is_seen(cells[1][1], cells[SELECTED + 1][1]), f"selected in theme {theme}"

                _type(field, "")
                field.placeholder = TYPED
                assert _text(await _cells_of(pilot, app, field)).startswith(TYPED), theme


@pytest.mark.parametrize("way", [WAYS["snooze"], WAYS["form"]], ids=["snooze", "form"])
async def test_a_field_without_the_focus_is_readable_in_every_theme(way: tuple[str, ...]) -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(*way)
        await settle(pilot)
        for field in _fields(app):
            _type(field, TYPED)
        await settle(pilot)
        app.screen.set_focus(None)
        for theme in NAMES:
            await _put_on(pilot, app, theme)
            for field in _fields(app):
                field.scroll_visible(animate=False)
                cells = await _cells_of(pilot, app, field)
                assert _text(cells).startswith(TYPED), theme
