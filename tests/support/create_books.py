"""The books of a vendor and of the program, side by side: what exists, and what was claimed."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.create_double import MARKED, VendorDouble
from support.program import Ended


@dataclass
class Books:
    """What one workspace's vendor committed against what the program said of it."""

    double: VendorDouble
    asked: Counter[str] = field(default_factory=Counter)
    """How often a create was asked for, by case: no more intents than that."""
    created: dict[str, set[str]] = field(default_factory=dict)
    """The refs that were claimed, by case."""
    refused: set[str] = field(default_factory=set)
    """Cases that were said to have created nothing."""
    unknown: set[str] = field(default_factory=set)
    """Cases that nobody knew the end of when the call ended, or that were killed."""
    intents: set[str] = field(default_factory=set)
    """By id: every create that was to be sent, as the audit log has it."""

    def enter(self, case: str, ended: Ended) -> None:
        """Take in how a call of `create` ended."""
        self.asked[case] += 1
        try:
            said = json.loads(ended.out)
        except ValueError:
            said = {"outcome": "unknown"}
        match said["outcome"]:
            case "created":
                self.created.setdefault(case, set()).add(said["ref"])
            case "not_created":
                self.refused.add(case)
            case _:
                self.unknown.add(case)

    def settle(self, listed: Ended, audit: Path) -> dict[str, dict[str, Any]]:
        """Take in what `outbox --format json` and the audit log say; return what is open, by case.

        Whoever runs meanwhile may have found the ticket of a create that was killed: the log tells.
        """
        for line in audit.read_text().splitlines():
            entry = json.loads(line)
            self.intents.add(entry["intent"])
            if entry["outcome"] == "created":
                case = self._case_of_ticket(entry["ref"])
                self.created.setdefault(case, set()).add(entry["ref"])
                self.unknown.discard(case)
        return {_case_of(each["fields"]): each for each in json.loads(listed.out)}

    def differences(self, left_open: dict[str, dict[str, Any]]) -> list[str]:
        """Return everything in which the books disagree; nothing is how it must be."""
        return [*self._doubled(), *self._claimed_wrongly(), *self._lost(left_open)]

    def _doubled(self) -> Iterator[str]:
        if len(self.double.tickets()) > len(self.intents):
            yield f"{len(self.double.tickets())} tickets of {len(self.intents)} intents"
        for case, asked in self.asked.items():
            tickets, posts = len(self.double.tickets(case)), self.double.received.count(case)
            if tickets > asked:
                yield f"{case}: {tickets} tickets of {asked} creates"
            if posts > asked:
                yield f"{case}: sent {posts} times for {asked} creates"

    def _claimed_wrongly(self) -> Iterator[str]:
        claims = [ref for refs in self.created.values() for ref in refs]
        if len(set(claims)) < len(claims):
            yield f"one ticket is claimed by two creates: {sorted(claims)}"
        for case, refs in self.created.items():
            for ref in refs:
                if self._case_of_ticket(ref) != case:
                    yield f"{case}: {ref} is none of its tickets"
        for case in self.refused:
            if self.double.tickets(case):
                yield f"{case}: said to be not created, and exists"

    def _lost(self, left_open: dict[str, dict[str, Any]]) -> Iterator[str]:
        for case in self.asked:
            told = case in left_open or case in self.created
            if self.double.tickets(case) and not told:
                yield f"{case}: exists, and nobody is told"
        for case, each in left_open.items():
            surely = "probably not created" in (each["message"] or "")
            if surely and self.double.tickets(case):
                yield f"{case}: exists, and is called {each['message']!r}"

    def _case_of_ticket(self, ref: str) -> str:
        """Return the case of a ticket that the vendor has; "" where it has none of that ref."""
        name = ref.partition("/")[2]
        for ticket in self.double.tickets():
            if name in (ticket.uid, str(ticket.number)):
                return _case_in(f"{ticket.title}\n{ticket.text}")
        return ""


def _case_of(fields: dict[str, Any]) -> str:
    return _case_in(json.dumps(fields))


def _case_in(text: str) -> str:
    found = MARKED.search(text)
    assert found is not None
    return found[1]
