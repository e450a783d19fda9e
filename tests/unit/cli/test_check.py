"""What `check` says of workspaces whose adapters misbehave."""

from pathlib import Path

from support.vendors import ListVendor
from tui.cli.check import check_workspaces
from tui.config.secrets import FileCredential
from tui.domain.ports import Vendor
from tui.domain.workspace import Workspace
from tui.engine.service import Source

CANARY = "canary-credential"


def _broken() -> Vendor:
    raise ZeroDivisionError(CANARY)


async def test_an_adapter_that_breaks_keeps_no_other_from_being_checked(tmp_path: Path) -> None:
    place = tmp_path / "secret"
    place.write_text(CANARY)
    place.chmod(0o600)
    sources = [
        Source(workspace=Workspace(name=name, vendor="v", title=name.title()), open_vendor=vendor)
        for name, vendor in (("broken", _broken), ("good", ListVendor))
    ]

    (broken, failed), (good, passed) = await check_workspaces(
        sources, {source.workspace.name: FileCredential(place) for source in sources}
    )

    assert (broken[-1].ok, broken[-1].message) == (False, "internal error: ZeroDivisionError")
    assert good[-1].ok
    assert good[-1].message == "Good answers: 0 of 0 tickets on the first page"
    assert (failed.failed, failed.refused, passed.failed) == (True, False, False)
