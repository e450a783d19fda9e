"""Every change of a draft is kept, the newest last, and never over what somebody else typed."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from tui.app.drafts import DraftBook, Forget, Keep
from tui.domain.creates import KeptDraft


def _draft(text: str = "Down", draft_id: str = "d", *, version: int = 0) -> KeptDraft:
    return KeptDraft(id=draft_id, workspace="qp", texts={"comment": text}, at=NOON, version=version)


def _step(book: DraftBook) -> KeptDraft:
    step = book.next_step()
    assert isinstance(step, Keep)
    return step.draft


def _kept(asked: KeptDraft) -> KeptDraft:
    return replace(asked, version=asked.version + 1)


def _with_kept() -> DraftBook:
    book = DraftBook()
    book.change(_draft())
    asked = _step(book)
    book.saved(asked, _kept(asked))
    return book


def test_a_save_starts_at_once_and_only_the_newest_text_waits_for_it() -> None:
    book = DraftBook()
    book.change(_draft("D"))
    first = _step(book)
    for text in ("Do", "Dow", "Down"):
        book.change(_draft(text))
        assert book.next_step() is None

    book.saved(first, _kept(first))

    second = _step(book)
    assert (second.texts["comment"], second.version) == ("Down", 1)
    book.saved(second, _kept(second))
    assert book.next_step() is None
    assert book.unkept == ()


def test_opening_the_draft_of_another_dashboard_keeps_nothing_anew() -> None:
    book = DraftBook()
    book.came([_draft(version=3)])

    book.change(replace(_draft(version=3), texts={"comment": "Down", "custom": ""}))

    assert book.next_step() is None


def test_the_same_text_is_not_kept_twice() -> None:
    book = _with_kept()

    book.change(_draft(version=1))

    assert book.next_step() is None


def test_what_could_not_be_kept_stays_and_is_tried_with_the_next_change() -> None:
    book = _with_kept()
    book.change(_draft("Down!", version=1))
    asked = _step(book)
    book.saved(asked, asked, "disk full")

    assert book.next_step() is None
    assert book.problem("d") == "disk full"
    assert [draft.texts["comment"] for draft in book.unkept] == ["Down!"]

    book.change(_draft("Down!!", version=1))
    again = _step(book)
    assert (again.texts["comment"], again.version) == ("Down!!", 1)
    book.saved(again, _kept(again))
    assert book.problem("d") == ""
    assert book.unkept == ()


def test_a_text_that_waited_behind_a_failed_save_is_tried_at_once() -> None:
    book = DraftBook()
    book.change(_draft("D"))
    first = _step(book)
    book.change(_draft("Do"))
    book.saved(first, first, "disk full")

    assert _step(book).texts == {"comment": "Do"}


def test_at_the_end_all_is_tried_once_more() -> None:
    book = DraftBook()
    book.change(_draft())
    asked = _step(book)
    book.saved(asked, asked, "disk full")

    book.try_again()

    assert _step(book) == asked


def test_an_answer_counts_once() -> None:
    book = DraftBook()
    book.change(_draft())
    asked = _step(book)

    assert book.saved(asked, _kept(asked))
    assert not book.saved(asked, _kept(asked))
    assert not book.saved(_draft(draft_id="other"), _draft(draft_id="other"))


def test_a_draft_that_was_emptied_is_forgotten_behind_the_save_that_runs() -> None:
    book = DraftBook()
    book.change(_draft())
    asked = _step(book)
    book.change(_draft(""), is_blank=True)
    assert book.of("qp") == ()
    assert book.next_step() is None

    book.saved(asked, _kept(asked))

    assert book.next_step() == Forget("d")
    assert book.next_step() is None


def test_a_draft_that_was_never_kept_has_nothing_to_forget() -> None:
    book = DraftBook()
    book.change(_draft(""), is_blank=True)
    assert book.next_step() is None

    book.change(_draft())
    asked = _step(book)
    book.change(_draft(""), is_blank=True)
    book.saved(asked, asked, "disk full")
    assert book.next_step() is None


def test_who_types_into_an_emptied_form_has_a_draft_again() -> None:
    book = _with_kept()
    book.change(_draft("", version=1), is_blank=True)
    book.change(_draft("New", version=1))

    assert [draft.texts["comment"] for draft in book.of("qp")] == ["New"]
    assert _step(book).version == 1


def test_a_draft_whose_ticket_exists_does_not_come_back_with_a_late_answer() -> None:
    book = _with_kept()
    book.begin_reading()
    book.end("d")
    assert book.next_step() == Forget("d")

    book.came([_draft(version=1)])

    assert book.of("qp") == ()


def test_what_changed_while_the_drafts_were_read_is_newer_than_the_answer() -> None:
    book = _with_kept()
    book.begin_reading()
    book.change(_draft("Newer", version=1))
    asked = _step(book)
    book.saved(asked, _kept(asked))
    book.change(_draft("Begun", "e"))
    asked = _step(book)
    book.saved(asked, _kept(asked))

    book.came([_draft(version=1)])

    assert {draft.id: draft.texts["comment"] for draft in book.of("qp")} == {
        "d": "Newer",
        "e": "Begun",
    }


def test_what_another_dashboard_did_is_taken_in() -> None:
    book = _with_kept()
    book.begin_reading()
    book.came([_draft("Elsewhere", version=4), _draft("Other", "o", version=1)])
    assert book.get("d") == _draft("Elsewhere", version=4)
    assert book.get("o") is not None

    book.begin_reading()
    book.came([_draft("Elsewhere", version=4)])
    assert book.get("o") is None


def test_a_text_typed_over_a_version_of_another_dashboard_is_kept_beside_it() -> None:
    book = _with_kept()
    book.begin_reading()
    book.came([_draft("Elsewhere", version=4)])

    book.change(_draft("Here", version=1))

    asked = _step(book)
    assert asked.version == 1, "the engine sees that it is another's version"
    book.saved(asked, replace(asked, id="fork", version=1))
    assert [draft.id for draft in book.of("qp")] == ["fork"]
    book.begin_reading()
    book.came([_draft("Elsewhere", version=4), replace(asked, id="fork", version=1)])
    assert {draft.id for draft in book.of("qp")} == {"d", "fork"}


def test_a_late_change_is_based_on_the_version_that_was_kept_meanwhile() -> None:
    book = _with_kept()

    book.change(_draft("Down now", version=0))

    assert _step(book).version == 1


def test_the_latest_draft_comes_first_and_each_place_has_its_own() -> None:
    book = DraftBook()
    book.came(
        [
            _draft("old", "a", version=1),
            replace(_draft("new", "b", version=1), at=NOON.replace(hour=13)),
            replace(_draft("other", "c", version=1), workspace="klink"),
        ]
    )

    assert [draft.id for draft in book.of("qp")] == ["b", "a"]


def test_whether_it_may_exist_is_taken_in_without_keeping_anything() -> None:
    book = _with_kept()
    book.mark_sent("d", may_exist=True)
    book.mark_sent("unknown", may_exist=True)

    assert [draft.may_exist for draft in book.of("qp")] == [True]
    assert book.next_step() is None


class _Ledger:
    """Keeps drafts as the ledger does: in place of the version they were made from, or beside."""

    def __init__(self) -> None:
        self.rows: dict[str, KeptDraft] = {}

    def keep(self, draft: KeptDraft) -> KeptDraft:
        known = self.rows.get(draft.id)
        if known is not None and known.version != draft.version:
            draft = replace(draft, id=f"{draft.id}-{len(self.rows)}", version=0)
        self.rows[draft.id] = replace(draft, version=draft.version + 1)
        return self.rows[draft.id]


class _Window:
    """A dashboard with one form, over the ledger that all share."""

    def __init__(self, ledger: _Ledger) -> None:
        self._ledger, self._book = ledger, DraftBook()
        self._form = _draft("", "d")
        self._running: KeptDraft | None = None
        self.typed = ""

    def type(self, text: str) -> None:
        self.typed += text
        self._form = replace(self._form, texts={"comment": self.typed})
        self._book.change(self._form)
        self._go_on()

    def answer(self, problem: str = "") -> None:
        if self._running is None:
            return
        asked, self._running = self._running, None
        kept = asked if problem else self._ledger.keep(asked)
        if self._book.saved(asked, kept, problem) and not problem:
            self._form = replace(self._form, id=kept.id, version=kept.version)
        self._go_on()

    def read(self) -> None:
        self._book.begin_reading()
        self._book.came(list(self._ledger.rows.values()))

    def leave(self) -> None:
        self._book.try_again()
        self._go_on()
        while self._running is not None:
            self.answer()

    def _go_on(self) -> None:
        step = self._book.next_step() if self._running is None else None
        if isinstance(step, Keep):
            self._running = step.draft


_MOVES: tuple[Callable[[_Window], None], ...] = (
    lambda window: window.type("x"),
    lambda window: window.type("y"),
    lambda window: window.answer(),
    lambda window: window.answer("disk full"),
    lambda window: window.read(),
)


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(range(len(_MOVES)))), max_size=40))
def test_whatever_two_dashboards_do_with_a_draft_both_texts_are_kept(
    moves: list[tuple[int, int]],
) -> None:
    ledger = _Ledger()
    windows = (_Window(ledger), _Window(ledger))
    for who, what in moves:
        _MOVES[what](windows[who])
    for window in windows:
        window.leave()

    kept = {draft.texts["comment"] for draft in ledger.rows.values()}
    assert {window.typed for window in windows if window.typed} <= kept
