"""What the polling of a workspace did and may still do, in words. Knows no widget."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tui.app.formatting import ClockFace, Glyphs, Line, Span, fit, wrap
from tui.app.health_text import is_long_reading, problem_words, reading_words, state_words
from tui.app.mirror import Tally
from tui.app.trend import open_trend, overdue_trend, recent
from tui.domain.activity import BudgetState, PollRecord, WorkspaceActivity
from tui.domain.health import HealthState, WorkspaceHealth

LOW_SHARE = 0.1
"""With less than this share of the calls left, that is coloured."""
CALLS_WIDTH = 10
"""Cells of the brief words on a budget, its heading included."""
NEXT_WIDTH = 5
TREND_CELLS = 48
"""A column for each half hour."""
ERROR_LINES = 3
"""Of one poll's error; the last one whole stands above."""

_TROUBLE_LINES = 3
_LABEL = 9
_COUNT = 6
_ENDED, _TOOK, _CALLS, _BYTES, _CHANGES, _READ = 11, 8, 7, 9, 9, 7


def next_words(health: WorkspaceHealth, clock: ClockFace, now: datetime) -> str:
    """Return when the next poll is planned in at most `NEXT_WIDTH` cells; "-" for never."""
    is_quick = health.state is HealthState.OK and not is_long_reading(health)
    is_read = health.state is HealthState.STARTING or health.pages_done is not None
    if is_read and not is_quick:
        return "now"
    planned = health.retry_at or health.next_at
    return clock.brief(planned, now) if planned else "-"


def budget_words(
    budget: BudgetState | None, place: int, names: Sequence[str], *, is_long: bool = False
) -> Span:
    """Return the calls left: `19,240`; `~19,240` where the budget is our own caution.

    Of the workspaces that share one, the first tells it and the others point there: `place` is that
    of this workspace among all `names`.
    """
    if budget is None:
        return Span("-", "muted")
    first = next((name for name in names[:place] if name in budget.shared_with), None)
    if first is not None:
        words = f"with {first}"
        return Span(words if is_long or len(words) <= CALLS_WIDTH else "shared", "muted")
    words = f"{_about(budget)}{budget.left:,}"
    if is_long:
        words += f" of {budget.calls:,}/{budget.days}d"
    return Span(words, _budget_style(budget))


def workspace_facts(
    health: WorkspaceHealth | None,
    activity: WorkspaceActivity,
    clock: ClockFace,
    now: datetime,
    width: int,
) -> list[Line]:
    """Return how a workspace is, when it is read next, what is wrong, and the calls left."""
    if health is None:
        return []
    state = state_words(health, clock, now)
    lines: list[Line] = [(state, Span(_plan(health, clock, now), "muted"))]
    trouble = list(wrap(problem_words(health), width))[:_TROUBLE_LINES]
    lines += [(Span(text),) for text in trouble if text]
    if budget := activity.budget:
        lines.append((Span(_budget_sentence(budget), _budget_style(budget)),))
    return lines


def poller_words(activity: WorkspaceActivity) -> str:
    """Return who polls it."""
    return f"polled by {activity.poller}" if activity.poller else "polled by nobody"


def trend_lines(
    activity: WorkspaceActivity, tally: Tally | None, now: datetime, width: int, glyphs: Glyphs
) -> list[Line]:
    """Return the open and the overdue tickets of the last 24 hours, a line each."""
    samples = recent(activity.trend, now)
    if not samples or tally is None:
        return []
    cells = max(min(TREND_CELLS, width - _LABEL - _COUNT - 2 - len("  1,000 to 1,000 in 24 h")), 0)
    past = [sample.open for sample in samples], [sample.overdue for sample in samples]
    drawn = (
        open_trend(samples, now, cells, glyphs),
        overdue_trend(samples, now, cells, glyphs),
    )
    rows = (("Open", tally.open, "text"), ("Overdue", tally.overdue, "overdue"))
    return [
        (
            Span(fit(label, _LABEL), "muted"),
            Span(f"{count:>{_COUNT},}  ", style if count else "muted", bold=bool(count)),
            *line,
            Span(f"  {min(counts):,} to {max(counts):,} in 24 h", "muted"),
        )
        for (label, count, style), line, counts in zip(rows, drawn, past, strict=True)
    ]


def polls_header() -> Line:
    """Return the fixed row above the polls."""
    text = (
        f"{'ENDED':>{_ENDED}}{'TOOK':>{_TOOK}}{'CALLS':>{_CALLS}}{'BYTES':>{_BYTES}}"
        f"{'CHANGES':>{_CHANGES}}  {'READ':<{_READ}}RESULT"
    )
    return (Span(text, "muted"),)


def poll_lines(
    polls: Sequence[PollRecord], clock: ClockFace, now: datetime, width: int, glyphs: Glyphs
) -> Iterator[Line]:
    """Yield the rows of the polls; an error that is longer than its column goes on below it."""
    for poll in polls:
        numbers = (
            f"{clock.second(poll.at, now):>{_ENDED}}{took_words(poll.took_s):>{_TOOK}}"
            f"{poll.calls:>{_CALLS},}{size_words(poll.size):>{_BYTES}}"
            f"{poll.changes or '-':>{_CHANGES}}  {'all' if poll.is_sweep else 'pages':<{_READ}}"
        )
        if poll.error is None:
            yield Span(numbers), Span("ok", "success")
            continue
        head = numbers
        lines = list(wrap(poll.error, width - len(numbers)))
        if len(lines) > ERROR_LINES:
            rest = " ".join(lines[ERROR_LINES - 1 :])
            lines[ERROR_LINES - 1 :] = [fit(rest, width - len(numbers), cut=glyphs.cut)]
        for text in lines:
            yield Span(head), Span(text, "error")
            head = " " * len(numbers)


def named(name: str, title: str) -> Line:
    """Return `qp  QuestionPro EU`."""
    return Span(name, "accent", bold=True), Span(f"  {title}", "muted")


def took_words(seconds: float) -> str:
    """Return `0.34s`, `12.0s` or `125s`."""
    if seconds < 1:
        return f"{seconds:.2f}s"
    return f"{seconds:.1f}s" if seconds < 100 else f"{seconds:.0f}s"


def size_words(size: int) -> str:
    """Return bytes as `812 B`, `48 kB` or `1.2 MB`."""
    if size < 1_000:
        return f"{size} B"
    if size < 999_500:
        return f"{size / 1_000:.0f} kB"
    return f"{size / 1_000_000:,.1f} MB"


def _plan(health: WorkspaceHealth, clock: ClockFace, now: datetime) -> str:
    if health.state is HealthState.STARTING and health.as_of is None:
        return ""
    if health.state is HealthState.STARTING or health.pages_done is not None:
        return f", {reading_words(health) or 'reading'}"
    if health.retry_at:
        return f", next try {clock.at(health.retry_at, now)}"
    if health.next_at:
        return f", next poll {clock.at(health.next_at, now)}"
    return ""


def _about(budget: BudgetState) -> str:
    return "" if budget.is_documented else "~"


def _budget_style(budget: BudgetState) -> str:
    if budget.left <= 0:
        return "error"
    return "warning" if budget.left < LOW_SHARE * budget.calls else "text"


def _budget_sentence(budget: BudgetState) -> str:
    days = "day" if budget.days == 1 else f"{budget.days} days"
    words = f"{_about(budget)}{budget.left:,} of {budget.calls:,} calls left in any {days}"
    if budget.shared_with:
        words += f", shared with {', '.join(budget.shared_with)}"
    if not budget.is_documented:
        words += "; ~ our own caution, call_budget sets it"
    return words
