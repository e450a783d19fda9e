"""What the engine's thread tells the dashboard; posted by the bridge alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.message import Message

from tui.domain.activity import WorkspaceActivity
from tui.domain.acts import Act
from tui.domain.creates import ChoiceList, Form, KeptDraft, Remembered
from tui.domain.draft import Draft, Outcome, RequestPreview
from tui.domain.revision import Revision
from tui.domain.ticket import Ticket, TicketRef


@dataclass
class StoreChanged(Message):
    """The queue or a workspace's health changed; says only that, so that bursts fold into one."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, StoreChanged)


@dataclass
class ActivityCame(Message):
    """What the polling of each workspace did of late, by its name."""

    activities: Mapping[str, WorkspaceActivity]

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, ActivityCame)


@dataclass
class TicketFetched(Message):
    """A single ticket came, or did not."""

    ref: TicketRef
    ticket: Ticket | None
    problem: str = ""


@dataclass
class ActEnded(Message):
    """Something was done here to some tickets, or taken back, or neither."""

    act: Act | None
    """None where something was taken back."""
    count: int
    """Of tickets."""
    batch: str | None = None
    """What undoes it; None where it failed, or took something back itself."""
    problem: str = ""


@dataclass
class HistoryCame(Message):
    """What the journal knows of a ticket's changes, newest first; or why it cannot be read."""

    ref: TicketRef
    revisions: tuple[Revision, ...]
    problem: str = ""


@dataclass
class CreateEnded(Message):
    """A create came to its end, or nobody can find out how it ended."""

    draft: Draft
    outcome: Outcome
    draft_id: str = ""
    """The kept draft that it was typed in; "" where there is none."""


@dataclass
class DropEnded(Message):
    """An open create was given up, or not."""

    intent_id: str
    problem: str = ""


@dataclass
class LossesDropped(Message):
    """What is lost is not told any more, or still is."""

    problem: str = ""


@dataclass
class FormCame(Message):
    """The fields of a form as they are known by now, with the choices that the journal has."""

    workspace: str
    form: Form


@dataclass
class ChoicesCame(Message):
    """A list of choices came, or why it did not."""

    workspace: str
    lookup: str
    keyword: str
    found: ChoiceList


@dataclass
class DraftsCame(Message):
    """The user's kept drafts, latest first."""

    drafts: tuple[KeptDraft, ...]
    problem: str = ""


@dataclass
class DraftKept(Message):
    """A draft is kept as it stands in `kept`; or why it is not, and it is as it was asked."""

    asked: KeptDraft
    kept: KeptDraft
    problem: str = ""


@dataclass
class RememberedCame(Message):
    """What the user chose last."""

    remembered: Remembered


@dataclass
class RequestRendered(Message):
    """The request that a draft becomes, or why there is none."""

    preview: RequestPreview | None
    problem: str = ""
