"""A process with an engine on a shared journal, for tests that kill it or put it to sleep.

Run as `python -m support.engine_worker FOLDER NAME`. Its vendor is FOLDER/vendor: `titles` holds
what it shows, a line a ticket, and each call adds a line to `calls`. A line on stdin is answered
with one on stdout; the end of stdin ends the process in good order. `ack ID` and `undo` act on
tickets first, `fresh` polls.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from support.builders import make_ticket
from support.journal import QUEUES
from support.sources import FixedCredential, make_allowance
from tui.domain.acts import Act, ActKind
from tui.domain.diff import Reset
from tui.domain.page import Page, PageKey
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.engine.service import Service
from tui.engine.source import Source
from tui.store.journal import Journal

INTERVAL_S = 1.0
TEN = 10.0


class FileVendor:
    """Shows what a file says, and remembers each call in another."""

    sections = 1

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    async def fetch_page(self, key: PageKey) -> Page:
        line = f"{time.time():.3f} {self._name}\n"
        # One write, so that the lines of several processes do not mix.
        appending = os.open(self._folder / "calls", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(appending, line.encode())
        os.close(appending)
        titles = (self._folder / "titles").read_text().splitlines()
        tickets = tuple(make_ticket(str(n), title=title) for n, title in enumerate(titles))
        return Page(key=key, tickets=tickets, total=len(tickets))

    async def close(self) -> None:
        """Nothing is open."""


def make_service(folder: Path, name: str) -> Service:
    clock = SystemClock()
    allowance = make_allowance(clock)
    source = Source(
        workspace=Workspace(name="qp", vendor="v", title="V", poll_interval_s=INTERVAL_S),
        open_vendor=lambda: FileVendor(folder / "vendor", name),
        credential=FixedCredential(),
        gate=allowance.gate("qp"),
    )
    journal = Journal(folder / "state", {"qp": QUEUES["qp"]}, clock=clock)
    return Service([source], journal, clock=clock, viewer=name)


def state_of(service: Service) -> dict[str, Any]:
    answer = service.changes_since(None)
    assert isinstance(answer, Reset)
    activity = service.activity().result(TEN)["qp"]
    health = service.health()["qp"]
    return {
        "holds": activity.poller == "this process",
        "titles": sorted(ticket.title for ticket in answer.tickets),
        "position": answer.position.n,
        "state": health.state.value,
        "errors": sorted({poll.error for poll in activity.polls if poll.error}),
        "banner": service.banner,
        "acked": {
            ref.id: each.acknowledged.by
            for ref, each in service.acts().items()
            if each.acknowledged is not None
        },
    }


def main(folder: Path, name: str) -> None:
    service = make_service(folder, name)
    service.start()
    if name != "once":
        service.start_polling()
    batches: list[str] = []
    for line in sys.stdin:
        word, _, ticket_id = line.strip().partition(" ")
        if word == "fresh":
            service.fresh("qp", 0).result(TEN)
        elif word == "ack":
            ticket = make_ticket(ticket_id)
            batches.append(service.act(Act(ActKind.ACKNOWLEDGE), [ticket]).result(TEN))
        elif word == "undo":
            service.undo(batches.pop()).result(TEN)
        sys.stdout.write(json.dumps(state_of(service)) + "\n")
        sys.stdout.flush()
    service.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
