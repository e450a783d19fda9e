"""Kept drafts as rows to pick from. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from tui.app.drafts import DraftBook
from tui.app.formatting import ClockFace
from tui.domain.clean import clean
from tui.domain.creates import KeptDraft
from tui.domain.draft import FieldRole, FieldSpec, FieldType
from tui.domain.workspace import Workspace

_TELLING: Final = (FieldRole.TITLE, FieldRole.TEXT, FieldRole.CUSTOMER_NAME)
"""What a draft is known by, the most telling first."""
_WORDS_MOST: Final = 1_000
"""No terminal shows more signs than this in a row."""

Row = tuple[str, str]


def workspace_rows(workspaces: Iterable[Workspace], book: DraftBook) -> list[Row]:
    """Return a row for each workspace, with the count of its drafts."""
    return [
        (each.name, f"{each.title}  {count_words(count)}" if count else each.title)
        for each in workspaces
        for count in (len(book.of(each.name)),)
    ]


def count_words(count: int) -> str:
    """Return `1 draft` or `2 drafts`."""
    return f"{count:,} draft{'s' if count != 1 else ''}"


def draft_rows(
    drafts: Iterable[KeptDraft], specs: Sequence[FieldSpec], face: ClockFace, now: datetime
) -> list[Row]:
    """Return a row for each draft: when it was typed last, and what it is about."""
    return [
        (
            face.at(draft.at, now),
            ("sent, may exist: " if draft.may_exist else "") + _about(draft, specs),
        )
        for draft in drafts
    ]


def _about(draft: KeptDraft, specs: Sequence[FieldSpec]) -> str:
    """Return what tells most, in one line: drafts may differ in their later lines alone."""
    telling = [spec.key for role in _TELLING for spec in specs if spec.role is role]
    telling += [spec.key for spec in specs if spec.type is FieldType.LONG_TEXT]
    own = [spec.key for spec in specs if draft.texts.get(spec.key) not in (None, spec.default)]
    for key in (*telling, *own, *draft.texts):
        if words := " ".join(draft.texts.get(key, "").split()):
            return clean(words[:_WORDS_MOST])
    return "nothing yet"
