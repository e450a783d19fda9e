"""`ticketdeck check`: says in a line each what works and what does not."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from tui.cli.arguments import Options, Parser, one_of
from tui.cli.bootstrap import NO_WORKSPACE, compose, load_configuration, state_folder
from tui.cli.cells import cell_width, pad
from tui.cli.exits import Exit
from tui.cli.formats import to_json
from tui.cli.output import Output
from tui.cli.terminal import describe_terminal, term_problem, why_no_dashboard
from tui.config.model import Config
from tui.domain.clean import clean
from tui.domain.errors import (
    ConfigError,
    CredentialError,
    CredentialRefused,
    Forbidden,
    TicketdeckError,
)
from tui.domain.page import PageKey
from tui.domain.secret import CredentialSource
from tui.engine.runtime import Runtime
from tui.engine.service import Source

USAGE = "[--format text|json]"
DESCRIPTION = """\
Check the configuration, each workspace's credential, whether its vendor answers
(one call each), and the terminal. A line each; `!!` marks what needs you."""
EXAMPLES = """\
exit codes: 0 all is well, 1 no vendor answered, 2 the configuration cannot be used,
3 every credential was missing or refused, 4 some workspaces failed"""


class CheckOptions(Options):
    """What `check` takes."""

    format: str


OPTIONS = CheckOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the answer."""

    subject: str
    """`configuration`, `terminal`, or a workspace's name."""
    check: str
    ok: bool
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with one workspace, as far as the exit code asks."""

    failed: bool = False
    refused: bool = False


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
    verdicts: Sequence[Verdict] = ()
    broken = False
    try:
        config = load_configuration(options.config)
    except ConfigError as error:
        broken = True
        findings += _configuration_problems(error)
    else:
        broken = not config.workspaces
        deck = compose(config, options, folder=state_folder(config))
        findings += _configuration_findings(config)
        with Runtime() as runtime:
            checking = check_workspaces(deck.sources, _credentials(config))
            results = runtime.submit(checking).result()
        findings += [finding for found, _ in results for finding in found]
        verdicts = [verdict for _, verdict in results]
    findings.append(_terminal_finding())
    if options.format == "json":
        output.data(to_json([asdict(finding) for finding in findings]))
    else:
        output.data(_as_text(findings))
    return Exit.USAGE if broken else _exit(verdicts)


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


def _credentials(config: Config) -> Mapping[str, CredentialSource]:
    return {each.workspace.name: each.credential for each in config.workspaces}


async def check_workspaces(
    sources: Sequence[Source], credentials: Mapping[str, CredentialSource]
) -> Sequence[tuple[list[Finding], Verdict]]:
    """Return what is to say of each workspace; none keeps the others from being checked.

    `credentials` are by the workspace's name.
    """
    return await asyncio.gather(
        *(_check(source, credentials[source.workspace.name]) for source in sources)
    )


async def _check(source: Source, credential: CredentialSource) -> tuple[list[Finding], Verdict]:
    name = source.workspace.name
    try:
        await asyncio.to_thread(credential.read)
    except CredentialError as error:
        advice = f" ({error.advice})" if error.advice else ""
        missing = Finding(subject=name, check="credential", ok=False, message=f"{error}{advice}")
        return [missing], Verdict(failed=True, refused=True)
    found = [Finding(subject=name, check="credential", ok=True, message=credential.place)]
    try:
        message = await _reach(source)
    except TicketdeckError as error:
        found.append(Finding(subject=name, check="vendor", ok=False, message=str(error)))
        refused = isinstance(error, CredentialError | CredentialRefused | Forbidden)
        return found, Verdict(failed=True, refused=refused)
    except Exception as error:  # an adapter's mistake; its text may hold anything
        message = f"internal error: {type(error).__name__}"
        found.append(Finding(subject=name, check="vendor", ok=False, message=message))
        return found, Verdict(failed=True)
    found.append(Finding(subject=name, check="vendor", ok=True, message=message))
    return found, Verdict()


async def _reach(source: Source) -> str:
    """Fetch one page; return what came in words."""
    vendor = source.open_vendor()
    try:
        page = await vendor.fetch_page(PageKey())
    finally:
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


def _exit(verdicts: Sequence[Verdict]) -> Exit:
    failed = [verdict for verdict in verdicts if verdict.failed]
    if not failed:
        return Exit.DONE
    if len(failed) < len(verdicts):
        return Exit.PARTIAL
    return Exit.REFUSED if all(verdict.refused for verdict in failed) else Exit.FAILED
