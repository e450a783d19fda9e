"""What a person types finds the tickets that hold it, and says what it cannot read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import make_ticket
from tui.domain.errors import UsageError
from tui.domain.person import Person
from tui.domain.query import Query, QueryContext, QueryError, Term, parse_query, search_text
from tui.domain.ticket import Ticket

CONTEXT = QueryContext(now=datetime(2026, 2, 4, 3, 5, tzinfo=UTC))
TICKET = make_ticket(
    "6b2f-44",
    workspace="klink",
    number="2323",
    title="Tills DOWN in Größe 7",
    body="since noon\nno receipt",
    customer=Person("Ann Lee", "ann@example.com", "+49 30 1234"),
    assignee=Person("M. Larsen", "m@example.com"),
    tags=("vip",),
    channel="chat",
)


class TestParsing:
    @pytest.mark.parametrize(
        ("text", "terms"),
        [
            ("", []),
            ("   ", []),
            ("tills", [Term("tills")]),
            ("  Tills   DOWN ", [Term("tills"), Term("down")]),
            ('"no receipt"', [Term("no receipt")]),
            ('"no receipt', [Term("no receipt")]),
            ('a "b c" d', [Term("a"), Term("b c"), Term("d")]),
            ('"a""b"', [Term("a"), Term("b")]),
            ("-tills", [Term("tills", negated=True)]),
            ("not:tills", [Term("tills", negated=True)]),
            ("NOT:tills", [Term("tills", negated=True)]),
            ('-"no receipt"', [Term("no receipt", negated=True)]),
            ('not:"no receipt', [Term("no receipt", negated=True)]),
            ("--tills", [Term("-tills", negated=True)]),
            ("a-b", [Term("a-b")]),
            ("Straße", [Term("strasse")]),
            ("https://shop.example/x", [Term("https://shop.example/x")]),
            ("re:invoice", [Term("re:invoice")]),
            ('"status:new"', [Term("status:new")]),
            ("[/x]", [Term("[/x]")]),
        ],
    )
    def test_words_quotes_and_negation(self, text: str, terms: list[Term]) -> None:
        assert parse_query(text) == Query(tuple(terms))

    @pytest.mark.parametrize("text", ["-", "not:", '"', '""', '-"', "- ", 'not:""'])
    def test_what_is_not_finished_means_nothing(self, text: str) -> None:
        assert parse_query(f"tills {text}") == parse_query("tills")

    @pytest.mark.parametrize(
        "field",
        [
            *("status", "priority", "is", "assignee", "customer", "workspace", "vendor"),
            *("tag", "channel", "segment", "age", "updated", "due"),
        ],
    )
    def test_a_field_is_refused_with_its_place_and_a_way_out(self, field: str) -> None:
        with pytest.raises(QueryError) as refused:
            parse_query(f"tills {field}:x")

        assert refused.value.column == 7
        assert str(refused.value) == (
            f"query, column 7: {field}: cannot be searched yet; "
            f'to find these words write "{field}:x"'
        )
        assert isinstance(refused.value, UsageError)
        assert parse_query(f'"{field}:x"').terms == (Term(f"{field}:x"),)

    @pytest.mark.parametrize(("text", "column"), [("Is:open", 1), ("a -is:open", 3), ("due:", 1)])
    def test_it_is_refused_in_any_case_negated_or_unfinished(self, text: str, column: int) -> None:
        with pytest.raises(QueryError) as refused:
            parse_query(text)

        assert refused.value.column == column

    @given(st.text())
    def test_any_other_text_is_a_query(self, text: str) -> None:
        assert all(term.text for term in parse_query(text.replace(":", "")).terms)


class TestMatching:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "klink/6b2f-44",
            "klink/2323",
            "2323",
            "tills down",
            "grösse",
            '"no receipt"',
            "ann lee",
            "ANN@EXAMPLE.COM",
            '"30 1234"',
            "larsen",
            "m@example",
            "tills -invoice",
            "-vip",
            "-chat",
        ],
    )
    def test_it_looks_into_ref_number_title_body_and_people(self, text: str) -> None:
        assert parse_query(text).matches(TICKET, CONTEXT)

    @pytest.mark.parametrize("text", ["invoice", "tills invoice", "-tills", '"down tills"', "vip"])
    def test_it_finds_nothing_else(self, text: str) -> None:
        assert not parse_query(text).matches(TICKET, CONTEXT)

    def test_no_word_reaches_from_one_part_into_the_next(self) -> None:
        assert not parse_query('"7 since"').matches(TICKET, CONTEXT)
        assert "7\nsince" in search_text(TICKET)

    words = st.lists(st.sampled_from(["tills", "down", "x", "ann", "-x", "-ann", "NOON"]))
    queues = st.lists(
        st.builds(make_ticket, title=st.sampled_from(["tills", "x", "Tills ann", "noon"]))
    )

    @given(words=words, more=st.sampled_from(["tills", "x", "-x"]), queue=queues)
    def test_another_word_never_finds_more(
        self, words: list[str], more: str, queue: list[Ticket]
    ) -> None:
        fewer = parse_query(" ".join([*words, more]))
        plain = parse_query(" ".join(words))

        for ticket in queue:
            assert not fewer.matches(ticket, CONTEXT) or plain.matches(ticket, CONTEXT)

    @given(word=st.sampled_from(["tills", "down", "x", "ann", "-", "a b"]))
    def test_a_negated_word_finds_just_the_others(self, word: str) -> None:
        found = Query((Term(word),)).matches(TICKET, CONTEXT)

        assert Query((Term(word, negated=True),)).matches(TICKET, CONTEXT) is not found
