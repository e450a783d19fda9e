"""A process that calls as fast as its account lets it, and tells every call on stdout.

Run as `python -m support.allowance_worker FOLDER CALLS`; it ends when the budget of CALLS is spent.
"""

import asyncio
import sys
from pathlib import Path

from tui.domain.budget import CallBudget
from tui.domain.errors import BudgetSpent
from tui.engine.allowance import Allowance
from tui.engine.clock import SystemClock
from tui.store.ledger import Ledger

ACCOUNT = "account"


async def call_until_spent(folder: Path, calls: int) -> None:
    clock = SystemClock()
    ledger = Ledger.open(folder, {}, clock=clock)
    budget = CallBudget(calls, 30)
    allowance = Allowance(ACCOUNT, budget, rate_limit=None, counts=ledger, clock=clock)
    gate = allowance.gate("qp")
    try:
        while True:
            await gate.admit()
            sys.stdout.write(f"{gate.calls}\n")
            sys.stdout.flush()
    except BudgetSpent:
        await allowance.close()
        ledger.close()


if __name__ == "__main__":
    asyncio.run(call_until_spent(Path(sys.argv[1]), int(sys.argv[2])))
