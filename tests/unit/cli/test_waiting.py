"""What is said while a list is waited for."""

from concurrent.futures import Future

import pytest

from support.builders import NOON
from tui.cli.exits import Exit
from tui.cli.waiting import failure_exit, progress_line, unfinished_of
from tui.domain.health import HealthState, WorkspaceHealth

QUIET = WorkspaceHealth(state=HealthState.OK, as_of=NOON)


@pytest.mark.parametrize(
    ("health", "is_long", "says"),
    [
        (WorkspaceHealth(pages_done=12, pages_known=1_057), False, "qp 12 of 1,057 pages"),
        (WorkspaceHealth(pages_done=3), False, "qp 3 pages"),
        (WorkspaceHealth(pages_done=1), False, "qp 1 page"),
        (QUIET, False, ""),
        (QUIET, True, "waiting for qp"),
    ],
)
def test_the_pages_that_came_are_told_and_after_a_while_who_is_waited_for(
    health: WorkspaceHealth, says: str, *, is_long: bool
) -> None:
    assert progress_line(["qp"], {"qp": health, "klink": QUIET}, is_long=is_long) == says


def test_several_workspaces_share_the_line() -> None:
    healths = {"qp": WorkspaceHealth(pages_done=1, pages_known=2), "klink": QUIET}

    line = progress_line(["qp", "klink"], healths, is_long=True)

    assert line == "qp 1 of 2 pages, waiting for klink"


def test_who_is_done_is_not_waited_for() -> None:
    done: Future[WorkspaceHealth] = Future()
    done.set_result(QUIET)

    assert unfinished_of({"qp": done, "klink": Future()}) == ["klink"]


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([HealthState.REFUSED, HealthState.REFUSED], Exit.REFUSED),
        ([HealthState.REFUSED, HealthState.BACKING_OFF], Exit.FAILED),
    ],
)
def test_only_refusals_have_their_own_code(states: list[HealthState], code: Exit) -> None:
    assert failure_exit([WorkspaceHealth(state=each) for each in states]) == code
