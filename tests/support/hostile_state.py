"""What a colleague with the same state directory may have written into it: hostile, all of it."""

from datetime import timedelta
from pathlib import Path

from support.hostile_corpus import PAYLOADS
from tui.cli.configured import load_configuration, queue_keys, state_folder
from tui.domain.creates import KeptDraft
from tui.domain.draft import Draft, Outcome, OutcomeState
from tui.domain.ports import Intent
from tui.domain.ticket import TicketRef
from tui.engine.clock import SystemClock
from tui.store.journal import Journal

MARKUP = "[@click=app.quit]x[/] [/usr/bin]"
"""Is drawn as it is written."""


def write_hostile_state(config: Path, workspace: str, viewer: str, attack: str) -> None:
    """Leave open creates, one of them under a hostile id, and drafts of the viewer."""
    configuration, clock = load_configuration(config), SystemClock()
    journal = Journal(state_folder(configuration), queue_keys(configuration), clock=clock)
    assert journal.outbox is not None
    assert journal.drafts is not None
    now = clock.now()
    texts = {
        "title": f"{MARKUP} {attack}",
        "description": "\n".join(PAYLOADS).encode("utf-8", "ignore").decode(),
        f"odd{attack}": attack,
    }
    for number, intent_id in enumerate(("0" * 32, "1" * 32, attack)):
        intent = Intent(
            id=intent_id,
            draft=Draft(workspace, {**texts, "tags": (attack, MARKUP)}),
            at=now - timedelta(hours=number + 1),
            by=f"mallory{attack}",
        )
        outcome = Outcome(
            intent_id=intent_id,
            state=OutcomeState.UNKNOWN,
            message=f"{MARKUP} {attack}",
            candidates=tuple(TicketRef(workspace, f"{each}{attack}") for each in "78"),
        )
        journal.outbox.record(intent, now)
        journal.outbox.resolve(outcome, is_looked=True)
    for number in range(2):
        draft = KeptDraft(id=f"draft{number}{attack}", workspace=workspace, texts=texts, at=now)
        journal.drafts.save(viewer, draft)
    journal.close()
