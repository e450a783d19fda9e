"""`ticketdeck check`: says in a line each what works and what does not."""

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.bootstrap import Deck, compose
from tui.cli.cells import cell_width, pad
from tui.cli.check_lines import (
    Finding,
    budget_findings,
    clock_findings,
    poller_findings,
    state_findings,
)
from tui.cli.configured import NO_WORKSPACE, load_configuration, state_folder
from tui.cli.exits import Exit
from tui.cli.formats import to_json
from tui.cli.outbox import DROP_LOSSES
from tui.cli.output import Output
from tui.cli.running import running
from tui.cli.terminal import describe_terminal, term_problem, why_no_dashboard
from tui.config.model import Config, Network
from tui.domain.clean import clean
from tui.domain.clock_skew import clock_skew
from tui.domain.diff import Reset
from tui.domain.errors import (
    ConfigError,
    CredentialError,
    CredentialRefused,
    Forbidden,
    TicketdeckError,
    Unreachable,
)
from tui.domain.page import PageKey
from tui.domain.ports import Clock, DateKeeper
from tui.engine.allowance import for_a_person
from tui.engine.refusals import verdict
from tui.engine.runtime import Runtime
from tui.engine.source import Source
from tui.store.folder import room_problem
from tui.vendors.registry import vendor_spec

USAGE = "[--format text|json]"
DESCRIPTION = """\
Check the configuration, each workspace's credential, whether its vendor answers
(one call each), the calls that are left, who polls it, this machine's clock, the
state directory, and the terminal. A line each; `!!` marks what needs you."""
EXAMPLES = """\
exit codes: 0 all is well, 1 no vendor answered, 2 the configuration cannot be used,
3 every credential was missing or refused, 4 some workspaces failed"""


class CheckOptions(Options):
    """What `check` takes."""

    format: str


OPTIONS = CheckOptions


@dataclass(slots=True)
class Checked:
    """What one workspace's check brought."""

    findings: list[Finding] = field(default_factory=list)
    failed: bool = False
    refused: bool = False
    skew: timedelta | None = None
    """How far our clock is behind the vendor's; None where the vendor did not tell the time."""


def add_arguments(parser: Parser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "--format",
        type=one_of("text", "json"),
        default="text",
        metavar="text|json",
        help="the form (default: text)",
    )


def run(options: CheckOptions, output: Output) -> int:
    """Print the findings and return the exit code of the worst."""
    output.require_stdout()
    findings: list[Finding] = []
    checked: Sequence[Checked] = ()
    broken = False
    complaints: list[str] = []
    try:
        config = load_configuration(options.config)
    except ConfigError as error:
        broken = True
        findings += _configuration_problems(error)
    else:
        broken = not config.workspaces
        findings += _configuration_findings(config)
        folder = state_folder(config)
        with _composed(config, options, folder) as deck, Runtime() as runtime:
            checked = runtime.submit(check_workspaces(deck.sources, deck.clock)).result()
            journal = deck.journal
            complaints = [
                *filter(None, [journal.file.memory_only or room_problem(folder)]),
                *journal.notices,
            ]
            complaints += [f"{loss} ({DROP_LOSSES})" for loss in journal.losses()]
        findings += [finding for each in checked for finding in each.findings]
        # Allowances belong to one event loop: the service, which has its own, gets new ones.
        with _composed(config, options, folder) as deck, running(deck.service):
            findings += _surroundings(deck, folder, checked, complaints)
    findings.append(_terminal_finding())
    if options.format == "json":
        output.data(to_json([asdict(finding) for finding in findings]))
    else:
        output.data(_as_text(findings))
    if broken:
        return Exit.USAGE
    code = _exit(checked)
    # A journal that cannot be used loses creates and calls, however well the vendors answer.
    return Exit.PARTIAL if complaints and code is Exit.DONE else code


@contextmanager
def _composed(config: Config, options: Options, folder: Path) -> Iterator[Deck]:
    deck = compose(config, options, folder=folder)
    with closing(deck.journal):
        yield deck


def _configuration_problems(error: ConfigError) -> Iterator[Finding]:
    for line in str(error).splitlines():
        yield Finding(subject="configuration", check="file", ok=False, message=line)


def _configuration_findings(config: Config) -> Iterator[Finding]:
    count, path = len(config.workspaces), clean(str(config.path))
    yield Finding(
        subject="configuration",
        check="file",
        ok=count > 0,
        message=f"{path}, {count} workspaces" if count else f"{path}: {NO_WORKSPACE}",
    )
    for warning in config.warnings:
        yield Finding(subject="configuration", check="warning", ok=False, message=str(warning))


def _surroundings(
    deck: Deck, folder: Path, checked: Sequence[Checked], complaints: Sequence[str]
) -> Iterator[Finding]:
    """Say what all workspaces have in common: who polls, what may be called, where it is kept."""
    activity = deck.service.activity().result()
    names = [source.workspace.name for source in deck.sources]
    chosen = [each for each in deck.config.workspaces if each.workspace.name in names]
    yield from budget_findings(
        activity,
        configured={each.workspace.name: each.call_budget for each in chosen},
        trials={
            each.workspace.name: vendor_spec(each.workspace.vendor).trial_budget for each in chosen
        },
    )
    yield from poller_findings(activity)
    yield from _proxy_findings(deck.config.network)
    skews = {name: each.skew for name, each in zip(names, checked, strict=True)}
    yield from clock_findings({name: skew for name, skew in skews.items() if skew is not None})
    stored = deck.service.changes_since(None)
    yield from state_findings(
        folder,
        tickets=len(stored.tickets) if isinstance(stored, Reset) else 0,
        problems=complaints,
    )


def _proxy_findings(network: Network) -> Iterator[Finding]:
    """Say which proxy stands between us and the vendors, where there is one."""
    from tui.vendors.proxy import describe_proxy

    try:
        words = describe_proxy(network.proxy, os.environ)
    except Unreachable as error:
        yield Finding(subject="network", check="proxy", ok=False, message=str(error))
    else:
        if words is not None:
            yield Finding(subject="network", check="proxy", ok=True, message=words)


async def check_workspaces(sources: Sequence[Source], clock: Clock) -> Sequence[Checked]:
    """Return what is to say of each workspace; none keeps the others from being checked."""
    try:
        with for_a_person():
            return await asyncio.gather(*(_check(source, clock) for source in sources))
    finally:
        for source in sources:
            await source.gate.close()


async def _check(source: Source, clock: Clock) -> Checked:
    credential = source.credential
    name = source.workspace.name
    try:
        await asyncio.to_thread(credential.read)
    except CredentialError as error:
        advice = f" ({error.advice})" if error.advice else ""
        missing = Finding(subject=name, check="credential", ok=False, message=f"{error}{advice}")
        return Checked([missing], failed=True, refused=True)
    found = Checked([Finding(subject=name, check="credential", ok=True, message=credential.place)])
    try:
        message = await _reach(source, found, clock)
    except TicketdeckError as error:
        found.failed = True
        found.refused = isinstance(error, CredentialError | CredentialRefused | Forbidden)
        judged = verdict(
            error,
            workspace=name,
            credential_place=credential.place,
            list_settings=source.list_settings,
        )
        # Its place stands in the line above.
        advice = f" ({judged.advice})" if judged.advice and not found.refused else ""
        message = f"{judged.message}{advice}"
    except Exception as error:  # an adapter's mistake; its text may hold anything
        found.failed = True
        message = f"internal error: {type(error).__name__}"
    ok = not found.failed
    found.findings.append(Finding(subject=name, check="vendor", ok=ok, message=message))
    return found


async def _reach(source: Source, found: Checked, clock: Clock) -> str:
    """Fetch one page; return what came in words, and note the vendor's clock."""
    vendor = source.open_vendor()
    before = clock.now()
    try:
        page = await vendor.fetch_page(PageKey())
    finally:
        if isinstance(vendor, DateKeeper) and vendor.last_date is not None:
            found.skew = clock_skew(vendor.last_date, before, clock.now())
        await vendor.close()
    total = f" of {page.total}" if page.total is not None else ""
    return f"{source.workspace.title} answers: {page.count}{total} tickets on the first page"


def _terminal_finding() -> Finding:
    encoding = getattr(sys.stdout, "encoding", None) or "unknown encoding"
    words = describe_terminal(os.environ, encoding)
    reason = why_no_dashboard(os.environ)
    return Finding(
        subject="terminal",
        check="dashboard",
        # A stream that is redirected for this one call is nothing to mend.
        ok=term_problem(os.environ) is None,
        message=words if reason is None else f"{words}; no dashboard like this: {reason}",
    )


def _as_text(findings: Sequence[Finding]) -> str:
    subjects = max(cell_width(finding.subject) for finding in findings)
    checks = max(cell_width(finding.check) for finding in findings)
    return "\n".join(
        f"{'ok' if finding.ok else '!!'}  {pad(finding.subject, subjects)}  "
        f"{pad(finding.check, checks)}  {finding.message}"
        for finding in findings
    )


def _exit(checked: Sequence[Checked]) -> Exit:
    failed = [each for each in checked if each.failed]
    if not failed:
        return Exit.DONE
    if len(failed) < len(checked):
        return Exit.PARTIAL
    return Exit.REFUSED if all(each.refused for each in failed) else Exit.FAILED
