from hypothesis import given
from hypothesis import strategies as st

from tui.vendors.socialboards.pages import TAKE, PageFacts, Pages


def read_all(pages: Pages, ids: list[str], cut: int = TAKE) -> tuple[list[str], int]:
    """Read a list to its end from a server that gives at most `cut`; return ids and calls."""
    seen: list[str] = []
    pages.begin_pass()
    for index in range(10_000):
        skip = pages.skip(index)
        answer = ids[skip : skip + min(TAKE, cut)]
        seen += answer
        if pages.read(index, answer).is_last:
            return seen, index + 1
    raise AssertionError


def numbered(count: int) -> list[str]:
    return [str(number) for number in range(count)]


@given(st.integers(0, 400), st.integers(1, TAKE))
def test_whatever_the_server_gives_at_most_every_ticket_is_read(count: int, cut: int) -> None:
    pages = Pages()

    for _ in range(3):
        seen, _ = read_all(pages, numbered(count), max(cut, 2))
        assert list(dict.fromkeys(seen)) == numbered(count)


@given(st.lists(st.integers(0, 130), min_size=2, max_size=5))
def test_a_list_that_grows_and_shrinks_between_sweeps_is_read_whole(counts: list[int]) -> None:
    pages = Pages()

    for count in counts:
        seen, _ = read_all(pages, numbered(count))
        assert list(dict.fromkeys(seen)) == numbered(count)


def test_only_the_first_short_page_is_asked_past() -> None:
    pages = Pages()

    calls = [read_all(pages, numbered(37))[1] for _ in range(3)]

    assert calls == [2, 1, 1]


def test_a_page_that_begins_elsewhere_than_the_last_one_ended_tells_that_the_list_moved() -> None:
    pages = Pages()
    pages.read(0, numbered(TAKE))

    assert pages.skip(1) == TAKE - 1
    assert pages.read(1, ["77"]).continues is False


def test_a_page_asked_for_out_of_order_is_found_by_its_number() -> None:
    assert Pages().skip(3) == 3 * (TAKE - 1)


@given(st.integers(1, 400), st.integers(2, TAKE), st.data())
def test_a_page_read_on_its_own_is_the_page_of_the_sweep_before(
    count: int, cut: int, data: st.DataObject
) -> None:
    pages, ids = Pages(), numbered(count)
    read_all(pages, ids, cut)
    _, calls = read_all(pages, ids, cut)
    pages.begin_pass()
    begins = [pages.skip(index) for index in range(calls)]

    for index in data.draw(st.lists(st.integers(0, calls - 1), max_size=8)):
        pages.begin_pass()
        assert pages.skip(index) == begins[index]
        facts = pages.read(index, ids[begins[index] :][:cut])
        assert facts.continues is None
        assert facts.is_last == (index == calls - 1)
    seen, calls_after = read_all(pages, ids, cut)
    assert list(dict.fromkeys(seen)) == ids
    assert calls_after == calls


def test_a_page_of_another_pass_is_not_expected_to_continue_this_one() -> None:
    pages = Pages()
    pages.read(0, numbered(TAKE))
    pages.begin_pass()

    assert pages.read(1, ["77", "78"]) == PageFacts(is_last=True, continues=None)


def test_the_server_is_not_thought_to_cut_pages_because_the_list_grew_between_two_passes() -> None:
    pages = Pages()
    pages.read(0, numbered(20))
    pages.begin_pass()
    pages.read(1, ["77", "78", "79"])

    assert read_all(pages, numbered(20))[1] == 2, "it is still asked past the short page"
    assert read_all(pages, numbered(20))[1] == 1
