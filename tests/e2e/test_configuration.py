"""`ticketdeck config` and `check`, and what a wrong configuration is answered with."""

import json
from pathlib import Path

import pytest

from support.program import Configure, Program

pytestmark = pytest.mark.e2e


NO_CONFIGURATION = "No configuration. Try: ticketdeck demo. Start: ticketdeck config init."


@pytest.mark.parametrize("words", [["list"], ["show", "a/1"], ["config", "validate"]])
def test_no_configuration_is_one_line(words: list[str]) -> None:
    ended = Program()(*words)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"{NO_CONFIGURATION}\n"


def test_five_mistakes_are_five_lines(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        'glyphs = "fancy"\n'
        "\n"
        "[[workspaces]]\n"
        'name = "cx emea"\n'
        'vendor = "questonpro"\n'
        'credential = { env = "KEY" }\n'
        "\n"
        "[[workspaces]]\n"
        'name = "klink"\n'
        'vendor = "klinkcx"\n'
        'credential = "canary-literal"\n'
        'mode = "read"\n'
    )
    path.chmod(0o600)

    ended = Program(path)("list")

    assert (ended.code, ended.out) == (2, "")
    assert len(ended.lines) == 5, ended.err
    numbers = [int(line.removeprefix(f"{path}:").split(":")[0]) for line in ended.lines]
    assert numbers == [1, 4, 5, 11, 12]
    assert "nearest: questionpro" in ended.err
    assert "canary" not in ended.err


def test_a_configuration_is_begun_found_and_never_overwritten(tmp_path: Path) -> None:
    ticketdeck = Program()
    begun = ticketdeck("config", "init")
    path = Path(begun.out.strip())
    assert begun.code == 0, begun.err
    assert path.stat().st_mode & 0o777 == 0o600

    again = ticketdeck("config", "init")
    found = ticketdeck("config", "path")
    valid = ticketdeck("config", "validate")

    assert (again.code, again.out) == (2, "")
    assert found.out.strip() == str(path)
    assert valid.code == 0, valid.err


@pytest.mark.parametrize("words", [("list", "--format", "json"), ("show", "qp/1"), ("check",)])
def test_a_configuration_that_is_still_empty_is_a_line_that_says_so(
    words: tuple[str, ...],
) -> None:
    Program()("config", "init")

    ended = Program()(*words)

    assert ended.code == 2
    assert "config.toml: no workspace is configured; fill one in" in ended.out + ended.err


def test_the_shown_configuration_holds_no_secret_and_can_be_read(
    ticketdeck: Program, tmp_path: Path
) -> None:
    shown = ticketdeck("config", "show")
    assert shown.code == 0, shown.err
    copy = tmp_path / "copy.toml"
    copy.write_text(shown.out)
    copy.chmod(0o600)

    again = Program(copy)("config", "show")

    assert "sandbox-klink-token" not in shown.out
    assert again.out.splitlines()[1:] == shown.out.splitlines()[1:], again.err


def test_the_schema_needs_no_configuration() -> None:
    ended = Program()("config", "schema")

    assert (ended.code, ended.err) == (0, "")
    schema = json.loads(ended.out)
    assert {"workspaces", "templates", "keys"} <= schema["properties"].keys()


def test_check_says_a_line_for_everything(ticketdeck: Program) -> None:
    ended = ticketdeck("check")

    assert ended.code == 0, ended.out
    lines = [(line.split()[1], line.split()[2]) for line in ended.out.splitlines()]
    assert lines[0][0] == "configuration"
    assert lines[-1][0] == "terminal"
    for workspace in ("cx-emea", "cx-legacy", "inbox", "klink"):
        assert [check for subject, check in lines if subject == workspace] == [
            *("credential", "vendor", "budget", "poller")
        ]
    assert [check for subject, check in lines if subject in ("clock", "state")] == [
        *("skew", "folder", "cache")
    ]


def test_check_names_what_is_wrong(configure: Configure) -> None:
    ticketdeck = configure(
        ("sandbox-klink-token", "canary-wrong"),
        ('command = ["echo", "sandbox-refresh-token"]', 'env = "NOT_SET_ANYWHERE"'),
    )

    ended = ticketdeck("check", "--format", "json")
    alone = ticketdeck("check", "-w", "klink")

    assert ended.code == 4
    assert alone.code == 3
    wrong = {
        (finding["subject"], finding["check"])
        for finding in json.loads(ended.out)
        if not finding["ok"] and finding["subject"] != "terminal"
    }
    assert wrong == {("klink", "vendor"), ("inbox", "credential")}
    assert "canary" not in ended.out + ended.err


def test_check_reports_a_configuration_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = \n")
    path.chmod(0o600)

    ended = Program(path)("check")

    assert ended.code == 2
    assert f"{path}:1" in ended.out
