"""Whose calls they are is told by a credential's value, and its value by nothing that is kept."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from support.builders import NOON
from support.clock import FakeClock
from support.journal import calls_since, close_opened, open_ledger
from support.offload import at_once
from support.sources import FixedCredential
from tui.domain.budget import CallBudget
from tui.domain.errors import BudgetSpent, CredentialError, StateError
from tui.engine.accounts import Accounts, Terms
from tui.engine.allowance import Gate
from tui.store.ledger import Ledger

BUDGET = CallBudget(100, 30)
CANARY = "canary-credential-4711"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    yield
    close_opened()


def terms(
    source: str, *, vendor: str = "questionpro", call_budget: CallBudget | None = None
) -> Terms:
    return Terms(
        vendor=vendor,
        source=source,
        call_budget=call_budget,
        default_budget=BUDGET,
        rate_limit=None,
    )


class Desk:
    """A process: its ledger, its accounts, and gates whose credentials a test sets."""

    def __init__(self, ledger: Ledger | None) -> None:
        self.clock = FakeClock()
        self.ledger = ledger
        self.accounts = Accounts(ledger, clock=self.clock, offload=at_once)
        self.credentials: dict[str, FixedCredential] = {}

    def gate(self, workspace: str, source: str = "file a", **more: object) -> Gate:
        self.credentials[workspace] = FixedCredential(CANARY)
        return self.accounts.gate(workspace, terms(source, **more))  # type: ignore[arg-type]

    def read(self, workspace: str, value: str | None = CANARY) -> None:
        """Read a workspace's credential, as whoever makes a call does."""
        self.credentials[workspace].value = value
        self.accounts.credential(workspace, self.credentials[workspace]).read()

    async def call(self, gate: Gate, value: str = CANARY, calls: int = 1) -> None:
        self.read(gate.workspace, value)
        for _ in range(calls):
            await gate.admit()

    def left(self, gate: Gate) -> int | None:
        state = gate.state(self.clock.now())
        return None if state is None else state.left


def account_of(gate: Gate) -> str:
    """What the ledger calls it."""
    return gate.allowance._counts._account


def bytes_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir() if each.is_file())


async def spend_all(gate: Gate) -> None:
    while True:
        try:
            await gate.admit()
        except BudgetSpent:
            return


class TestIdentity:
    async def test_one_credential_from_two_places_is_one_account(self, tmp_path: Path) -> None:
        desk = Desk(open_ledger(tmp_path))
        qp, klink = desk.gate("qp", "file a"), desk.gate("klink", "variable B")

        await desk.call(qp)
        await desk.call(klink)

        assert qp.allowance is klink.allowance
        assert desk.left(qp) == desk.left(klink) == 98
        await spend_all(qp)
        await spend_all(klink)
        assert qp.calls + klink.calls == BUDGET.calls - BUDGET.reserve

    async def test_two_credentials_from_one_place_are_two_accounts(self, tmp_path: Path) -> None:
        ana, ben = Desk(open_ledger(tmp_path)), Desk(open_ledger(tmp_path))
        hers, his = ana.gate("qp"), ben.gate("qp")

        await ana.call(hers, "key of ana", 3)
        await ben.call(his, "key of ben", 2)

        assert (ana.left(hers), ben.left(his)) == (97, 98)

    async def test_two_processes_know_it_by_the_same_name(self, tmp_path: Path) -> None:
        one, other = Desk(open_ledger(tmp_path)), Desk(open_ledger(tmp_path))
        here, there = one.gate("qp", "file a"), other.gate("qp", "variable B")

        await one.call(here, calls=2)
        await one.accounts._seats["qp"].gate.close()
        await other.call(there)

        assert other.left(there) == 97

    def test_one_credential_at_two_vendors_is_two_accounts(self) -> None:
        desk = Desk(None)
        gates = [desk.gate(name, vendor=name) for name in ("questionpro", "klinkcx")]

        for gate in gates:
            desk.read(gate.workspace)

        assert gates[0].allowance is not gates[1].allowance

    async def test_without_a_ledger_one_credential_is_one_account_too(self) -> None:
        desk = Desk(None)
        gates = [desk.gate("qp", "file a"), desk.gate("klink", "file b")]

        for gate in gates:
            await desk.call(gate)

        assert gates[0].allowance is gates[1].allowance
        assert desk.left(gates[0]) == 98
        await gates[0].close()

    async def test_the_smallest_budget_that_any_place_has_configured_holds(self) -> None:
        desk = Desk(None)
        qp = desk.gate("qp", "file a", call_budget=CallBudget(61, 1))
        klink = desk.gate("klink", "file b", call_budget=CallBudget(60, 1))
        for gate in (qp, klink):
            desk.read(gate.workspace)

        await spend_all(qp)

        assert qp.calls == 60 - CallBudget(60, 1).reserve
        await qp.close()


class TestBeforeItWasRead:
    async def test_what_was_found_out_the_last_time_holds(self, tmp_path: Path) -> None:
        before = Desk(open_ledger(tmp_path))
        gate = before.gate("qp")
        await before.call(gate, calls=5)
        await gate.close()

        desk = Desk(open_ledger(tmp_path))
        gate = desk.gate("qp")
        await gate.look()

        assert desk.left(gate) == 95
        assert desk.credentials["qp"].reads == 0
        assert gate.allowance.credit(NOON).left == 95 - BUDGET.reserve

    async def test_where_nothing_was_nothing_is_told_and_calls_are_counted_even_so(
        self, tmp_path: Path
    ) -> None:
        desk = Desk(open_ledger(tmp_path))
        gate = desk.gate("qp")
        await gate.look()

        assert gate.state(NOON) is None
        await spend_all(gate)
        assert gate.calls == BUDGET.calls - BUDGET.reserve

    async def test_a_viewer_without_credential_follows_whoever_polls_the_queue(
        self, tmp_path: Path
    ) -> None:
        poller, viewer = Desk(open_ledger(tmp_path)), Desk(open_ledger(tmp_path))
        polls, looks = poller.gate("qp", "file of ana"), viewer.gate("qp", "file of ben")

        left = []
        for value in ("one", "one", "another"):
            await poller.call(polls, value)
            await looks.look()
            left.append(viewer.left(looks))

        assert left == [99, 98, 99]

    async def test_who_has_read_it_follows_nobody(self, tmp_path: Path) -> None:
        poller, other = Desk(open_ledger(tmp_path)), Desk(open_ledger(tmp_path))
        polls, gate = poller.gate("qp", "file of ana"), other.gate("qp", "file of ana")
        await other.call(gate, "key of ben")

        await poller.call(polls, "key of ana", 5)
        await gate.look()

        assert other.left(gate) == 99


class TestAnotherCredential:
    async def test_it_moves_the_workspace_and_what_was_held_goes_back(self, tmp_path: Path) -> None:
        desk = Desk(ledger := open_ledger(tmp_path))
        gate = desk.gate("qp", call_budget=CallBudget(20_000, 30))
        await desk.call(gate, "old", 20)
        former = account_of(gate)
        assert calls_since(ledger, former, NOON - HOUR) > 20, "some are held"

        await desk.call(gate, "new", 3)

        assert calls_since(ledger, former, NOON - HOUR) == 20
        await gate.close()
        assert calls_since(ledger, account_of(gate), NOON - HOUR) == 3

    async def test_it_may_come_back(self, tmp_path: Path) -> None:
        desk = Desk(open_ledger(tmp_path))
        gate = desk.gate("qp")

        for value in ("old", "new", "old", "new", "old"):
            await desk.call(gate, value)

        assert desk.left(gate) == 97

    async def test_others_who_read_the_same_place_come_along_until_they_have_read_it(self) -> None:
        desk = Desk(None)
        qp, klink = desk.gate("qp"), desk.gate("klink")

        desk.read("qp", "old")
        assert klink.allowance is qp.allowance
        desk.read("klink", "old")
        desk.read("qp", "new")
        assert klink.allowance is not qp.allowance, "it still calls with the old one"
        desk.read("klink", "new")
        assert klink.allowance is qp.allowance
        state = klink.state(NOON)
        assert state is not None
        assert state.shared_with == ("qp",)

    async def test_none_is_lost_and_none_counted_twice_while_it_changes_all_the_time(
        self, tmp_path: Path
    ) -> None:
        desk = Desk(ledger := open_ledger(tmp_path))
        budget = CallBudget(10**6, 30)
        gates = [desk.gate(name, f"file {name}", call_budget=budget) for name in ("qp", "klink")]

        def turn(number: int) -> None:
            name = ("qp", "klink")[number % 2]
            desk.accounts.credential(name, FixedCredential(f"key {number // 2 % 3}")).read()

        with ThreadPoolExecutor(4) as pool:
            turns = [pool.submit(turn, number) for number in range(60)]
            while not all(each.done() for each in turns):
                for gate in gates:
                    await gate.admit()
                await asyncio.sleep(0)
            for each in turns:
                each.result()
        for gate in gates:
            await gate.close()

        accounts = desk.accounts._allowances
        counted = sum(calls_since(ledger, account, NOON - HOUR) for account in accounts)
        assert counted == sum(gate.calls for gate in gates) > 0
        members = [gate for each in accounts.values() for gate in each.gates]
        assert sorted(map(id, members)) == sorted(map(id, gates)), "each at one account"
        assert all(gate in gate.allowance.gates for gate in gates)


class BrokenLedger(Ledger):
    """A ledger that can be made to fail."""

    fails = False

    def salt(self) -> bytes:
        self.check()
        return super().salt()

    def account_of(self, workspace: str, source: str) -> str | None:
        self.check()
        return super().account_of(workspace, source)

    def remember_account(self, workspace: str, source: str, account: str) -> None:
        self.check()
        super().remember_account(workspace, source, account)

    def check(self) -> None:
        if self.fails:
            raise StateError("ledger.db: no space left on the disk")


class TestFailures:
    async def test_a_ledger_that_fails_keeps_no_credential_from_being_read(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        ledger = BrokenLedger.in_memory({}, clock=FakeClock())
        ledger.fails = True
        desk = Desk(ledger)
        gate = desk.gate("qp")

        with caplog.at_level(logging.DEBUG):
            await desk.call(gate)
            await gate.look()

        assert gate.calls == 1
        assert "no space left" in caplog.text
        assert CANARY not in caplog.text
        ledger.fails = False
        await desk.call(gate)
        assert desk.left(gate) is not None
        ledger.close()

    async def test_a_ledger_that_fails_is_not_asked_for_every_workspace(self) -> None:
        asked = []

        class Asked(BrokenLedger):
            def check(self) -> None:
                asked.append(1)
                super().check()

        ledger = Asked.in_memory({}, clock=FakeClock())
        ledger.fails = True
        desk = Desk(ledger)

        for number in range(9):
            desk.gate(str(number))

        assert len(asked) == 1
        ledger.close()

    def test_a_credential_that_cannot_be_read_changes_nothing(self) -> None:
        desk = Desk(None)
        gate = desk.gate("qp")
        before = gate.allowance

        with pytest.raises(CredentialError, match="not set"):
            desk.read("qp", None)

        assert gate.allowance is before
        assert gate.state(NOON) is None


class TestSecrecy:
    async def test_nothing_that_is_kept_helps_to_find_the_credential(self, tmp_path: Path) -> None:
        desk = Desk(open_ledger(tmp_path))
        gate = desk.gate("qp")
        await desk.call(gate)
        account = account_of(gate)

        kept = bytes_in(tmp_path)
        assert account.encode() in kept
        assert CANARY.encode() not in kept
        for content in (CANARY, json.dumps(["questionpro", CANARY]), f"questionpro{CANARY}"):
            for digest in (hashlib.sha256, hashlib.blake2b, hashlib.md5, hashlib.sha1):
                assert digest(content.encode()).hexdigest()[:16].encode() not in kept

    def test_two_ledgers_call_one_credential_by_two_names(self, tmp_path: Path) -> None:
        names = set()
        for folder in ("one", "other"):
            desk = Desk(open_ledger(tmp_path / folder))
            gate = desk.gate("qp")
            desk.read("qp")
            names.add(account_of(gate))

        assert len(names) == 2

    def test_no_repr_shows_it(self) -> None:
        desk = Desk(None)
        gate = desk.gate("qp")
        credential = desk.accounts.credential("qp", desk.credentials["qp"])
        credential.read()

        assert credential.place == "variable QP_KEY"
        seats = desk.accounts._seats
        assert (
            CANARY not in f"{credential!r} {desk.accounts!r} {gate!r} {seats!r} {gate.allowance!r}"
        )

    def test_the_key_of_a_place_stands_for_vendor_and_place_and_shows_neither(self) -> None:
        key = terms("variable QUESTIONPRO_API_KEY").source_key

        assert key == terms("variable QUESTIONPRO_API_KEY").source_key
        assert len({key, terms("x").source_key, terms("x", vendor="klinkcx").source_key}) == 3
        assert "QUESTION" not in key.upper()
