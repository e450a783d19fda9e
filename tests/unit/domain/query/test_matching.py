"""A query finds the tickets it describes and no others, one by one and all at once."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from support.strategies import clock_times, hostile_texts, tickets
from tui.domain.activity import Novelty
from tui.domain.acts import LocalActs, Signed, Snooze
from tui.domain.person import Person
from tui.domain.query import Query, QueryContext, parse_query, search_text
from tui.domain.query.fields import FIELDS, STATES
from tui.domain.query.folding import folded
from tui.domain.ticket import DueSource, Priority, Status, Ticket, TicketRef
from tui.domain.urgency import is_overdue

_Form = Literal["NFC", "NFD"]
CONTEXT = QueryContext(now=NOON)
TICKET = make_ticket(
    "6b2f-44",
    workspace="klink",
    vendor="klinkcx",
    number="2323",
    title="Tills DOWN in Größe 7",
    body="since noon\nno receipt",
    customer=Person("Ann Lee", "ann@example.com", "+49 30 1234"),
    assignee=Person("M. Larsen", "m@example.com"),
    tags=("VIP", "big deal"),
    channel="chat",
    origin_segment="S1",
    current_segment="CS",
    priority=Priority.HIGH,
    created_at=NOON - timedelta(hours=2),
    updated_at=NOON - timedelta(minutes=10),
    due_at=NOON + timedelta(minutes=30),
)
BARE = Ticket(ref=TicketRef("qp", "1"), vendor="questionpro", title="", confirmed_at=NOON)
BY_ANA = Signed(by="ana", at=NOON)


def _matches(text: str, ticket: Ticket, context: QueryContext = CONTEXT) -> bool:
    query = parse_query(text)
    found = query.matches(ticket, context)
    assert query.matches(ticket, context, search_text(ticket)) is found
    assert query.select([ticket], context) == [ticket] * found
    return found


class TestWords:
    @pytest.mark.parametrize(
        "text",
        [
            *("", "klink/6b2f-44", "klink/2323", "2323", "tills down", "grösse", '"no receipt"'),
            *("ann lee", "ANN@EXAMPLE.COM", '"30 1234"', "larsen", "m@example"),
            *("tills -invoice", "-vip", "-chat"),
        ],
    )
    def test_they_are_looked_for_in_ref_number_title_body_and_people(self, text: str) -> None:
        assert _matches(text, TICKET)

    @pytest.mark.parametrize("text", ["invoice", "tills invoice", "-tills", '"down tills"', "vip"])
    def test_and_nowhere_else(self, text: str) -> None:
        assert not _matches(text, TICKET)

    def test_no_word_reaches_from_one_part_into_the_next(self) -> None:
        assert not _matches('"7 since"', TICKET)
        assert "7\nsince" in search_text(TICKET)


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("status:open", True),
        ("status:new,open", True),
        ("status:new", False),
        ("-status:new,pending", True),
        ("priority:high+", True),
        ("priority:>high", False),
        ("priority:medium-", False),
        ("is:open", True),
        ("is:overdue", False),
        ("is:overdue,open", True),
        ("is:unassigned", False),
        ("assignee:larsen", True),
        ("assignee:LARSEN,bo", True),
        ("assignee:ann", False),
        ("assignee:m@example", True),
        ("assignee:none", False),
        ('customer:"ann lee"', True),
        ('customer:"lee ann"', False),
        ('customer:"lee +49"', False),
        ('customer:="ann lee"', True),
        ("customer:=ann", False),
        ("customer:1234", True),
        ("workspace:li", True),
        ("workspace:=klink", True),
        ("workspace:=li", False),
        ("vendor:KlinkCX", True),
        ("vendor:questionpro", False),
        ("tag:vip", True),
        ("tag:=deal", False),
        ('tag:"Big Deal"', True),
        ("tag:none", False),
        ("channel:chat,mail", True),
        ("segment:s1", True),
        ("segment:cs", True),
        ("segment:s2", False),
        ("age:2h+", True),
        ("age:2h-", True),
        ("age:2h1s+", False),
        ("age:>3h", False),
        ("age:3h-,5h+", True),
        ("updated:15m-", True),
        ("updated:15m+", False),
        ("due:30m-", True),
        ("due:29m-", False),
        ("due:30m+", True),
        ("due:none", False),
        ("is:open priority:high+ due:1h- larsen", True),
        ("is:open priority:high+ due:1h- -larsen", False),
    ],
)
def test_fields_ask_for_values(text: str, *, matches: bool) -> None:
    assert _matches(text, TICKET) is matches


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("café", True),
        ("CAFÉ", True),
        ("cafe\u0301", True),
        ("cafe", False),
        ("istanbul", True),
        ("İSTANBUL", True),
        ("İstanbul", True),
        ("việt", True),
        ("한국", True),
    ],
)
def test_accents_are_found_however_they_were_typed(form: _Form, typed: str, *, found: bool) -> None:
    text = normalize(form, "Das Café in İstanbul, Việt, 한국")
    ticket = make_ticket(
        title=text, customer=Person(text), assignee=Person(text), tags=("b", text), channel=text
    )
    for query in (typed, *(f"{field}:{typed}" for field in ("customer", "assignee", "tag"))):
        assert parse_query(query).matches(ticket, CONTEXT) is found
        assert bool(parse_query(query).select([ticket], CONTEXT, [search_text(ticket)])) is found
    assert parse_query(f'channel:="{text.swapcase()}"').matches(ticket, CONTEXT)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u0345")))
def test_a_text_is_folded_as_its_other_spellings_are_and_once_for_all(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    if "\u0345" not in normalize("NFD", text):
        assert folded(normalize("NFD", text)) == folded(normalize("NFC", text)) == folded(text)


@pytest.mark.parametrize("name", ["assignee", "customer", "tag", "channel", "segment", "due"])
def test_none_asks_for_tickets_without_a_value(name: str) -> None:
    assert _matches(f"{name}:none", BARE)
    assert not _matches(f"{name}:none", TICKET)


@pytest.mark.parametrize("name", ["age", "updated", "due"])
def test_an_unknown_time_is_neither_long_nor_short_ago(name: str) -> None:
    assert not _matches(f"{name}:1d+,1d-", BARE)
    assert _matches(f"-{name}:1d+,1d-", BARE)


class TestDue:
    OVER = make_ticket(due_at=NOON - timedelta(hours=3))
    FLAGGED = make_ticket(flagged_overdue=True)
    FLAGGED_EARLY = make_ticket(flagged_overdue=True, due_at=NOON + timedelta(days=2))
    ESTIMATED = make_ticket(
        due_at=NOON + timedelta(minutes=5), due_source=DueSource.ESTIMATE, status=Status.NEW
    )
    CLOSED = make_ticket(due_at=NOON, status=Status.RESOLVED, flagged_overdue=True)

    @pytest.mark.parametrize("ticket", [OVER, FLAGGED, FLAGGED_EARLY, ESTIMATED])
    def test_what_is_due_soon_includes_what_is_overdue(self, ticket: Ticket) -> None:
        assert _matches("due:30m-", ticket)
        assert not _matches("due:30m+", ticket)
        assert not _matches("due:none", ticket)

    def test_a_closed_ticket_is_not_due(self) -> None:
        assert not _matches("due:30m-,30m+", self.CLOSED)
        assert _matches("due:none", self.CLOSED)

    def test_at_its_moment_a_ticket_is_overdue_and_not_due_later(self) -> None:
        ticket = make_ticket(due_at=NOON)
        assert _matches("due:0m- is:overdue", ticket)
        assert not _matches("due:0m+", ticket)


class TestStates:
    def test_overdue_comes_at_its_moment(self) -> None:
        ticket = make_ticket(due_at=NOON)
        before = QueryContext(now=NOON - timedelta(microseconds=1))
        assert not _matches("is:overdue", ticket, before)
        assert _matches("is:overdue", ticket)

    def test_closed_is_the_opposite_of_open(self) -> None:
        for status in Status:
            ticket = make_ticket(status=status)
            assert _matches("is:closed", ticket) is (status is Status.RESOLVED)
            assert _matches("is:open", ticket) is (status is not Status.RESOLVED)

    def test_unassigned_is_who_nobody_has(self) -> None:
        assert _matches("is:unassigned", BARE)
        assert not _matches("is:unassigned", TICKET)

    @pytest.mark.parametrize(
        ("novelty", "unseen", "changed"),
        [(None, False, False), (Novelty.NEW, True, False), (Novelty.CHANGED, True, True)],
    )
    def test_unseen_is_new_or_changed(
        self, novelty: Novelty | None, *, unseen: bool, changed: bool
    ) -> None:
        context = QueryContext(now=NOON, novelties={TICKET.ref: novelty} if novelty else {})
        assert _matches("is:unseen", TICKET, context) is unseen
        assert _matches("is:changed", TICKET, context) is changed

    def test_local_acts_are_those_of_the_context(self) -> None:
        snooze = Snooze(
            by="ana",
            at=NOON,
            until=NOON + timedelta(hours=1),
            status=TICKET.status,
            priority=TICKET.priority,
            overdue=False,
        )
        acts = {TICKET.ref: LocalActs(acknowledged=BY_ANA, snooze=snooze, pinned=BY_ANA)}
        context = QueryContext(now=NOON, acts=acts)
        for text in ("is:acked", "is:snoozed", "is:pinned"):
            assert _matches(text, TICKET, context)
            assert not _matches(text, TICKET)
        awake = replace(context, now=snooze.until)
        assert not _matches("is:snoozed", TICKET, awake)
        assert not _matches("is:snoozed", replace(TICKET, priority=Priority.LOW), context)

    def test_marked_and_stale_are_those_of_the_context(self) -> None:
        context = QueryContext(now=NOON, marked={TICKET.ref}, stale=["klink"])
        for text in ("is:marked", "is:stale"):
            assert _matches(text, TICKET, context)
            assert not _matches(text, TICKET)


@pytest.mark.parametrize(
    ("text", "needs_text", "asks_for_snoozed", "is_timed", "depends_on"),
    [
        ("", False, False, False, ()),
        ("tills", True, False, False, ()),
        ("-tills", True, False, False, ()),
        ("status:new is:overdue,open customer:x due:none", False, False, False, ()),
        ("is:snoozed", False, True, False, ("acts",)),
        ("-is:snoozed,acked", False, True, False, ("acts",)),
        ("is:pinned", False, False, False, ("acts",)),
        ("is:unseen", False, False, False, ("novelties",)),
        ("is:changed,marked -is:stale", False, False, False, ("novelties", "marked", "stale")),
        ("age:1h+", False, False, True, ()),
        ("-updated:1h-", False, False, True, ()),
        ("due:none,1h-", False, False, True, ()),
    ],
)
def test_a_query_says_what_its_answer_depends_on(
    text: str,
    *,
    needs_text: bool,
    asks_for_snoozed: bool,
    is_timed: bool,
    depends_on: Sequence[str],
) -> None:
    query = parse_query(text)

    assert query.needs_text is needs_text
    assert query.asks_for_snoozed is asks_for_snoozed
    assert query.is_timed is is_timed
    assert query.depends_on == frozenset(depends_on)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("tills", ""),
        ("tills", "till"),
        ("tills oslo", "os"),
        ("-till", "-tills"),
        ("status:new", "status:new,open"),
        ("-status:new,open", "-status:open"),
        ("priority:critical", "priority:high+"),
        ("assignee:larsen", "assignee:lars,bo"),
        ("assignee:=larsen", "assignee:lars"),
        ("age:2h+", "age:1h+"),
        ("due:30m-", "due:1h-"),
        ("-due:1h-", "-due:30m-"),
    ],
)
def test_a_longer_query_is_known_to_narrow(narrow: str, wide: str) -> None:
    assert parse_query(narrow).narrows(parse_query(wide))
    assert not parse_query(wide).narrows(parse_query(narrow))


@pytest.mark.parametrize("part", ['"', "a:", "-", ",", "stxts:y ", "not:", 'tag:"', "tag:", "a "])
def test_a_query_of_ten_thousand_characters_is_read_at_once(part: str) -> None:
    assert len(parse_query(part * (10_000 // len(part))).terms) <= 2
    assert len(parse_query("tag:" + part * (10_000 // len(part))).terms) <= 2


words = st.sampled_from(["tills", "x", "ann", '"a b"', "NOON", "qp/1", "12:30"])
fields = st.one_of(
    st.sampled_from([f"is:{state}" for state in STATES]),
    st.sampled_from([f"{name}:{choice}" for name in FIELDS for choice in FIELDS[name].choices]),
    st.sampled_from(["priority:low-", "priority:>low", "status:new,pend", "is:overdue,unseen"]),
    st.sampled_from(["assignee:a", "customer:=ann", "tag:none,v", "segment:s1", "workspace:=qp"]),
    st.builds(
        "{}:{}{}{}".format,
        st.sampled_from(["age", "updated", "due"]),
        st.integers(0, 400),
        st.sampled_from("mhd"),
        st.sampled_from("+-"),
    ),
)
terms = words | fields
queries = st.lists(st.builds("{}{}".format, st.sampled_from(["", "-"]), terms), max_size=4).map(
    " ".join
)
signed = st.builds(Signed, by=st.just("ana"), at=st.just(NOON))
acts = st.builds(
    LocalActs,
    acknowledged=st.none() | signed,
    pinned=st.none() | signed,
    snooze=st.none()
    | st.builds(
        Snooze,
        by=st.just("ana"),
        at=st.just(NOON),
        until=clock_times(),
        status=st.sampled_from(Status),
        priority=st.sampled_from(Priority),
        overdue=st.booleans(),
    ),
)
people = st.builds(
    Person, st.sampled_from([None, "Ann", "ann larsen"]), st.sampled_from([None, "x@y.example"])
)
texts = st.sampled_from(["tills", "Tills ANN", "a b x", ""]) | hostile_texts(max_size=8)
queues = st.lists(
    st.builds(
        replace,
        tickets(),
        title=texts,
        body=texts,
        customer=people,
        assignee=people,
        tags=st.sampled_from([(), ("vip",), ("none", "V")]),
        current_segment=st.sampled_from([None, "S1"]),
    ),
    max_size=6,
)


@st.composite
def contexts(draw: st.DrawFn) -> QueryContext:
    """Return what may be known of the tickets that `queues` makes."""
    refs = st.sampled_from(
        [TicketRef(name, str(number)) for name in ("qp", "klink") for number in range(1, 99)]
    )
    return QueryContext(
        now=draw(clock_times()),
        novelties=draw(st.dictionaries(refs, st.sampled_from(Novelty), max_size=5)),
        acts=draw(st.dictionaries(refs, acts, max_size=5)),
        marked=draw(st.sets(refs, max_size=5)),
        stale=draw(st.sets(st.sampled_from(["qp", "klink"]))),
    )


def _found(query: Query, queue: Sequence[Ticket], context: QueryContext) -> list[Ticket]:
    return [ticket for ticket in queue if query.matches(ticket, context)]


@given(text=queries, queue=queues, context=contexts())
def test_all_at_once_finds_the_same_as_one_by_one(
    text: str, queue: list[Ticket], context: QueryContext
) -> None:
    query = parse_query(text)
    found = _found(query, queue, context)

    assert query.select(queue, context) == found
    assert query.select(queue, context, list(map(search_text, queue))) == found


@given(text=terms, queue=queues, context=contexts())
def test_a_negated_term_finds_just_the_others(
    text: str, queue: list[Ticket], context: QueryContext
) -> None:
    found = _found(parse_query(text), queue, context)
    others = _found(parse_query(f"-{text}"), queue, context)

    assert [ticket for ticket in queue if ticket not in found] == others


@given(text=queries, more=queries, queue=queues, context=contexts())
def test_another_term_never_finds_more(
    text: str, more: str, queue: list[Ticket], context: QueryContext
) -> None:
    plain, longer = parse_query(text), parse_query(f"{text} {more}")

    assert longer.narrows(plain)
    both = _found(parse_query(more), _found(plain, queue, context), context)
    assert _found(longer, queue, context) == both


@given(one=queries, other=queries, queue=queues, context=contexts())
def test_what_is_said_to_narrow_does(
    one: str, other: str, queue: list[Ticket], context: QueryContext
) -> None:
    narrow, wide = parse_query(one), parse_query(other)
    found = _found(narrow, queue, context)

    assert not narrow.narrows(wide) or all(wide.matches(ticket, context) for ticket in found)


@given(text=queries)
def test_a_query_written_down_is_read_as_the_same(text: str) -> None:
    query = parse_query(text)

    assert parse_query(str(query)) == query
    assert not re.search(r"\s\s", str(query))


@given(text=queries, queue=queues, context=contexts(), later=clock_times())
def test_without_times_the_answer_changes_only_where_a_ticket_turns(
    text: str, queue: list[Ticket], context: QueryContext, later: datetime
) -> None:
    query = parse_query(text)
    then = replace(context, now=later)
    if query.is_timed or query.asks_for_snoozed:
        return
    for ticket in queue:
        if is_overdue(ticket, context.now) is is_overdue(ticket, later):
            assert query.matches(ticket, context) is query.matches(ticket, then)
