"""What is typed into a form is kept, in every version of it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.builders import NOON
from support.intents import CREATED, NOT_CREATED, SOON, UNKNOWN, ends, make_intent
from support.journal import QUEUES, open_cache, open_ledger_file, statement
from tui.domain.creates import KeptDraft
from tui.domain.draft import Draft
from tui.domain.ticket import TicketRef
from tui.store.drafts import Drafts
from tui.store.intents import IntentLog
from tui.store.ledger_file import LEDGER, LedgerFile
from tui.store.queue_key import QueueKey


def make_draft(draft_id: str = "d", text: str = "It bro", **overrides: Any) -> KeptDraft:
    texts = {"title": text}
    given = {"id": draft_id, "workspace": "qp", "texts": texts, "at": NOON, **overrides}
    return KeptDraft(**given)


def open_drafts(
    folder: Path | None, queues: Mapping[str, QueueKey] = QUEUES
) -> tuple[Drafts, IntentLog]:
    file = open_ledger_file(folder, queues=queues)
    return Drafts(file), IntentLog(file)


def titles(drafts: Drafts, viewer: str = "ana") -> list[str]:
    return [draft.texts["title"] for draft in drafts.load(viewer)]


class TestKeeping:
    @given(st.dictionaries(st.text(max_size=9), st.text(max_size=99)))
    def test_whatever_was_typed_is_kept(self, texts: dict[str, str]) -> None:
        drafts, _ = open_drafts(None)

        kept = drafts.save("ana", make_draft(texts=texts))

        assert drafts.load("ana") == (kept,)
        assert (kept.texts, kept.version) == (texts, 1)

    def test_a_note_is_kept_with_the_tickets_that_it_stands_beside(self, tmp_path: Path) -> None:
        tickets = frozenset({TicketRef("qp", "1"), TicketRef("klink", "1")})
        drafts, _ = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft("n", tickets=tickets))
        drafts.save("ana", make_draft())

        found = {each.id: each for each in open_drafts(tmp_path)[0].load("ana")}
        assert found["n"] == kept
        assert (found["n"].tickets, found["d"].tickets) == (tickets, frozenset())

        renamed = {"emea": QUEUES["qp"], "klink": QUEUES["klink"]}
        tickets = frozenset({TicketRef("emea", "1"), TicketRef("klink", "1")})
        assert open_drafts(tmp_path, queues=renamed)[0].load("ana")[-1].tickets == tickets
        elsewhere = open_drafts(tmp_path, queues={"qp": QUEUES["qp"]})[0].load("ana")
        assert [each.id for each in elsewhere] == ["d"], "one of its tickets is of nowhere here"

    def test_even_half_of_a_pair_and_a_lot_of_it(self, tmp_path: Path) -> None:
        text = "\ud83d\x1b[2J\u202e" + "x" * 1_000_000
        open_drafts(tmp_path)[0].save("ana", make_draft(text=text))

        assert titles(open_drafts(tmp_path)[0]) == [text]

    def test_it_is_there_after_a_restart_until_it_is_forgotten(self, tmp_path: Path) -> None:
        open_drafts(tmp_path)[0].save("ana", make_draft())
        drafts, _ = open_drafts(tmp_path, queues={"emea": QUEUES["qp"]})

        (draft,) = drafts.load("ana")
        assert draft == make_draft(workspace="emea", version=1)
        drafts.forget("ana", "d")
        drafts.forget("ana", "d")
        assert open_drafts(tmp_path)[0].load("ana") == ()

    def test_there_are_several_latest_first(self, tmp_path: Path) -> None:
        drafts, _ = open_drafts(tmp_path)
        for minute in (0, 2, 1):
            at = NOON + timedelta(minutes=minute)
            drafts.save("ana", make_draft(f"d{minute}", f"{minute}", at=at))

        assert titles(drafts) == ["2", "1", "0"]

    def test_everybody_has_their_own(self, tmp_path: Path) -> None:
        drafts, _ = open_drafts(tmp_path)
        drafts.save("ana", make_draft(text="ana's"))
        drafts.save("ben", make_draft(text="ben's"))

        drafts.forget("ben", "d")

        assert (titles(drafts, "ana"), titles(drafts, "ben")) == (["ana's"], [])

    def test_those_of_other_configurations_wait_for_theirs(self, tmp_path: Path) -> None:
        open_drafts(tmp_path)[0].save("ana", make_draft())
        other = QueueKey("questionpro", "https://other.example", "1")

        assert open_drafts(tmp_path, queues={"qp": other})[0].load("ana") == ()
        assert titles(open_drafts(tmp_path)[0]) == ["It bro"]

    def test_neither_a_purge_nor_unstored_texts_touch_them(self, tmp_path: Path) -> None:
        open_drafts(tmp_path)[0].save("ana", make_draft())

        open_cache(tmp_path, store_bodies=False).purge()

        assert titles(open_drafts(tmp_path)[0]) == ["It bro"]

    def test_it_may_move_to_another_workspace(self, tmp_path: Path) -> None:
        drafts, _ = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())

        drafts.save("ana", replace(kept, workspace="klink"))

        (draft,) = drafts.load("ana")
        assert (draft.id, draft.workspace, draft.version) == ("d", "klink", 2)


class TestVersions:
    def test_what_is_typed_on_replaces_what_it_was_made_from(self, tmp_path: Path) -> None:
        drafts, _ = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())

        again = drafts.save("ana", replace(kept, texts={"title": "It broke"}))

        assert (again.id, again.version) == ("d", 2)
        assert drafts.load("ana") == (again,)

    def test_two_that_were_made_from_one_both_stay(self, tmp_path: Path) -> None:
        drafts, _ = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        one = drafts.save("ana", replace(kept, texts={"title": "one"}))

        other = drafts.save("ana", replace(kept, texts={"title": "other"}))

        assert other.id != one.id == "d"
        assert other.version == 1
        assert sorted(titles(drafts)) == ["one", "other"]
        assert drafts.save("ana", other).id == other.id, "it goes on under its own id"
        assert sorted(titles(drafts)) == ["one", "other"]

    def test_the_same_words_are_kept_once(self, tmp_path: Path) -> None:
        """Whoever was told nothing of a save says it again."""
        drafts, _ = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())

        assert drafts.save("ana", make_draft()) == kept
        assert drafts.load("ana") == (kept,)

    def test_what_was_forgotten_elsewhere_and_typed_on_is_kept(self, tmp_path: Path) -> None:
        drafts, _ = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        drafts.forget("ana", "d")

        again = drafts.save("ana", replace(kept, texts={"title": "typed on"}))

        assert drafts.load("ana") == (again,)
        assert again.version > kept.version

    @given(
        st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from(["type", "load", "forget"])), max_size=30
        )
    )
    def test_whatever_several_windows_do_no_words_are_lost(
        self, steps: list[tuple[int, str]]
    ) -> None:
        """Each window types on in what it has, or opens a draft that is kept, or discards one."""
        drafts, _ = open_drafts(None)
        windows = [make_draft(text="") for _ in range(3)]
        words = {0: "", 1: "", 2: ""}
        for number, (window, step) in enumerate(steps):
            if step == "type":
                text = f"{windows[window].texts['title']} {number}"
                typed = replace(windows[window], texts={"title": text})
                windows[window] = drafts.save("ana", typed)
                words[window] = text
                assert text in titles(drafts)
            elif step == "load" and drafts.load("ana"):
                windows[window] = drafts.load("ana")[0]
                words[window] = windows[window].texts["title"]
            elif step == "forget" and windows[window].version:
                drafts.forget("ana", windows[window].id)
                forgotten = windows[window].id
                for each, draft in enumerate(windows):
                    if draft.id == forgotten:
                        windows[each], words[each] = make_draft(f"new {number} {each}", ""), ""
            kept = {draft.id: draft.texts["title"] for draft in drafts.load("ana")}
            assert len(kept) == len(drafts.load("ana"))
            for each, draft in enumerate(windows):
                if draft.version:
                    assert any(
                        text == words[each] or text.startswith(f"{words[each]} ")
                        for text in kept.values()
                    ), "as it was typed, or typed on"

    def test_four_windows_that_save_at_once_lose_nothing(self, tmp_path: Path) -> None:
        opened = [open_drafts(tmp_path)[0] for _ in range(4)]
        base = opened[0].save("ana", make_draft(text=""))

        def type_on(window: int) -> str:
            draft = base
            for number in range(5):
                text = f"{draft.texts['title']} {window}.{number}"
                draft = opened[window].save("ana", replace(draft, texts={"title": text}))
            return draft.texts["title"]

        with ThreadPoolExecutor(4) as pool:
            typed = sorted(pool.map(type_on, range(4)))

        assert sorted(titles(opened[0])) == typed


class TestSending:
    def test_while_nobody_knows_the_end_it_may_exist(self, tmp_path: Path) -> None:
        drafts, outbox = open_drafts(tmp_path)
        drafts.save("ana", make_draft())
        drafts.save("ana", make_draft("other"))
        outbox.record(make_intent(draft_id="d"), NOON)

        def may_exist() -> dict[str, bool]:
            return {draft.id: draft.may_exist for draft in drafts.load("ana")}

        assert may_exist() == {"d": True, "other": False}
        outbox.resolve(ends(UNKNOWN), is_looked=True)
        assert may_exist() == {"d": True, "other": False}
        typed_on = drafts.save("ana", make_draft(text="typed on", version=1))
        assert (typed_on.id, typed_on.may_exist) == ("d", True)
        outbox.drop("a")
        assert may_exist() == {"d": False, "other": False}

    def test_one_begun_from_a_create_of_no_form_may_exist_as_long_as_that_may(
        self, tmp_path: Path
    ) -> None:
        drafts, outbox = open_drafts(tmp_path)
        outbox.record(make_intent("a"), NOON)

        assert drafts.save("ana", make_draft("a")).may_exist
        assert drafts.load("ana")[0].may_exist
        outbox.resolve(ends(NOT_CREATED))
        assert not drafts.load("ana")[0].may_exist

    def test_it_goes_when_its_ticket_is_created(self, tmp_path: Path) -> None:
        drafts, outbox = open_drafts(tmp_path)
        drafts.save("ana", make_draft(text="canary in a coal mine"))
        drafts.save("ana", make_draft("other"))
        outbox.record(make_intent(draft_id="d"), SOON)

        outbox.resolve(ends(CREATED), is_looked=True)

        assert [draft.id for draft in drafts.load("ana")] == ["other"]
        assert b"canary" not in (tmp_path / LEDGER.file).read_bytes()

    def test_it_stays_when_it_was_refused_or_the_ticket_is_anothers(self, tmp_path: Path) -> None:
        drafts, outbox = open_drafts(tmp_path)
        drafts.save("ana", make_draft())
        outbox.record(make_intent("before"), SOON)
        outbox.resolve(ends(CREATED, "before"))
        outbox.record(make_intent(draft_id="d"), SOON)

        assert not outbox.resolve(ends(CREATED), is_looked=True)
        assert titles(drafts) == ["It bro"]
        outbox.resolve(ends(NOT_CREATED))
        assert drafts.load("ana") == (make_draft(version=1),)

    def test_what_is_typed_on_while_nobody_knows_the_end_stays(self, tmp_path: Path) -> None:
        drafts, outbox = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        outbox.record(make_intent(draft_id="d"), SOON)
        typed_on = replace(kept, texts={"title": "typed on"}, at=NOON + timedelta(minutes=1))
        drafts.save("ana", typed_on)

        outbox.resolve(ends(CREATED), is_looked=True)

        assert titles(drafts) == ["typed on"]
        assert drafts.load("ana")[0].may_exist

    @pytest.mark.parametrize(("late_us", "left"), [(2_000_000, []), (2_000_001, ["It broke"])])
    def test_what_a_form_saved_just_after_it_was_sent_goes_with_it(
        self, tmp_path: Path, late_us: int, left: list[str]
    ) -> None:
        drafts, outbox = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        outbox.record(make_intent(draft_id="d"), NOON)
        late = NOON + timedelta(microseconds=late_us)
        drafts.save("ana", replace(kept, texts={"title": "It broke"}, at=late))

        outbox.resolve(ends(CREATED))

        assert titles(drafts) == left

    def test_what_is_typed_on_stays_when_what_was_sent_is_sent_again(self, tmp_path: Path) -> None:
        drafts, outbox = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        outbox.record(make_intent(draft_id="d"), NOON)
        outbox.resolve(ends(UNKNOWN), is_looked=True)
        typed_on = replace(kept, texts={"title": "typed on"}, at=NOON + timedelta(minutes=1))
        drafts.save("ana", typed_on)
        outbox.supersede("a", make_intent("b", minute=2, draft_id="d"), NOON)

        outbox.resolve(ends(CREATED, "b"))

        assert titles(drafts) == ["typed on"]

    def test_it_goes_when_it_was_sent_as_it_was_typed_on(self, tmp_path: Path) -> None:
        drafts, outbox = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        outbox.record(make_intent(draft_id="d"), NOON)
        outbox.resolve(ends(UNKNOWN), is_looked=True)
        typed_on = replace(kept, texts={"title": "typed on"}, at=NOON + timedelta(minutes=1))
        drafts.save("ana", typed_on)
        other = Draft("qp", {"title": "typed on"})
        outbox.record(make_intent("b", minute=2, draft_id="d", draft=other), NOON)

        outbox.resolve(ends(CREATED, "b"))

        assert drafts.load("ana") == ()

    def test_a_create_without_a_draft_takes_none_with_it(self, tmp_path: Path) -> None:
        drafts, outbox = open_drafts(tmp_path)
        drafts.save("ana", make_draft(""))
        outbox.record(make_intent(), SOON)

        outbox.resolve(ends(CREATED))

        assert len(drafts.load("ana")) == 1

    def test_what_is_typed_on_after_that_is_kept_apart_and_told_from_a_new_one(
        self, tmp_path: Path
    ) -> None:
        """In a second window, or by a save that came late: no words are lost, nor sent again."""
        drafts, outbox = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        outbox.record(make_intent(draft_id="d"), SOON)
        outbox.resolve(ends(CREATED))

        late = drafts.save("ana", replace(kept, texts={"title": "typed on"}))

        assert late.id != "d"
        assert late.may_exist
        assert drafts.load("ana") == (late,)
        assert drafts.save("ana", late).may_exist

    def test_the_other_version_of_one_that_was_sent_may_exist_too(self, tmp_path: Path) -> None:
        drafts, outbox = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        drafts.save("ana", replace(kept, texts={"title": "one"}))
        other = drafts.save("ana", replace(kept, texts={"title": "other"}))
        assert not other.may_exist

        outbox.record(make_intent(draft_id="d"), NOON)

        assert [draft.may_exist for draft in drafts.load("ana")] == [True, True]
        outbox.resolve(ends(NOT_CREATED))
        assert [draft.may_exist for draft in drafts.load("ana")] == [False, False]


class TestDamage:
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE drafts SET content = '{}' WHERE id = 'a'",
            "UPDATE drafts SET content = CAST(x'ff' AS TEXT) WHERE id = 'a'",
            "UPDATE drafts SET version = 9 WHERE id = 'a'",
        ],
    )
    def test_a_wrong_row_is_set_apart_and_told_once(self, tmp_path: Path, change: str) -> None:
        file: LedgerFile = open_ledger_file(tmp_path)
        drafts = Drafts(file)
        drafts.save("ana", make_draft("a"))
        drafts.save("ana", make_draft("b"))
        statement(tmp_path / LEDGER.file, change)

        for _ in range(2):
            assert [draft.id for draft in drafts.load("ana")] == ["b"]

        assert file.notices == ("ledger.db: a kept draft was damaged and is lost: type it again",)

    def test_what_is_typed_on_in_a_damaged_one_is_kept(self, tmp_path: Path) -> None:
        drafts, _ = open_drafts(tmp_path)
        kept = drafts.save("ana", make_draft())
        statement(tmp_path / LEDGER.file, "UPDATE drafts SET at = 0")

        drafts.save("ana", replace(kept, texts={"title": "typed on"}))

        assert titles(drafts) == ["typed on"]
