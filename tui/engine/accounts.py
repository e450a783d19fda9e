"""Whose calls they are: every workspace's account, known by the value of its credential.

A file, a variable and a command may give the same credential, and one variable another credential
to everybody. So it is the value that counts, as soon as it was read: no call is made before that.
Until then it is what was found out the last time, which is kept in the ledger.
"""

import hashlib
import json
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from tui.domain.budget import CallBudget
from tui.domain.errors import StateError
from tui.domain.ports import Clock
from tui.domain.secret import CredentialSource, Secret
from tui.engine.allowance import Allowance, Gate
from tui.engine.call_counts import RETRY_S, CallCounts
from tui.engine.offload import Offload, in_thread

_DIGEST_BYTES: Final = 16

log = logging.getLogger(__name__)


class AccountBook(CallCounts, Protocol):
    """Where accounts are remembered and their calls counted, for any thread; `Ledger` is one.

    Methods raise StateError.
    """

    def salt(self) -> bytes:
        """Return the random bytes that digests of credentials are made with, always the same."""

    def account_of(self, workspace: str, source: str) -> str | None:
        """Return whose calls they were last; None where nobody knows."""

    def remember_account(self, workspace: str, source: str, account: str) -> None:
        """Keep whose calls they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is known of a workspace's account before its credential was read."""

    vendor: str
    """Whose calls they are: one credential at two vendors is two accounts."""
    source: str
    """What tells where the credential comes from from every other place; never the credential."""
    call_budget: CallBudget | None = None
    """What the configuration allows; None where it does not say."""
    default_budget: CallBudget
    """What holds then."""
    rate_limit: int | None
    """Calls a minute that the vendor allows."""

    @property
    def source_key(self) -> str:
        """A digest of the credential's place, which is counted under as long as no more is known.

        It is no secret, and need not be the same for two users.
        """
        return hashlib.sha256(json.dumps([self.vendor, self.source]).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class IdentifyingCredential:
    """A credential that tells, each time it was read, whose calls are made from now on."""

    source: CredentialSource
    identify: Callable[[Secret], None]

    @property
    def place(self) -> str:
        """The source in words."""
        return self.source.place

    def read(self) -> Secret:
        """Read the value anew. Raises CredentialError."""
        secret = self.source.read()
        self.identify(secret)
        return secret


@dataclass(slots=True)
class _Seat:
    gate: Gate
    terms: Terms
    is_sure: bool = False
    """Whether this process has read the credential for this workspace."""


class Accounts:
    """The accounts of one process: workspaces with the same credential have the same `Allowance`.

    For any thread.
    """

    def __init__(
        self, book: AccountBook | None, *, clock: Clock, offload: Offload = in_thread
    ) -> None:
        """Remember accounts in `book`, the ledger; nowhere where that is None."""
        self._book = book
        self._clock = clock
        self._offload = offload
        self._retry_at = 0.0
        self._salt = b"" if book else secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._allowances: dict[str, Allowance] = {}
        self._seats: dict[str, _Seat] = {}

    @property
    def are_lasting(self) -> bool:
        """Whether another process gives the same account the same name."""
        return self._book is not None

    def gate(self, workspace: str, terms: Terms) -> Gate:
        """Return the gate for a workspace's calls, at the account that was the last one known."""
        known = self._known(workspace, terms)
        with self._lock:
            allowance = self._allowance(known or terms.source_key, terms)
            gate = allowance.gate(workspace, terms.call_budget)
            gate.is_known = known is not None
            gate.find_account = partial(self._find, workspace)
            self._seats[workspace] = _Seat(gate, terms)
        return gate

    def credential(self, workspace: str, source: CredentialSource) -> IdentifyingCredential:
        """Return the credential for whoever makes the calls that go through the gate."""
        return IdentifyingCredential(source, partial(self.identify, workspace))

    def identify(self, workspace: str, secret: Secret) -> None:
        """Count a workspace's calls under the account that this credential is. May block.

        Where the ledger fails they are counted under the last one that was known.
        """
        seat = self._seats[workspace]
        try:
            account = self._digest(seat.terms.vendor, secret)
            with self._lock:
                seat.is_sure = True
                for other in self._seats.values():
                    # Whoever reads the same place will find the same there.
                    reads_it_too = other.terms.source_key == seat.terms.source_key
                    if other is seat or (reads_it_too and not other.is_sure):
                        self._move(other, account)
            if self._book:
                self._book.remember_account(workspace, seat.terms.source_key, account)
        except StateError as error:
            log.warning("whose calls [%s] makes is not kept: %s", workspace, error)

    async def _find(self, workspace: str) -> None:
        """Take in what other processes found out, unless this one knows better."""
        seat, book = self._seats[workspace], self._book
        if seat.is_sure or book is None:
            return
        find = partial(self._known, workspace, seat.terms)
        known = await self._offload(find) if book.is_on_disk else find()
        with self._lock:
            if known is not None and not seat.is_sure:
                self._move(seat, known)

    def _known(self, workspace: str, terms: Terms) -> str | None:
        if self._book is None or self._clock.monotonic() < self._retry_at:
            return None
        try:
            return self._book.account_of(workspace, terms.source_key)
        except StateError:
            self._retry_at = self._clock.monotonic() + RETRY_S
            return None

    def _digest(self, vendor: str, secret: Secret) -> str:
        """Return what the ledger calls the account. Without the salt it tells nothing."""
        if not self._salt and self._book:
            self._salt = self._book.salt()
        content = json.dumps([vendor, secret.reveal()]).encode()
        return hashlib.blake2b(content, key=self._salt, digest_size=_DIGEST_BYTES).hexdigest()

    def _move(self, seat: _Seat, account: str) -> None:
        allowance = self._allowance(account, seat.terms)
        seat.gate.is_known = True
        seat.gate.move_to(allowance)
        # They are told in the order of the configuration.
        gates = (each.gate for each in self._seats.values())
        allowance.gates = tuple(gate for gate in gates if gate.allowance is allowance)

    def _allowance(self, account: str, terms: Terms) -> Allowance:
        if account not in self._allowances:
            self._allowances[account] = Allowance(
                account,
                terms.default_budget,
                rate_limit=terms.rate_limit,
                counts=self._book,
                clock=self._clock,
                offload=self._offload,
            )
        return self._allowances[account]
