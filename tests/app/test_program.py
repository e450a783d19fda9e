"""The program around the screens: sizes, keys, themes, hostile text."""

from collections.abc import Callable

import pytest
from textual.geometry import Size

from support.builders import NOON, make_ticket
from support.deck import SMALL, make_app, make_list_app, settle, text_of, tickets_screen
from support.service import FakeService, make_workspaces, world
from tui.app.screens.sources import SourcesScreen
from tui.app.screens.workspaces import WorkspacesScreen
from tui.domain.clean import clean
from tui.domain.errors import VendorError
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.ticket import Status, Ticket

ALL_COLUMNS = ["PRI", "DUE", "TICKET", "STAT", "TITLE", "CUSTOMER", "ASSIGNEE", "AGE"]
SIZES = [(1, 1), (10, 4), (20, 5), (39, 40), (40, 10)]


async def test_no_size_breaks_any_screen() -> None:
    app = make_app(world(NOON, 60), start_in=("qp",))
    ways = ("G", "p /", "escape enter", "escape w", "escape ?", "escape n", "tab down")
    async with app.run_test(size=SMALL) as pilot:
        for keys in ways:
            await pilot.press(*keys.split())
            for width, height in SIZES:
                await pilot.resize_terminal(width, height)
                await settle(pilot)
                text = text_of(app)
                is_too_small = width < 40 or height < 10
                assert ("ticketdeck needs" in text) is (is_too_small and width > 18)
            await pilot.resize_terminal(*SMALL)
            assert "needs" not in text_of(app)


async def test_below_the_least_size_there_is_one_clear_sentence() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=(39, 12)) as pilot:
        await settle(pilot)
        assert text_of(app).split() == ["ticketdeck", "needs", "40x10;", "this", "is", "39x12"]

        await pilot.resize_terminal(40, 10)
        await settle(pilot)
        assert "TICKET" in text_of(app)
        assert "needs" not in text_of(app)


async def test_a_storm_of_sizes_ends_in_the_right_layout() -> None:
    app = make_list_app(world(NOON, 100))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "j")
        chosen = tickets_screen(app).items.ticket
        for width, height in [(1, 1), (300, 100), (20, 5), (160, 45), (41, 11), (120, 36)] * 3:
            await pilot.resize_terminal(width, height)
        await settle(pilot)

        text = text_of(app).splitlines()
        assert text[3].split() == ALL_COLUMNS
        assert len(text) == 36
        assert tickets_screen(app).items.ticket == chosen
        assert app.size == Size(120, 36)


async def test_the_preview_stands_beside_a_list_whose_customers_it_tells() -> None:
    app = make_list_app(world(NOON, 100))
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot)
        header = text_of(app).splitlines()[3]

        columns = [name for name in ALL_COLUMNS if name != "CUSTOMER"]
        assert header.split()[:7] == columns
        assert "CRIT" in header[100:]


async def test_keys_can_be_remapped_and_unbound() -> None:
    app = make_list_app(world(NOON, 50), keys={"list.down": ("x", "j"), "app.theme": ("",)})
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("x", "x", "j", "down", "T")
        await settle(pilot)

        assert tickets_screen(app).items.cursor == 3
        assert app.themes.name == "midnight"
        await pilot.press("?")
        await settle(pilot)
        assert "x j" in text_of(app)


async def test_what_reopens_a_draft_is_named_by_its_effective_key() -> None:
    for keys, named in ((("ctrl+n",), "ctrl+n"), ((), ":")):
        app = make_list_app(world(NOON, 5), keys={"ticket.create": keys})
        async with app.run_test(size=SMALL):
            assert (app.key_of("draft"), app.key_of("note")) == (named, "m")


async def test_the_footer_shows_the_effective_keys() -> None:
    app = make_list_app(world(NOON, 5), keys={"ticket.create": ("ctrl+n",)})
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)

        assert "ctrl+n new" in text_of(app).splitlines()[-1]


@pytest.mark.parametrize("width", [40, 57, 80, 120])
async def test_the_footer_cuts_no_word_and_leaves_out_what_has_no_key(width: int) -> None:
    app = make_list_app(world(NOON, 5), keys={"list.open": (), "list.why": ("ctrl+w",)})
    async with app.run_test(size=(width, 24)) as pilot:
        await settle(pilot)
        footer = text_of(app).splitlines()[-1].strip()

        assert "open" not in footer
        assert "…" not in footer
        assert footer.startswith("n new")
        assert footer.endswith("? help")
        assert ("ctrl+w why" in footer) is (width >= 80)


async def test_notices_and_demo_are_in_sight_from_the_start() -> None:
    app = make_list_app(world(NOON, 5), notices=("config.toml:1: colour: unknown",), demo=True)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)

        assert "config.toml:1: colour: unknown" in text_of(app)
        assert "DEMO" in text_of(app).splitlines()[0]
        await pilot.press("j")
        await settle(pilot)
        assert "enter open" in text_of(app)


async def test_the_terminals_cursor_stands_where_one_types_and_comes_back_to_the_row() -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j")
        await settle(pilot)
        row = app.cursor_position
        assert (row.x, app.shows_cursor) == (0, True)
        await pilot.press("/", *"ab")
        await settle(pilot)
        line = text_of(app).splitlines()[app.cursor_position.y]
        assert line[: app.cursor_position.x].split() == ["/ab"]
        assert not app.shows_cursor, "the field draws one"
        await pilot.press("escape", "escape")
        await settle(pilot)

        assert (app.cursor_position, app.shows_cursor) == (row, True)
        await pilot.press("enter")
        await settle(pilot)
        assert not app.shows_cursor, "there is no row"


async def test_of_many_notices_the_way_to_all_is_never_cut() -> None:
    notices = [
        f"/home/ana/conf/config.toml:{line}: colour: {'unknown ' * 12}" for line in (1, 2, 3)
    ]
    app = make_list_app(world(NOON, 5), notices=tuple(notices))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        line = text_of(app).splitlines()[-1]
        assert line.startswith(" config.toml:1: colour: unknown")
        assert line.rstrip().endswith("… (and 2 more; L shows all)")
        await pilot.press("L")
        await settle(pilot)
        assert isinstance(app.screen, SourcesScreen)
        while app.screen.workspace is not None:
            await pilot.press("tab")
        await settle(pilot)

        told = [line for line in text_of(app).splitlines() if "config.toml" in line]
        assert [f"config.toml:{line}:" in text for line, text in enumerate(told, 1)] == [True] * 3


async def test_the_terminals_cursor_stands_on_the_row() -> None:
    app = make_list_app(world(NOON, 50))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j", "j", "j")
        await settle(pilot)
        y = app.cursor_position.y

        assert text_of(app).splitlines()[y].startswith("▸")


HOSTILE = (
    "\x1b]52;c;UFdORUQ=\x07",
    "\x1b[2J\x1b[6n",
    "\x9b31m\x9d0;title\x9c",
    "\x1b]0;title\x07\x1b]8;;http://x\x1b\\",
    "\x00\x08\x7f\r\v",
    "\u202edrowssap\u2069\u200f",
    "[/] [b]bold[/b] [ERROR] a@b.c [/usr/bin] [",
    "[@click=app.quit]x[/] [@click=app.simulate_key('q')]y[/]",
    "\ud800 Z" + "\u0301" * 50,
    "👩\u200d👩\u200d👧 🏳️\u200d🌈 漢字 ﷽ \u0e33",
    "x" * 5_000,
    "",
)


def _hostile_ticket(number: int, payload: str) -> Ticket:
    one, long = clean(payload), clean(f"{payload}\n{payload}", multiline=True)
    person = Person(one, one, one)
    return make_ticket(
        str(number),
        title=one,
        body=long,
        customer=person,
        assignee=person,
        status=Status.UNKNOWN,
        vendor_status=one,
        tags=(one,),
        channel=one,
        url=one,
        extra={one: one},
    )


async def test_hostile_text_is_only_text_on_every_screen() -> None:
    service = FakeService(make_workspaces())
    app = make_app(service)
    async with app.run_test(size=(120, 30)) as pilot:
        for payload in HOSTILE:
            one = clean(payload)
            service.set_health(
                "qp", WorkspaceHealth(state=HealthState.REFUSED, error=one, advice=one)
            )
            await settle(pilot)
            _assert_harmless(text_of(app))
        await pilot.press("enter")
        service.change(*(_hostile_ticket(*each) for each in enumerate(HOSTILE)))
        for number in range(len(HOSTILE)):
            await settle(pilot)
            _assert_harmless(text_of(app))
            await pilot.press("j" if number else "g")
        assert "[/] [b]bold[/b] [ERROR]" in text_of(app)
        for _ in HOSTILE[::2]:
            await pilot.press("enter")
            await settle(pilot)
            _assert_harmless(text_of(app))
            service.fetched[-1][1].set_exception(VendorError("".join(HOSTILE)))
            await settle(pilot)
            _assert_harmless(text_of(app))
            await pilot.press("q", "j")


def _assert_harmless(text: str) -> None:
    controls = [letter for letter in text if ord(letter) < 32 or 127 <= ord(letter) < 160]
    assert set(controls) <= {"\n"}
    assert not set("\u202e\u2069\u200f") & set(text)


async def test_a_signal_ends_the_program_with_its_code() -> None:
    app = make_list_app(world(NOON, 5))
    async with app.run_test(size=SMALL) as pilot:
        app.end_soon(143)
        await settle(pilot)
    assert app.return_value == 143


async def test_a_key_that_comes_twice_opens_one_screen() -> None:
    app = make_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        workspaces = app.screen
        assert isinstance(workspaces, WorkspacesScreen)
        workspaces.action_list_open()
        workspaces.action_list_open()
        await settle(pilot)
        assert len(app.screen_stack) == 2

        tickets_screen(app).action_list_open()
        tickets_screen(app).action_list_open()
        await settle(pilot)
        assert len(app.screen_stack) == 3


async def test_quit_can_be_moved_to_another_key() -> None:
    app = make_list_app(world(NOON, 5), keys={"app.quit": ("ctrl+x",)})
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+q")
        await settle(pilot)
        assert app.is_running
        await pilot.press("ctrl+x")
    assert app.return_value == 0


async def test_what_changed_before_the_dashboard_listened_is_seen() -> None:
    service = FakeService(make_workspaces())
    app = make_list_app(service)
    subscribe = service.subscribe

    def late(listener: Callable[[], None]) -> Callable[[], None]:
        service.queue.apply([make_ticket("7", title="Just in time")])
        return subscribe(listener)

    service.subscribe = late  # type: ignore[method-assign] # the moment between two calls
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert "Just in time" in text_of(app)


async def test_an_answer_after_the_end_disturbs_nobody() -> None:
    service = world(NOON, 5)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "ctrl+q")
    service.fetched[0][1].set_exception(VendorError("late"))
    service.tell()

    assert app.return_value == 0
