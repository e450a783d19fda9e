"""What the installed program sends, and to whom: nobody but the configured hosts hears anything."""

from collections.abc import Iterator

import pytest

from support.fault_server import FaultServer, Send, answer
from support.program import Configure
from tui.cli.exits import Exit
from tui.sandbox.server import SandboxServer

pytestmark = pytest.mark.e2e


@pytest.fixture
def elsewhere() -> Iterator[FaultServer]:
    """A server that waits for whatever it may be told."""
    with FaultServer((Send(answer()),)) as server:
        yield server


def test_redirects_of_all_vendors_lead_nowhere(
    configure: Configure, server: SandboxServer, elsewhere: FaultServer
) -> None:
    moved = answer("307 Moved", f"Location: {elsewhere.url}/steal")
    with FaultServer((Send(moved),)) as pointing:
        program = configure((server.url, pointing.url))
        listed = program("list")
        created = program("create", "-w", "klink", "--field", "title=x", "--format", "json")
    assert listed.code == Exit.FAILED
    assert listed.out == ""
    told = [line for line in listed.lines if "redirects are not followed" in line]
    assert len(told) == 4
    assert created.code == Exit.FAILED
    assert '"not_created"' in created.out
    assert elsewhere.connections == 0


def test_proxies_of_the_environment_hear_nothing_of_this_machine(
    configure: Configure, elsewhere: FaultServer
) -> None:
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    proxies = dict.fromkeys((*names, *map(str.lower, names)), elsewhere.url)
    program = configure()
    listed = program("list", "--format", "json", environ=proxies)
    assert listed.code == Exit.DONE, listed.err
    # Behind which proxy other hosts would be called is told all the same.
    (line,) = [
        each for each in program("check", environ=proxies).out.splitlines() if "proxy" in each
    ]
    assert f"{elsewhere.address}, by variable https_proxy" in line
    assert elsewhere.connections == 0
