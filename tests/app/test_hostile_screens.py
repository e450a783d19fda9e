"""Texts made to be taken for markup, actions or work: on every screen they are what was written."""

import json
import random
import re
import resource
import time
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.widgets import Static

from support.builders import NOON, make_ticket
from support.deck import WIDE, make_list_app, settle, text_of
from support.drawn import drawn_by, segments_of
from support.hostile_corpus import PAYLOADS, foreign_codes
from support.repeats import repeats
from support.screens import every_screen
from support.service import FIELDS, FakeService, make_workspaces
from tui.app.dashboard import Dashboard
from tui.app.formatting import Span
from tui.app.painting import Painter
from tui.domain.clean import LINES_LIMIT, TEXT_LIMIT, clean
from tui.domain.creates import KeptDraft, OpenCreate, Stage
from tui.domain.draft import Draft, RequestPreview
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.ticket import Ticket, TicketRef
from tui.theming.load import load_themes

WIRE = Path(__file__).resolve().parents[1] / "fixtures" / "wire"
ACTIONS = (
    "[@click=app.quit]x[/]",
    "[@click=app.simulate_key('q')]x[/]",
    "[@click=app.bell]x[/] [link=file:///etc/passwd]y[/link]",
    "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
)
OPENINGS = (
    *("", "i", "enter", "enter G", "?", "S", "L", "w", "w w", "m", "s", "T", "colon", "E", "N"),
    *("o", "X", "X o", "X d", "X enter", "n enter", "n enter enter"),
)
"""The keys that lead to each screen; by ctrl+c they are left again."""
BRACKETS = "[]/\\@=$'\"() .:;#%-_abq\n"


def hostile_ticket(number: int, payload: str) -> Ticket:
    one, many = clean(payload), clean(f"{payload}\n{payload}", multiline=True)
    person = Person(one, one, one)
    return make_ticket(
        str(number),
        title=one,
        body=many,
        customer=person,
        assignee=person,
        vendor_status=one,
        tags=(one,),
        channel=one,
        url=one,
        extra={one: one},
    )


def does_nothing(segment: Segment) -> bool:
    """Whether a click on it starts no action and follows no link."""
    # Textual marks a place in a text of its own by the meta data `offset`.
    style = segment.style
    return style is None or not (style.meta.keys() - {"offset"} or style.link)


def cells_that_act(app: Dashboard) -> list[str]:
    return [each.text for _, _, each in segments_of(app) if not does_nothing(each)]


async def test_no_cell_of_any_screen_has_an_action_of_a_text() -> None:
    payload = " ".join(ACTIONS)
    service = FakeService(make_workspaces(), (hostile_ticket(n, payload) for n in range(30)))
    failed = WorkspaceHealth(state=HealthState.REFUSED, error=clean(payload), advice=clean(payload))
    service.set_health("qp", failed)
    service.field_specs = dict.fromkeys(("qp", "klink"), FIELDS)
    texts = dict.fromkeys(("comment", "firstName", "tags"), payload)
    refs = tuple(TicketRef("qp", clean(f"{n} {payload}")) for n in range(2))
    service.creates.open = (
        OpenCreate(
            id="a",
            draft=Draft("qp", texts),
            at=NOON,
            by=clean(payload),
            title=clean(payload),
            stage=Stage.OPEN,
            message=clean(payload),
            candidates=refs,
        ),
    )
    for number, place in enumerate(("qp", "klink") * 2):
        draft = KeptDraft(id=str(number), workspace=place, texts=texts, at=NOON, version=1)
        service.forms.kept[draft.id] = draft
    app = make_list_app(service)
    seen = set()
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert clean(ACTIONS[0]) in text_of(app)
        for keys in OPENINGS:
            await pilot.press(*keys.split())
            await settle(pilot)
            if service.rendered:
                service.rendered.pop()[1].set_result(
                    RequestPreview(
                        method="POST", url="https://a.example", headers={}, body=clean(payload)
                    )
                )
                await settle(pilot)
            seen.add(type(app.screen).__name__)
            assert cells_that_act(app) == [], keys
            assert foreign_codes(drawn_by(app).encode()) == [], keys
            while len(app.screen_stack) > 1:
                await pilot.press("ctrl+c")
                await settle(pilot)
        # A click does what the style of its cell says; a few are clicked all the same.
        title = next(line for line in text_of(app).splitlines() if "[@click" in line)
        for x in range(title.index("[@click"), title.index("[@click") + 12, 3):
            await pilot.click(offset=(x, 6))
        await settle(pilot)
        assert app.is_running
        assert app.return_value is None
    assert seen | {"WorkspacesScreen"} == every_screen()


async def test_an_action_that_a_widget_took_from_a_text_would_be_noticed() -> None:
    class Careless(App[int]):
        def compose(self) -> ComposeResult:
            yield Static(ACTIONS[0])

    app = Careless()
    async with app.run_test():
        strips = app.screen._compositor.render_strips()

    assert [each.text for strip in strips for each in strip if not does_nothing(each)] == ["x"]


def test_brackets_are_drawn_as_they_are_written() -> None:
    rng = random.Random(6)
    painter = Painter(load_themes().pick("midnight"))
    for _ in range(repeats(10_000, 1_000_000)):
        text = clean("".join(rng.choices(BRACKETS, k=rng.randrange(1, 40))))
        strip = painter.strip((Span(text),), "surface", len(text))

        assert strip.text == text
        assert all(map(does_nothing, strip))


async def test_every_payload_stands_in_the_list_as_its_cleaned_self() -> None:
    tickets = [make_ticket(str(n), title=clean(f"{n}: {each}")) for n, each in enumerate(PAYLOADS)]
    app = make_list_app(FakeService(make_workspaces(), tickets))
    async with app.run_test(size=(200, len(PAYLOADS) + 20)) as pilot:
        await settle(pilot)
        shown = text_of(app)

    plain = [each.title for each in tickets if each.title.isascii()]
    assert len(plain) > 40
    assert [title for title in plain if f" {title.strip()} " not in shown] == []
    marked = [each.title for each in tickets if "␛" in each.title and len(each.title) < 60]
    assert len(marked) > 100
    assert [title for title in marked if title not in shown] == []


@pytest.mark.parametrize("path", sorted(WIRE.rglob("list.json")), ids=lambda path: path.parent.name)
async def test_every_text_of_a_vendors_sample_is_shown_verbatim(path: Path) -> None:
    texts = _short_texts(path)
    tickets = [make_ticket(str(n), title=clean(each)) for n, each in enumerate(texts)]
    app = make_list_app(FakeService(make_workspaces(), tickets))
    async with app.run_test(size=(200, len(texts) + 20)) as pilot:
        await settle(pilot)
        shown = text_of(app)

    assert texts
    assert [each for each in texts if clean(each) not in shown] == []


def _short_texts(path: Path) -> list[str]:
    return sorted({each for each in _texts(json.loads(path.read_bytes())) if len(each) < 60})


def _texts(value: object) -> list[str]:
    match value:
        case dict():
            return [text for inner in value.values() for text in _texts(inner)]
        case list():
            return [text for inner in value for text in _texts(inner)]
        case str() if value.strip() and not re.search(r"[\n<]", value):
            return [value]
        case _:
            return []


@pytest.mark.parametrize("piece", ["x", "x ", "row\n", "e\u0301", "\x1b]", "漢"])
async def test_a_ticket_of_ten_megabytes_costs_no_more_than_its_cap(piece: str) -> None:
    huge = piece * (10_000_000 // len(piece))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ticket = make_ticket("1", title=clean(huge), body=clean(huge, multiline=True))
    assert len(ticket.body) <= TEXT_LIMIT
    assert ticket.body.count("\n") < LINES_LIMIT
    app = make_list_app(FakeService(make_workspaces(), [ticket]))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        began = time.process_time()
        for key in ("pagedown", "G", "g", "j"):
            await pilot.press(key)
            await settle(pilot)
        took_s = (time.process_time() - began) / 4

    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert took_s < 0.1
    assert grown_mb < 50
