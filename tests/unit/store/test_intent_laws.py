"""Whatever happens to creates, in whatever order: the laws of the outbox hold."""

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from support.builders import NOON
from support.clock import FakeClock
from support.intents import CREATED, NOT_CREATED, UNKNOWN, ends, make_intent
from support.journal import QUEUES
from tui.domain.creates import KeptDraft
from tui.domain.draft import OutcomeState
from tui.domain.ports import Intent
from tui.store.drafts import Drafts
from tui.store.entry import Entry
from tui.store.intents import IntentLog
from tui.store.ledger_file import LedgerFile

HOLD = timedelta(seconds=10)
DAY = timedelta(days=1)

places = st.integers(0, 30)
"""Stand for one of the creates so far."""
keys = st.none() | st.sampled_from(["k", "l"])
tickets = st.sampled_from(["1", "2", "3"])
states = st.sampled_from(OutcomeState)


class OutboxLaws(RuleBasedStateMachine):
    """Two processes at one ledger, which both send, look, and ask a person."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.file = LedgerFile.in_memory(QUEUES, clock=self.clock)
        self.outboxes = [IntentLog(self.file), IntentLog(self.file)]
        self.drafts = Drafts(self.file)
        self.recorded: dict[str, Intent] = {}
        """Every intent that may have been sent."""
        self.vouched: dict[str, str] = {}
        """The tickets that senders have told of, by intent."""
        self.answered: set[str] = set()
        """Those whose sender has said how it ended: each does so once."""
        self.tidied: set[str] = set()

    @rule(key=keys, with_draft=st.booleans())
    def record(self, key: str | None, *, with_draft: bool) -> None:
        intent = self.new_intent(key, with_draft=with_draft)
        before = self.entries()
        blocking = self.outboxes[0].record(intent, self.clock.now() + HOLD)
        if blocking is None:
            self.recorded[intent.id] = intent
        else:
            assert blocking.intent.key == key is not None
            assert blocking == before[blocking.intent.id]
            assert self.entries() == before, "nothing was written"

    @precondition(lambda self: self.recorded)
    @rule(place=places, state=states, ticket=tickets)
    def sender_ends(self, place: int, state: OutcomeState, ticket: str) -> None:
        intent_id = self.at(place)
        if intent_id in self.answered:
            return
        self.answered.add(intent_id)
        before = self.entries()
        is_written = self.outboxes[0].resolve(ends(state, intent_id, ticket=ticket))
        if not is_written:
            assert state is CREATED
            assert ticket in self.vouched.values()
            assert self.entries() == before, "nothing was written"
        elif state is CREATED and intent_id in before:
            self.vouched[intent_id] = ticket

    @precondition(lambda self: self.recorded)
    @rule(place=places, state=st.sampled_from([CREATED, UNKNOWN]), ticket=tickets)
    def reader_ends(self, place: int, state: OutcomeState, ticket: str) -> None:
        intent_id = self.at(place)
        before = self.entries()
        is_written = self.outboxes[1].resolve(
            ends(state, intent_id, ticket=ticket if state is CREATED else None), is_looked=True
        )
        if not is_written:
            assert self.entries() == before
        for each, entry in before.items():
            if each != intent_id:
                assert self.entries()[each] == entry, "reading takes nothing from others"

    @precondition(lambda self: self.recorded)
    @rule(place=places)
    def person_drops(self, place: int) -> None:
        before = self.entries().get(self.at(place))
        is_dropped = self.outboxes[1].drop(self.at(place))
        may = before is not None and before.is_open and not before.is_busy(self.clock.now())
        assert is_dropped == may

    @precondition(lambda self: self.recorded)
    @rule(place=places)
    def person_sends_again(self, place: int) -> None:
        old_id = self.at(place)
        before = self.entries()
        if old_id not in before:
            return
        old = before[old_id]
        intent = self.new_intent(None, with_draft=False)
        blocking = self.outboxes[1].supersede(old_id, intent, self.clock.now() + HOLD)
        if blocking is None:
            self.recorded[intent.id] = intent
            assert not old.is_busy(self.clock.now())
            assert old.outcome is None or old.outcome.state is not CREATED
            assert self.entries()[intent.id].intent.key == old.intent.key
        else:
            assert self.entries() == before

    @rule(who=st.integers(0, 1))
    def take_up(self, who: int) -> None:
        now = self.clock.now()
        free = {
            each
            for each, entry in self.entries().items()
            if entry.is_open and not entry.is_looked and not entry.is_busy(now)
        }
        taken = self.outboxes[who].take_up(now, now + HOLD, ["qp"])
        assert {entry.intent.id for entry in taken} == free
        assert self.outboxes[1 - who].take_up(now, now + HOLD, ["qp"]) == ()

    @precondition(lambda self: self.recorded)
    @rule(place=places, seconds=st.sampled_from([0, 10]))
    def hold(self, place: int, seconds: int) -> None:
        self.outboxes[0].hold(self.at(place), self.clock.now() + timedelta(seconds=seconds))

    @rule(seconds=st.sampled_from([1, 9, 11]))
    def wait(self, seconds: int) -> None:
        self.clock._now += timedelta(seconds=seconds)

    @rule()
    def tidy(self) -> None:
        before = self.entries()
        self.outboxes[0].tidy(self.clock.now() + DAY)
        gone = before.keys() - self.entries().keys()
        assert not any(before[each].is_open for each in gone)
        self.tidied |= before.keys()

    @invariant()
    def none_is_lost(self) -> None:
        entries = self.entries()
        assert self.recorded.keys() - entries.keys() <= self.tidied
        for intent_id, entry in entries.items():
            if entry.is_open or (
                entry.outcome is not None
                and entry.outcome.state is NOT_CREATED
                and intent_id not in self.tidied
            ):
                assert entry.intent.draft == self.recorded[intent_id].draft, "nor what is in it"

    @invariant()
    def a_ticket_is_one_creates(self) -> None:
        held = Counter(
            entry.outcome.ref
            for entry in self.entries().values()
            if entry.outcome is not None and entry.outcome.state is CREATED
        )
        assert not held or max(held.values()) == 1
        assert {ref.id for ref in held if ref is not None} == self.outboxes[0].held("qp")

    @invariant()
    def what_a_sender_vouched_for_stands(self) -> None:
        entries = self.entries()
        for intent_id, ticket in self.vouched.items():
            if intent_id in entries:
                outcome = entries[intent_id].outcome
                assert outcome is not None
                assert (outcome.state, outcome.ref and outcome.ref.id) == (CREATED, ticket)

    @invariant()
    def a_key_is_one_creates(self) -> None:
        standing = Counter(
            entry.intent.key
            for entry in self.entries().values()
            if entry.intent.key is not None
            and (entry.outcome is None or entry.outcome.state is not NOT_CREATED)
        )
        assert not standing or max(standing.values()) == 1

    @invariant()
    def what_was_created_has_no_draft_left(self) -> None:
        kept = {draft.id for draft in self.drafts.load("ana")}
        for entry in self.entries().values():
            if entry.outcome is not None and entry.outcome.state is CREATED:
                assert entry.intent.draft_id not in kept

    def teardown(self) -> None:
        self.file.close()

    def entries(self) -> dict[str, Entry]:
        return {entry.intent.id: entry for entry in self.outboxes[0].entries()}

    def at(self, place: int) -> str:
        return list(self.recorded)[place % len(self.recorded)]

    def new_intent(self, key: str | None, *, with_draft: bool) -> Intent:
        number = len(self.recorded)
        draft_id = ""
        if with_draft:
            draft_id = self.drafts.save(
                "ana", KeptDraft(id=f"d{number}", workspace="qp", texts={}, at=NOON)
            ).id
        return make_intent(f"i{number}", key=key, draft_id=draft_id)


TestOutboxLaws = OutboxLaws.TestCase
TestOutboxLaws.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
