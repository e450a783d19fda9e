"""Words that need a joiner arrive as they were typed; marks of direction arrive nowhere."""

import pytest
from textual import events
from textual.pilot import Pilot

from support.builders import NOON
from support.deck import SMALL, make_app, settle, text_of, typed
from support.service import world
from tui.app.dashboard import Dashboard

PERSIAN = "می\u200cتو\u0627نیم"
FAMILY = "👩\u200d👩\u200d👧"
MARKS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FIELDS: tuple[list[str], ...] = ([], ["tab"])
"""The way to a field of several lines, and to one of one line."""


def _app() -> Dashboard:
    return make_app(world(NOON, 20), start_in=("inbox",))


async def _open(pilot: Pilot[int], way: list[str]) -> None:
    await settle(pilot)
    await pilot.press("n", *way)
    await settle(pilot)


async def _type(pilot: Pilot[int], text: str) -> None:
    for character in text:
        pilot.app.post_message(events.Key(f"sign_{ord(character):x}", character))
        await pilot.pause()
    await settle(pilot)


@pytest.mark.parametrize("way", FIELDS)
@pytest.mark.parametrize("text", [PERSIAN, FAMILY, f"{PERSIAN} {FAMILY}!", "👍🏽 ❤\ufe0f\u200d🔥"])
async def test_what_is_typed_with_joiners_stands_in_the_field(way: list[str], text: str) -> None:
    app = _app()
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot, way)
        await _type(pilot, text)

        assert typed(app) == text


@pytest.mark.parametrize("way", FIELDS)
@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("a\u200db", "ab"),
        ("\u200cx", "x"),
        ("👩\u200da", "👩a"),
        (f"{PERSIAN}\u200c x", f"{PERSIAN} x"),
        (f"{MARKS}a{MARKS}", "a"),
    ],
)
async def test_a_joiner_that_joins_nothing_and_a_mark_are_left_out(
    way: list[str], keys: str, text: str
) -> None:
    app = _app()
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot, way)
        await _type(pilot, keys)

        assert typed(app) == text


@pytest.mark.parametrize("way", FIELDS)
async def test_a_paste_with_marks_of_direction_has_none_and_no_words_for_them(
    way: list[str],
) -> None:
    app = _app()
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot, way)
        app.post_message(events.Paste(f"a{MARKS}b {PERSIAN} {FAMILY}"))
        await settle(pilot)

        assert typed(app) == f"ab {PERSIAN} {FAMILY}"


@pytest.mark.parametrize("way", FIELDS)
async def test_a_line_with_joiners_is_as_wide_as_every_other(way: list[str]) -> None:
    app = _app()
    async with app.run_test(size=SMALL) as pilot:
        await _open(pilot, way)
        await _type(pilot, f"x {FAMILY} {PERSIAN}")
        for _ in range(14):
            await pilot.press("left")
            await settle(pilot)
            strips = app.screen._compositor.render_strips()
            assert {sum(s.cell_length for s in strip) for strip in strips} == {80}
        assert "x " in text_of(app)
