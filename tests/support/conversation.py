"""Talks to the sandbox's handlers as a client of each vendor would, one request a call."""

import json
from collections.abc import Mapping
from typing import Any

from tui.sandbox import klinkcx, questionpro, questionpro_legacy, socialboards
from tui.sandbox.accounts import (
    CLIENT_ID,
    KLINK_TOKEN,
    KLINKCX,
    LEGACY_KEY,
    QUESTIONPRO,
    QUESTIONPRO_KEY,
    QUESTIONPRO_LEGACY,
    REFRESH_TOKEN,
    SEGMENT_ID,
    SOCIALBOARDS,
    WORKSPACE_ID,
)
from tui.sandbox.exchange import Reply, make_request
from tui.sandbox.world import World

QP_TICKETS = f"/api/v2/cx/closedloop/workspaces/{WORKSPACE_ID}/tickets"
QP_FEEDBACK = f"/a/api/v2/cx/feedback/{WORKSPACE_ID}"
LEGACY_LIST = "/a/api/v2/cx/tickets/detractors"
LEGACY_TICKETS = "/a/api/v2/cx/tickets"
KLINK_TICKETS = "/api/v1/tickets"
KLINK_CONTACTS = "/api/v1/contacts"

_HANDLERS = {
    QUESTIONPRO: questionpro.handle,
    QUESTIONPRO_LEGACY: questionpro_legacy.handle,
    SOCIALBOARDS: socialboards.handle,
    KLINKCX: klinkcx.handle,
}
TOKEN_FORM = {
    "grant_type": "refresh_token",
    "client_id": CLIENT_ID,
    "refresh_token": REFRESH_TOKEN,
}


class Conversation:
    """One client of one vendor; headers and bodies are right unless a test says otherwise."""

    def __init__(self, world: World, vendor: str) -> None:
        self.world = world
        self.vendor = vendor
        self.headers: dict[str, str] = {}
        match vendor:
            case "questionpro":
                self.headers["api-key"] = QUESTIONPRO_KEY
            case "questionpro-legacy":
                self.headers["api-key"] = LEGACY_KEY
            case "klinkcx":
                self.headers["authorization"] = f"Bearer {KLINK_TOKEN}"
            case _:
                self.headers["authorization"] = f"Bearer {world.issue_access_token()}"

    def ask(
        self,
        method: str,
        target: str,
        *,
        json_body: object = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request; `headers` replace the usual ones, "" takes one away."""
        sent = self.headers | {"content-type": "application/json"} | dict(headers or {})
        if body is None:
            body = b"" if json_body is None else json.dumps(json_body).encode()
        sent = {name: value for name, value in sent.items() if value}
        return _HANDLERS[self.vendor](make_request(method, target, sent, body), self.world)

    def list_page(self, number: int, size: int, *, status: int = 0) -> Reply:
        """Ask for a page of tickets, counted from 1."""
        match self.vendor:
            case "questionpro":
                return self.ask("GET", f"{QP_TICKETS}?page={number}&perPage={size}")
            case "questionpro-legacy":
                asked = {"segmentID": SEGMENT_ID, "status": status}
                target = f"{LEGACY_LIST}?page={number}&perPage={size}"
                return self.ask("POST", target, json_body=asked)
            case "klinkcx":
                return self.ask("GET", f"{KLINK_TICKETS}?page={number}&pageSize={size}")
            case _:
                asked = {"skip": (number - 1) * size, "take": size}
                return self.ask("POST", "/tickets/list", json_body=asked)

    def list_all(self, size: int = 50) -> list[dict[str, Any]]:
        """Read every page until one comes back empty; for legacy, of every status."""
        tickets: list[dict[str, Any]] = []
        for status in range(4) if self.vendor == QUESTIONPRO_LEGACY else (0,):
            number = 1
            while items := items_of(self.list_page(number, size, status=status)):
                tickets += items
                number += 1
        return tickets


def read(reply: Reply) -> Any:
    """Return the JSON of a reply."""
    return json.loads(reply.body)


def items_of(reply: Reply) -> list[dict[str, Any]]:
    """Return the tickets of a list, whatever the envelope."""
    assert reply.status == 200, reply.body
    answer = read(reply)
    items: list[dict[str, Any]] = answer["response"] if "response" in answer else answer["data"]
    return items


def id_of(item: Mapping[str, Any]) -> str:
    """Return a ticket's id, whatever its name."""
    return str(item["ticketID"] if "ticketID" in item else item["id"])
