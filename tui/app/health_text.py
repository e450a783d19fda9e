"""How far a workspace can be trusted, in words. Knows no widget."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tui.app.formatting import ClockFace, Line, Span, line_width
from tui.domain.health import HealthState, WorkspaceHealth

STATE_WIDTH = 18
"""Cells of `BUDGET SPENT 11:33`."""
LONG_SWEEP_PAGES = 5
"""From so many pages on, a sweep of what is well is worth being told of."""


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


def state_words(
    health: WorkspaceHealth, clock: ClockFace, now: datetime, *, is_brief: bool = False
) -> Span:
    """Return the state in a few words, with clock times: `LATE as of 03:01`.

    `is_brief`: at most `STATE_WIDTH` cells, so that of another day only the day is told.
    """
    tell = clock.brief if is_brief else clock.at
    moment = f" {tell(health.as_of, now)}" if health.as_of else ""
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
            if as_of:
                return Span(as_of.lstrip(), "warning")
            return Span(reading_words(health) or "starting", "muted")
        case HealthState.OFF:
            return Span(f"by hand{moment}", "muted")
        case HealthState.OK:
            if not health.is_whole:
                return Span(f"INCOMPLETE{moment}", "warning")
            return Span(f"ok{moment}", "success")


def state_cell(health: WorkspaceHealth, clock: ClockFace, now: datetime) -> Span:
    """Return the state for a narrow column, and how far a long sweep has come: `ok 03:04 12/40`."""
    state = state_words(health, clock, now, is_brief=True)
    if health.as_of is None or not is_long_reading(health) or health.pages_known is None:
        return state
    return replace(state, text=f"{state.text} {health.pages_done}/{health.pages_known}")


def reading_words(health: WorkspaceHealth) -> str:
    """Return how far the sweep that runs now has come: `reading 3/12`; "" where none runs."""
    if health.pages_done is None:
        return ""
    if health.pages_known is None:
        pages = health.pages_done
        return f"reading, {pages:,} page{'s' if pages > 1 else ''}" if pages else "reading"
    return f"reading {health.pages_done}/{health.pages_known}"


def is_long_reading(health: WorkspaceHealth) -> bool:
    """Whether a sweep runs that takes long enough for somebody to ask how far it is."""
    pages = health.pages_known or health.pages_done or 0
    return health.pages_done is not None and pages >= LONG_SWEEP_PAGES


def trouble_words(health: WorkspaceHealth, clock: ClockFace, now: datetime) -> str:
    """Return what is wrong, what to do about it, and when it is tried again; "" for nothing."""
    retry = f"retry {clock.at(health.retry_at, now)}" if health.retry_at else None
    parts = (health.error, health.advice, retry, *_remarks(health))
    return "; ".join(part for part in parts if part)


def problem_words(health: WorkspaceHealth) -> str:
    """Return what is wrong and what to do about it in one line; "" where nothing is."""
    parts = (health.error, health.advice, *_remarks(health))
    return "; ".join(part for part in parts if part)


def trust_line(
    healths: Mapping[str, WorkspaceHealth], clock: ClockFace, now: datetime, width: int
) -> tuple[Line, Line]:
    """Return both sides of the trust line: the worst workspace first, the well ones counted.

    What does not fit into `width` cells is counted as well, never cut in the middle of a time.
    """
    worst = sorted(healths.items(), key=lambda item: item[1].state.severity)
    well = [(name, health) for name, health in worst if _is_well(health)]
    troubled = _troubled_parts([each for each in worst if each not in well], clock, now)
    count: Line = ()
    if well:
        as_of = min((health.as_of for _, health in well if health.as_of), default=None)
        since = f" {clock.at(as_of, now)}" if as_of else ""
        count = (Span(f"{len(well)} ok{since}", "muted" if troubled else "success"),)
    left, right = (
        (_joined(troubled, width - line_width(count) - 1), count) if troubled else (count, ())
    )
    room = width - line_width(right) - 1
    for name, health in well:
        note = (Span(" | ", "border"), Span(f"{name} {reading_words(health)}", "muted"))
        if is_long_reading(health) and line_width((*left, *note)) <= room:
            left = (*left, *note)
    return left, right


def loading_words(healths: Mapping[str, WorkspaceHealth]) -> Sequence[str]:
    """Return a line for each workspace whose first sweep runs."""
    return [
        f"{name}: {reading_words(health) or 'starting'}"
        for name, health in healths.items()
        if health.state is HealthState.STARTING
    ]


def _remarks(health: WorkspaceHealth) -> Sequence[str]:
    if health.state is HealthState.OFF and health.as_of is None:
        return ("never read; press r to read it", *health.remarks)
    return health.remarks


def _is_well(health: WorkspaceHealth) -> bool:
    return health.state is HealthState.OK and health.is_whole


def _is_unconfirmed(health: WorkspaceHealth) -> bool:
    """Whether its tickets are kept from an earlier run, and nothing came of this one yet."""
    return health.state is HealthState.STARTING and health.as_of is not None


def _troubled_parts(
    troubled: Sequence[tuple[str, WorkspaceHealth]], clock: ClockFace, now: datetime
) -> Sequence[Line]:
    """Return a part for each workspace; those that only wait for their first poll share one."""
    parts: list[Line] = []
    kept = [health for _, health in troubled if _is_unconfirmed(health)]
    for name, health in troubled:
        if not _is_unconfirmed(health) or len(kept) == 1:
            words = state_words(health, clock, now)
            text = words.text + _plan_words(health, clock, now)
            parts.append((Span(f"{name} ", "muted"), replace(words, text=text)))
    if len(kept) > 1:
        oldest = min(health.as_of for health in kept if health.as_of)
        parts.append((Span(f"{len(kept)} as of {clock.at(oldest, now)}, reading", "warning"),))
    return parts


def _plan_words(health: WorkspaceHealth, clock: ClockFace, now: datetime) -> str:
    if health.retry_at:
        return f", retry {clock.at(health.retry_at, now)}"
    if _is_unconfirmed(health):
        return f", {reading_words(health) or 'reading'}"
    return ""


def _joined(parts: Sequence[Line], width: int) -> Line:
    """Return the parts that fit whole, at least one, and the number of those that do not."""
    line: list[Span] = []
    for number, part in enumerate(parts):
        gap = [Span(" | ", "border")] if line else []
        left = len(parts) - number - 1
        more = f" +{left} more" if left else ""
        if line and line_width([*line, *gap, *part]) + len(more) > width:
            return (*line, Span(f" +{left + 1} more", "warning"))
        line += [*gap, *part]
    return tuple(line)
