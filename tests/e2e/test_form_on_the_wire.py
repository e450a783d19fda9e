"""A whole create, typed into the dashboard's form on a real terminal, and what the vendor got.

The words hold what breaks lines and widths, and nothing of it may be lost or moved: emoji of
several code points, right-to-left text, combining marks, and lines pasted where one is taken.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from support.program import Program
from support.terminal_session import Session, session
from tui.app.paste import END, START
from tui.sandbox.gateway import Call
from tui.sandbox.server import SandboxServer

pytestmark = pytest.mark.e2e

KEYS_MOST = 25
"""Beside the text; issue 5 asks for no more."""
TAB, BACKTAB, SEND = b"\t", b"\x1b[Z", b"\x13"

RIGHT_TO_LEFT = "لم يصل الطلب 42"
COMBINING = "Zoe\u0308 cafe\u0301"
FAMILY = "👩‍👩‍👧 plan 🔥"
NAME = f"{COMBINING}\nنقد 🔥"
NAME_IN_ONE_LINE = f"{COMBINING} نقد 🔥"


@dataclass(frozen=True)
class Text:
    """What a person means to say: typed, or pasted by one gesture."""

    words: str
    is_pasted: bool = False


Step = Text | bytes
"""Text, or one key."""


@dataclass(frozen=True)
class Create:
    """A create of a vendor as somebody makes it in the form, and the body that must come of it."""

    workspace: str
    vendor: str
    path: str
    lists: Sequence[str]
    """What the form says once the lists are there that are chosen from."""
    steps: Sequence[Step]
    body: Mapping[str, Any]


LONG = f"{RIGHT_TO_LEFT}\n{COMBINING}\n{FAMILY}"
CREATES = (
    Create(
        workspace="cx-emea",
        vendor="questionpro",
        path="/tickets",
        lists=["8 choices", "6 choices"],
        steps=[
            Text(LONG, is_pasted=True),
            TAB,
            b"h",
            TAB,
            b"e",
            TAB,
            Text(NAME, is_pasted=True),
            TAB,
            Text("zoe@example.com"),
            TAB,
            Text("+47 22 00 00 00"),
            TAB,
            b"g",
            b"r",
            TAB,
            b"n",
            b"o",
            b"r",
            TAB,
            b"d",
            b"a",
        ],
        body={
            "comment": LONG,
            "priority": "HIGH",
            "status": "ESCALATED",
            "firstName": NAME_IN_ONE_LINE,
            "emailAddress": "zoe@example.com",
            "mobileNumber": "+47 22 00 00 00",
            "assignTo": "grace.okoro@desk.example",
            "originSegmentCode": "NO",
            "currentSegmentCode": "DA",
        },
    ),
    Create(
        workspace="inbox",
        vendor="socialboards",
        path="/tickets",
        lists=["5 choices"],
        steps=[
            BACKTAB,
            Text(f"{RIGHT_TO_LEFT}\r\n{FAMILY}", is_pasted=True),
            TAB,
            Text(f"{COMBINING} 🔥 {RIGHT_TO_LEFT}"),
            TAB,
            Text(NAME, is_pasted=True),
            TAB,
            Text("zoe@example.com"),
            TAB,
            Text("+47 22 00 00 00"),
            TAB,
            b"c",
            b"o",
            TAB,
            b"p",
            b"a",
            b"y",
            TAB,
            b"r",
            b"a",
            TAB,
            Text("vip, نقد, 🔥"),
        ],
        body={
            "title": f"{RIGHT_TO_LEFT} {FAMILY}",
            "message": f"{COMBINING} 🔥 {RIGHT_TO_LEFT}",
            "creator": {
                "name": NAME_IN_ONE_LINE,
                "email": "zoe@example.com",
                "phoneNumber": "+47 22 00 00 00",
            },
            "sentiment": "complaint",
            "categoryId": 15598,
            "tags": ["vip", "نقد", "🔥"],
        },
    ),
    Create(
        workspace="klink",
        vendor="klinkcx",
        path="/api/v1/tickets",
        lists=["7 choices"],
        steps=[
            Text(f"{COMBINING}\r{FAMILY}\n", is_pasted=True),
            TAB,
            Text(LONG, is_pasted=True),
            TAB,
            TAB,
            b"h",
            TAB,
            b"p",
            TAB,
            b"e",
            b"m",
            TAB,
        ],
        body={
            "title": f"{COMBINING} {FAMILY}",
            "description": LONG,
            "priority": "high",
            "status": "pending",
            "channel": "email",
        },
    ),
)


@pytest.mark.parametrize("create", CREATES, ids=lambda create: create.vendor)
def test_a_whole_create_takes_few_keys_and_arrives_as_it_was_meant(
    ticketdeck: Program,
    server: SandboxServer,
    create: Create,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = len(_posts(server, create))
    keys = 0
    with session(ticketdeck, "-w", create.workspace) as run:
        run.wait_for(f"{create.workspace}/", "n new")
        for step in [b"n", *create.steps, SEND]:
            keys += _give(run, step)
            if step == b"n":
                run.wait_for("New ticket in", *create.lists)
        run.wait_for(f"Created {create.workspace}/")
        run.type(b"\x11")
        assert run.end() == 0

    with capsys.disabled():
        sys.stdout.write(f"\n{create.vendor}: {keys} keys beside the text\n")
    assert keys <= KEYS_MOST
    (call,) = _posts(server, create)[before:]
    sent = json.loads(call.request.body)
    assert {name: sent.get(name) for name in create.body} == create.body


def _give(run: Session, step: Step) -> int:
    """Type or paste a step; return how many keys beside the text that takes."""
    if isinstance(step, bytes):
        run.type(step)
        return 1
    run.type(START + step.words.encode() + END if step.is_pasted else step.words.encode())
    return int(step.is_pasted)


def _posts(server: SandboxServer, create: Create) -> list[Call]:
    posts = server.calls.of(create.vendor, method="POST")
    return [call for call in posts if call.request.path.endswith(create.path)]
