"""What a person types is read as it was meant, or answered with the place and the reason."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.strategies import hostile_texts
from tui.domain.errors import UsageError
from tui.domain.query import Query, QueryError, Term, parse_begun, parse_query
from tui.domain.query.fields import FIELDS
from tui.domain.query.lexer import FIELD_NAMES
from tui.domain.query.terms import MISSING, Choice, Span, Text, Value

HOUR = timedelta(hours=1)


def _word(text: str, *, negated: bool = False) -> Term:
    return Term("", (Text(text),), negated=negated)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("   ", []),
        ("tills", [_word("tills")]),
        ("  Tills   DOWN ", [_word("tills"), _word("down")]),
        ('"no receipt"', [_word("no receipt")]),
        ('"no receipt', [_word("no receipt")]),
        ('a "b c" d', [_word("a"), _word("b c"), _word("d")]),
        ('"a""b"', [_word("a"), _word("b")]),
        ("-tills", [_word("tills", negated=True)]),
        ("not:tills", [_word("tills", negated=True)]),
        ("NOT:tills", [_word("tills", negated=True)]),
        ('-"no receipt"', [_word("no receipt", negated=True)]),
        ('not:"no receipt', [_word("no receipt", negated=True)]),
        ("--tills", [_word("-tills", negated=True)]),
        ("a-b", [_word("a-b")]),
        ("a,b", [_word("a,b")]),
        ("pri", [_word("pri")]),
        ("Straße", [_word("strasse")]),
        ("12:30", [_word("12:30")]),
        ("https://shop.example/x", [_word("https://shop.example/x")]),
        ("re:invoice", [_word("re:invoice")]),
        ("agent:smith", [_word("agent:smith")]),
        ('"status:new"', [_word("status:new")]),
        ('"statsu:new"', [_word("statsu:new")]),
        ("page:3", [_word("page:3")]),
        ("its:3", [_word("its:3")]),
        ("pr:4711", [_word("pr:4711")]),
        ("prio:", [_word("prio:")]),
        ("xstatus:", [_word("xstatus:")]),
        ("[/x]", [_word("[/x]")]),
        ("tills tills", [_word("tills")]),
    ],
)
def test_words_quotes_and_negation(text: str, terms: list[Term]) -> None:
    assert parse_query(text) == Query(tuple(terms))


@pytest.mark.parametrize(
    "text",
    [
        *("-", "not:", '"', '""', '-"', "- ", 'not:""'),
        *(f"{name}:" for name in FIELD_NAMES),
        *("-is:", "not:is:", "IS:", 'assignee:"', 'assignee:""', "status:,", "tag:=", "due:<"),
    ],
)
def test_what_is_not_finished_means_nothing(text: str) -> None:
    assert parse_query(f"tills {text}") == parse_query("tills")


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("status:new", "status", ["new"]),
        ("Status:NEW,open", "status", ["new", "open"]),
        ("status:new,", "status", ["new"]),
        ("status:pend,esc,done,?", "status", ["pending", "escalated", "resolved", "unknown"]),
        ("status:closed", "status", ["resolved"]),
        ("status:n,new", "status", ["new"]),
        ('status:"new"', "status", ["new"]),
        ("priority:crit,med", "priority", ["critical", "medium"]),
        ("priority:high+", "priority", ["critical", "high"]),
        ("priority:>=high", "priority", ["critical", "high"]),
        ("priority:>high", "priority", ["critical"]),
        ("priority:med-", "priority", ["medium", "low"]),
        ("priority:<=medium", "priority", ["medium", "low"]),
        ("priority:<medium", "priority", ["low"]),
        ("priority:low+", "priority", ["critical", "high", "medium", "low"]),
        ("priority:none,unknown", "priority", ["none", "unknown"]),
        ("priority:-,?", "priority", ["none", "unknown"]),
        ("is:overdue", "is", ["overdue"]),
        ("is:ack,pin", "is", ["acked", "pinned"]),
        ("is:resolved", "is", ["closed"]),
    ],
)
def test_fixed_values_by_name_beginning_and_the_word_of_the_list(
    text: str, field: str, values: list[str]
) -> None:
    assert parse_query(text) == Query((Term(field, tuple(map(Choice, values))),))


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("assignee:Ann", "assignee", [Text("ann")]),
        ('assignee:"Ann Larsen"', "assignee", [Text("ann larsen")]),
        ('assignee:"ann larsen",bo', "assignee", [Text("ann larsen"), Text("bo")]),
        ('customer:"Foo, Inc', "customer", [Text("foo, inc")]),
        ("assignee:none", "assignee", [MISSING]),
        ('assignee:"none"', "assignee", [Text("none")]),
        ("workspace:=qp", "workspace", [Text("qp", is_whole=True)]),
        ('tag:="big deal",vip', "tag", [Text("big deal", is_whole=True), Text("vip")]),
        ("customer:<ann@x.example>", "customer", [Text("<ann@x.example>")]),
        ("segment:cs:1", "segment", [Text("cs:1")]),
        ("age:2h+", "age", [Span(2 * HOUR, or_longer=True)]),
        ("age:>2h", "age", [Span(2 * HOUR, or_longer=True)]),
        ("age:>=1h30m", "age", [Span(1.5 * HOUR, or_longer=True)]),
        ("updated:1D-", "updated", [Span(24 * HOUR, or_longer=False)]),
        ("updated:<1d", "updated", [Span(24 * HOUR, or_longer=False)]),
        ("due:30m-", "due", [Span(HOUR / 2, or_longer=False)]),
        ("due:30m-,none", "due", [Span(HOUR / 2, or_longer=False), MISSING]),
        ("age:1y+", "age", [Span(365 * 24 * HOUR, or_longer=True)]),
    ],
)
def test_texts_and_lengths_of_time(text: str, field: str, values: list[Value]) -> None:
    assert parse_query(text) == Query((Term(field, tuple(values)),))
    assert parse_query(f"-{text}") == Query((Term(field, tuple(values), negated=True),))


def test_a_closing_quote_ends_a_field() -> None:
    assert parse_query('tag:"a"b') == parse_query("tag:a b")


@pytest.mark.parametrize(
    ("text", "column", "length", "reason"),
    [
        ("status:opne", 8, 4, "'opne' is no word for status: (nearest: open)"),
        ("tills -status:new,opne x", 19, 4, "'opne' is no word for status: (nearest: open)"),
        ("status:xyz", 8, 3, "'xyz' is no word for status: (known: new open pending"),
        ("status:>new", 8, 4, "status: takes a name without >"),
        ("priority:hihg+", 10, 5, "'hihg+' is no word for priority: (nearest: high)"),
        ("priority:none+", 10, 5, "none is neither higher nor lower"),
        ("priority:>critical", 10, 9, "no priority is above critical"),
        ("priority:<low", 10, 4, "no priority is below low"),
        ("is:o", 4, 1, "is: overdue or open?"),
        ("is:overdeu", 4, 7, "'overdeu' is no word for is: (nearest: overdue)"),
        ("is:escalated", 4, 9, "is: write status:escalated"),
        ("is:critical", 4, 8, "is: write priority:critical"),
        ("age:2h", 5, 2, "age: write 2h+ for that and more, 2h- for that and less"),
        ("age:=2h", 5, 3, "age: write 2h+"),
        ("age:2x+", 5, 3, "age: write 30m, 2h, 1d or 2w, with + or - behind it"),
        ("age:+", 5, 1, "age: write 30m"),
        ("due:99y+", 5, 4, "due: longer than ten years"),
        (f"due:{'9' * 5000}d-", 5, 5002, "due: write 30m"),
        ("tills statsu:new", 7, 6, "no field statsu (nearest: status)"),
        ("prio:high", 1, 4, "no field prio (nearest: priority)"),
        ("tags:vip", 1, 4, "no field tags (nearest: tag)"),
        ("-priorty:high", 2, 7, "no field priorty (nearest: priority)"),
    ],
)
def test_what_cannot_be_read_is_answered_with_its_place_and_the_reason(
    text: str, column: int, length: int, reason: str
) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(text)

    error = refused.value
    assert (error.column, error.length) == (column, length)
    assert reason in error.reason
    assert str(error) == f"query, column {column}: {error.reason}"
    assert isinstance(error, UsageError)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", ""),
        ("i", ""),
        ("prio", ""),
        ("PRIO", ""),
        ("-prio", ""),
        ("priority", ""),
        ("priority:", "priority:"),
        ("prio:", ""),
        ("statuss:", ""),
        ("prio ", "prio"),
        ("prior voucher", "prior voucher"),
        ("voucher is", "voucher"),
        ("voucher is ", "voucher is"),
        ('"prio', '"prio'),
        ('"no ', '"no'),
        ("priot", "priot"),
        ("12:", "12:"),
        ("x is:o", "x"),
        ("x is:ov", "x is:ov"),
    ],
)
def test_the_beginning_of_a_name_counts_when_something_stands_behind_it(
    text: str, counts: str
) -> None:
    begun = parse_begun(text)

    assert begun.text == counts
    assert begun.query == parse_query(counts)


@pytest.mark.parametrize(
    ("text", "counts", "column"),
    [
        ("is:overdeu", "", 4),
        ("is:overdue status:opne x", "is:overdue", 19),
        ("voucher -status:opne,new", "voucher", 17),
        ("tills statsu:new is:open", "tills", 7),
    ],
)
def test_a_query_that_is_typed_counts_as_far_as_it_can_be_read(
    text: str, counts: str, column: int
) -> None:
    begun = parse_begun(text)

    assert (begun.text, begun.query) == (counts, parse_query(counts))
    assert begun.error is not None
    assert begun.error.column == column


@given(hostile_texts() | st.text())
def test_what_counts_of_any_text_can_be_read(text: str) -> None:
    begun = parse_begun(text)

    assert parse_query(begun.text) == begun.query
    assert text.strip().startswith(begun.text)


@given(hostile_texts() | st.text())
def test_no_text_does_more_than_that(text: str) -> None:
    query, error = _read(text)

    assert query is None or parse_query(str(query)) == query
    if error is not None:
        assert 1 <= error.column <= error.column + error.length - 1 <= len(text)
        assert error.reason.isprintable()


def _read(text: str) -> tuple[Query, None] | tuple[None, QueryError]:
    try:
        return parse_query(text), None
    except QueryError as error:
        return None, error


@pytest.mark.parametrize(
    ("text", "column", "length", "reason"),
    [
        ("is:", 1, 3, "is: a value is missing (overdue open unassigned …)"),
        ("tills assignee:", 7, 9, "assignee: a value is missing (who has it, or none)"),
        ('assignee:""', 1, 11, "assignee: a value is missing"),
        ("-is:", 1, 4, "is: a value is missing"),
        ("priority:> tills", 1, 10, "priority: a value is missing (critical high+ medium …)"),
        ("status:new,", 1, 11, "status: a value is missing"),
        ("status:,new", 1, 11, "status: a value is missing"),
        ("tag:=", 1, 5, "tag: a value is missing"),
        ("not:", 1, 4, "nothing is behind not:"),
        ("tills -", 7, 1, "nothing is behind -"),
        ("- tills", 1, 1, "nothing is behind -"),
        ('""', 1, 2, 'nothing is in ""'),
        ('"', 1, 1, 'nothing is in "'),
        ('-"no receipt', 1, 12, "a quote has no end"),
        ('tag:a,"b c', 1, 10, "a quote has no end"),
    ],
)
def test_what_is_not_finished_is_an_error_in_a_whole_query(
    text: str, column: int, length: int, reason: str
) -> None:
    parse_query(text)
    with pytest.raises(QueryError) as refused:
        parse_query(text, whole=True)

    assert (refused.value.column, refused.value.length) == (column, length)
    assert refused.value.reason.startswith(reason)


@example('İS:0"')
@example('İS:"')
@given(hostile_texts() | st.text() | st.text(st.sampled_from('is:tag=<>+-," ab\u0307\u0338İé')))
def test_a_query_that_is_written_by_itself_is_whole(text: str) -> None:
    query, _ = _read(text)

    assert query is None or parse_query(str(query), whole=True) == query


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ('priority:"high"+', "priority:high+"),
        ('priority:"high"-,none', "priority:high-,none"),
        ('age:"2h"+ tills', "age:2h+ tills"),
        ('tag:"c"+b', "tag:c +b"),
    ],
)
def test_a_direction_may_stand_behind_quotes(text: str, same: str) -> None:
    assert parse_query(text, whole=True) == parse_query(same)


@pytest.mark.parametrize("text", ["İs:open", "\u0131s:open", "\u017ftatus:new", "PRİORİTY:high"])
def test_only_the_letters_of_ascii_name_a_field(text: str) -> None:
    assert [term.field for term in parse_query(text).terms] == [""]


def test_the_fields_are_those_of_the_language() -> None:
    assert tuple(FIELDS) == FIELD_NAMES
