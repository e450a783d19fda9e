"""Pictures of creates without an end. After a wanted change: `make snap`, and look at it."""

from collections.abc import Callable

import pytest

from support.builders import NOON, make_ticket
from support.creates import make_create
from support.deck import SMALL, WIDE, make_list_app
from support.service import world
from tui.app.dashboard import Dashboard
from tui.domain.creates import Stage
from tui.domain.draft import Draft, Value
from tui.domain.ticket import Priority, TicketRef

pytestmark = pytest.mark.snapshot

Compare = Callable[..., bool]

TITLE = "Card terminals offline in all four stores"
VALUES: dict[str, Value] = {
    "priority": "HIGH",
    "status": "NEW",
    "comment": f"{TITLE}\nSince 20:05 no till in Bergen accepts cards. Staff sends people away. "
    "We tried the usual restart twice and the fallback line is dead as well.",
    "firstName": "Nordic Foods",
    "tags": ("till", "bergen"),
}


def _app() -> Dashboard:
    service = world(NOON, 60)
    service.queue.apply([make_ticket("35999", title=TITLE)])
    service.creates.open = (
        make_create(
            1,
            title=TITLE,
            priority=Priority.CRITICAL,
            message="2 tickets look like it: qp/35999, qp/36001",
            candidates=(TicketRef("qp", "35999"), TicketRef("qp", "36001")),
            draft=Draft("qp", VALUES),
        ),
        make_create(3, "klink", title="Cannot access account", stage=Stage.LOOKING, by="ben"),
        make_create(200, "inbox", title="Nuevo coche", message="probably not created"),
        make_create(0, title="Newsletter still arrives", stage=Stage.SENDING, message=""),
        make_create(201, "inbox", title="返金が二度約束されました"),
    )
    return make_list_app(service)


@pytest.mark.parametrize("size", [(40, 10), SMALL, WIDE, (160, 45)], ids="{0[0]}x{0[1]}".format)
def test_rows(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(_app(), terminal_size=size, press=["j"])


@pytest.mark.parametrize("size", [(40, 10), SMALL, WIDE], ids="{0[0]}x{0[1]}".format)
def test_outbox(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(_app(), terminal_size=size, press=["X", "j"])


def test_outbox_asks_before_it_sends_again(snap_compare: Compare) -> None:
    assert snap_compare(_app(), terminal_size=SMALL, press=["X", "j", "r"])
