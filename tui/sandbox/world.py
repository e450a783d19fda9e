"""The sandbox's made-up world: tickets of four vendors, its time, and the faults that wait."""

from datetime import datetime, timedelta
from random import Random
from threading import RLock
from uuid import UUID

from tui.sandbox.accounts import VENDORS
from tui.sandbox.faults import Faults
from tui.sandbox.tape import VENDOR_WEIGHTS, Tape
from tui.sandbox.ticket import Ticket, Tickets
from tui.sandbox.writer import TicketWriter

DEFAULT_TICKETS = 200
DEFAULT_SEED = 17
ACCESS_TOKEN_LIFE = timedelta(hours=1)


class World:
    """All that the four APIs serve. Hold `lock` around every use from more than one thread."""

    def __init__(self, *, now: datetime, tickets: Tickets, seed: int, still: bool) -> None:
        self.now = now
        self.tickets = tickets
        self.faults = Faults()
        self.lock = RLock()
        self._rng = Random(f"world/{seed}/later")
        self._tape = None if still else Tape(tickets, seed=seed, start=now)
        self._access_tokens: dict[str, datetime] = {}

    def advance_to(self, now: datetime) -> int:
        """Let time pass; return how much happened. Time never goes back.

        In a still world only the clock moves.
        """
        if now <= self.now:
            return 0
        self.now = now
        return 0 if self._tape is None else self._tape.play(now)

    def add(self, ticket: Ticket) -> Ticket:
        """Take in a ticket that a caller created, under the next number."""
        self.tickets.add(ticket)
        if self._tape is not None:
            self._tape.watch(ticket)
        return ticket

    def new_uid(self) -> str:
        """Return a UUID for something new."""
        return str(UUID(int=self._rng.getrandbits(128), version=4))

    def issue_access_token(self) -> str:
        """Return a new SocialBoards access token, good for `ACCESS_TOKEN_LIFE`."""
        token = f"sandbox-access-{self.new_uid()}"
        self._access_tokens[token] = self.now + ACCESS_TOKEN_LIFE
        return token

    def accepts_access_token(self, token: str) -> bool:
        """Tell whether a token was issued and is still good."""
        expires_at = self._access_tokens.get(token)
        return expires_at is not None and self.now < expires_at

    def revoke_access_tokens(self) -> None:
        """Make every access token bad, as an administrator can."""
        self._access_tokens.clear()


def make_world(
    *,
    now: datetime,
    tickets: int = DEFAULT_TICKETS,
    seed: int = DEFAULT_SEED,
    still: bool = False,
) -> World:
    """Return a world of exactly so many tickets; the same arguments give the same world."""
    writer = TicketWriter(Random(f"world/{seed}"))
    gaps = Random(f"world/{seed}/numbers")
    collection = Tickets()
    for vendor, count in zip(VENDORS, _shares(tickets), strict=True):
        written = [writer.write(vendor, now) for _ in range(count)]
        for ticket in sorted(written, key=lambda ticket: ticket.created_at):
            collection.add(ticket, gap=gaps.randint(1, 3))
    return World(now=now, tickets=collection, seed=seed, still=still)


def _shares(total: int) -> list[int]:
    """Return the vendors' parts of a total: by weight, each at least one while that goes."""
    if total < 0:
        raise ValueError("a world cannot have fewer than no tickets")
    weight = sum(VENDOR_WEIGHTS)
    shares = [total * part // weight for part in VENDOR_WEIGHTS]
    for index in range(len(shares)):
        if shares[index] == 0 and sum(shares) < total:
            shares[index] = 1
    by_weight = sorted(range(len(shares)), key=lambda index: -VENDOR_WEIGHTS[index])
    left = total - sum(shares)
    for turn in range(left):
        shares[by_weight[turn % len(by_weight)]] += 1
    return shares
