"""How far a workspace can be trusted, in words. Knows no widget."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from tui.app.formatting import ClockFace, Line, Span
from tui.domain.health import HealthState, WorkspaceHealth


def is_trusted(health: WorkspaceHealth | None) -> bool:
    """Whether the workspace's rows may be taken for the present state.

    What a first sweep has read so far is fresh, though not all.
    """
    if health is None:
        return False
    fresh = health.state is HealthState.STARTING and health.as_of is None
    return fresh or health.is_current


def was_never_read(health: WorkspaceHealth | None, count: int) -> bool:
    """Whether nothing is known of what the workspace holds; `count` tickets of it are here."""
    return not count and (health is None or health.as_of is None)


def currency_words(healths: Collection[WorkspaceHealth | None]) -> Span | None:
    """Return how many sources are current: `2 of 4 current`; None where all are."""
    current = sum(health is not None and health.is_current for health in healths)
    if current == len(healths):
        return None
    return Span(f"{current} of {len(healths)} current", "warning")


def state_words(health: WorkspaceHealth, clock: ClockFace, now: datetime) -> Span:
    """Return the state in a few words, with clock times: `LATE as of 03:01`."""
    moment = f" {clock.at(health.as_of, now)}" if health.as_of else ""
    as_of = f" as of{moment}" if moment else ""
    match health.state:
        case HealthState.REFUSED:
            return Span(f"KEY REFUSED{moment}", "error")
        case HealthState.BUDGET_SPENT:
            return Span(f"BUDGET SPENT{moment}", "error")
        case HealthState.BACKING_OFF:
            return Span(f"FAILED{as_of}", "warning")
        case HealthState.LATE:
            return Span(f"LATE{as_of}", "warning")
        case HealthState.STARTING:
            return Span(_reading_words(health) or "starting", "muted")
        case HealthState.OFF:
            return Span(f"by hand{as_of or ', press r to read'}", "muted")
        case HealthState.OK:
            if not health.is_whole:
                return Span(f"INCOMPLETE{moment}", "warning")
            return Span(f"ok{moment}", "success")


def trouble_words(health: WorkspaceHealth, clock: ClockFace, now: datetime) -> str:
    """Return what is wrong and what to do about it in one line; "" where nothing is."""
    parts = [health.error, health.advice]
    if health.retry_at:
        parts.append(f"retry {clock.at(health.retry_at, now)}")
    return "; ".join(part for part in (*parts, *health.remarks) if part)


def trust_line(
    healths: Mapping[str, WorkspaceHealth], clock: ClockFace, now: datetime
) -> tuple[Line, Line]:
    """Return both sides of the trust line: the worst workspace first, the well ones counted."""
    worst = sorted(healths.items(), key=lambda item: item[1].state.severity)
    troubled: list[Span] = []
    for name, health in worst:
        if _is_well(health):
            continue
        words = state_words(health, clock, now)
        retry = f", retry {clock.at(health.retry_at, now)}" if health.retry_at else ""
        troubled += [Span(" | ", "border")] if troubled else []
        troubled += [Span(f"{name} ", "muted"), Span(f"{words.text}{retry}", words.style)]
    well = [health for health in healths.values() if _is_well(health)]
    if not well:
        return tuple(troubled), ()
    as_of = min((health.as_of for health in well if health.as_of), default=None)
    since = f" {clock.at(as_of, now)}" if as_of else ""
    count = (Span(f"{len(well)} ok{since}", "muted" if troubled else "success"),)
    return (tuple(troubled), count) if troubled else (count, ())


def loading_words(healths: Mapping[str, WorkspaceHealth]) -> Sequence[str]:
    """Return a line for each workspace whose first sweep runs."""
    return [
        f"{name}: {_reading_words(health) or 'starting'}"
        for name, health in healths.items()
        if health.state is HealthState.STARTING
    ]


def _is_well(health: WorkspaceHealth) -> bool:
    return health.state is HealthState.OK and health.is_whole


def _reading_words(health: WorkspaceHealth) -> str:
    if health.pages_done is None:
        return ""
    page = health.pages_done + 1
    if health.pages_known is None:
        return f"reading page {page}"
    return f"reading page {min(page, health.pages_known)} of {health.pages_known}"
