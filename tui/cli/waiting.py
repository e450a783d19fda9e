"""Waits for the workspaces' tickets to be as fresh as asked, and says how that goes and went."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait

from tui.cli.exits import Exit
from tui.cli.output import Output
from tui.domain.diff import Reset
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Ticket
from tui.engine.service import Service

Polls = Mapping[str, Future[WorkspaceHealth]]
"""What the tickets of each workspace wait for, by its name."""

_STEP_S = 0.2
"""How often the line of progress is drawn anew."""
_PATIENCE_S = 2.0
"""A call that takes longer makes a person wonder."""


def freshen(service: Service, max_age_s: float | None) -> Polls:
    """Begin to read every workspace that is older; None: than its pace allows."""
    return {
        workspace.name: service.fresh(workspace.name, max_age_s) for workspace in service.workspaces
    }


def wait_for(polls: Polls, service: Service, output: Output) -> Mapping[str, WorkspaceHealth]:
    """Return the workspaces' health when all are done.

    Who looks at a terminal meanwhile sees which pages of which workspace have come.
    """
    if not output.narrates_to_terminal:
        return {name: poll.result() for name, poll in polls.items()}
    waited = 0.0
    try:
        while unfinished := unfinished_of(polls):
            if line := progress_line(unfinished, service.health(), is_long=waited >= _PATIENCE_S):
                output.progress(line)
            wait([polls[name] for name in unfinished], timeout=_STEP_S)
            waited += _STEP_S
    finally:
        output.progress("")
    return {name: poll.result() for name, poll in polls.items()}


def unfinished_of(polls: Polls) -> list[str]:
    """Return the workspaces that are still waited for."""
    return [name for name, poll in polls.items() if not poll.done()]


def progress_line(
    names: Sequence[str], healths: Mapping[str, WorkspaceHealth], *, is_long: bool
) -> str:
    """Return what is known of the pages; "" while there is nothing to say yet."""
    parts = []
    for name in names:
        done, known = healths[name].pages_done, healths[name].pages_known
        if done is not None and known is not None:
            parts.append(f"{name} {done:,} of {known:,} pages")
        elif done is not None:
            parts.append(f"{name} {done:,} {'page' if done == 1 else 'pages'}")
        elif is_long:
            parts.append(f"waiting for {name}")
    return ", ".join(parts)


def narrate_failures(
    healths: Mapping[str, WorkspaceHealth], output: Output
) -> Sequence[WorkspaceHealth]:
    """Say in a line each what failed or is not whole; return the health of those that failed."""
    for name, health in healths.items():
        if health.error is not None:
            advice = f" ({health.advice})" if health.advice else ""
            output.narrate(f"{name}: {health.error}{advice}")
            continue
        for remark in health.remarks:
            output.narrate(f"{name}: {remark}")
    return [health for health in healths.values() if health.error is not None]


def failure_exit(failed: Sequence[WorkspaceHealth]) -> Exit:
    """Return the code for a call that brought nothing."""
    if all(health.state is HealthState.REFUSED for health in failed):
        return Exit.REFUSED
    return Exit.FAILED


def all_tickets(service: Service) -> tuple[Ticket, ...]:
    """Return what the service knows now."""
    changes = service.changes_since(None)
    return changes.tickets if isinstance(changes, Reset) else changes.added
