"""What was chosen for the last new ticket is there for the next one."""

from datetime import timedelta
from pathlib import Path

from support.clock import FakeClock
from support.journal import QUEUES, open_ledger_file, statement
from tui.domain.creates import Remembered
from tui.store.ledger_file import LEDGER
from tui.store.remembered import RememberedChoices


def open_remembered(folder: Path, **options: object) -> RememberedChoices:
    return RememberedChoices(open_ledger_file(folder, **options))  # type: ignore[arg-type]  # as given


def test_nobody_chose_anything_at_first(tmp_path: Path) -> None:
    assert open_remembered(tmp_path).load("ana") == Remembered()


def test_the_last_choice_of_each_workspace_is_kept_over_restarts(tmp_path: Path) -> None:
    clock = FakeClock()
    remembered = open_remembered(tmp_path, clock=clock)
    for workspace, priority in (("qp", "LOW"), ("klink", "2"), ("qp", "HIGH")):
        clock._now += timedelta(minutes=1)
        remembered.keep("ana", workspace, {"priority": priority})
    remembered.keep("ben", "klink", {})

    again = open_remembered(tmp_path)

    values = {"qp": {"priority": "HIGH"}, "klink": {"priority": "2"}}
    assert again.load("ana") == Remembered("qp", values)
    assert again.load("ben") == Remembered("klink", {"klink": {}})


def test_it_follows_the_queue_not_its_name(tmp_path: Path) -> None:
    open_remembered(tmp_path).keep("ana", "qp", {"priority": "HIGH"})
    open_remembered(tmp_path).keep("ana", "klink", {"priority": "2"})

    renamed = open_remembered(tmp_path, queues={"emea": QUEUES["qp"], "again": QUEUES["qp"]})

    values = {"priority": "HIGH"}
    assert renamed.load("ana") == Remembered("emea", {"emea": values, "again": values})


def test_a_wrong_row_is_forgotten_and_told(tmp_path: Path) -> None:
    file = open_ledger_file(tmp_path)
    remembered = RememberedChoices(file)
    remembered.keep("ana", "qp", {"priority": "HIGH"})
    statement(tmp_path / LEDGER.file, "UPDATE remembered SET content = '{}'")

    assert remembered.load("ana") == Remembered()
    assert "what was chosen for the last new ticket was damaged" in file.notices[0]
