"""Notes that are not written yet: drafts that stand beside tickets. Pure."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.app.drafts import DraftBook
from tui.domain.creates import KeptDraft
from tui.domain.ticket import TicketRef

_TEXT: Final = "note"


class Notes:
    """Finds and changes them in the book of drafts."""

    def __init__(
        self, book: DraftBook, *, now: Callable[[], datetime], changed: Callable[[], None]
    ) -> None:
        """Make it; `changed` has kept what the book holds."""
        self._book = book
        self._now = now
        self._changed = changed

    def of(self, refs: Iterable[TicketRef]) -> str:
        """Return what was typed for these tickets and never written."""
        draft = self._book.note(frozenset(refs))
        return draft.texts.get(_TEXT, "") if draft else ""

    def problem(self, refs: Iterable[TicketRef]) -> str:
        """Return why what was typed for these tickets could not be kept; "" where it could."""
        draft = self._book.note(frozenset(refs))
        return self._book.problem(draft.id) if draft else ""

    def put(self, refs: Iterable[TicketRef], text: str) -> None:
        """Keep what was typed for these tickets; blank for nothing."""
        tickets = frozenset(refs)
        is_blank = not text.strip()
        known = self._book.note(tickets)
        if known is None:
            if is_blank:
                return
            place = min(tickets, key=str).workspace
            known = KeptDraft(
                id=uuid.uuid4().hex, workspace=place, texts={}, at=self._now(), tickets=tickets
            )
        draft = replace(known, texts={_TEXT: text}, at=self._now())
        self._book.change(draft, is_blank=is_blank)
        self._changed()
