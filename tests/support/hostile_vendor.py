"""The sandbox taken over by strangers: every text that a vendor sends carries hostile ones."""

import json
import re
from dataclasses import replace
from typing import Any

from support.hostile_corpus import PAYLOADS
from tui.sandbox.exchange import Reply, Request, json_reply
from tui.sandbox.gateway import Gateway
from tui.sandbox.server import SandboxServer
from tui.sandbox.world import World

_READ_BY_PROGRAMS = re.compile(
    r"\d{4}-\d\d-\d\d.*|[\da-f-]{36}|[\d.]*|NEW|OPEN|HIGH|CRITICAL|LOW|MEDIUM|success|client"
)
_KEPT = frozenset({"access_token", "token_type", "systemName", "scope"})
_LONG = frozenset({"description", "comment", "message", "content"})
_LINES = 7
ADDRESS = "https://evil.example/[@click=app.quit]x[/]"
"""No other text is taken for an address."""


def mark(number: int) -> str:
    """Return what stands before the payload of that number, to be found on a screen."""
    return f"<{number:03}"


class HostileGateway(Gateway):
    """Answers as the sandbox does, then spoils each text of the answer, always in the same way."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._given: dict[str, int] = {}
        self._next = 0

    @property
    def used(self) -> int:
        """How many payloads were sent at least once."""
        return min(self._next, len(PAYLOADS))

    def answer(self, request: Request) -> Reply:
        plain = {**request.headers, "accept-encoding": "identity"}
        plain.pop("if-none-match", None)
        reply = super().answer(replace(request, headers=plain))
        try:
            body = json.loads(reply.body)
        except ValueError:
            return reply
        spoiled = json_reply(self._spoil(body, ""), status=reply.status)
        headers = {name: value for name, value in reply.headers.items() if name != "etag"}
        return replace(spoiled, headers=headers)

    def _spoil(self, value: Any, key: str) -> Any:
        match value:
            case dict():
                return {name: self._spoil(inner, name) for name, inner in value.items()}
            case list():
                return [self._spoil(inner, key) for inner in value]
            case None if key == "originalLink":
                return ADDRESS
            case str() if key not in _KEPT and not _READ_BY_PROGRAMS.fullmatch(value):
                return self._spoiled_text(value, key)
            case _:
                return value

    def _spoiled_text(self, text: str, key: str) -> str:
        is_long = key in _LONG and len(text) > len("success")
        count = _LINES if is_long else 1
        first = self._given.get(f"{key}/{text}")
        if first is None:
            first = self._given[f"{key}/{text}"] = self._next
            self._next += count
        numbers = [number % len(PAYLOADS) for number in range(first, first + count)]
        marked = [f"{mark(number)}{PAYLOADS[number]}>" for number in numbers]
        # In front, where a list cuts nothing.
        return "\n".join([*marked, text]) if is_long else f"{marked[0]} {text}"


def hostile_server(world: World) -> SandboxServer:
    """Return the sandbox's server, not yet started, over a gateway that spoils."""
    server = SandboxServer(world)
    server._gateway = HostileGateway(world)
    return server
