"""Plain values become domain objects: cleaned, capped, and none of them vanishes unseen."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import make_ticket
from support.wire import origin
from tui.domain.clean import CUT, clean
from tui.domain.draft import Choice, Created
from tui.domain.errors import BadResponse
from tui.domain.page import PageKey, Skipped
from tui.domain.person import NOBODY
from tui.domain.ticket import NOTHING_EXTRA, Ticket, TicketRef
from tui.vendors.reading import (
    CUT_KEY,
    DEPTH_LIMIT,
    EXTRA_LIMIT,
    EXTRA_TEXT_LIMIT,
    TAGS_LIMIT,
    Extra,
    Item,
    Origin,
    body_of_html,
    choice,
    known_word,
    line,
    matching,
    person,
    read_created,
    read_page,
    tag_names,
    ticket_id,
    web_address,
    wire_id,
    word,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def extra_of(**raw: Any) -> dict[str, object]:
    return dict(Item(raw).leftovers(frozenset({"mapped", "half.mapped"})))


def broken(_item: Item, _ref: TicketRef, _origin: Origin) -> Ticket:
    raise ZeroDivisionError


def plain(_item: Item, ref: TicketRef, _origin: Origin) -> Ticket:
    return make_ticket(ref.id, workspace=ref.workspace)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (7, "7"),
        ("7", "7"),
        (7.0, "7"),
        (10**30, "1" + "0" * 30),
        ("a\u202eb", "a\\u{202e}b"),
        (2.0**53 - 1, "9007199254740991"),
        (2.0**53, None),
        (7.5, None),
        (True, None),
        (None, None),
        ("", None),
        ("  ", None),
        ([], None),
        (float("inf"), None),
        (10**5_000, None),
    ],
    ids=lambda value: str(value)[:20] if not isinstance(value, int) else "number",
)
def test_an_id_is_a_text_or_nothing(written: object, found: str | None) -> None:
    assert ticket_id(written) == found


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-02-04T08:59:52.000Z", datetime(2026, 2, 4, 8, 59, 52, tzinfo=UTC)),
        ("2022-05-19T01:01:55.000+00:00", datetime(2022, 5, 19, 1, 1, 55, tzinfo=UTC)),
        ("2020-01-14T12:51:48.000+0000", datetime(2020, 1, 14, 12, 51, 48, tzinfo=UTC)),
        ("2020-02-27T12:28:02.6019432+01:00", datetime(2020, 2, 27, 11, 28, 2, 601943, tzinfo=UTC)),
        ("2026-01-09T03:42:38.000000Z", datetime(2026, 1, 9, 3, 42, 38, tzinfo=UTC)),
        ("2026-01-09T03:42:38", datetime(2026, 1, 9, 3, 42, 38, tzinfo=UTC)),
    ],
)
def test_every_documented_time_is_read_in_utc(written: str, moment: datetime) -> None:
    item = Item({})
    assert item.time("at", written) == moment
    assert not item.misfits


@pytest.mark.parametrize("written", ["2026-01-09T03:42:38", "2026-01-09T12:42:38+09:00"])
def test_a_time_is_read_in_utc_wherever_the_reader_is(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    moment = Item({}).time("at", written)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert moment == datetime(2026, 1, 9, 3, 42, 38, tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("written", ["May 18 2022", "soon", "0001-01-01T00:00:00+14:00", "\ud800"])
def test_a_time_that_is_none_is_counted_and_its_words_are_kept(written: str) -> None:
    item = Item({"mapped": written})
    assert item.time("mapped", written) is None
    assert item.misfits == {"mapped"}
    assert item.leftovers(frozenset({"mapped"})) == {"mapped": clean(written)}


@pytest.mark.parametrize(
    ("written", "is_time"),
    [("2026-01-09T03:42:38Z", True), ("soon", False), (None, False), (5, False)],
)
def test_only_what_can_be_read_as_a_time_is_one(written: object, *, is_time: bool) -> None:
    item = Item({"at": written})
    assert item.has_time("at") is is_time
    assert item.misfits == ({"at"} if written == "soon" else set())


def test_leftovers_are_flat_and_without_what_was_mapped_or_says_nothing() -> None:
    assert extra_of(
        mapped=1,
        half={"mapped": 2, "rest": 3},
        deep={"a": {"b": [True, {"c": 1.5}]}},
        no=None,
        e="",
    ) == {"half.rest": 3, "deep.a.b.0": True, "deep.a.b.1.c": 1.5}
    assert Item({"mapped": 1}).leftovers(frozenset({"mapped"})) is NOTHING_EXTRA


def test_leftovers_are_cleaned_in_key_and_value() -> None:
    assert extra_of(**{"k\x1b[1m": "v\x1b[1m\nw"}) == {"k\\u{1b}[1m": "v␛ w"}


def test_what_looks_like_a_credential_is_masked() -> None:
    kept = extra_of(feedbackApiKey="sesame", nested={"refresh_token": "sesame"}, tokens="three")
    assert kept == {"feedbackApiKey": "***", "nested.refresh_token": "***", "tokens": "three"}


def test_leftovers_have_a_limit_and_say_so() -> None:
    kept = extra_of(**{f"k{number}": number for number in range(EXTRA_LIMIT + 5)})
    assert len(kept) == EXTRA_LIMIT + 1
    assert kept[CUT_KEY] == f"more than {EXTRA_LIMIT} fields"
    assert len(extra_of(wide=list(range(100_000)))) == EXTRA_LIMIT + 1
    assert len(str(extra_of(long="x" * 100_000)["long"])) == EXTRA_TEXT_LIMIT
    assert extra_of(**{"k" * 70: 1}) == {"k" * 70: 1}


@pytest.mark.parametrize("wrap", [lambda value: {"a": value}, lambda value: [value]])
def test_leftovers_are_followed_to_a_certain_depth(wrap: Callable[[object], object]) -> None:
    deepest: object = 1
    for _ in range(DEPTH_LIMIT):
        deepest = wrap(deepest)
    extra = Extra()
    extra.put("a", deepest)
    assert [*extra.done().values()] == [1]
    assert [*extra_of(a=deepest, b=wrap(deepest)).values()] == [1]


def test_nesting_without_end_is_left_where_nobody_would_read_it() -> None:
    deep: Any = "bottom"
    for _ in range(5_000):
        deep = [{"d": deep}]
    assert extra_of(deep=deep) == {}
    for _ in range(5_000):
        deep = [deep]
    assert extra_of(deep=deep) == {}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (2**63, f"{2**63:#x}"),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
        (-(2**63) - 1, f"{-(2**63) - 1:#x}"),
        (float("inf"), "inf"),
        (0, 0),
        (False, False),
    ],
)
def test_odd_numbers_in_leftovers_stay_strict_json(value: object, kept: object) -> None:
    assert extra_of(n=value) == {"n": kept}


@given(st.dictionaries(st.text(), JSON))
def test_leftovers_of_any_json_are_clean_scalars(raw: dict[str, object]) -> None:
    for key, value in Item(raw).leftovers(frozenset()).items():
        assert clean(key, limit=10_000) == key
        assert value is None or isinstance(value, bool | int | float | str)
        if isinstance(value, str):
            assert clean(value, limit=EXTRA_TEXT_LIMIT) == value


def test_the_first_of_two_fields_with_one_key_stays() -> None:
    extra = Extra()
    extra.put("a.b", 1)
    extra.put("a", {"b": 2})
    assert extra.done() == {"a.b": 1}


def test_texts_that_say_nothing_are_none() -> None:
    assert (line(""), line(" "), line(None), word("")) == (None, None, None, None)
    assert word("long " * 20) == ("long " * 20).strip()
    assert person("", None, " ") is NOBODY
    assert person("Ann\x00", "a@b.example").name == "Ann␀"


@pytest.mark.parametrize("written", ["in progress", "In_Progress", " IN-PROGRESS "])
def test_a_word_is_known_however_it_is_spelled(written: str) -> None:
    assert known_word({"in progress": 1}, written, 0) == 1
    assert known_word({"in progress": 1}, "progress", 0) == 0
    assert known_word({"in progress": 1}, None, 0) == 0


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://ok.example/a", "https://ok.example/a"),
        ("HTTPS://UP.example/", "HTTPS://UP.example/"),
        (" http://ok.example/a\n", "http://ok.example/a"),
        ("https://ok.example/a\x1b]52;c;eA==\x07", None),
        ("https://ok.example/a\u202eb", None),
        ("https://ok.example/\u200bb", None),
        ("https://ok.example/\x00", None),
        ("https://ok.example/" + "a" * 2000, "https://ok.example/" + "a" * 980 + "…"),
        ("ftp://ok.example/", None),
        (" ", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_one_as_it_is_or_none(written: str | None, address: str | None) -> None:
    assert web_address(written) == address


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Hello&nbsp;<b>you</b></p><p>Bye</p>", "Hello\xa0you\nBye"),
        ("a<br/>b<script>alert(1)</script>c", "a\nbc"),
        ("a<style>p{}</style\n>b<script>never closed", "ab"),
        ("</script>a<script>b</SCRIPT>c", "ac"),
        ("<p>a  b\nc</p>", "a  b c"),
        ("a<br><br> <br>b", "a\n\nb"),
        ("2 < 3 and 4 > 1", "2 < 3 and 4 > 1"),
        ("&#x202e;red", "<U+202E>red"),
        ("&lt;b&gt;", "<b>"),
        ("", ""),
    ],
)
def test_html_becomes_its_text(markup: str, text: str) -> None:
    assert body_of_html(markup) == text


def test_html_is_read_in_linear_time() -> None:
    for piece in ("<", "<script>", "<a ", "</script", "<br "):
        assert len(body_of_html(piece * 200_000)) <= 65_536


@pytest.mark.parametrize(
    ("value", "label", "found"),
    [
        ("S1", "Main", Choice("S1", "Main")),
        (7, None, Choice("7", "7")),
        ("S1", 5, Choice("S1", "S1")),
        ("S\x1b1", "x", None),
        (" S1", "x", None),
        (True, "x", None),
        (None, "x", None),
        ("", "x", None),
    ],
)
def test_a_choice_is_offered_only_if_its_value_can_be_sent_back(
    value: object, label: object, found: Choice | None
) -> None:
    assert choice(value, label) == found


def test_choices_are_narrowed_by_value_or_label() -> None:
    options = [Choice("1", "Ann"), Choice("2", "Bob")]
    assert matching(options, " ANN ") == (options[0],)
    assert matching(options, "2") == (options[1],)
    assert matching(options, "") == tuple(options)


def test_a_page_keeps_everything_that_came_in_one_of_three_ways() -> None:
    items = [{"id": 1}, {"id": None}, "text", {"id": 2, "gone": True}, {"id": [3]}, {"id": ""}]
    page = read_page(
        items, PageKey(0, 1), origin("v"), plain, is_removed=lambda item: "gone" in item.raw
    )
    assert [ticket.ref.id for ticket in page.tickets] == ["1"]
    assert page.removed == (TicketRef("w", "2"),)
    assert page.skipped == (
        Skipped("page 2, item 2", "has no id"),
        Skipped("page 2, item 3", "a text instead of a ticket"),
        Skipped("page 2, item 5", "has an id that is none"),
        Skipped("page 2, item 6", "has no id"),
    )
    assert page.key == PageKey(0, 1)
    assert page.count == len(items)


def test_what_did_not_fit_is_counted_over_the_whole_page() -> None:
    def with_time(item: Item, ref: TicketRef, origin_: Origin) -> Ticket:
        item.time("at", "soon")
        return plain(item, ref, origin_)

    page = read_page([{"id": 1}, {"id": 2}], PageKey(), origin("v"), with_time)
    assert page.defects == 2


def test_a_ticket_that_our_own_reading_breaks_on_does_not_cost_its_page() -> None:
    page = read_page([{"id": 1}], PageKey(), origin("v"), broken)
    assert page.skipped == (Skipped("page 1, item 1", "id 1: ZeroDivisionError"),)


def test_a_new_ticket_that_cannot_be_read_exists_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    created = read_created({"data": {"id": 1}}, origin("v"), broken)
    assert created == Created(ref=TicketRef("w", "1"))
    assert caplog.messages == ["w/1: the new ticket cannot be read: ZeroDivisionError"]


def test_a_new_ticket_is_read_as_the_one_that_the_answer_names() -> None:
    created = read_created({"data": {"id": 7}}, origin("v"), plain)
    assert created == Created(ref=TicketRef("w", "7"), ticket=make_ticket("7", workspace="w"))


@pytest.mark.parametrize("answer", [{"data": {"id": 0}}, {"data": {"id": "0"}}, {"data": {}}, []])
def test_an_answer_that_names_no_ticket_is_no_created_one(answer: object) -> None:
    with pytest.raises(BadResponse) as caught:
        read_created(answer, origin("v"), plain)
    assert str(caught.value) == "the vendor took the ticket but named no id"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("7", 7),
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 5_000, "9" * 5_000),
        ("007", "007"),
        ("-7", "-7"),
        ("\u0663", "\u0663"),
        ("S1", "S1"),
    ],
)
def test_an_id_is_sent_as_a_number_only_where_it_is_spelled_as_one(
    written: str, sent: object
) -> None:
    assert wire_id(written) == sent


def test_tags_have_a_limit_and_say_so() -> None:
    tags = [str(number) for number in range(TAGS_LIMIT)]
    assert tag_names(tags) == tuple(tags)
    assert tag_names([*tags, "one more", "and another"]) == (*tags, CUT)
