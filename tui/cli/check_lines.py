"""What `check` says of clocks, call budgets, and the state directory and who polls from it."""

import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tui.domain.activity import BudgetState, WorkspaceActivity
from tui.domain.budget import CallBudget
from tui.domain.clean import clean
from tui.domain.duration import duration_words
from tui.domain.errors import StateError
from tui.store.cache_file import CACHE
from tui.store.folder import COMPANIONS, SHARED_FILE, is_on_network, prepare_folder

SKEW_LIMIT = timedelta(seconds=30)
"""A clock that is further off spoils due times, which people read by the minute."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the answer."""

    subject: str
    """`configuration`, `clock`, `state`, `terminal`, or a workspace's name."""
    check: str
    ok: bool
    message: str


def clock_findings(skews: Mapping[str, timedelta]) -> Iterator[Finding]:
    """Say how this machine's clock compares with those of the workspaces' vendors."""
    wrong = {name: skew for name, skew in skews.items() if abs(skew) >= SKEW_LIMIT}
    for name, skew in wrong.items():
        side = "behind" if skew > timedelta() else "ahead of"
        yield Finding(
            subject=name,
            check="clock",
            ok=False,
            message=f"this machine's clock is {duration_words(abs(skew))} {side} the vendor's;"
            " due times will be off: set it, or have it set by NTP",
        )
    if skews and not wrong:
        widest = max(map(abs, skews.values()))
        told = f"is within {duration_words(max(widest, _SECOND))} of"
        message = f"this machine's clock {told} the vendors'"
        yield Finding(subject="clock", check="skew", ok=True, message=message)


def budget_findings(
    activity: Mapping[str, WorkspaceActivity],
    *,
    configured: Mapping[str, CallBudget | None],
    trials: Mapping[str, CallBudget | None],
) -> Iterator[Finding]:
    """Say what each account may call: a line for all workspaces that share one.

    `configured` and `trials` are by the workspace's name: what the configuration allows, and what
    a trial of that vendor has.
    """
    told: set[str] = set()
    for name, known in activity.items():
        if known.budget is None or name in told:
            continue
        sharing = (name, *known.budget.shared_with)
        told |= {*sharing}
        named = {each: budget for each in sharing if (budget := configured.get(each))}
        parts = _budget_parts(known.budget, is_configured=bool(named), trial=trials.get(name))
        yield Finding(
            subject=name, check="budget", ok=known.budget.left > 0, message="; ".join(parts)
        )
        if len(set(named.values())) > 1:
            # Where two places hold one credential, the configuration cannot know it.
            words = ", ".join(f"{each} {budget}" for each, budget in named.items())
            message = f"call_budget differs for one credential ({words}): the smaller one holds"
            yield Finding(subject=name, check="budget", ok=False, message=message)


def _budget_parts(
    state: BudgetState, *, is_configured: bool, trial: CallBudget | None
) -> Iterator[str]:
    budget = CallBudget(state.calls, state.days)
    yield f"{budget}, {state.left:,} left, one {_evenly(budget)} evenly"
    if is_configured:
        yield "as call_budget says"
    elif state.is_documented:
        yield "as far as the vendor documents it"
    else:
        yield "our own caution, the vendor documents no limit"
    if state.shared_with:
        yield f"shared with {', '.join(state.shared_with)}"
    if trial is not None and not is_configured:
        yield f"a trial has {trial.calls}, one {_evenly(trial)}: set call_budget for it"


def _evenly(budget: CallBudget) -> str:
    pace = budget.window / max(1, budget.calls)
    if pace < _SECOND:
        return "in less than a second"
    if pace < timedelta(hours=1):
        return f"in {duration_words(pace)}"
    return f"in {pace / timedelta(minutes=1):.0f} minutes"


def state_findings(
    folder: Path, *, tickets: int, problems: Sequence[str] = ()
) -> Iterator[Finding]:
    """Say where the journal is, who may read it, and how much it holds.

    `problems` are what the journal itself complains of, a line each.
    """
    shown = clean(str(folder))
    told = ""
    try:
        is_shared = prepare_folder(folder) == SHARED_FILE
        mode = stat.S_IMODE(folder.stat().st_mode)
    except (StateError, OSError) as error:
        told = str(error)
        yield Finding(subject="state", check="folder", ok=False, message=told)
    else:
        is_private = not mode & (stat.S_IRWXG | stat.S_IRWXO)
        whose = "shared with its group" if is_shared else "yours alone" if is_private else "yours"
        place = ", on a network file system: no write-ahead log, so slower"
        where = place if is_on_network(folder) else ""
        message = f"{shown}, {whose} (mode {mode:o}){where}"
        yield Finding(subject="state", check="folder", ok=True, message=message)
        size = _size(folder) / 2**20
        noun = "ticket" if tickets == 1 else "tickets"
        message = f"{tickets:,} {noun}, {size:.1f} MiB"
        yield Finding(subject="state", check="cache", ok=True, message=message)
    # Both files of the journal may complain of the same folder.
    for problem in dict.fromkeys(each for each in problems if each != told):
        yield Finding(subject="state", check="journal", ok=False, message=problem)


def _size(folder: Path) -> int:
    size = 0
    for suffix in COMPANIONS:
        with suppress(OSError):
            size += (folder / f"{CACHE.file}{suffix}").stat().st_size
    return size


def poller_findings(activity: Mapping[str, WorkspaceActivity]) -> Iterator[Finding]:
    """Say who polls each workspace now."""
    for name, known in activity.items():
        words = f"polled by {known.poller}" if known.poller else "nobody polls it now"
        yield Finding(subject=name, check="poller", ok=True, message=words)
