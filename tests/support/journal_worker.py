"""A process on a journal, for tests that kill it, fill its disk or let many of it meet.

Run as `python -m support.journal_worker COMMAND FOLDER …`; it tells what it did on stdout.
"""

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from support.builders import NOON, make_ticket
from support.journal import (
    close_opened,
    open_acts,
    open_cache,
    open_file,
    open_ledger_file,
    open_outbox,
)
from tui.domain.acts import Act, ActKind
from tui.domain.creates import KeptDraft
from tui.domain.diff import Position, Reset
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.errors import LeaseLost, StateError
from tui.domain.ports import Intent
from tui.domain.ticket import Ticket, TicketRef
from tui.engine.clock import SystemClock
from tui.store import database
from tui.store.cache import TicketCache
from tui.store.database import Schema
from tui.store.drafts import Drafts
from tui.store.intents import IntentLog
from tui.store.lease import Lease, Leases

BATCH = 40
PATIENCE = timedelta(seconds=0.6)
STEP_S = 0.01


def say(what: object) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def record_intents(folder: Path, first: str) -> None:
    """Record one create after the other and tell each one that is safe."""
    outbox = open_outbox(folder)
    for number in count(int(first)):
        intent = Intent(id=f"{number}", draft=Draft("qp", {"title": "x" * 99}), at=NOON)
        outbox.record(intent, NOON)
        say(number)


def settle_intents(folder: Path, first: str) -> None:
    """Keep a draft, send it, send it again, settle it: tell each one that is created."""
    file = open_ledger_file(folder)
    outbox, drafts = IntentLog(file), Drafts(file)
    for number in count(int(first)):
        draft_id = f"{number}"
        drafts.save("ana", KeptDraft(id=draft_id, workspace="qp", texts={"n": draft_id}, at=NOON))
        sent = [
            Intent(id=each, draft=Draft("qp", {"n": draft_id}), at=NOON, draft_id=draft_id)
            for each in (f"{number} first", f"{number} again")
        ]
        outbox.record(replace(sent[0], key=draft_id), NOON)
        outbox.resolve(Outcome(intent_id=sent[0].id, state=OutcomeState.UNKNOWN), is_looked=True)
        outbox.supersede(sent[0].id, sent[1], NOON)
        outbox.resolve(
            Outcome(intent_id=sent[1].id, state=OutcomeState.CREATED, ref=TicketRef("qp", draft_id))
        )
        say(number)


def apply_batches(folder: Path, first: str) -> None:
    """Change all tickets together, again and again, and tell each change that is safe."""
    cache = open_cache(folder)
    for number in count(int(first)):
        cache.apply("qp", [make_ticket(str(i), title=str(number)) for i in range(BATCH)])
        say(number)


def die_in_the_midst(folder: Path, _argument: str) -> None:
    """Change and delete what is in the ledger, as far as the disk, and die before that counts."""
    with open_ledger_file(folder).writing() as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("UPDATE intents SET at = at + 1, content = content || 'x'")
        connection.execute("DELETE FROM intents WHERE rowid % 2")
        for number in range(300):
            connection.execute("INSERT INTO calls VALUES (?, 1, 2, 3)", (f"account {number}",))
        os.kill(os.getpid(), signal.SIGKILL)


def act_in_batches(folder: Path, first: str) -> None:
    """Pin all tickets together, again and again, take it back, and tell each act that is safe."""
    log = open_acts(folder)
    tickets = [make_ticket(str(i)) for i in range(BATCH)]
    for number in count(int(first)):
        log.add(str(number), Act(ActKind.PIN), tickets, by="ana", at=NOON)
        log.take_back(str(number - 1), by="ana", at=NOON)
        say(number)


def fill_disk(folder: Path, limit: str) -> None:
    """Go on when no file may grow over `limit` bytes, and tell how that went."""
    file = open_file(folder)
    cache = TicketCache(file)
    outbox = open_outbox(folder)
    cache.apply("qp", [make_ticket("first")])
    position = cache.changes_since(None).position
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    for number in range(100):
        cache.apply("qp", [make_ticket(str(number), body="x" * 10_000)])
    refused = ""
    try:
        for number in range(1000):
            draft = Draft("qp", {"title": "x" * 9_000})
            outbox.record(Intent(id=str(number), draft=draft, at=NOON), NOON)
    except StateError as error:
        refused = str(error)
    answer = cache.changes_since(position)
    say(
        {
            "memory_only": file.memory_only,
            "tickets": len(cache.tickets()),
            "reset": isinstance(answer, Reset),
            "refused": refused,
            "recorded": len(outbox.entries()),
        }
    )


def poll_and_watch(folder: Path, owner: str) -> None:
    """Poll while holding the lease, follow the journal all the time, stop at the end of stdin.

    A line on stdin puts the process to sleep, as ctrl+z does.
    """
    over, sleepy = threading.Event(), threading.Event()
    threading.Thread(target=obey, args=(over, sleepy), daemon=True).start()
    clock = SystemClock()
    file = open_file(folder, clock=clock)
    cache, leases = TicketCache(file), Leases(file, patience=PATIENCE)
    state: dict[TicketRef, Ticket] = {}
    position: Position | None = None
    lease: Lease | None = None
    writes = fenced = 0
    seen: list[str] = []
    while not over.wait(STEP_S):
        if lease is None:
            lease = leases.acquire("qp", owner, clock.now())
            if lease is not None:
                say({"holds": owner})
        elif leases.beat(lease, clock.now()) is None:
            lease, fenced = None, fenced + 1
        if lease is not None:
            title = f"{lease.token:04}.{writes:06}"
            try:
                cache.apply("qp", [make_ticket(str(writes % 7), title=title)], lease=lease)
                writes += 1
            except LeaseLost:
                lease, fenced = None, fenced + 1
        if cache.has_news() or lease is not None:
            position = follow(cache, position, state, seen)
        if sleepy.is_set():
            sleepy.clear()
            with file.at_rest():
                os.kill(os.getpid(), signal.SIGSTOP)
    # Nobody writes any more; what was under way is done by then.
    threading.Event().wait(50 * STEP_S)
    position = follow(cache, position, state, seen)
    say(
        {
            "owner": owner,
            "n": position.n,
            "state": sorted((str(ref), ticket.title) for ref, ticket in state.items()),
            "in_order": seen == sorted(seen),
            "writes": writes,
            "fenced": fenced,
            "notices": [*file.notices, *filter(None, [file.memory_only])],
        }
    )


def obey(over: threading.Event, sleepy: threading.Event) -> None:
    for _ in sys.stdin:
        sleepy.set()
    over.set()


def follow(
    cache: TicketCache,
    position: Position | None,
    state: dict[TicketRef, Ticket],
    seen: list[str],
) -> Position:
    """Bring `state` up to date and keep the titles that came, in their order."""
    answer = cache.changes_since(position)
    if isinstance(answer, Reset):
        state.clear()
        came = answer.tickets
    else:
        came = (*answer.added, *answer.changed)
        assert not {ticket.ref for ticket in answer.added} & set(state)
        assert {ticket.ref for ticket in answer.changed} <= set(state)
    state.update({ticket.ref: ticket for ticket in came})
    seen.extend(sorted(ticket.title for ticket in came))
    return answer.position


def migrate_and_die(folder: Path, survived: str) -> None:
    """Bring both files up to date, and die by kill -9 after so many statements of that."""
    left = int(survived)
    statements = database.migration

    def deadly(schema: Schema, number: int) -> Iterator[str]:
        nonlocal left
        for statement in statements(schema, number):
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            yield statement

    database.migration = deadly
    open_file(folder)
    open_ledger_file(folder)
    say("survived")


def nurse(_folder: Path, _argument: str) -> None:
    """Fork a process for each line of stdin, `[command, folder, argument]`; tell when it ended.

    The first word of each is its process id, the last one its exit code, or -9 where it was killed.
    """
    for line in sys.stdin:
        command, folder, argument = json.loads(line)
        child = os.fork()
        if not child:
            say(os.getpid())
            COMMANDS[command](Path(folder), argument)
            close_opened()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say({"ended": os.waitstatus_to_exitcode(status)})


COMMANDS: dict[str, Callable[[Path, str], None]] = {
    "nurse": nurse,
    "migrate": migrate_and_die,
    "intents": record_intents,
    "settle": settle_intents,
    "batches": apply_batches,
    "acts": act_in_batches,
    "midst": die_in_the_midst,
    "fill": fill_disk,
    "poll": poll_and_watch,
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
    close_opened()
