"""While somebody types a query, what may stand there is offered, and fits when it is taken."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.strategies import hostile_texts
from tui.domain.query import Completions, QueryError, complete, parse_query
from tui.domain.query.completion import MOST
from tui.domain.query.lexer import FIELD_NAMES

KNOWN: Mapping[str, Sequence[str]] = {
    "assignee": ["Bo Ann", "Ann Larsen", "Annika"],
    "workspace": ["qp", "qp-eu", "klink"],
    "tag": ['say "hi"', "big deal", "none", "a,b"],
}


def _at(marked: str) -> Completions:
    """Complete at the `|`."""
    cursor = marked.index("|")
    return complete(marked.replace("|", "", 1), cursor, KNOWN)


def _offered(marked: str) -> list[str]:
    return [item.text for item in _at(marked).items]


@pytest.mark.parametrize(
    ("marked", "offered"),
    [
        ("|", [f"{name}:" for name in FIELD_NAMES]),
        ("tills |", [f"{name}:" for name in FIELD_NAMES]),
        ("-|", [f"{name}:" for name in FIELD_NAMES]),
        ("a|", ["assignee:", "age:"]),
        ("sta|", ["status:", "is:stale"]),
        ("STA|", ["status:", "is:stale"]),
        ("esc|", ["status:escalated"]),
        ("crit|", ["priority:critical"]),
        ("sta|tus:new", ["status:"]),
        ("status:n|", ["new"]),
        ("status:new,|", ["open", "pending", "escalated", "resolved", "unknown"]),
        ("status:|,open", ["new", "pending", "escalated", "resolved", "unknown"]),
        ("priority:h|", ["high", "high+"]),
        ("priority:>=h|", ["high"]),
        ("is:un|", ["unassigned", "unseen"]),
        ("due:45|", ["45m-", "45h-", "45d-"]),
        ("age:45|", ["45m+", "45h+", "45d+"]),
        ("age:<45|", ["45m", "45h", "45d"]),
        ("age:45m|", ["45m+", "45m-"]),
        ("due:n|", ["none"]),
        ("assignee:ann|", ['"Ann Larsen"', "Annika", '"Bo Ann"']),
        ('assignee:"ann l|', ['"Ann Larsen"']),
        ('assignee:"Ann Larsen",|', ['"Bo Ann"', "Annika", "none"]),
        ("assignee:n|", ['"Bo Ann"', '"Ann Larsen"', "Annika", "none"]),
        ("workspace:|", ["=qp", "qp-eu", "klink"]),
        ("workspace:=|", ["qp", "qp-eu", "klink"]),
        ("tag:|", ['"big deal"', '"none"', '"a,b"', "none"]),
        ("vendor:|", []),
        ('"sta|', []),
        ("xyz|", []),
        ("status:xyz|", []),
    ],
)
def test_names_and_values_that_fit_are_offered(marked: str, offered: list[str]) -> None:
    assert _offered(marked) == offered


@pytest.mark.parametrize(
    ("marked", "taken"),
    [
        ("tills pri|", "tills priority:|"),
        ("-sta|", "-status:|"),
        ("is:|over tills", "is:overdue| tills"),
        ("status:n|,open", "status:new|,open"),
        ("priority:>=h|", "priority:>=high|"),
        ("assignee:an|n x", 'assignee:"Ann Larsen"| x'),
        ('assignee:"an|n" x', 'assignee:"Ann Larsen"| x'),
        ('assignee:"ann| is:open', 'assignee:"Ann Larsen"| is:open'),
        ("workspace:q|", "workspace:=qp|"),
        ("sta|tus:new", "status:|new"),
    ],
)
def test_a_completion_takes_the_place_of_what_was_begun(marked: str, taken: str) -> None:
    found = _at(marked)
    text, cursor = found.apply(found.items[0])

    assert f"{text[:cursor]}|{text[cursor:]}" == taken


def test_no_more_are_offered_than_somebody_reads() -> None:
    known = {"customer": [f"customer {number}" for number in range(1000)]}

    assert len(complete("customer:", 9, known).items) == MOST


pieces = st.sampled_from(
    ["tills", "-x", '"a b"', "status:", "is:open,", "due:3", "assignee:", 'tag:"a', "-work", "12:3"]
)


@given(
    before=st.sampled_from(["", "x ", "is:open ", "-status:new "]),
    typed=pieces | st.sampled_from([f"{name}:" for name in FIELD_NAMES]),
    known=st.dictionaries(st.sampled_from(FIELD_NAMES), st.lists(hostile_texts(max_size=6))),
)
def test_whatever_is_taken_can_be_read(
    before: str, typed: str, known: dict[str, list[str]]
) -> None:
    text = before + typed
    found = complete(text, len(text), known)

    for item in found.items:
        assert parse_query(found.apply(item)[0]) is not None


@given(
    name=st.sampled_from(["assignee", "customer", "workspace", "vendor", "tag", "segment"]),
    values=st.lists(hostile_texts(max_size=6), max_size=4),
)
def test_a_value_of_the_queue_that_is_taken_asks_for_it(name: str, values: list[str]) -> None:
    found = complete(f"{name}:", len(name) + 1, {name: values})
    asked = {value.casefold() for value in values}

    for item in found.items:
        (term,) = parse_query(found.apply(item)[0]).terms
        assert str(term) == f"{name}:none" or getattr(term.values[0], "text", None) in asked


@given(text=hostile_texts(), cursor=st.integers(0, 60))
def test_any_text_can_be_completed_anywhere(text: str, cursor: int) -> None:
    at = min(cursor, len(text))
    found = complete(text, at, KNOWN)

    assert 0 <= found.start <= found.end <= len(text)
    for item in found.items:
        taken, moved = found.apply(item)
        assert taken[found.start : moved] == item.text
        assert taken == text[: found.start] + item.text + text[found.end :]


def test_what_was_refused_can_be_completed() -> None:
    with pytest.raises(QueryError):
        parse_query("is:o")
    assert _offered("is:o|") == ["overdue", "open"]
