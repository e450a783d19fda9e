"""Which ends of creates are worth a notice, because nothing else tells them. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.app.deed_text import count_words
from tui.app.outbox_text import named
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.ticket import TicketRef


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxNews:
    """What happened in the outbox beside what the user is being told anyway."""

    created: tuple[TicketRef, ...] = ()
    """Tickets that exist after all."""
    refused: tuple[tuple[OpenCreate, str], ...] = ()
    """Those that were not created after all, and why."""
    undecided: tuple[OpenCreate, ...] = ()
    """Creates that were looked for, and nobody knows more."""
    earlier: tuple[OpenCreate, ...] = ()
    """Those that were open when the program began."""

    def __bool__(self) -> bool:
        return any((self.created, self.refused, self.undecided, self.earlier))

    @property
    def is_good(self) -> bool:
        """Whether nothing of it is for a person to look after."""
        return not (self.refused or self.undecided or self.earlier)

    def words(self, outbox_key: str, *, cut: str) -> str:
        """Return all of it in one line, what a person has to look after first.

        `outbox_key` shows it, "" if no key does; `cut` stands where a title is cut.
        """
        parts: list[str] = []
        if self.undecided:
            first, others = self.undecided[0], len(self.undecided) - 1
            more = f" (and {others:,} more)" if others else ""
            parts.append(f"{named(first, cut)}: {first.message or 'unknown'}{more}")
        parts += [
            f"{named(create, cut)}: not created after all: {reason}"
            for create, reason in self.refused
        ]
        if self.created:
            parts.append(f"Created after all: {', '.join(map(str, self.created))}")
        if self.earlier:
            words = count_words(len(self.earlier), "open create")
            it = "it" if len(self.earlier) == 1 else "them"
            way = f"; {outbox_key} shows {it}" if outbox_key else ""
            parts.append(f"{words} from before{way}")
        return "; ".join(parts)


class OutboxWatch:
    """Remembers what is known of creates, and what was told of them."""

    def __init__(self, began_at: datetime) -> None:
        self._began_at = began_at
        self._open: Sequence[OpenCreate] = ()
        self._known: dict[str, OpenCreate] = {}
        """Every create that was ever seen open, by the id of its intent."""
        self._doubted: set[str] = set()
        """Intents that were looked for, or nobody knew the end of."""
        self._told: set[str] = set()
        """Intents whose end was told."""
        self._messages: dict[str, str] = {}
        """By intent: what was told last of one that nobody knows the end of."""

    def answered(self, outcome: Outcome) -> None:
        """Take in that the user is told how a create ended: it was sent from here."""
        if outcome.state is OutcomeState.UNKNOWN:
            self._messages[outcome.intent_id] = outcome.message
        else:
            self._told.add(outcome.intent_id)

    def look(
        self,
        creates: Sequence[OpenCreate],
        settled: Sequence[Outcome],
        on_their_way: Collection[Draft],
    ) -> OutboxNews:
        """Compare with what was known; `on_their_way` are drafts whose end is told by itself."""
        undecided: list[OpenCreate] = []
        earlier: list[OpenCreate] = []
        if creates is not self._open:
            self._open = creates
            for create in creates:
                if create.draft not in on_their_way:
                    if create.id not in self._known and create.at < self._began_at:
                        earlier.append(create)
                    elif self._is_given_up(create):
                        undecided.append(create)
                self._known[create.id] = create
                if create.stage is not Stage.SENDING or create.at < self._began_at:
                    self._doubted.add(create.id)
        created: list[TicketRef] = []
        refused: list[tuple[OpenCreate, str]] = []
        for outcome in settled:
            if not self._is_to_be_told(outcome, on_their_way):
                continue
            self._told.add(outcome.intent_id)
            if outcome.state is OutcomeState.CREATED and outcome.ref is not None:
                created.append(outcome.ref)
            elif outcome.state is OutcomeState.NOT_CREATED:
                refused.append((self._known[outcome.intent_id], outcome.message))
        return OutboxNews(
            created=tuple(created),
            refused=tuple(refused),
            undecided=tuple(undecided),
            earlier=tuple(earlier),
        )

    def _is_to_be_told(self, outcome: Outcome, on_their_way: Collection[Draft]) -> bool:
        """Whether it is the end of a create in doubt, and no answer tells it.

        What other processes send and nobody doubts comes into the list as any new ticket does.
        """
        if outcome.intent_id in self._told or outcome.intent_id not in self._doubted:
            return False
        return self._known[outcome.intent_id].draft not in on_their_way

    def _is_given_up(self, create: OpenCreate) -> bool:
        """Whether looking for it has just ended with something that was not told yet."""
        before = self._known.get(create.id)
        if before is None or before.stage is Stage.OPEN or create.stage is not Stage.OPEN:
            return False
        told = self._messages.get(create.id)
        self._messages[create.id] = create.message
        return told != create.message
