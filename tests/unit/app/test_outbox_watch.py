"""The notices about creates: what nobody else tells, once, and nothing twice."""

from dataclasses import replace
from datetime import timedelta

from support.builders import NOON
from support.creates import make_create
from tui.app.outbox_watch import OutboxNews, OutboxWatch
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Outcome, OutcomeState
from tui.domain.ticket import TicketRef

LATER = timedelta(minutes=9)


def _created(number: int = 1) -> Outcome:
    ref = TicketRef("qp", str(number))
    return Outcome(intent_id=f"i{number}", state=OutcomeState.CREATED, ref=ref)


def _watch(*creates: OpenCreate) -> OutboxWatch:
    """Return a watch that has told of these already."""
    watch = OutboxWatch(NOON)
    watch.look(creates, (), ())
    return watch


def test_what_was_open_at_the_start_is_told_once() -> None:
    watch = OutboxWatch(NOON)
    before = (make_create(1), make_create(2))

    assert watch.look((), (), ()) == OutboxNews()
    assert (
        watch.look(before, (), ()).words("X", cut="…") == "2 open creates from before; X shows them"
    )
    assert not watch.look(before, (), ())
    assert not watch.look((*before, make_create(3, at=NOON + LATER)), (), ())


def test_one_that_exists_after_all_is_told_once() -> None:
    watch = _watch(make_create())

    news = watch.look((), (_created(),), ())
    assert news.words("X", cut="…") == "Created after all: qp/1"
    assert news.is_good
    assert not watch.look((), (_created(),), ())


def test_what_was_sent_from_here_is_told_by_its_own_answer() -> None:
    create = make_create(at=NOON + LATER)
    watch = _watch()
    assert not watch.look((create,), (), (create.draft,))
    assert not watch.look((), (_created(),), (create.draft,))

    watch.answered(_created())
    assert not watch.look((), (_created(),), ())


def test_what_was_sent_from_here_and_given_up_is_told_when_it_turns_up() -> None:
    create = make_create(at=NOON + LATER, stage=Stage.LOOKING)
    watch = _watch()
    watch.look((create,), (), (create.draft,))
    watch.answered(Outcome(intent_id="i1", state=OutcomeState.UNKNOWN, message="not found"))
    watch.look((replace(create, stage=Stage.OPEN, message="not found"),), (), ())

    assert watch.look((), (_created(),), ()).created == (TicketRef("qp", "1"),)


def test_what_others_send_and_nobody_doubts_is_not_told() -> None:
    watch = _watch()
    sent = make_create(at=NOON + LATER, stage=Stage.SENDING)

    assert not watch.look((sent,), (), ())
    assert not watch.look((), (_created(1), _created(2)), ())


def test_that_looking_ended_without_a_result_is_told_once_for_each_message() -> None:
    looking, given_up = make_create(stage=Stage.LOOKING), make_create(message="nothing like it")
    watch = _watch(looking)

    news = watch.look((given_up,), (), ())
    assert news.words("X", cut="…") == 'qp "Create 1": nothing like it'
    assert not news.is_good
    assert not watch.look((looking,), (), ())
    assert not watch.look((given_up,), (), ())
    watch.look((looking,), (), ())
    assert watch.look((make_create(message="two are like it"),), (), ()).undecided


def test_what_the_answer_said_is_not_said_again_when_it_was_looked_for_once_more() -> None:
    watch = _watch(make_create(stage=Stage.LOOKING))
    watch.answered(Outcome(intent_id="i1", state=OutcomeState.UNKNOWN, message="not found"))

    assert not watch.look((make_create(message="not found"),), (), ())


def test_one_that_was_not_created_after_all_says_why_and_which() -> None:
    watch = _watch(make_create())
    outcome = Outcome(intent_id="i1", state=OutcomeState.NOT_CREATED, message="422 no segment")

    words = watch.look((), (outcome,), ()).words("X", cut="…")
    assert words == 'qp "Create 1": not created after all: 422 no segment'


def test_no_key_is_named_where_none_leads_to_the_outbox() -> None:
    assert OutboxNews(earlier=(make_create(),)).words("", cut="…") == "1 open create from before"


def test_a_long_title_is_cut_so_that_the_end_of_the_sentence_is_seen() -> None:
    create = make_create(title="Card terminals offline " * 40, message="look first")
    words = OutboxNews(undecided=(create, make_create())).words("X", cut="…")

    assert words == 'qp "Card terminals offl…": look first (and 1 more)'
