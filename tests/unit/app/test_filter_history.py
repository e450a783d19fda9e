"""The filters that were kept before."""

from tui.app.filter_history import FilterHistory


def _history(*texts: str) -> FilterHistory:
    history = FilterHistory()
    for text in texts:
        history.keep(text)
    return history


def test_earlier_ones_come_back_the_latest_first_and_then_what_was_typed() -> None:
    history = _history("one", "two")

    assert history.earlier("thr") == "two"
    assert history.earlier("two") == "one"
    assert history.earlier("one") is None
    assert history.later() == "two"
    assert history.later() == "thr"
    assert history.later() is None


def test_a_filter_that_is_kept_again_stands_there_once_as_the_latest() -> None:
    assert list(_history("one", "two", "one")) == ["two", "one"]


def test_nothing_typed_is_nothing_to_keep() -> None:
    assert list(_history("", "  ")) == []


def test_what_stands_there_already_is_passed_over() -> None:
    assert _history("one", "two").earlier("two ") == "one"


def test_only_so_many_are_kept() -> None:
    kept = list(_history(*map(str, range(80))))

    assert len(kept) == 50
    assert kept[-1] == "79"


def test_a_new_walk_begins_at_the_latest() -> None:
    history = _history("one", "two")
    history.earlier("")
    history.earlier("")
    history.rest()

    assert history.earlier("") == "two"
