"""What `poll` tells: states and holders, once for each time that they are others."""

from dataclasses import replace
from datetime import timedelta

from support.builders import NOON
from tui.cli.poll import Told
from tui.domain.health import HealthState, WorkspaceHealth

OK = WorkspaceHealth(state=HealthState.OK, as_of=NOON)
FAILED = WorkspaceHealth(
    state=HealthState.BACKING_OFF,
    as_of=NOON,
    error="503 Service Unavailable",
    advice="nothing to do",
    retry_at=NOON + timedelta(minutes=2),
)


def news(told: Told, health: WorkspaceHealth, poller: str | None = None) -> list[str]:
    return list(told.news({"qp": health}, {"qp": poller}, NOON))


def test_a_state_is_told_when_it_is_another_one() -> None:
    told = Told("UTC")

    assert news(told, WorkspaceHealth()) == [], "nothing happened yet"
    assert news(told, OK) == ["12:00 qp: ok, as of 12:00"]
    assert news(told, replace(OK, as_of=NOON + timedelta(minutes=1))) == []
    assert news(told, FAILED) == [
        "12:00 qp: backing off, as of 12:00, 503 Service Unavailable (nothing to do), retry 12:02"
    ]
    assert news(told, replace(FAILED, retry_at=NOON + timedelta(minutes=9))) == []
    assert len(news(told, replace(FAILED, error="502 Bad Gateway"))) == 1
    assert news(told, OK) == ["12:00 qp: ok, as of 12:00"]


def test_who_polls_is_told_when_it_is_somebody_else() -> None:
    told = Told("UTC")
    assert news(told, OK, "ana, process 812") == [
        "12:00 qp: polled by ana, process 812",
        "12:00 qp: ok, as of 12:00",
    ]

    assert news(told, OK, "ana, process 812") == []
    assert news(told, OK, None) == [], "between two holders there is none for a moment"
    assert news(told, OK, "this process") == ["12:00 qp: polled by this process"]
    assert list(told.news({"qp": OK}, {}, NOON)) == []
