"""Finding in the list of tickets: the filter, the order, the saved views, the workspaces."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from textual import events
from textual.pilot import Pilot

from support.builders import NOON, make_ticket
from support.clock import FakeClock
from support.deck import (
    SMALL,
    WIDE,
    make_app,
    make_list_app,
    settle,
    text_of,
    tickets_screen,
    typed,
)
from support.service import FakeService, make_workspaces, world
from tui.app.dashboard import Dashboard
from tui.app.screens import finding
from tui.domain.activity import Novelty
from tui.domain.acts import Act, ActKind
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.order import SORT_KEYS
from tui.domain.person import Person
from tui.domain.query import Query
from tui.domain.ticket import DueSource, Priority, Status, Ticket, TicketRef
from tui.domain.view import View

HOUR = timedelta(hours=1)


def _five() -> FakeService:
    """Two overdue tickets, one critical, one closed, one that nothing presses."""
    tickets = [
        make_ticket("1", title="Tills offline", priority=Priority.CRITICAL),
        make_ticket("2", title="Voucher late", due_at=NOON - HOUR, due_source=DueSource.SLA),
        make_ticket("3", title="Voucher lost", flagged_overdue=True, workspace="klink"),
        make_ticket("4", title="Thanks", status=Status.RESOLVED, workspace="klink"),
        make_ticket("5", title="Voucher fine", priority=Priority.LOW, workspace="inbox"),
    ]
    tickets = [
        replace(
            ticket,
            created_at=NOON - number * HOUR,
            updated_at=NOON - (7 * number % 5) * HOUR,
            due_at=ticket.due_at or NOON + number * HOUR,
            customer=Person(f"Customer {7 * number % 4}"),
            assignee=Person(f"Assignee {number % 3}"),
        )
        for number, ticket in enumerate(tickets, start=1)
    ]
    service = FakeService(make_workspaces(), tickets)
    for workspace in service.workspaces:
        health = WorkspaceHealth(state=HealthState.OK, as_of=NOON)
        service.queue.set_health(workspace.name, health)
    return service


def _ids(app: Dashboard) -> list[str]:
    return [ref.id for ref in tickets_screen(app).view.refs()]


def _under_cursor(app: Dashboard) -> str | None:
    ticket = tickets_screen(app).items.ticket
    return ticket.ref.id if ticket else None


def _lines(app: Dashboard) -> list[str]:
    return [line.strip() for line in text_of(app).splitlines()]


def _place(app: Dashboard) -> str:
    """Return the line below the list."""
    return next(line for line in _lines(app)[3:] if " of " in line or line.startswith("/"))


async def _type(pilot: Pilot[int], text: str) -> None:
    """Let a text come at once, as over a slow line."""
    words = text.lstrip()
    await pilot.press(*["space"] * (len(text) - len(words)))
    await settle(pilot)
    pilot.app.post_message(events.Paste(words))
    await settle(pilot)


async def test_the_filter_narrows_while_typing_and_tells_what_it_hides() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/", *"voucher", "space", "-", *"late")
        await settle(pilot)
        assert set(_ids(app)) == {"3", "5"}
        assert _place(app).startswith("/voucher -late")
        assert _place(app).endswith("2 of 5; hides 1 OVER")

        await pilot.press("enter")
        await settle(pilot)
        assert _place(app).startswith("/voucher -late  2 of 5; hides 1 OVER")
        assert _place(app).endswith("esc clears")

        await pilot.press("escape")
        await settle(pilot)
        assert len(_ids(app)) == 5
        assert _place(app) == "1-5 of 5"


async def test_a_filter_asks_for_fields_marks_and_what_was_done_here() -> None:
    service = _five()
    service.unseen = {TicketRef("qp", "1"): Novelty.NEW}
    service.act(Act(ActKind.ACKNOWLEDGE), [service.queue.tickets()[1]]).result()
    acked = service.queue.tickets()[1].ref.id
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        for text, found in {
            "is:overdue": {"2", "3"},
            "is:open workspace:inbox,klink": {"3", "5"},
            "priority:critical": {"1"},
            "is:unseen": {"1"},
            "is:acked": {acked},
            "is:closed": {"4"},
        }.items():
            await pilot.press("/")
            await _type(pilot, text)
            assert set(_ids(app)) == found, text
            await pilot.press("escape")


async def test_letters_are_text_while_the_filter_is_typed() -> None:
    app = make_list_app(world(NOON, 20))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/", *"qnrwpgTR1S[")
        await settle(pilot)

        assert typed(app) == "qnrwpgTR1S["
        assert len(app.screen_stack) == 1
        assert "Nothing matches qnrwpgTR1S[" in text_of(app)
        assert "20 tickets are hidden" in text_of(app)
        assert "esc clears the filter." in text_of(app)


async def test_a_query_that_is_not_understood_leaves_the_list_and_says_where_and_why() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/")
        await _type(pilot, "is:overdue")
        await _type(pilot, " status:opne x")

        assert set(_ids(app)) == {"2", "3"}
        assert _place(app).endswith("/is:overdue  2 of 5"), "it says which filter is shown"
        assert _lines(app)[-1].startswith("column 19: 'opne' is no word for status:")
        assert "nearest: open" in _lines(app)[-1]
        assert _underlined(app) == "opne"

        await pilot.press("enter")
        await settle(pilot)
        assert typed(app) == "is:overdue status:opne x", "nothing that is wrong is kept"

        await pilot.press(*["left"] * 2, *["backspace"] * 2, "e", "n", "enter")
        await settle(pilot)
        assert _place(app).startswith("/is:overdue status:open x  0 of 5; hides 2 OVER")
        assert _underlined(app) == ""


def _underlined(app: Dashboard) -> str:
    return "".join(
        segment.text
        for strip in app.screen._compositor.render_strips()
        for segment in strip
        if segment.style and segment.style.underline
    )


@pytest.mark.parametrize("count", [5, 6000])
async def test_a_bad_query_shows_the_same_however_quickly_it_is_typed(count: int) -> None:
    app = make_list_app(_five() if count == 5 else world(NOON, count))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        for typed_before in ("", "voucher "):
            shown: set[tuple[str, ...]] = set()
            notes: set[str] = set()
            await pilot.press("/")
            await _type(pilot, typed_before.strip())
            await pilot.pause(0.05)
            whole = _ids(app)
            await pilot.press("escape")
            for pause in (None, 0.03, "paste"):
                await pilot.press("/")
                if isinstance(pause, str):
                    await _type(pilot, f"{typed_before}is:overdeu")
                else:
                    for letter in f"{typed_before}is:overdeu":
                        await pilot.press({" ": "space", ":": "colon"}.get(letter, letter))
                        await pilot.pause(pause)
                await pilot.pause(0.1)
                shown.add(tuple(_ids(app)))
                notes.add(_place(app).partition("deu")[2].strip())
                await pilot.press("escape")
            assert shown == {tuple(whole)}
            assert len(notes) == 1
            assert notes.pop().startswith("/voucher  " if typed_before else "no filter  1-")


async def test_the_beginning_of_a_name_filters_once_a_blank_or_enter_makes_it_a_word() -> None:
    service = _five()
    service.change(make_ticket("6", title="Prior voucher", due_at=NOON + HOUR))
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("/")
        for letter in "prio":
            await pilot.press(letter)
            await settle(pilot)
            assert len(_ids(app)) == 6, letter
        assert _lines(app)[-1].startswith("tab priority:")
        await pilot.press("space")
        await settle(pilot)
        assert _ids(app) == ["6"]
        await pilot.press("backspace")
        await settle(pilot)
        assert len(_ids(app)) == 6
        await pilot.press("enter")
        await settle(pilot)
        assert _ids(app) == ["6"]
        assert _place(app).startswith("/prio  1 of 6")

        await pilot.press("escape", "/", *"prio")
        await pilot.click("#list", offset=(10, 2))
        await settle(pilot)
        assert _place(app).startswith("/prio  1 of 6"), "nobody types on in what was left"


async def test_values_are_offered_in_the_order_of_the_list() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        customers = [ticket.customer.name for ticket in tickets_screen(app).view.tickets]
        wanted = list(dict.fromkeys(customers))
        await pilot.press("/")
        await _type(pilot, "customer:")
        line = _lines(app)[-1]
        places = [line.index(f'"{name}"') for name in wanted if f'"{name}"' in line]
        assert len(places) > 2
        assert places == sorted(places)


async def test_a_filter_that_the_ticket_under_the_cursor_does_not_match_begins_at_the_top() -> None:
    app = make_list_app(world(NOON, 300))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        screen = tickets_screen(app)
        screen.items.move_to(150)
        ticket = screen.items.ticket
        assert ticket is not None
        await pilot.press("/")
        await _type(pilot, f'-"{ticket.title}"')
        assert len(_ids(app)) > 50
        assert (screen.items.cursor, screen.items.top) == (0, 0)

        await pilot.press("escape")
        await settle(pilot)
        assert screen.items.ticket == ticket


async def test_a_ticket_that_a_change_takes_out_of_a_filter_hands_over_to_its_neighbour() -> None:
    service = _five()
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/")
        await _type(pilot, "voucher")
        await pilot.press("enter", "j")
        await settle(pilot)
        left, behind = _ids(app)[1:]
        assert _under_cursor(app) == left
        service.change(replace(_ticket(service, left), title="Thanks"))
        await settle(pilot)
        assert _under_cursor(app) == behind


async def test_a_list_that_is_opened_again_has_the_filter_that_was_left_there() -> None:
    app = make_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "/")
        await _type(pilot, "voucher")
        await pilot.press("enter", "q", "j", "enter")
        await settle(pilot)
        assert "voucher" not in text_of(app), "another list is whole"

        await pilot.press("q", "g", "enter")
        await settle(pilot)
        assert _place(app).startswith("/voucher  3 of 5")
        assert len(_ids(app)) == 3

        await pilot.press("w", "w", "G", "enter")
        await settle(pilot)
        assert "voucher" not in text_of(app)
        await pilot.press("w", "w", "g", "enter")
        await settle(pilot)
        assert _place(app).startswith("/voucher  3 of 5")

        await pilot.press("escape", "q", "enter", "/", "up")
        await settle(pilot)
        assert typed(app) == "voucher", "what was cleared is in the history only"


async def test_a_walk_through_what_is_unseen_minds_no_filter_of_before() -> None:
    service = _five()
    service.unseen = {TicketRef("qp", "1"): Novelty.NEW}
    app = make_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "/")
        await _type(pilot, "voucher")
        await pilot.press("enter", "q", ",")
        await settle(pilot)
        assert _under_cursor(app) == "1"


async def test_what_is_only_half_typed_is_offered_and_not_refused() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/")
        await _type(pilot, "status:p")
        assert _lines(app)[-1].startswith("tab pending")
        await pilot.press("backspace", "z")
        await settle(pilot)
        assert _lines(app)[-1].startswith("'z' is no word for status: (known: ")
        assert _underlined(app) == "z"


async def test_what_is_half_typed_is_refused_when_somebody_wants_to_keep_it() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/")
        await _type(pilot, "priority:high")
        await pilot.press("enter")
        await settle(pilot)
        assert _place(app).startswith("/priority:high  0 of 5")

        await pilot.press("/", *["backspace"] * 20)
        await _type(pilot, "is:un")
        assert _lines(app)[-1].startswith("tab unassigned")
        await pilot.press("enter")
        await settle(pilot)
        assert "unassigned or unseen?" in _lines(app)[-1]
        assert typed(app) == "is:un"


async def test_tab_takes_the_candidates_one_after_another_and_right_goes_on() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/")
        await settle(pilot)
        assert _lines(app)[-1].startswith("tab status:  priority:  is:")
        assert _lines(app)[-1].endswith("enter keep  esc clear")

        await _type(pilot, "is:o")
        await pilot.press("tab")
        await settle(pilot)
        assert typed(app) == "is:overdue"
        assert set(_ids(app)) == {"2", "3"}
        await pilot.press("tab")
        await settle(pilot)
        assert typed(app) == "is:open"
        await pilot.press("shift+tab")
        await settle(pilot)
        assert typed(app) == "is:overdue"

        await _type(pilot, " wor")
        await pilot.press("tab")
        await settle(pilot)
        assert typed(app) == "is:overdue workspace:"
        assert "inbox  klink  legacy  qp" in _lines(app)[-1]
        await _type(pilot, "k")
        await pilot.press("right")
        await settle(pilot)
        assert typed(app) == "is:overdue workspace:klink"
        assert _ids(app) == ["3"]


async def test_filters_that_were_kept_come_back_with_up() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        for text in ("late", "lost"):
            await pilot.press("/")
            await _type(pilot, text)
            await pilot.press("enter", "escape")
        await pilot.press("/")
        await settle(pilot)
        assert "up earlier" in _lines(app)[-1]
        await _type(pilot, "fi")
        await pilot.press("up")
        await settle(pilot)
        assert typed(app) == "lost"
        assert _ids(app) == ["3"]
        await pilot.press("up", "up")
        await settle(pilot)
        assert typed(app) == "late"
        await pilot.press("down", "down")
        await settle(pilot)
        assert typed(app) == "fi"
        assert _ids(app) == ["5"]


async def test_the_cursor_comes_back_to_its_ticket_when_the_filter_lets_it() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("j")
        await settle(pilot)
        before = _under_cursor(app)
        assert before in {"2", "3"}

        await pilot.press("/")
        await _type(pilot, "voucher")
        assert _under_cursor(app) == before
        await _type(pilot, " fine")
        assert _under_cursor(app) == "5"
        await pilot.press(*["backspace"] * 5)
        await settle(pilot)
        assert _under_cursor(app) == before

        await _type(pilot, " fine")
        await pilot.press("escape")
        await settle(pilot)
        assert _under_cursor(app) == before


async def test_a_long_queue_is_filtered_for_the_last_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = world(NOON, 6000)
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        asked: list[str] = []
        show_only = tickets_screen(app).view.show_only

        def note(query: Query, now: datetime) -> None:
            asked.append(str(query))
            show_only(query, now)

        monkeypatch.setattr(tickets_screen(app).view, "show_only", note)
        await pilot.press("/")
        for letter in "voucher":
            app.post_message(events.Key(letter, letter))
        await pilot.pause(0.1)
        assert asked[-1] == "voucher"
        assert len(asked) < 4

        await pilot.press("x", "enter")
        await settle(pilot)
        assert _place(app).startswith("/voucherx  0 of 6,000"), "enter waits for no pause"


async def test_texts_to_search_in_are_made_in_slices_while_keys_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = make_list_app(world(NOON, 7000))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        monkeypatch.setattr(finding, "_TEXTS", 200)
        texts, filtered_with = app.mirror.texts, list[int]()
        screen = tickets_screen(app)
        show_only = screen.view.show_only

        def note(query: Query, now: datetime) -> None:
            filtered_with.append(len(texts))
            show_only(query, now)

        monkeypatch.setattr(screen.view, "show_only", note)
        assert len(texts) == 0
        app.post_message(events.Key("slash", "/"))
        app.post_message(events.Paste("voucher"))
        for _ in range(100):
            await pilot.pause(0.01)
            if filtered_with:
                break
        assert filtered_with == [7000], "no letter waits for all of them"
        assert 0 < len(_ids(app)) < 7000


async def test_a_click_into_the_list_keeps_the_filter() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/")
        await _type(pilot, "voucher")
        await pilot.click("#list", offset=(10, 2))
        await settle(pilot)
        assert app.focused is tickets_screen(app).items
        assert _place(app).startswith("/voucher  3 of 5")


@pytest.mark.parametrize("key", ["urgency", "due", "title", "ref"])
async def test_the_list_is_sorted_by_any_key_and_backwards(key: str) -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        under = _under_cursor(app)
        steps = SORT_KEYS.index(key)
        if steps:
            await pilot.press("S", *["j"] * steps, "enter")
            await settle(pilot)
            assert _under_cursor(app) == under
        assert f"sort:{key} " in text_of(app)
        forwards = _ids(app)

        await pilot.press("S")
        await settle(pilot)
        assert "again reverses it" in text_of(app)
        await pilot.press("enter")
        await settle(pilot)
        assert f"sort:{key} desc" in text_of(app)
        assert forwards != _ids(app)

        await pilot.press("S", "enter")
        await settle(pilot)
        assert _ids(app) == forwards


async def test_no_order_is_chosen_with_esc() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("S", "j", "escape")
        await settle(pilot)
        assert "sort:urgency" in text_of(app)


VIEWS = (
    View(name="Vouchers", query="voucher", sort="title"),
    View(name="klink", query="workspace:klink"),
    View(name="Rest", query="-voucher -workspace:klink"),
)


async def test_saved_views_are_tabs_with_counts_and_an_order_of_their_own() -> None:
    app = make_list_app(_five(), views=VIEWS)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        tabs = _lines(app)[2]
        assert tabs.startswith("1:Vouchers(3)  2:klink(2)  3:Rest(1) [4:All(5)]")
        assert tabs.endswith("sort:urgency")

        await pilot.press("1")
        await settle(pilot)
        assert _ids(app) == ["5", "2", "3"]
        assert _lines(app)[2].startswith("[1:Vouchers(3)] 2:klink(2)  3:Rest(1)  4:All(5)")
        assert _lines(app)[2].endswith("sort:title")
        assert _place(app).startswith("3 of 5")

        await pilot.press("]")
        await settle(pilot)
        assert set(_ids(app)) == {"3", "4"}
        assert _place(app).startswith("2 of 5; hides 1 OVER")
        await pilot.press("[", "[")
        await settle(pilot)
        assert "[4:All(5)]" in _lines(app)[2]
        await pilot.press("9")
        await settle(pilot)
        assert "There are 4 views" in text_of(app)


async def test_a_tab_remembers_its_cursor_and_its_order() -> None:
    app = make_list_app(_five(), views=VIEWS)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("1", "j", "S", "enter")
        await settle(pilot)
        assert _under_cursor(app) == "2"
        await pilot.press("4")
        await settle(pilot)
        assert "sort:urgency" in _lines(app)[2]
        assert _under_cursor(app) == "1"
        await pilot.press("1")
        await settle(pilot)
        assert "sort:title desc" in _lines(app)[2]
        assert _under_cursor(app) == "2"


async def test_the_filter_stands_on_top_of_every_tab() -> None:
    app = make_list_app(_five(), views=VIEWS)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("1", "/")
        await _type(pilot, "lost")
        await pilot.press("enter")
        await settle(pilot)
        assert _ids(app) == ["3"]
        assert _place(app).startswith("/lost  1 of 5; hides 1 OVER")
        await pilot.press("3")
        await settle(pilot)
        assert _ids(app) == []
        assert "Nothing matches lost in Rest" in text_of(app)
        assert "5 tickets are hidden, 2 OVER" in text_of(app)

        await pilot.press("escape")
        await settle(pilot)
        assert _ids(app) == ["1"], "esc clears the filter and leaves the tab"


async def test_who_has_saved_no_view_gets_some() -> None:
    service = _five()
    service.unseen = {TicketRef("qp", "1"): Novelty.NEW}
    app = make_list_app(service)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        tabs = "1:On fire(1)  2:Overdue(2)  3:Unseen(1) [4:All(5)]"
        assert _lines(app)[2].startswith(tabs)
        await pilot.press("2")
        await settle(pilot)
        assert set(_ids(app)) == {"2", "3"}


async def test_counts_of_tabs_follow_what_changes_comes_goes_and_is_seen() -> None:
    service, clock = _five(), FakeClock()
    service.unseen = {TicketRef("qp", "1"): Novelty.NEW}
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        late = make_ticket("6", due_at=NOON + HOUR, due_source=DueSource.SLA)
        service.change(late, replace(_ticket(service, "1"), status=Status.RESOLVED))
        await settle(pilot)
        assert _lines(app)[2].startswith("1:On fire(0)  2:Overdue(2)  3:Unseen(1) [4:All(6)]")

        service.change(removed=[TicketRef("qp", "2")])
        service.mark_seen(None)
        await settle(pilot)
        assert _lines(app)[2].startswith("1:On fire(0)  2:Overdue(1)  3:Unseen(0) [4:All(5)]")

        await clock.advance(3600)
        app.time_passed()
        await settle(pilot)
        assert _lines(app)[2].startswith("1:On fire(0)  2:Overdue(2)")

        service.act(Act(ActKind.SNOOZE, until=NOON + 9 * HOUR), [_ticket(service, "3")])
        await settle(pilot)
        assert "[4:All(4)]" in _lines(app)[2]
        assert "1-4 of 4; 1 snoozed" in _place(app)


def _ticket(service: FakeService, ticket_id: str) -> Ticket:
    return next(each for each in service.queue.tickets() if each.ref.id == ticket_id)


async def test_a_view_that_asks_for_time_is_counted_anew_every_minute() -> None:
    clock = FakeClock()
    fresh = make_ticket("1", created_at=NOON - 0.99 * HOUR)
    views = (View(name="Old", query="age:1h+"),)
    app = make_list_app(FakeService(make_workspaces(), [fresh]), clock, views=views)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("1")
        await settle(pilot)
        assert "[1:Old(0)]" in _lines(app)[2]
        assert "Nothing in Old now." in text_of(app)
        assert "2 shows everything." in text_of(app)

        await clock.advance(120)
        app.time_passed()
        await settle(pilot)
        assert "[1:Old(1)]" in _lines(app)[2]
        assert _ids(app) == ["1"]


async def test_a_long_queue_is_counted_in_slices() -> None:
    app = make_list_app(world(NOON, 3000))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause(0.3)
        app.time_passed()
        counts = tickets_screen(app)._counts
        assert not counts.is_counting
        await pilot.press("1")
        await settle(pilot)
        assert f"[1:On fire({len(_ids(app)):,})]" in text_of(app)


async def test_the_cursor_calls_only_what_it_leaves_seen_where_seen_tickets_go() -> None:
    service, clock = _five(), FakeClock()
    refs = [ticket.ref for ticket in service.queue.tickets()[:3]]
    service.unseen = dict.fromkeys(refs, Novelty.NEW)
    app = make_list_app(service, clock)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("3")
        await settle(pilot)
        for _ in range(5):
            await clock.advance(2)
            app.time_passed()
            await settle(pilot)
        assert len(_ids(app)) == 3, "the list does not run away under a cursor that rests"

        left = _under_cursor(app)
        await pilot.press("j")
        await settle(pilot)
        assert left not in _ids(app)
        assert len(_ids(app)) == 2


async def test_a_tab_is_clicked() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.click("#tabs", offset=(18, 0))
        await settle(pilot)
        assert "[2:Overdue(2)]" in _lines(app)[2]
        await pilot.click("#tabs", offset=(75, 0))
        await settle(pilot)
        assert "Sort by" in text_of(app)


async def test_workspaces_are_narrowed_to_one_and_several_from_the_list() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/")
        await _type(pilot, "voucher")
        await pilot.press("enter", "w")
        await settle(pilot)
        assert "OPEN   OVER  STATE" in text_of(app)
        await pilot.press("j", "j", "enter")
        await settle(pilot)
        assert text_of(app).startswith(" klink  1 open  1 OVER")
        assert _ids(app) == ["3"]
        assert _place(app).startswith("/voucher  1 of 2"), "what the scope hides no filter hides"
        assert "2:Overdue(1)" in _lines(app)[2]

        await pilot.press("w", "space", "G", "space", "enter")
        await settle(pilot)
        assert text_of(app).startswith(" klink + qp  ")
        assert set(_ids(app)) == {"2", "3"}

        await pilot.press("w", "g", "space", "enter")
        await settle(pilot)
        assert text_of(app).startswith(" All  ")
        await pilot.press("w", "j", "escape")
        await settle(pilot)
        assert text_of(app).startswith(" All  "), "esc chooses nothing"


async def test_the_first_screen_is_two_keys_away_and_opens_a_list_from_its_top() -> None:
    app = make_app(world(NOON, 100))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "2", "w", "w")
        await settle(pilot)
        assert "WORKSPACE" in text_of(app)
        await pilot.press("j", "enter")
        await settle(pilot)
        assert text_of(app).startswith(" inbox  ")
        assert {ref.workspace for ref in tickets_screen(app).view.refs()} == {"inbox"}
        assert "[4:All(" in text_of(app)
        await pilot.press("q", "q")
    assert app.return_value == 0


async def test_a_list_that_is_the_first_screen_shows_the_workspaces_too() -> None:
    app = make_list_app(world(NOON, 100))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("w", "w", "G", "enter")
        await settle(pilot)
        assert text_of(app).startswith(" qp  ")
        assert len(app.screen_stack) == 1


async def test_everything_is_said_on_the_smallest_screen() -> None:
    app = make_list_app(_five(), views=VIEWS)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("1", "/")
        await _type(pilot, "late")
        assert _lines(app)[-1] == "enter keep  esc clear"
        assert "1 of 5; hides 1 OVER" in _place(app)
        await pilot.press("enter")
        await settle(pilot)
        assert _place(app) == "Vouchers  /late  1 of 5; hides 1 OVER"
        await pilot.press("S", "escape", "w")
        await settle(pilot)
        assert "Show workspaces" in text_of(app)


async def test_the_terminal_grows_and_the_tabs_come() -> None:
    app = make_list_app(_five(), views=VIEWS)
    async with app.run_test(size=(40, 10)) as pilot:
        await settle(pilot)
        assert "1:Vouchers" not in text_of(app)
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        assert "1:Vouchers(3)  2:klink(2)" in text_of(app)


async def test_a_pasted_filter_is_one_text() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("/")
        await settle(pilot)
        app.post_message(events.Paste("voucher\nlate"))
        await settle(pilot)
        assert typed(app) == "voucher late"
        assert _ids(app) == ["2"]


async def test_marks_that_a_filter_or_a_tab_hides_are_warned_of() -> None:
    app = make_list_app(_five(), views=(*VIEWS, View(name="Mine", query="is:marked")))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("space", "space", "space")
        await settle(pilot)
        assert "3 marked" in _place(app)
        assert "hidden" not in _place(app)
        assert "4:Mine(3)" in _lines(app)[2]

        await pilot.press("3")
        await settle(pilot)
        assert "3 marked, 2 hidden" in _place(app)
        await pilot.press("4", "space")
        await settle(pilot)
        assert "[4:Mine(2)]" in _lines(app)[2]
        assert len(_ids(app)) == 2


async def test_where_it_is_narrow_the_usual_order_goes_before_a_name_is_cut() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=(62, 20)) as pilot:
        await settle(pilot)
        assert _lines(app)[2] == "1:On fire(1)  2:Overdue(2)  3:Unseen(0) [4:All(5)]   urgency"
        await pilot.resize_terminal(52, 20)
        await settle(pilot)
        assert _lines(app)[2] == "1:On fire(1)  2:Overdue(2)  3:Unseen(0) [4:All(5)]"
        await pilot.resize_terminal(58, 20)
        await pilot.press("S", "j", "enter")
        await settle(pilot)
        assert _lines(app)[2].startswith("1:On f…(1)  2:Over…(2)")
        assert _lines(app)[2].endswith("[4:All(5)]   priority")


async def test_more_views_than_digits_are_walked_through() -> None:
    views = [View(name=f"Customer {number}", query=f"customer:x{number}") for number in range(11)]
    app = make_list_app(_five(), views=tuple(views))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("6")
        await settle(pilot)
        assert "[6:Custom…(0)]" in _lines(app)[2]
        assert "Nothing in Customer 5 now." in text_of(app)
        assert "] shows the next view." in text_of(app)
        await pilot.press("[", "[", "[", "[", "[", "[", "[")
        await settle(pilot)
        assert "[Custom…(0)]" in _lines(app)[2]
        await pilot.press("]")
        await settle(pilot)
        assert "[All(5)]" in _lines(app)[2]


async def test_tab_goes_on_to_the_next_view_and_says_where_there_is_none() -> None:
    app = make_list_app(_five())
    async with app.run_test(size=SMALL) as pilot:
        tabs = tickets_screen(app)._tabs
        first = tabs.active
        await pilot.press("tab")
        await settle(pilot)
        assert tabs.active == (first + 1) % len(tabs.tabs)
        await pilot.press("shift+tab")
        await settle(pilot)
        assert tabs.active == first

    app = make_list_app(_five(), views=(View(name="Mine"),))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("tab")
        await settle(pilot)
        assert "There is no other view than" in _lines(app)[-1]
