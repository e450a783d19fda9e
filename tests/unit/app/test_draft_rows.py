"""A kept draft is known by when it was typed and by what it is about."""

from dataclasses import replace
from datetime import timedelta

from support.builders import NOON
from support.service import FIELDS, make_workspaces
from tui.app.draft_rows import draft_rows, workspace_rows
from tui.app.drafts import DraftBook
from tui.app.formatting import ClockFace
from tui.domain.creates import KeptDraft
from tui.domain.draft import FieldRole, FieldSpec

FACE = ClockFace("UTC")


def _draft(draft_id: str = "d", **texts: str) -> KeptDraft:
    return KeptDraft(id=draft_id, workspace="qp", texts=texts, at=NOON, version=1)


def _about(draft: KeptDraft, *specs: FieldSpec) -> str:
    return draft_rows([draft], specs or FIELDS, FACE, NOON)[0][1]


def test_the_clock_time_stands_in_front_and_the_day_where_it_is_another() -> None:
    older = replace(_draft(comment="Older"), at=NOON - timedelta(days=2))

    rows = draft_rows([_draft(comment="Down"), older], FIELDS, FACE, NOON)

    assert rows[0] == (f"{NOON:%H:%M}", "Down")
    assert rows[1][0] == f"{older.at:%m-%d %H:%M}"


def test_the_title_tells_more_than_the_text_and_the_text_more_than_a_choice() -> None:
    title = FieldSpec(key="title", label="Title", role=FieldRole.TITLE)
    draft = _draft(priority="HIGH", comment="\n  Tills down\nsince eight", title="Oslo")

    assert _about(draft) == "Tills down since eight"
    assert _about(draft, title, *FIELDS) == "Oslo"
    assert _about(_draft(priority="MEDIUM", firstName="Ann")) == "Ann"
    assert _about(_draft(comment=" ")) == "nothing yet"


def test_a_text_and_the_same_with_more_lines_are_told_apart() -> None:
    assert _about(_draft(comment="Down")) != _about(_draft(comment="Down\nin Oslo"))


def test_what_may_exist_already_says_so() -> None:
    assert _about(replace(_draft(comment="Down"), may_exist=True)) == "sent, may exist: Down"


def test_bytes_that_move_the_cursor_do_not_reach_the_row() -> None:
    assert "\x1b" not in _about(_draft(comment="a\x1b[2Jb"))


def test_each_workspace_says_how_many_drafts_wait_there() -> None:
    book = DraftBook()
    book.came([_draft("a"), _draft("b"), replace(_draft("c"), workspace="klink")])

    rows = dict(workspace_rows(make_workspaces(), book))

    assert rows["qp"] == "QuestionPro EU  2 drafts"
    assert rows["klink"] == "KlinkCX  1 draft"
    assert rows["inbox"] == "SocialBoards"
