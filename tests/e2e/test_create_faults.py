"""Creates that go wrong at every step, and programs that are killed there: the books agree.

Everything is in one test, because nearly all of it is waiting, and waits well beside each other.
What depends on a vendor's own words is done with every vendor; the rest with one each, in turn,
because tests/contract/test_create_outcomes.py has those answers for all of them. Under the profile
`deep` everything is done with everyone.
"""

import json
import os
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from support.create_books import Books
from support.create_double import HTML, Step, Trouble, VendorDouble, Way, dead_url, marked
from support.live_call import LiveCall
from support.program import Ended, Program
from tui.cli.exits import Exit
from tui.engine.clock import SystemClock
from tui.sandbox import configuration
from tui.sandbox.accounts import KLINKCX, QUESTIONPRO, SOCIALBOARDS
from tui.sandbox.world import make_world

pytestmark = pytest.mark.e2e
T = TypeVar("T")

AT_ONCE = 6
"""Calls of the program beside each other; more only wait for a core."""
WORKSPACES = {QUESTIONPRO: "cx-emea", SOCIALBOARDS: "inbox", KLINKCX: "klink"}
TEXT_FIELDS = {
    QUESTIONPRO: ("comment",),
    SOCIALBOARDS: ("title", "message"),
    KLINKCX: ("title", "description"),
}
ERROR_INSIDE: Mapping[str, object] = {
    QUESTIONPRO: {"response": {"error": {"httpStatusCode": 400, "id": 1002, "message": "No"}}},
    SOCIALBOARDS: {"data": None, "errorCode": 12, "errorText": "Category was not found"},
    KLINKCX: {"success": False, "message": "title: is required", "errors": []},
}
"""How each vendor says in a 200 that it created nothing."""
FAILURE_INSIDE: Mapping[str, object] = {
    QUESTIONPRO: {"response": {"error": {"httpStatusCode": 500, "id": 1026, "message": "Oh"}}},
    SOCIALBOARDS: {"data": None, "errorCode": 500, "errorText": "An error occurred"},
    KLINKCX: {"success": False, "statusCode": 500, "message": "Internal server error"},
}
"""How each says in a 200 that it failed, with the ticket or without it."""


def _refusals(vendor: str, url: str) -> dict[str, Trouble]:
    """Return the answers that surely created nothing."""
    elsewhere = {"location": f"{url}/elsewhere"}
    found = {
        f"status-{status}": Trouble(commits=False, status=status, body=b"{}", headers=elsewhere)
        for status in (302, 307, 401, 422, 429)
    }
    body = json.dumps(ERROR_INSIDE[vendor]).encode()
    return {**found, "error-inside": Trouble(commits=False, status=200, body=body)}


def _doubts(vendor: str) -> dict[str, Trouble]:
    """Return the ends that tell nothing: with a ticket, and without one."""
    html = {"content-type": "text/html"}
    found: dict[str, Trouble] = {}
    for commits in (True, False):
        name = "after" if commits else "before"
        found |= {
            f"no-answer-{name}": Trouble(commits=commits, way=Way.NONE),
            f"reset-{name}": Trouble(commits=commits, way=Way.RESET),
            f"status-500-{name}": Trouble(commits=commits, status=500, body=b"{}"),
            f"html-{name}": Trouble(commits=commits, status=502, body=HTML, headers=html),
        }
    inside = json.dumps(FAILURE_INSIDE[vendor]).encode()
    return found | {
        "status-408-before": Trouble(commits=False, status=408, body=b"{}"),
        "status-409-after": Trouble(commits=True, status=409, body=b"{}"),
        "status-303-after": Trouble(commits=True, status=303, body=b"{}"),
        "late": Trouble(commits=False, way=Way.NONE, commits_late=True),
        "half-after": Trouble(commits=True, way=Way.HALF),
        "cut-json-after": Trouble(commits=True, status=200, body=b'{"data": {"id'),
        "no-id-after": Trouble(commits=True, without_id=True),
        "empty-after": Trouble(commits=True, status=204),
        "failure-inside-after": Trouble(commits=True, status=200, body=inside),
    }


KILLS = {
    "killed-unread": (Step.READ, Trouble(commits=False, way=Way.CLOSED)),
    "killed-read": (Step.READ, Trouble(commits=True)),
    "killed-committed": (Step.COMMITTED, Trouble(commits=True)),
    "killed-half": (Step.HALF_ANSWERED, Trouble(commits=True, way=Way.HALF)),
    "killed-answered": (Step.ANSWERED, Trouble(commits=True)),
}
"""When the program is killed, and what the vendor does with the create all the same."""
OF_EVERY_VENDOR = {
    "error-inside",
    "failure-inside-after",
    "no-id-after",
    "killed-committed",
    "killed-answered",
}
IS_DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


@dataclass
class Desk:
    """A vendor, the program over it, and the books of both."""

    vendor: str
    double: VendorDouble
    folder: Path
    program: Program = field(init=False)
    """Of everybody who works here, with one state directory for all."""
    books: Books = field(init=False)
    left_open: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By case: what the outbox listed last."""
    killers: dict[str, tuple[Step, LiveCall]] = field(default_factory=dict)
    """By case: the step at which the call is killed."""

    def __post_init__(self) -> None:
        self.program = self.configure("shared")
        self.books = Books(self.double)
        self.double.on_step = self._kill

    @property
    def workspace(self) -> str:
        return WORKSPACES[self.vendor]

    def share(self, cases: Mapping[str, T]) -> dict[str, T]:
        """Return the cases that are done with this vendor."""
        turn, turns = list(WORKSPACES).index(self.vendor), len(WORKSPACES)
        others = set([case for case in cases if case not in OF_EVERY_VENDOR][turn::turns])
        return {
            case: each
            for case, each in cases.items()
            if IS_DEEP or case in OF_EVERY_VENDOR or case in others
        }

    def configure(self, name: str, url: str | None = None) -> Program:
        """Return the program with a state directory of its own."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, parents=True)
        path = folder / "config.toml"
        text = configuration(self.double.url)
        if url is not None:
            # Its tokens can be had all the same.
            text = text.replace(f'base_url = "{self.double.url}', f'base_url = "{url}')
        head = f'state_dir = "{folder}/state"\n'
        path.write_text(f'{head}{text}\n[network]\ntimeout = "3s"\n')
        path.chmod(0o600)
        return Program(path)

    def words(self, case: str) -> list[str]:
        """Return the command line of a create whose text names its case."""
        fields = [f"{key}={marked(case)}" for key in TEXT_FIELDS[self.vendor]]
        given = [word for each in fields for word in ("--field", each)]
        return ["create", "-w", self.workspace, *given, "--format", "json"]

    def refuse(self, case: str, url: str | None = None) -> Ended:
        """Have a create refused."""
        ended = self.configure(case, url)(*self.words(case))
        self.books.enter(case, ended)
        return ended

    def doubt(self, case: str, trouble: Trouble) -> Ended:
        """Have a create end in doubt; where there is nothing to be found, end it as it looks.

        A person at the keyboard ends every other one, and a crash the rest.
        """
        with LiveCall(self.program, *self.words(case)) as call:
            number = None
            if not trouble.may_commit and call.says("looking whether it exists"):
                number = signal.SIGINT if len(case) % 2 else signal.SIGKILL
            ended = call.end(number)
        self.books.enter(case, ended)
        return ended

    def kill(self, case: str, step: Step) -> Ended:
        """Have a create killed at this step."""
        with LiveCall(self.program, *self.words(case)) as call:
            self.killers["" if step is Step.TOKEN else case] = (step, call)
            ended = call.end()
        self.books.enter(case, ended)
        return ended

    def settle(self) -> None:
        """Run the program again, which looks for what is open, and compare it with the books."""
        ended = self.program("outbox", "-w", self.workspace, "--format", "json")
        assert ended.code == Exit.DONE, ended.err
        self.left_open = self.books.settle(ended, self.folder / "shared" / "state" / "audit.log")

    def differences(self) -> list[str]:
        """Return in what the books disagree."""
        return [f"{self.vendor}: {each}" for each in self.books.differences(self.left_open)]

    def _kill(self, case: str, step: Step) -> None:
        when, call = self.killers.get(case, (None, None))
        if when is step and call is not None:
            call.kill()


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[list[Desk]]:
    """A desk for each vendor that takes new tickets, and three more for single stories."""
    vendors = [*WORKSPACES, SOCIALBOARDS, KLINKCX, KLINKCX]
    with ExitStack() as stack:
        yield [
            Desk(vendor, stack.enter_context(_double()), tmp_path / str(number))
            for number, vendor in enumerate(vendors)
        ]


def _double() -> VendorDouble:
    return VendorDouble(make_world(now=SystemClock().now(), tickets=40, still=True))


@pytest.mark.timeout(300)
def test_no_create_is_doubled_lost_or_claimed_wrongly(
    desks: list[Desk], record_property: Callable[[str, object], None]
) -> None:
    *each_vendor, before_it_left, down, often_killed = desks
    with ThreadPoolExecutor(AT_ONCE) as pool, ThreadPoolExecutor(len(desks)) as waiting:
        ends = _run_all(pool, each_vendor, _begin_what_is_lost)
        token = pool.submit(before_it_left.kill, "killed-token", Step.TOKEN)
        assert token.result().code == -signal.SIGKILL
        settling = [waiting.submit(desk.settle) for desk in (*each_vendor, before_it_left)]
        settling += [waiting.submit(_be_down, down), waiting.submit(_kill_often, often_killed)]
        ends |= _run_all(pool, each_vendor, _begin_what_is_told)
        for settled in settling:
            settled.result()

    assert _unexpected(ends) == {}
    for desk in (*each_vendor, before_it_left):
        # What came while the outbox was listed ended as it was told, and is in the log by now.
        desk.settle()
        assert desk.differences() == []
        assert set(desk.left_open) == {
            case for case in desk.books.unknown if not desk.double.tickets(case)
        }
        for each in desk.left_open.values():
            assert each["message"] == "probably not created: look before sending again"
    assert not before_it_left.double.received
    record_property("creates", sum(desk.books.asked.total() for desk in desks))
    record_property("tickets", sum(len(desk.double.tickets()) for desk in desks))
    _decide(before_it_left)


def _be_down(desk: Desk) -> None:
    """Lose an answer, and have the vendor fail for as long as the program looks."""
    desk.double.troubles["down"] = Trouble(commits=True, way=Way.RESET)
    desk.double.is_down = True
    ended = desk.doubt("down", desk.double.troubles["down"])
    assert ended.code == Exit.UNKNOWN, ended.err
    assert "nobody knows whether it exists" in json.loads(ended.out)["message"]

    desk.double.is_down = False
    desk.settle()
    assert desk.differences() == []
    assert list(desk.books.created) == ["down"]


def _kill_often(desk: Desk) -> None:
    """Run one create under a key again and again, and kill it at any moment but the last time."""
    words = [*desk.words("key"), "--key", "alert-7"]
    for after_s in (0.1, 0.25, 0.4, 0.55, 0.7):
        with LiveCall(desk.program, *words) as call:
            threading.Event().wait(after_s)
            call.kill()
        desk.books.asked["key"] += 1
    desk.books.enter("key", desk.program(*words))
    desk.settle()
    assert desk.differences() == []
    assert desk.double.received.count("key") <= 1
    assert set(desk.books.created) == {"key"} - set(desk.left_open)


def _decide(desk: Desk) -> None:
    """Be the person who sends one again, and lets it go when that fails as well."""
    case, open_create = next(iter(desk.left_open.items()))
    desk.double.troubles[case] = Trouble(commits=True)
    retried = desk.program("outbox", "retry", open_create["id"][:8], "--format", "json")
    desk.books.enter(case, retried)
    desk.settle()

    assert retried.code == Exit.DONE, retried.err
    assert desk.left_open == {}
    assert desk.differences() == []
    assert len(desk.double.tickets(case)) == 1


Ends = dict[str, Future[Ended]]


def _run_all(
    pool: ThreadPoolExecutor,
    desks: Sequence[Desk],
    begin: Callable[[Desk, ThreadPoolExecutor], Ends],
) -> dict[tuple[str, str], Ended]:
    """Run these cases of all desks beside each other; return how they ended."""
    begun = {desk.vendor: begin(desk, pool) for desk in desks}
    return {
        (name, case): end.result() for name, ends in begun.items() for case, end in ends.items()
    }


def _begin_what_is_lost(desk: Desk, pool: ThreadPoolExecutor) -> Ends:
    """Begin what the outbox must be asked about: programs that are killed, and no tickets."""
    doubts = _doubts(desk.vendor)
    lost = desk.share({case: each for case, each in doubts.items() if not each.may_commit})
    kills = desk.share(KILLS)
    desk.double.troubles |= lost
    desk.double.troubles |= {case: trouble for case, (_, trouble) in kills.items()}
    ends = {case: pool.submit(desk.kill, case, step) for case, (step, _) in kills.items()}
    return ends | {case: pool.submit(desk.doubt, case, each) for case, each in lost.items()}


def _begin_what_is_told(desk: Desk, pool: ThreadPoolExecutor) -> Ends:
    """Begin what comes to a certain end by itself."""
    doubts = _doubts(desk.vendor)
    found = desk.share({case: each for case, each in doubts.items() if each.may_commit})
    refused = desk.share(_refusals(desk.vendor, desk.double.url))
    desk.double.troubles |= found
    desk.double.troubles |= refused
    ends = {case: pool.submit(desk.doubt, case, each) for case, each in found.items()}
    ends |= {case: pool.submit(desk.refuse, case) for case in refused}
    ends["unreachable"] = pool.submit(desk.refuse, "unreachable", dead_url())
    ends["well"] = pool.submit(desk.doubt, "well", Trouble(commits=True))
    return ends


def _unexpected(ends: Mapping[tuple[str, str], Ended]) -> dict[tuple[str, str], Ended]:
    """Return the ends whose exit codes are not those of their case."""
    killed, interrupted = -signal.SIGKILL, 128 + signal.SIGINT

    def expected(case: str) -> Collection[int]:
        if case.startswith("killed"):
            return [killed]
        if case == "status-401":
            return [Exit.REFUSED]
        if case in ("late", "well") or case.endswith("-after"):
            return [Exit.DONE]
        if case.endswith("-before"):
            return [killed, interrupted]
        return [Exit.FAILED]

    return {name: ended for name, ended in ends.items() if ended.code not in expected(name[1])}
