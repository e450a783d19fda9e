"""What the user typed for new tickets and notes, and which of it has yet to be kept. Pure.

Every change is to be kept at once. While one save of a draft runs, only the newest text waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tui.domain.creates import KeptDraft
from tui.domain.ticket import TicketRef


@dataclass(frozen=True, slots=True)
class Keep:
    """This draft is to be kept now."""

    draft: KeptDraft


@dataclass(frozen=True, slots=True)
class Forget:
    """The kept draft of this id is to be deleted now."""

    id: str


Step = Keep | Forget


@dataclass(eq=False, slots=True)
class _Entry:
    draft: KeptDraft
    """As it was typed last, under the id and the version that it is kept under."""
    is_own: bool = False
    """That version is of this process, or was changed here."""
    saving: KeptDraft | None = None
    """As it is just being kept."""
    is_unkept: bool = False
    """The latest text has not been kept, nor is it just being kept."""
    is_over: bool = False
    """It is to be deleted."""
    problem: str = ""
    """Why it could not be kept, in one line."""
    waits: bool = False
    """It could not be kept, and is tried again with the next change."""


class DraftBook:
    """Keeps drafts in memory, and says what the engine is to do about each."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._gone: dict[str, int] = {}
        """Drafts that ended here, by id, and their versions: an answer may be older than that."""
        self._touched: set[str] = set()
        """Ids of drafts that are newer than the answer that is awaited."""

    def of(self, workspace: str) -> tuple[KeptDraft, ...]:
        """Return the drafts of new tickets for one workspace, latest first."""
        return tuple(each for each in self._beside(frozenset()) if each.workspace == workspace)

    def note(self, tickets: frozenset[TicketRef]) -> KeptDraft | None:
        """Return the latest note beside these tickets; None if there is none."""
        return next(iter(self._beside(tickets)), None)

    def get(self, draft_id: str) -> KeptDraft | None:
        """Return the draft of this id; None if there is none."""
        entry = self._entries.get(draft_id)
        return entry.draft if entry is not None and not entry.is_over else None

    def problem(self, draft_id: str) -> str:
        """Return why a draft could not be kept as it stands; "" where it could."""
        entry = self._entries.get(draft_id)
        return entry.problem if entry is not None else ""

    @property
    def unkept(self) -> tuple[KeptDraft, ...]:
        """The drafts that would be lost, wholly or in part, if the program ended now."""
        return tuple(
            each.draft
            for each in self._entries.values()
            if not each.is_over and (each.is_unkept or each.saving is not None)
        )

    def change(self, draft: KeptDraft, *, is_blank: bool = False) -> None:
        """Take in what stands in a form; what is blank is not worth keeping."""
        if is_blank:
            self.end(draft.id)
            return
        self._touched.add(draft.id)
        self._gone.pop(draft.id, None)
        entry = self._entries.get(draft.id)
        if entry is None:
            self._entries[draft.id] = _Entry(draft, is_own=True, is_unkept=True)
            return
        before = entry.draft
        # Where nothing was typed nothing is to be kept, though the form has more fields by now.
        is_known = entry.is_own or before.version == draft.version
        if is_known and not entry.is_over and _words_of(before) == _words_of(draft):
            entry.draft = replace(before, may_exist=draft.may_exist)
            return
        # Over another's version nothing is written, not even the same words, which that other one
        # may go on with: the engine keeps both.
        version = max(draft.version, before.version) if entry.is_own else draft.version
        entry.draft = replace(draft, version=version)
        entry.is_own, entry.is_unkept = True, True
        entry.is_over = entry.waits = False

    def mark_sent(self, draft_id: str, *, may_exist: bool) -> None:
        """Take in whether the ticket of a draft may exist already."""
        if entry := self._entries.get(draft_id):
            self._touched.add(draft_id)
            entry.draft = replace(entry.draft, may_exist=may_exist)

    def end(self, draft_id: str) -> None:
        """Take in that a draft is of no use any more: it is blank, or its ticket exists."""
        entry = self._entries.get(draft_id)
        self._gone[draft_id] = entry.draft.version if entry is not None else 0
        if entry is None:
            return
        if entry.saving is None and not entry.draft.version:
            del self._entries[draft_id]
        else:
            entry.is_over, entry.is_unkept = True, False

    def next_step(self) -> Step | None:
        """Return what the engine is to do now; None where it is at it, or nothing is left."""
        for draft_id, entry in self._entries.items():
            if entry.saving is not None:
                continue
            if entry.is_over:
                self._gone[draft_id] = entry.draft.version
                del self._entries[draft_id]
                return Forget(draft_id)
            if entry.is_unkept and not entry.waits:
                entry.saving, entry.is_unkept = entry.draft, False
                return Keep(entry.draft)
        return None

    def try_again(self) -> None:
        """Have tried once more what could not be kept."""
        for entry in self._entries.values():
            entry.waits = False

    def saved(self, asked: KeptDraft, kept: KeptDraft, problem: str = "") -> bool:
        """Take in how a save ended; return whether it was one that was awaited.

        Where somebody kept another version meanwhile, `kept` has another id: what stands here goes
        on under that one, and the other's is read with the next answer.
        """
        entry = self._entries.get(asked.id)
        if entry is None or entry.saving is not asked:
            return False
        entry.saving, entry.problem = None, problem
        if problem:
            is_lost = entry.is_over and not entry.draft.version
            if is_lost:
                del self._entries[asked.id]
            elif not entry.is_over:
                entry.waits = not entry.is_unkept
                entry.is_unkept = True
            return True
        entry.draft = replace(entry.draft, id=kept.id, version=kept.version)
        self._touched.add(kept.id)
        if kept.id != asked.id:
            self._touched.discard(asked.id)
            self._entries[kept.id] = self._entries.pop(asked.id)
        return True

    def begin_reading(self) -> None:
        """Take in that the kept drafts are asked for: what changes from now on is newer."""
        self._touched.clear()

    def came(self, drafts: Iterable[KeptDraft]) -> None:
        """Take in the drafts that are kept; what changed here since they were asked for stays."""
        known = {draft.id: draft for draft in drafts if self._is_news(draft)}
        for draft_id, entry in list(self._entries.items()):
            is_newer = draft_id in self._touched or entry.saving is not None
            if is_newer or entry.is_unkept or entry.is_over:
                known.pop(draft_id, None)
            elif draft_id not in known:
                del self._entries[draft_id]
        for draft_id, draft in known.items():
            before = self._entries.get(draft_id)
            is_own = before is not None and before.is_own and before.draft.version == draft.version
            self._entries[draft_id] = _Entry(draft, is_own=is_own)

    def _beside(self, tickets: frozenset[TicketRef]) -> list[KeptDraft]:
        """Return the drafts that stand beside just these tickets, latest first."""
        drafts = [each.draft for each in self._entries.values() if not each.is_over]
        found = [draft for draft in drafts if draft.tickets == tickets]
        return sorted(found, key=lambda draft: draft.at, reverse=True)

    def _is_news(self, draft: KeptDraft) -> bool:
        return draft.version > self._gone.get(draft.id, -1)


def _words_of(draft: KeptDraft) -> dict[str, str]:
    return {key: text for key, text in draft.texts.items() if text}
