"""The outbox forgets no create, sends none twice, and gives no ticket to two of them."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.builders import NOON
from support.clock import FakeClock
from support.intents import CREATED, NOT_CREATED, SOON, UNKNOWN, ends, make_intent
from support.journal import QUEUES, open_cache, open_ledger_file, open_outbox, statement
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.errors import StateError
from tui.domain.ticket import TicketRef
from tui.store.entry import INTERRUPTED, LONGEST_HOLD, Entry
from tui.store.intent_rows import INTENTS, IntentRow
from tui.store.intents import IntentLog
from tui.store.ledger_file import LEDGER
from tui.store.queue_key import QueueKey

LATER = SOON + timedelta(seconds=10)
DAY = timedelta(days=1)


@pytest.fixture(params=["on disk", "in memory"])
def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> IntentLog:
    return open_outbox(tmp_path if request.param == "on disk" else None)


def the(outbox: IntentLog, intent_id: str = "a") -> Entry:
    entry = outbox.entry(intent_id)
    assert entry is not None
    return entry


def state_of(outbox: IntentLog, intent_id: str = "a") -> OutcomeState | None:
    outcome = the(outbox, intent_id).outcome
    return None if outcome is None else outcome.state


class TestRecord:
    def test_an_intent_is_there_whole_after_a_restart_oldest_first(self, tmp_path: Path) -> None:
        outbox = open_outbox(tmp_path)
        whole = make_intent("late", minute=5, key="k", draft_id="d", known=("1", "2"))
        assert outbox.record(whole, SOON) is None
        assert outbox.record(make_intent("early"), SOON) is None

        entries = open_outbox(tmp_path).open_entries()

        assert [each.intent for each in entries] == [make_intent("early"), whole]
        assert {(each.outcome, each.is_open, each.busy_until) for each in entries} == {
            (None, True, SOON)
        }

    def test_the_same_id_is_never_recorded_twice(self, outbox: IntentLog) -> None:
        outbox.record(make_intent(), SOON)

        with pytest.raises(StateError, match="not sent twice"):
            outbox.record(make_intent(), SOON)
        assert len(outbox.entries()) == 1

    def test_creates_of_another_configuration_are_not_offered_under_the_same_name(
        self, tmp_path: Path
    ) -> None:
        open_outbox(tmp_path).record(make_intent(), NOON)
        other = QueueKey("questionpro", "https://other.example", "1")

        elsewhere = open_outbox(tmp_path, queues={"qp": other})

        assert elsewhere.open_entries() == ()
        assert elsewhere.take_up(LATER, LATER, ["qp"]) == ()
        (entry,) = elsewhere.entries()
        assert (entry.is_open, entry.is_configured) == (True, False)
        assert entry.intent == make_intent()

    def test_a_renamed_workspace_keeps_its_creates(self, tmp_path: Path) -> None:
        outbox = open_outbox(tmp_path)
        outbox.record(make_intent(), NOON)
        outbox.resolve(replace(ends(UNKNOWN), candidates=(TicketRef("qp", "7"),)))

        renamed = open_outbox(tmp_path, queues={"emea": QUEUES["qp"]})

        (entry,) = renamed.entries()
        assert entry.intent.draft.workspace == "emea"
        assert entry.outcome is not None
        assert entry.outcome.candidates == (TicketRef("emea", "7"),)
        assert [each.intent.id for each in renamed.take_up(LATER, LATER, ["emea"])] == ["a"]

    def test_a_purge_does_not_touch_it(self, tmp_path: Path) -> None:
        open_outbox(tmp_path).record(make_intent(), SOON)

        open_cache(tmp_path).purge()

        assert [each.intent for each in open_outbox(tmp_path).open_entries()] == [make_intent()]

    def test_what_a_stranger_wrote_into_a_shared_folder_is_cleaned(self, outbox: IntentLog) -> None:
        ref = TicketRef("qp", "1\x1b[2J\u202e")
        outbox.record(make_intent(by="a\x1b[2Jna\nb"), SOON)
        outbox.resolve(replace(ends(UNKNOWN), message="x\x07y\nz", ref=ref, candidates=(ref, ref)))

        entry = the(outbox)

        assert entry.outcome is not None
        refs = (entry.outcome.ref, *entry.outcome.candidates)
        for text in (entry.intent.by, entry.outcome.message, *map(str, refs)):
            assert text.isprintable()

    def test_an_id_that_no_program_made_is_no_create(self, outbox: IntentLog) -> None:
        outbox.record(make_intent("a\x1b[2J"), SOON)

        assert outbox.open_entries() == ()


class TestResolve:
    @pytest.mark.parametrize("state", [CREATED, NOT_CREATED])
    def test_a_certain_outcome_closes_it_and_is_kept(
        self, tmp_path: Path, state: OutcomeState
    ) -> None:
        outbox = open_outbox(tmp_path)
        outbox.record(make_intent(), SOON)
        assert outbox.resolve(ends(state))

        entry = the(open_outbox(tmp_path))

        assert (entry.is_open, entry.busy_until) == (False, None)
        assert entry.outcome == ends(state)
        assert open_outbox(tmp_path).open_entries() == ()

    def test_an_unknown_one_leaves_it_open_and_held_until_it_was_looked_for(
        self, outbox: IntentLog
    ) -> None:
        outbox.record(make_intent(known=("1",)), SOON)
        outcome = replace(ends(UNKNOWN), candidates=(TicketRef("qp", "7"), TicketRef("qp", "8")))

        outbox.resolve(outcome)
        sent = the(outbox)
        outbox.resolve(outcome, is_looked=True)
        looked = the(outbox)

        assert (sent.is_open, sent.is_looked, sent.busy_until) == (True, False, SOON)
        assert (looked.is_open, looked.is_looked, looked.busy_until) == (True, True, None)
        assert sent.outcome == looked.outcome == outcome
        assert sent.intent == looked.intent == make_intent(known=("1",))

    def test_an_outcome_of_nothing_is_no_entry(self, outbox: IntentLog) -> None:
        assert outbox.resolve(ends(CREATED))

        assert outbox.entries() == ()
        assert outbox.entry("a") is None

    def test_what_was_in_it_goes_when_its_sender_knows_that_it_was_created(
        self, tmp_path: Path
    ) -> None:
        outbox = open_outbox(tmp_path)
        draft = Draft("qp", {"title": "canary in a coal mine"})
        intent = make_intent(draft=draft, key="k", known=("9",))
        outbox.record(intent, SOON)
        assert b"canary" in (tmp_path / LEDGER.file).read_bytes()

        outbox.resolve(ends(CREATED))

        assert the(outbox).intent == replace(intent, draft=Draft("qp", {}), known=())
        assert b"canary" not in (tmp_path / LEDGER.file).read_bytes()

    @pytest.mark.parametrize(
        ("first", "then", "stays"),
        [
            # What comes of the sender's word, after what reading told.
            ((UNKNOWN, True), (CREATED, False), CREATED),
            ((UNKNOWN, True), (NOT_CREATED, False), NOT_CREATED),
            ((UNKNOWN, True), (UNKNOWN, False), UNKNOWN),
            ((CREATED, True), (CREATED, False), CREATED),
            ((CREATED, True), (NOT_CREATED, False), NOT_CREATED),
            ((CREATED, True), (UNKNOWN, False), CREATED),
            # What reading tells, after the sender's word.
            ((UNKNOWN, False), (CREATED, True), CREATED),
            ((CREATED, False), (UNKNOWN, True), CREATED),
            ((NOT_CREATED, False), (CREATED, True), NOT_CREATED),
            ((NOT_CREATED, False), (UNKNOWN, True), NOT_CREATED),
            ((CREATED, True), (UNKNOWN, True), CREATED),
            # The sender's word stands.
            ((CREATED, False), (UNKNOWN, False), CREATED),
            ((CREATED, False), (NOT_CREATED, False), CREATED),
            ((NOT_CREATED, False), (UNKNOWN, False), NOT_CREATED),
        ],
    )
    def test_what_is_certain_is_never_replaced_by_what_is_less_so(
        self,
        outbox: IntentLog,
        first: tuple[OutcomeState, bool],
        then: tuple[OutcomeState, bool],
        stays: OutcomeState,
    ) -> None:
        outbox.record(make_intent(), SOON)

        assert outbox.resolve(ends(first[0]), is_looked=first[1])
        is_true = outbox.resolve(ends(then[0]), is_looked=then[1])

        assert state_of(outbox) is stays
        assert is_true == (then[0] is not CREATED or stays is CREATED)

    def test_who_reads_is_told_that_the_sender_named_another_ticket(
        self, outbox: IntentLog
    ) -> None:
        outbox.record(make_intent(), SOON)
        outbox.resolve(ends(CREATED, ticket="77"))

        assert not outbox.resolve(ends(CREATED, ticket="78"), is_looked=True)
        assert outbox.resolve(ends(CREATED, ticket="77"), is_looked=True), "the same"
        assert outbox.held("qp") == {"77"}

    def test_a_ticket_that_nobody_named_is_a_ticket_all_the_same(self, outbox: IntentLog) -> None:
        outbox.record(make_intent(), SOON)
        nameless = replace(ends(CREATED), ref=None)

        assert outbox.resolve(nameless)
        assert the(outbox).outcome == nameless
        assert outbox.resolve(nameless, is_looked=True), "the same"
        assert not outbox.resolve(ends(CREATED), is_looked=True)

    def test_what_was_refused_after_all_can_be_sent_again_as_it_was(
        self, outbox: IntentLog
    ) -> None:
        """A stopped process wakes and knows better than who read in its place."""
        outbox.record(make_intent(), SOON)
        outbox.resolve(ends(CREATED), is_looked=True)
        outbox.resolve(ends(NOT_CREATED))

        assert the(outbox).intent == make_intent()
        assert outbox.supersede("a", make_intent("b"), LATER) is None


class TestTickets:
    def test_a_ticket_is_held_by_one_create(self, outbox: IntentLog) -> None:
        for intent_id in ("a", "b"):
            outbox.record(make_intent(intent_id), SOON)
        assert outbox.resolve(ends(CREATED, "a"), is_looked=True)

        before = the(outbox, "b")

        assert not outbox.resolve(ends(CREATED, "b"), is_looked=True)
        assert the(outbox, "b") == before
        assert outbox.resolve(ends(CREATED, "b", ticket="78"), is_looked=True)
        assert outbox.held("qp") == {"77", "78"}

    def test_two_senders_cannot_both_be_right(self, outbox: IntentLog) -> None:
        for intent_id in ("a", "b"):
            outbox.record(make_intent(intent_id), SOON)

        assert outbox.resolve(ends(CREATED, "a"))
        assert not outbox.resolve(ends(CREATED, "b"))
        assert the(outbox, "b").is_open

    def test_the_senders_word_takes_a_ticket_from_whom_reading_gave_it(
        self, outbox: IntentLog
    ) -> None:
        for intent_id in ("read", "sent"):
            outbox.record(make_intent(intent_id), SOON)
        found = replace(ends(CREATED, "read"), candidates=(TicketRef("qp", "7"),))
        outbox.resolve(found, is_looked=True)

        assert outbox.resolve(ends(CREATED, "sent"))

        loser = the(outbox, "read")
        assert state_of(outbox, "sent") is CREATED
        assert loser.outcome == Outcome(
            intent_id="read",
            state=UNKNOWN,
            message="what looked like its ticket is another create's; it is looked for again",
        )
        assert loser.intent == make_intent("read"), "with all that was typed"
        assert (loser.is_open, loser.is_looked) == (True, False)
        taken = outbox.take_up(SOON, LATER, ["qp"])
        assert [each.intent.id for each in taken] == ["read"], "it is looked for again"

    def test_the_same_id_in_two_queues_is_two_tickets(self, outbox: IntentLog) -> None:
        outbox.record(make_intent("a"), SOON)
        outbox.record(make_intent("b", workspace="klink"), SOON)

        assert outbox.resolve(ends(CREATED, "a"), is_looked=True)
        elsewhere = replace(ends(CREATED, "b"), ref=TicketRef("klink", "77"))
        assert outbox.resolve(elsewhere, is_looked=True)

        assert outbox.held("qp") == outbox.held("klink") == {"77"}

    def test_of_several_who_read_the_ticket_one_is_told_that_it_was(
        self, outbox: IntentLog
    ) -> None:
        for name in "ab":
            assert outbox.record(make_intent(name), SOON) is None

        assert outbox.claim(ends(CREATED, "a", ticket="1"))

        assert the(outbox, "a").is_looked
        assert not outbox.claim(ends(CREATED, "a", ticket="1")), "it was another one"
        assert not outbox.claim(ends(CREATED, "b", ticket="1")), "it is the first one's"
        assert not outbox.claim(ends(CREATED, "none", ticket="2"))
        assert the(outbox, "b").is_open

    @pytest.mark.parametrize("close", [IntentLog.drop, lambda log, _: log.resolve(ends(CREATED))])
    def test_what_was_closed_is_not_claimed_any_more(
        self, outbox: IntentLog, close: Callable[[IntentLog, str], object]
    ) -> None:
        assert outbox.record(make_intent(), NOON) is None
        close(outbox, "a")

        assert not outbox.claim(ends(CREATED, ticket="2"))

    def test_what_is_open_may_have_the_ticket_of_another_one_of_its_queue(
        self, tmp_path: Path
    ) -> None:
        outbox = open_outbox(tmp_path, queues={**QUEUES, "twin": QUEUES["qp"]})
        for name, workspace in (("a", "qp"), ("b", "twin"), ("c", "klink"), ("d", "qp")):
            assert outbox.record(make_intent(name, workspace=workspace), SOON) is None
        outbox.resolve(ends(NOT_CREATED, "d"))

        assert [each.intent.id for each in outbox.rivals("a")] == ["b"]
        assert outbox.rivals("none") == ()

    def test_what_a_person_closed_may_have_it_too_but_not_what_it_takes_the_place_of(
        self, tmp_path: Path
    ) -> None:
        clock = FakeClock()
        outbox = open_outbox(tmp_path, clock=clock)
        for name in ("dropped", "retried", "former"):
            assert outbox.record(make_intent(name), NOON) is None
        assert outbox.drop("dropped")
        clock.jump(30)
        assert outbox.supersede("retried", make_intent("again", minute=1), NOON) is None
        clock.jump(32)
        assert outbox.supersede("former", make_intent("a", minute=1), NOON) is None
        assert outbox.record(make_intent("soon", minute=4), NOON) is None
        assert outbox.record(make_intent("later", minute=5), NOON) is None

        def rivals(of: str) -> list[str]:
            return [each.intent.id for each in outbox.rivals(of)]

        closed = ["dropped", "retried", "former"]
        assert rivals("a") == [*closed[:2], "again", "soon", "later"]
        assert rivals("soon") == [*closed, "again", "a", "later"]
        assert rivals("later") == ["again", "a", "soon"], "long ago"

    def test_what_is_not_created_holds_nothing(self, outbox: IntentLog) -> None:
        outbox.record(make_intent(), SOON)
        outbox.resolve(ends(UNKNOWN, ticket="77"))

        assert outbox.held("qp") == frozenset()


CLOSED_AND_OPEN: dict[str, Callable[[IntentLog], object]] = {
    "on its way": lambda outbox: outbox.hold("a", SOON),
    "unknown": lambda outbox: outbox.resolve(ends(UNKNOWN)),
    "looked for": lambda outbox: outbox.resolve(ends(UNKNOWN), is_looked=True),
    "created": lambda outbox: outbox.resolve(ends(CREATED)),
    "found": lambda outbox: outbox.resolve(ends(CREATED), is_looked=True),
    "dropped": lambda outbox: outbox.hold("a", NOON) and outbox.drop("a"),
}


class TestKeys:
    @pytest.mark.parametrize("happened", CLOSED_AND_OPEN.values(), ids=CLOSED_AND_OPEN.keys())
    def test_what_exists_or_may_exist_forbids_another_create_of_its_key(
        self, outbox: IntentLog, happened: Callable[[IntentLog], object]
    ) -> None:
        outbox.record(make_intent("a", key="k"), SOON)
        happened(outbox)

        blocking = outbox.record(make_intent("b", key="k", workspace="klink"), SOON)

        assert blocking == the(outbox, "a")
        assert outbox.entry("b") is None

    def test_what_was_refused_forbids_nothing(self, outbox: IntentLog) -> None:
        outbox.record(make_intent("a", key="k"), SOON)
        outbox.resolve(ends(NOT_CREATED))

        assert outbox.record(make_intent("b", key="k"), SOON) is None
        outbox.resolve(ends(CREATED, "b"))
        blocking = outbox.record(make_intent("c", key="k"), SOON)
        assert blocking is not None
        assert blocking.intent.id == "b"

    def test_without_a_key_nothing_is_forbidden(self, outbox: IntentLog) -> None:
        assert outbox.record(make_intent("a"), SOON) is None
        assert outbox.record(make_intent("b"), SOON) is None

    def test_of_many_that_ask_at_once_one_may_send(self, tmp_path: Path) -> None:
        outboxes = [open_outbox(tmp_path) for _ in range(4)]

        def record(number: int) -> list[str | None]:
            found = [
                outboxes[number].record(make_intent(f"{number}/{key}", key=str(key)), SOON)
                for key in range(10)
            ]
            return [None if entry is None else entry.intent.key for entry in found]

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(record, range(4)))

        for key, of_key in enumerate(zip(*answers, strict=True)):
            assert sorted(of_key, key=str) == [*[str(key)] * 3, None]
        assert len(outboxes[0].entries()) == 10

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE intents SET at = 0",
            "UPDATE intents SET state = 'not_created'",
            "UPDATE intents SET state = 'retried'",
        ],
    )
    def test_a_damaged_create_forbids_its_key_for_ever(self, tmp_path: Path, change: str) -> None:
        open_outbox(tmp_path).record(make_intent("a", key="it's"), SOON)
        statement(tmp_path / LEDGER.file, change)

        for _ in range(2):
            with pytest.raises(StateError, match=r"key it's was damaged: look at the vendor"):
                open_outbox(tmp_path).record(make_intent("b", key="it's"), SOON)

        assert open_outbox(tmp_path).drop_losses()
        with pytest.raises(StateError, match=r"whether its ticket exists, and take another key$"):
            open_outbox(tmp_path).record(make_intent("b", key="it's"), SOON)

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE intents SET key = 'x'",
            "UPDATE intents SET key = NULL",
            "UPDATE intents SET at = 0",
        ],
    )
    def test_a_lost_create_forbids_every_key_until_somebody_has_looked(
        self, tmp_path: Path, change: str
    ) -> None:
        """Nobody knows which of its bytes are wrong: they may be those of its key."""
        outbox = open_outbox(tmp_path)
        outbox.record(make_intent("a", key="k"), SOON)
        outbox.record(make_intent("sound", key="sound"), SOON)
        statement(tmp_path / LEDGER.file, f"{change} WHERE id = 'a'")

        for key in ("k" if "key" in change else "other", "another"):
            with pytest.raises(StateError, match=r"then: ticketdeck outbox drop lost$"):
                outbox.record(make_intent("b", key=key), SOON)
        known = outbox.record(make_intent("b", key="sound"), SOON)
        assert known is not None
        assert known.intent.id == "sound", "what is known is told as ever"
        assert outbox.record(make_intent("c"), SOON) is None, "without a key"

        assert outbox.drop_losses()
        assert outbox.losses() == open_outbox(tmp_path).losses() == ()
        assert outbox.record(make_intent("b", key="another"), SOON) is None
        assert not outbox.drop_losses(), "once is enough"

    def test_one_that_cannot_be_understood_here_forbids_its_key(self, tmp_path: Path) -> None:
        outbox = open_outbox(tmp_path)
        outbox.record(make_intent("a", key="k"), SOON)
        with closing(sqlite3.connect(tmp_path / LEDGER.file)) as connection, connection:
            later = IntentRow("a", "", "qp", 0, "[]", state="archived", key="k")
            INTENTS.put(connection, later)

        with pytest.raises(StateError, match="cannot be read: update ticketdeck"):
            outbox.record(make_intent("b", key="k"), SOON)
        assert outbox.losses() == ()


class TestTakingUp:
    def test_what_nobody_is_at_goes_to_one_process(self, tmp_path: Path) -> None:
        outbox, other = open_outbox(tmp_path), open_outbox(tmp_path)
        outbox.record(make_intent(), SOON)

        assert other.take_up(SOON - timedelta(seconds=1), LATER, ["qp"]) == ()
        (entry,) = other.take_up(SOON, LATER, ["qp"])
        assert (entry.busy_until, entry.intent) == (LATER, make_intent())
        assert the(outbox).busy_until == LATER
        assert outbox.take_up(SOON, LATER, ["qp"]) == ()
        assert len(outbox.take_up(LATER, LATER, ["qp"])) == 1, "who took it up is gone"

    def test_of_four_that_ask_at_once_one_gets_each(self, tmp_path: Path) -> None:
        outboxes = [open_outbox(tmp_path) for _ in range(4)]
        for number in range(12):
            outboxes[0].record(make_intent(str(number)), NOON)

        with ThreadPoolExecutor(4) as pool:
            found = pool.map(lambda each: each.take_up(SOON, LATER, ["qp"]), outboxes)
            taken = sorted(int(entry.intent.id) for each in found for entry in each)

        assert taken == list(range(12))

    def test_what_was_taken_up_unanswered_is_unknown_from_then_on(self, outbox: IntentLog) -> None:
        for intent_id in ("unanswered", "answered"):
            outbox.record(make_intent(intent_id), SOON)
        outbox.resolve(ends(UNKNOWN, "answered"))

        taken = outbox.take_up(SOON, LATER, ["qp"])

        assert [each.outcome for each in taken] == [None, ends(UNKNOWN, "answered")], "as it was"
        assert the(outbox, "unanswered").outcome == Outcome(
            intent_id="unanswered", state=UNKNOWN, message=INTERRUPTED
        )
        assert the(outbox, "answered").outcome == ends(UNKNOWN, "answered")

    def test_what_the_asker_is_at_is_not_handed_to_it(self, outbox: IntentLog) -> None:
        for intent_id in ("own", "left"):
            outbox.record(make_intent(intent_id), SOON)

        taken = outbox.take_up(SOON, LATER, ["qp"], besides={"own"})

        assert [each.intent.id for each in taken] == ["left"]
        assert the(outbox, "own").outcome is None

    def test_one_that_a_person_asks_for_is_taken_looked_for_or_not(self, outbox: IntentLog) -> None:
        for intent_id in ("unanswered", "looked", "busy", "created"):
            outbox.record(make_intent(intent_id), LATER if intent_id == "busy" else NOON)
        outbox.resolve(ends(UNKNOWN, "looked"), is_looked=True)
        outbox.resolve(ends(CREATED, "created"))

        asked = ("unanswered", "looked", "busy", "created", "missing", "looked")
        taken = [each for each in asked if outbox.take(each, SOON, LATER)]

        assert taken == ["unanswered", "looked"]
        assert the(outbox, "looked").busy_until == LATER
        assert the(outbox, "looked").is_looked
        assert state_of(outbox, "unanswered") is UNKNOWN

    def test_who_is_about_to_send_holds_it_on_however_long_that_took(
        self, outbox: IntentLog
    ) -> None:
        outbox.record(make_intent(), NOON)

        assert outbox.hold_to_send("a", LATER)
        assert the(outbox).busy_until == LATER

    def test_what_another_one_took_up_or_closed_is_not_sent(self, outbox: IntentLog) -> None:
        for intent_id in ("taken", "created", "unknown", "dropped"):
            outbox.record(make_intent(intent_id), SOON if intent_id == "taken" else NOON)
        outbox.resolve(ends(CREATED, "created"))
        outbox.resolve(ends(UNKNOWN, "unknown"), is_looked=True)
        outbox.drop("dropped")
        outbox.take_up(SOON, LATER, ["qp"])

        for intent_id in ("taken", "created", "unknown", "dropped", "missing"):
            assert not outbox.hold_to_send(intent_id, LATER + DAY)
        assert the(outbox, "taken").busy_until == LATER

    def test_a_heartbeat_keeps_it_and_what_was_let_go_is_free_at_once(
        self, outbox: IntentLog
    ) -> None:
        outbox.record(make_intent(), SOON)

        assert outbox.hold("a", LATER)
        assert outbox.take_up(SOON, LATER, ["qp"]) == ()
        assert outbox.hold("a", SOON)
        assert len(outbox.take_up(SOON, LATER, ["qp"])) == 1

    def test_what_is_closed_cannot_be_held(self, outbox: IntentLog) -> None:
        outbox.record(make_intent(), SOON)
        outbox.resolve(ends(NOT_CREATED))

        assert not outbox.hold("a", LATER)
        assert not outbox.hold("missing", LATER)
        assert the(outbox).busy_until is None

    def test_what_was_looked_for_or_is_elsewhere_is_left_alone(self, outbox: IntentLog) -> None:
        outbox.record(make_intent("looked"), NOON)
        outbox.resolve(ends(UNKNOWN, "looked"), is_looked=True)
        outbox.record(make_intent("elsewhere", workspace="klink"), NOON)

        assert outbox.take_up(SOON, LATER, ["qp"]) == ()
        assert outbox.take_up(SOON, LATER, []) == ()

    def test_a_hold_from_before_the_clock_was_put_back_holds_nothing(
        self, outbox: IntentLog
    ) -> None:
        outbox.record(make_intent(), NOON + LONGEST_HOLD + timedelta(seconds=1))

        assert len(outbox.take_up(NOON, SOON, ["qp"])) == 1


class TestAPersonDecides:
    def test_they_may_drop_what_is_open_and_nobody_is_at(self, outbox: IntentLog) -> None:
        for intent_id in ("idle", "busy", "created", "unknown"):
            outbox.record(make_intent(intent_id), SOON if intent_id == "busy" else NOON)
        outbox.resolve(ends(CREATED, "created"))
        outbox.resolve(ends(UNKNOWN, "unknown"))

        asked = ("idle", "busy", "created", "unknown", "missing", "idle")
        dropped = [each for each in asked if outbox.drop(each)]

        assert dropped == ["idle", "unknown"]
        assert [entry.intent.id for entry in outbox.open_entries()] == ["busy"]
        assert the(outbox, "idle").is_dropped
        assert the(outbox, "idle").outcome is None
        assert the(outbox, "idle").intent == make_intent("idle")
        assert [each.intent.id for each in outbox.take_up(LATER, LATER, ["qp"])] == ["busy"]

    def test_what_was_dropped_stays_so_unless_its_sender_has_a_ticket(
        self, outbox: IntentLog
    ) -> None:
        outbox.record(make_intent(), NOON)
        outbox.drop("a")

        for late, is_looked in (
            *((ends(UNKNOWN), False), (ends(UNKNOWN), True)),
            *((ends(CREATED), True), (ends(NOT_CREATED), False)),
        ):
            outbox.resolve(late, is_looked=is_looked)
            assert (the(outbox).is_dropped, the(outbox).is_open) == (True, False)
        outbox.resolve(ends(CREATED))
        assert state_of(outbox) is CREATED
        assert outbox.held("qp") == {"77"}

    @pytest.mark.parametrize(
        "close",
        [
            lambda outbox: outbox.drop("a"),
            lambda outbox: outbox.supersede("a", make_intent("b"), SOON),
        ],
    )
    def test_what_they_closed_is_what_they_said_and_nobody_is_at_it(
        self, outbox: IntentLog, close: Callable[[IntentLog], object]
    ) -> None:
        outbox.record(make_intent(), NOON)
        outbox.resolve(ends(UNKNOWN), is_looked=True)
        outbox.hold("a", NOON)

        close(outbox)

        entry = the(outbox)
        assert (entry.is_open, entry.is_looked, entry.busy_until) == (False, False, None)
        assert entry.outcome == ends(UNKNOWN), "what was known of it"

    @pytest.mark.parametrize("state", [UNKNOWN, NOT_CREATED])
    def test_they_may_send_again_and_the_key_moves_on(
        self, outbox: IntentLog, state: OutcomeState
    ) -> None:
        outbox.record(make_intent("a", key="k"), NOON)
        outbox.resolve(ends(state))

        assert outbox.supersede("a", make_intent("b", minute=1), LATER) is None

        old, new = outbox.entries()
        assert (old.is_retried, old.is_open, old.intent.key) == (True, False, None)
        assert new.intent == make_intent("b", minute=1, key="k")
        assert (new.is_open, new.busy_until) == (True, LATER)
        blocking = outbox.record(make_intent("c", key="k"), SOON)
        assert blocking == new
        assert outbox.supersede("a", make_intent("d"), LATER) == old, "once only"

    @pytest.mark.parametrize(
        "happened",
        [CLOSED_AND_OPEN[each] for each in ("on its way", "created", "found", "dropped")],
    )
    def test_what_is_on_its_way_or_closed_is_not_sent_again(
        self, outbox: IntentLog, happened: Callable[[IntentLog], object]
    ) -> None:
        outbox.record(make_intent(), SOON)
        happened(outbox)

        assert outbox.supersede("a", make_intent("b"), LATER) == the(outbox)
        assert outbox.entry("b") is None

    def test_nothing_is_sent_again_where_another_of_its_key_exists(self, outbox: IntentLog) -> None:
        outbox.record(make_intent("a", key="k"), SOON)
        outbox.resolve(ends(NOT_CREATED))
        outbox.record(make_intent("b", key="k"), SOON)

        assert outbox.supersede("a", make_intent("c"), LATER) == the(outbox, "b")
        assert not the(outbox, "a").is_retried

    def test_nothing_is_sent_in_place_of_nothing(self, outbox: IntentLog) -> None:
        with pytest.raises(StateError, match="no create nope in the outbox"):
            outbox.supersede("nope", make_intent("b"), LATER)
        assert outbox.entries() == ()

    def test_both_are_told_where_the_first_was_created_after_all(self, outbox: IntentLog) -> None:
        outbox.record(make_intent("a"), NOON)
        outbox.supersede("a", make_intent("b"), LATER)
        outbox.resolve(ends(CREATED, "b", ticket="78"))

        outbox.resolve(ends(CREATED, "a", ticket="77"))

        assert outbox.held("qp") == {"77", "78"}

    def test_of_two_that_send_again_at_once_one_does(self, tmp_path: Path) -> None:
        outboxes = [open_outbox(tmp_path) for _ in range(2)]
        outboxes[0].record(make_intent("a", key="k"), NOON)

        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda n: outboxes[n].supersede("a", make_intent(f"new {n}"), LATER), range(2)
                )
            )

        assert answers.count(None) == 1
        assert len(outboxes[0].open_entries()) == 1


class TestTidying:
    def test_what_is_closed_goes_in_time_and_what_is_open_never(self, tmp_path: Path) -> None:
        clock = FakeClock()
        outbox = open_outbox(tmp_path, clock=clock)
        for intent_id in ("created", "refused", "open", "unknown", "dropped", "retried"):
            outbox.record(make_intent(intent_id), NOON)
        outbox.resolve(ends(CREATED, "created"))
        outbox.resolve(ends(NOT_CREATED, "refused"))
        outbox.resolve(ends(UNKNOWN, "unknown"), is_looked=True)
        outbox.drop("dropped")
        outbox.supersede("retried", make_intent("again"), NOON)

        assert outbox.tidy(clock.now()) == 0
        assert outbox.tidy(clock.now() + DAY) == 4
        assert {entry.intent.id for entry in outbox.entries()} == {"open", "unknown", "again"}

    def test_a_key_forbids_for_ever_what_was_in_it_does_not_stay(self, outbox: IntentLog) -> None:
        for intent_id in ("created", "found", "dropped", "refused"):
            outbox.record(make_intent(intent_id, key=intent_id, known=("1",)), NOON)
        outbox.resolve(ends(CREATED, "created", ticket="1"))
        outbox.resolve(ends(CREATED, "found", ticket="2"), is_looked=True)
        outbox.resolve(ends(NOT_CREATED, "refused"))
        outbox.drop("dropped")

        assert outbox.tidy(NOON + DAY) == 1

        entries = outbox.entries()
        assert {(each.intent.key, *each.intent.draft.values) for each in entries} == {
            *(("created",), ("found",), ("dropped",))
        }
        for key in ("created", "found", "dropped"):
            assert outbox.record(make_intent("new", key=key), SOON) is not None
        assert outbox.record(make_intent("new", key="refused"), SOON) is None
        assert outbox.tidy(NOON + DAY) == 0

    def test_what_was_in_a_create_goes_where_all_keys_stay(self, outbox: IntentLog) -> None:
        outbox.record(make_intent(key="k", known=("1",)), NOON)
        outbox.resolve(ends(CREATED), is_looked=True)

        assert outbox.tidy(NOON + DAY) == 0

        assert the(outbox).intent == make_intent(key="k", draft=Draft("qp", {}))

    def test_a_damaged_row_that_looks_closed_is_told_and_not_swept_away(
        self, tmp_path: Path
    ) -> None:
        file = open_ledger_file(tmp_path)
        outbox = IntentLog(file)
        outbox.record(make_intent(), NOON)
        statement(tmp_path / LEDGER.file, "UPDATE intents SET state = 'created', resolved = 0")

        assert outbox.tidy(NOON + DAY) == 0

        (notice,) = file.notices
        assert "look at the vendor whether its ticket exists" in notice


class TestNews:
    def test_every_write_of_another_process_shows(self, tmp_path: Path) -> None:
        outbox, other = open_outbox(tmp_path), open_outbox(tmp_path)
        seen = [outbox.data_version()]
        for write in (
            lambda: other.record(make_intent(), NOON),
            lambda: other.take_up(SOON, LATER, ["qp"]),
            lambda: other.resolve(ends(UNKNOWN), is_looked=True),
            lambda: other.drop("a"),
        ):
            write()
            seen.append(outbox.data_version())

        assert len(set(seen)) == len(seen)
        assert outbox.version_at_once() == seen[-1]

    def test_where_nothing_can_be_taken_up_nothing_is_written(self, tmp_path: Path) -> None:
        outbox, other = open_outbox(tmp_path), open_outbox(tmp_path)
        other.record(make_intent(), SOON)
        before = outbox.data_version()

        other.take_up(NOON, SOON, ["qp"])

        assert outbox.data_version() == before

    def test_open_creates_are_found_without_reading_the_others(self, tmp_path: Path) -> None:
        file = open_ledger_file(tmp_path)
        with file.writing() as connection:
            plan = connection.execute(
                "EXPLAIN QUERY PLAN SELECT * FROM intents"
                " WHERE (state IS NULL OR state = 'unknown') ORDER BY at, rowid"
            ).fetchall()

        assert any("open_intents" in step[3] for step in plan)


def wrong_row(folder: Path, column: str, value: object) -> None:
    """Record two creates, and change the first behind the program's back."""
    outbox = open_outbox(folder)
    for intent_id in ("a", "b"):
        outbox.record(make_intent(intent_id, draft_id="d"), NOON)
    with closing(sqlite3.connect(folder / LEDGER.file, isolation_level=None)) as connection:
        if isinstance(value, bytes):
            connection.execute(
                "UPDATE intents SET content = CAST(? AS TEXT) WHERE id = 'a'", (value,)
            )
        else:
            connection.execute(
                f"UPDATE intents SET {column} = ? WHERE id = 'a'",  # noqa: S608  ours
                (value,),
            )


class TestDamage:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            *(("state", "created"), ("state", "dropped"), ("queue", ""), ("at", 0)),
            *(("looked", 1), ("key", "x"), ("viewer", "ben"), ("known", "[]"), ("draft", None)),
            *(("id", "x"), ("content", b"\xff")),
        ],
    )
    def test_a_wrong_row_is_set_apart_and_told_once_and_never_used(
        self, tmp_path: Path, column: str, value: object
    ) -> None:
        wrong_row(tmp_path, column, value)
        file = open_ledger_file(tmp_path)
        outbox = IntentLog(file)

        assert [entry.intent.id for entry in outbox.open_entries()] == ["b"]

        (notice,) = file.notices
        assert "a create in the outbox was damaged: look at the vendor" in notice
        assert open_outbox(tmp_path).entries() == outbox.entries()
        assert len(file.notices) == 1

    def test_what_was_set_apart_is_told_by_every_process_from_then_on(self, tmp_path: Path) -> None:
        wrong_row(tmp_path, "state", "created")

        for _ in range(2):
            (loss,) = open_outbox(tmp_path).losses()
            assert loss == (
                "1 create in the outbox was damaged and set apart: look at the vendor before"
                " sending it again"
            )

        statement(tmp_path / LEDGER.file, "UPDATE intents SET content = '{}'")
        (loss,) = open_outbox(tmp_path).losses()
        assert loss == (
            "2 creates in the outbox were damaged and set apart: look at the vendor before"
            " sending them again"
        )

    def test_a_sound_outbox_has_lost_nothing(self, outbox: IntentLog) -> None:
        outbox.record(make_intent(), SOON)

        assert outbox.losses() == ()

    @pytest.mark.parametrize(
        "use",
        [
            IntentLog.entries,
            lambda outbox: outbox.take_up(LATER, LATER, ["qp"]),
            lambda outbox: outbox.record(make_intent("c"), SOON),
        ],
    )
    def test_one_that_looks_closed_is_told_whatever_is_done_first(
        self, tmp_path: Path, use: Callable[[IntentLog], object]
    ) -> None:
        wrong_row(tmp_path, "state", "created")
        file = open_ledger_file(tmp_path)

        use(IntentLog(file))

        assert len(file.notices) == 1

    @pytest.mark.parametrize(
        "use",
        [
            lambda outbox: outbox.resolve(ends(CREATED)),
            lambda outbox: outbox.drop("a"),
            lambda outbox: outbox.hold("a", LATER),
        ],
    )
    def test_nothing_is_written_over_a_wrong_row(
        self, tmp_path: Path, use: Callable[[IntentLog], object]
    ) -> None:
        file = open_ledger_file(tmp_path)
        outbox = IntentLog(file)
        outbox.record(make_intent(), NOON)
        statement(tmp_path / LEDGER.file, "UPDATE intents SET content = '{}'")

        use(outbox)

        assert outbox.entry("a") is None
        assert len(file.notices) == 1

    def test_a_damaged_hold_is_told_and_the_create_is_free(self, tmp_path: Path) -> None:
        file = open_ledger_file(tmp_path)
        outbox = IntentLog(file)
        outbox.record(make_intent(), SOON)
        statement(tmp_path / LEDGER.file, "UPDATE holds SET until = until + 1")

        assert len(outbox.take_up(NOON, SOON, ["qp"])) == 1
        assert "who was at a create" in file.notices[0]

    def test_a_sound_row_that_makes_no_sense_is_left_out(self, outbox: IntentLog) -> None:
        """Whoever shares the state directory can write a checksum, too."""
        outbox.record(make_intent("a"), SOON)
        outbox.record(make_intent("b", draft=Draft("qp", {"n": 7})), SOON)  # type: ignore[dict-item]  # on purpose

        assert [entry.intent.id for entry in outbox.entries()] == ["a"]
        with pytest.raises(StateError, match="no create b in the outbox"):
            outbox.supersede("b", make_intent("c"), LATER)


def test_what_was_left_out_stays_out(outbox: IntentLog) -> None:
    outbox.record(make_intent(by=""), SOON)
    outbox.resolve(replace(ends(UNKNOWN), message=""))

    assert the(outbox).intent == make_intent(by="")
    assert the(outbox).outcome == replace(ends(UNKNOWN), message="")


def test_an_outcome_is_kept_with_all_it_says(outbox: IntentLog) -> None:
    outbox.record(make_intent(), SOON)
    outcome = Outcome(
        intent_id="a",
        state=UNKNOWN,
        message="two might be it",
        candidates=(TicketRef("qp", "7"), TicketRef("qp", "8")),
    )

    outbox.resolve(outcome, is_looked=True)

    assert the(outbox).outcome == outcome
