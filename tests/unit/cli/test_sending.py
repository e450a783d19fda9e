"""What is told while a create is on its way, and how its end is printed."""

import io
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import pytest

from support.builders import NOON
from tui.cli.exits import Exit
from tui.cli.output import Output, OutputLost
from tui.cli.sending import Settling, Watch, send, tell
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.errors import UsageError, WriteRefused
from tui.domain.ticket import TicketRef

DRAFT = Draft("qp", {"comment": "Tills down"})
CREATED = Outcome(intent_id="i1", state=OutcomeState.CREATED, ref=TicketRef("qp", "7"))
REFUSED = Outcome(intent_id="i1", state=OutcomeState.NOT_CREATED, message="422: no comment")
UNKNOWN = Outcome(intent_id="i1", state=OutcomeState.UNKNOWN, message="probably not created")


class Screen(io.StringIO):
    """A stream that says it is a terminal, without one behind it."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


def open_create(stage: Stage, *, intent_id: str = "i1", draft: Draft = DRAFT) -> OpenCreate:
    return OpenCreate(
        id=intent_id, draft=draft, at=NOON, by="ana", title="Tills down", stage=stage, message=""
    )


@dataclass
class ScriptedCreates:
    """Tells at each look what the script says next, then calls `at_the_end`."""

    script: Sequence[tuple[OpenCreate, ...]]
    at_the_end: Callable[[], object] = lambda: None
    ended: tuple[Outcome, ...] = ()
    looks: int = 0

    def open_creates(self) -> tuple[OpenCreate, ...]:
        self.looks += 1
        if self.looks > len(self.script):
            self.at_the_end()
            return ()
        return self.script[self.looks - 1]

    def settled(self) -> tuple[Outcome, ...]:
        return self.ended


@dataclass
class ScriptedService:
    creates: ScriptedCreates
    on_stop: Callable[[], object] = lambda: None
    listeners: list[Callable[[], object]] = field(default_factory=list)

    def stop(self) -> None:
        self.on_stop()

    def subscribe(self, listener: Callable[[], object]) -> Callable[[], None]:
        self.listeners.append(listener)
        listener()  # something changes all the time: nobody waits for a step
        return lambda: self.listeners.remove(listener)


def outcome_of(text: str) -> str:
    return str(json.loads(text)["outcome"])


def test_looking_is_told_once_and_counted_on_a_terminal() -> None:
    screen = Screen()
    looking = open_create(Stage.LOOKING)
    watch = Watch(ScriptedCreates([(), (looking,), (looking,)]), DRAFT, Output(None, screen))

    watch.look(4.0)
    watch.look(16.0)

    drawn = screen.getvalue()
    assert drawn.count("qp: looking whether it exists\n") == 1
    assert "looking for 12 s; ctrl+c leaves it in the outbox" in drawn


def test_looking_is_one_line_in_a_log() -> None:
    log = io.StringIO()
    looking = open_create(Stage.LOOKING)
    watch = Watch(ScriptedCreates([(), (looking,), (looking,)]), DRAFT, Output(None, log))

    watch.look(4.0)
    watch.look(16.0)

    assert log.getvalue() == "qp: looking whether it exists\n"


def test_the_same_text_that_another_is_looking_for_is_not_told_of() -> None:
    log = io.StringIO()
    others = open_create(Stage.LOOKING, intent_id="i0")
    watch = Watch(ScriptedCreates([(others,), (others,)]), DRAFT, Output(None, log))

    watch.look(4.0)

    assert log.getvalue() == ""


def test_a_long_call_is_told_on_a_terminal_only() -> None:
    screen, log = Screen(), io.StringIO()
    for stream in (screen, log):
        watch = Watch(ScriptedCreates([]), DRAFT, Output(None, stream))
        watch.look(0.2)
        watch.look(3.0)

    assert screen.getvalue().strip() == "waiting for qp"
    assert log.getvalue() == ""


@pytest.mark.parametrize(
    ("outcome", "code", "out", "err"),
    [
        (CREATED, Exit.DONE, "qp/7\n", ""),
        (REFUSED, Exit.FAILED, "", "qp: not created: 422: no comment\n"),
        (UNKNOWN, Exit.UNKNOWN, "", "qp: unknown: probably not created (see: ticketdeck outbox)\n"),
    ],
)
def test_an_end_is_a_ref_or_a_line_and_a_code(
    outcome: Outcome, code: Exit, out: str, err: str
) -> None:
    stdout, stderr = io.StringIO(), io.StringIO()

    assert tell(outcome, "qp", "text", Output(stdout, stderr)) == code
    assert (stdout.getvalue(), stderr.getvalue()) == (out, err)


def test_a_refused_credential_has_its_own_code() -> None:
    refused = Outcome(
        intent_id="i1", state=OutcomeState.NOT_CREATED, message="401", credential_refused=True
    )

    assert tell(refused, "qp", "json", Output(io.StringIO(), None)) == Exit.REFUSED


@pytest.mark.parametrize("outcome", [CREATED, REFUSED, UNKNOWN])
def test_json_has_the_keys_of_the_contract(outcome: Outcome) -> None:
    stdout = io.StringIO()

    tell(outcome, "qp", "json", Output(stdout, None))

    assert json.loads(stdout.getvalue()) == {
        "outcome": outcome.state.value,
        "ref": "qp/7" if outcome is CREATED else None,
        "message": outcome.message or None,
    }


def test_how_it_ended_is_told_even_where_the_output_is_lost() -> None:
    stderr = io.StringIO()

    with pytest.raises(OutputLost):
        tell(CREATED, "qp", "text", Output(None, stderr))

    assert stderr.getvalue() == "qp: created qp/7\n"


def test_a_create_is_waited_for_until_its_end() -> None:
    creating: Future[Outcome] = Future()
    creates = ScriptedCreates(
        [(), (open_create(Stage.SENDING),)], at_the_end=lambda: creating.set_result(CREATED)
    )
    stdout = io.StringIO()

    code = send(ScriptedService(creates), DRAFT, lambda: creating, "text", Output(stdout, None))

    assert (code, stdout.getvalue()) == (Exit.DONE, "qp/7\n")


@pytest.mark.parametrize("is_there", [True, False], ids=["open", "dropped"])
def test_the_outbox_is_named_where_the_create_is_still_in_it(*, is_there: bool) -> None:
    creating: Future[Outcome] = Future()
    creating.set_result(UNKNOWN)
    left = (open_create(Stage.OPEN),) if is_there else ()
    log = io.StringIO()

    code = send(
        ScriptedService(ScriptedCreates([(), left])),
        DRAFT,
        lambda: creating,
        "json",
        Output(io.StringIO(), log),
    )

    assert code == Exit.UNKNOWN
    where = " (see: ticketdeck outbox)" if is_there else ""
    assert log.getvalue() == f"qp: unknown: probably not created{where}\n"


@pytest.mark.parametrize("is_found", [False, True])
def test_what_is_sent_again_is_looked_for_first_and_called_sent_only_where_it_was(
    *, is_found: bool
) -> None:
    former = open_create(Stage.OPEN, intent_id="i0")
    outcome = replace(CREATED, intent_id="i0") if is_found else CREATED
    creating: Future[Outcome] = Future()
    script = [(former,), (open_create(Stage.LOOKING, intent_id="i0"),)]
    creates = ScriptedCreates(script, at_the_end=lambda: creating.set_result(outcome))
    log = io.StringIO()

    send(
        *(ScriptedService(creates), DRAFT, lambda: creating, "text"),
        Output(io.StringIO(), log),
        former=former,
    )

    sent = [] if is_found else ["qp: sent again: Tills down"]
    assert log.getvalue().splitlines() == ["qp: looking whether it exists", *sent]


def test_what_is_not_sent_again_is_not_called_so() -> None:
    refusing: Future[Outcome] = Future()
    refusing.set_exception(UsageError("not sent again: it is being sent"))
    log = io.StringIO()

    with pytest.raises(UsageError):
        send(
            *(ScriptedService(ScriptedCreates([])), DRAFT, lambda: refusing, "text"),
            Output(io.StringIO(), log),
            former=open_create(Stage.OPEN, intent_id="i0"),
        )

    assert log.getvalue() == ""


def test_what_is_refused_before_it_is_sent_is_raised() -> None:
    creating: Future[Outcome] = Future()
    creating.set_exception(WriteRefused("qp is in observe mode"))

    with pytest.raises(WriteRefused):
        send(
            ScriptedService(ScriptedCreates([])),
            DRAFT,
            lambda: creating,
            "text",
            Output(io.StringIO(), None),
        )


@pytest.mark.parametrize("ended", [None, CREATED])
def test_an_interrupt_prints_what_is_known_when_the_engine_has_stopped(
    ended: Outcome | None,
) -> None:
    creating: Future[Outcome] = Future()

    def interrupt() -> None:
        raise KeyboardInterrupt

    def stop() -> None:
        if ended is not None:
            creating.set_result(ended)

    creates = ScriptedCreates([()], at_the_end=interrupt)
    stdout, stderr = io.StringIO(), io.StringIO()
    service = ScriptedService(creates, on_stop=stop)

    with pytest.raises(KeyboardInterrupt):
        send(service, DRAFT, lambda: creating, "json", Output(stdout, stderr))

    assert outcome_of(stdout.getvalue()) == ("created" if ended else "unknown")
    assert ("look before sending again" in stderr.getvalue()) == (ended is None)


def test_open_creates_are_waited_for_until_they_move_no_more() -> None:
    first, second = open_create(Stage.LOOKING), open_create(Stage.SENDING, intent_id="i2")
    left = open_create(Stage.OPEN, intent_id="i2")
    creates = ScriptedCreates([(first, second), (first, left), (left,)], ended=(CREATED,))
    log = io.StringIO()
    service = ScriptedService(creates)

    ended = Settling(service, Output(None, log)).wait([first, second])

    assert ended == [(first, CREATED)]
    assert creates.looks == 3
    assert log.getvalue() == "qp: looking whether it exists\n"
    assert not service.listeners


def test_nobody_waits_for_what_a_person_decides() -> None:
    creates = ScriptedCreates([])

    assert (
        Settling(ScriptedService(creates), Output(None, None)).wait([open_create(Stage.OPEN)]) == []
    )


def test_waiting_has_an_end() -> None:
    stuck = open_create(Stage.SENDING)
    creates = ScriptedCreates([(stuck,)] * 100)

    Settling(ScriptedService(creates), Output(None, None)).wait([stuck], longest_s=0.3)

    assert creates.looks < 10
