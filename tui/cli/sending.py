"""Waits until a create has come to its end, tells what happens meanwhile, and says how it ended."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Event
from typing import Protocol

from tui.cli.exits import Exit
from tui.cli.formats import to_json
from tui.cli.output import Output, OutputLost
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import Draft, Outcome, OutcomeState

_STEP_S = 0.2
"""How often it is looked how far the create has come."""
_PATIENCE_S = 2.0
"""A call that takes longer makes a person wonder."""
LONGEST_S = 75.0
"""A whole create: a call that times out, and half a minute of looking."""
INTERRUPTED = "interrupted: the ticket may or may not exist; look before sending again"


class OpenCreates(Protocol):
    """Tells which creates are open, and how the last ones ended."""

    def open_creates(self) -> tuple[OpenCreate, ...]: ...

    def settled(self) -> tuple[Outcome, ...]: ...


class Settler(Protocol):
    """The part of the service that waiting for open creates needs."""

    @property
    def creates(self) -> OpenCreates: ...

    def subscribe(self, listener: Callable[[], object]) -> Callable[[], None]: ...


class Sender(Protocol):
    """The part of the service that a create needs."""

    @property
    def creates(self) -> OpenCreates: ...

    def stop(self) -> None: ...


def send(
    service: Sender,
    draft: Draft,
    begin: Callable[[], Future[Outcome]],
    form: str,
    output: Output,
    *,
    former: OpenCreate | None = None,
) -> int:
    """Begin a create of this draft, print how it ended, and return the exit code.

    `former` is the open one that is sent again by it.

    Raises:
        WriteRefused, UsageError: it was not begun.
        KeyboardInterrupt: in the middle of it; what is known by then was printed.
    """
    watch = Watch(service.creates, draft, output, former=former)
    creating = begin()
    try:
        outcome = _wait_for(creating, watch, output)
    except KeyboardInterrupt:
        # Its request is never called back, and its answer may be on the way.
        with suppress(KeyboardInterrupt):
            service.stop()
        _tell_interrupted(creating, draft.workspace, form, output)
        raise
    if former is not None and outcome.intent_id != former.id:
        watch.begun()
    # The create of then, under the same key, may have been dropped.
    is_in_outbox = outcome.state is OutcomeState.UNKNOWN and any(
        each.id == outcome.intent_id for each in service.creates.open_creates()
    )
    return tell(outcome, draft.workspace, form, output, is_in_outbox=is_in_outbox)


class Settling:
    """Waits for creates that are still being sent or looked for, here or elsewhere."""

    def __init__(self, service: Settler, output: Output) -> None:
        self._service = service
        self._output = output

    def wait(
        self, waiting: Sequence[OpenCreate], *, longest_s: float = LONGEST_S
    ) -> Sequence[tuple[OpenCreate, Outcome]]:
        """Return how those of them ended that came to an end; after `longest_s` at the latest."""
        unsettled = {each.id: each for each in waiting if each.stage is not Stage.OPEN}
        told: set[str] = set()
        changed = Event()
        unsubscribe = self._service.subscribe(changed.set)
        waited_s = 0.0
        try:
            while waited_s < longest_s and (moving := self._moving(unsettled)):
                for each in moving:
                    if each.id not in told and each.stage is Stage.LOOKING:
                        told.add(each.id)
                        self._output.progress("")
                        self._output.narrate(looking_line(each))
                self._output.progress(f"waiting for {len(moving)} of the open creates")
                changed.wait(_STEP_S)
                changed.clear()
                waited_s += _STEP_S
        finally:
            unsubscribe()
            self._output.progress("")
        ended = self._service.creates.settled()
        return [(unsettled[each.intent_id], each) for each in ended if each.intent_id in unsettled]

    def _moving(self, unsettled: Collection[str]) -> list[OpenCreate]:
        found = self._service.creates.open_creates()
        return [each for each in found if each.id in unsettled and each.stage is not Stage.OPEN]


class Watch:
    """Finds one create among the open ones, and tells how far it has come."""

    def __init__(
        self,
        creates: OpenCreates,
        draft: Draft,
        output: Output,
        *,
        former: OpenCreate | None = None,
    ) -> None:
        """Make it before the create is begun: what is open by then is another's.

        `former` is looked for first, and is told of as well.
        """
        self._creates = creates
        self._draft = draft
        self._output = output
        self._others = frozenset(each.id for each in creates.open_creates())
        self._former = former
        self._is_begun = False
        self._told: set[str] = set()
        """What was told to be looked for, by id."""
        self._looked_from_s = 0.0

    def look(self, waited_s: float) -> None:
        """Tell a person how far it has come, so long after it was begun."""
        workspace = self._draft.workspace
        found = self._find()
        if found is not None and found.stage is Stage.LOOKING:
            if found.id not in self._told:
                self._told.add(found.id)
                self._looked_from_s = waited_s
                self._output.progress("")
                self._output.narrate(looking_line(found))
            seconds = waited_s - self._looked_from_s
            self._output.progress(f"looking for {seconds:.0f} s; ctrl+c leaves it in the outbox")
        elif waited_s >= _PATIENCE_S:
            self._output.progress(f"waiting for {workspace}")

    def begun(self) -> None:
        """Tell, once, that the former one is sent again."""
        if self._former is not None and not self._is_begun:
            self._is_begun = True
            self._output.progress("")
            self._output.narrate(f"{self._former.workspace}: sent again: {self._former.title}")

    def _find(self) -> OpenCreate | None:
        created = former = None
        for each in self._creates.open_creates():
            if each.id not in self._others and each.draft == self._draft:
                created = each
            elif self._former is not None and each.id == self._former.id:
                former = each
        if created is not None:
            self.begun()
        return created or former


def looking_line(open_create: OpenCreate) -> str:
    """Return the line that says that a create is looked for, and why."""
    why = f"{open_create.message}; " if open_create.message else ""
    return f"{open_create.workspace}: {why}looking whether it exists"


def tell(
    outcome: Outcome, workspace: str, form: str, output: Output, *, is_in_outbox: bool = True
) -> int:
    """Print how a create ended and return the exit code that means it."""
    created = outcome.state is OutcomeState.CREATED
    try:
        if form == "json":
            record = {
                "outcome": outcome.state.value,
                "ref": str(outcome.ref) if outcome.ref else None,
                "message": outcome.message or None,
            }
            output.data(to_json(record))
        elif created:
            output.data(str(outcome.ref))
    except OutputLost:
        output.narrate(in_words(outcome, workspace, is_in_outbox=is_in_outbox))
        raise
    if not created or outcome.message:
        output.narrate(in_words(outcome, workspace, is_in_outbox=is_in_outbox))
    match outcome.state:
        case OutcomeState.CREATED:
            return Exit.DONE
        case OutcomeState.NOT_CREATED:
            return Exit.REFUSED if outcome.credential_refused else Exit.FAILED
        case OutcomeState.UNKNOWN:
            return Exit.UNKNOWN


def in_words(outcome: Outcome, workspace: str, *, is_in_outbox: bool) -> str:
    """Return one line for people of how a create ended."""
    match outcome.state:
        case OutcomeState.CREATED:
            why = f": {outcome.message}" if outcome.message else ""
            return f"{workspace}: created {outcome.ref}{why}"
        case OutcomeState.NOT_CREATED:
            return f"{workspace}: not created: {outcome.message}"
        case OutcomeState.UNKNOWN:
            where = " (see: ticketdeck outbox)" if is_in_outbox else ""
            return f"{workspace}: unknown: {outcome.message}{where}"


def _wait_for(creating: Future[Outcome], watch: Watch, output: Output) -> Outcome:
    waited_s = 0.0
    try:
        while not creating.done():
            wait([creating], timeout=_STEP_S)
            waited_s += _STEP_S
            if not creating.done():
                watch.look(waited_s)
    finally:
        output.progress("")
    return creating.result()


def _tell_interrupted(creating: Future[Outcome], workspace: str, form: str, output: Output) -> None:
    is_known = creating.done() and not creating.cancelled() and creating.exception() is None
    outcome = (
        creating.result()
        if is_known
        else Outcome(intent_id="", state=OutcomeState.UNKNOWN, message=INTERRUPTED)
    )
    tell(outcome, workspace, form, output)
