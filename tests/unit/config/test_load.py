"""What a configuration means once it is read."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.configuration import WORKSPACE, load, problems, write_config
from tui.config.model import Config, Network, WorkspaceConfig
from tui.config.secrets import (
    CommandCredential,
    EnvCredential,
    FileCredential,
    KeyringCredential,
    credential_identity,
)
from tui.domain.budget import CallBudget
from tui.domain.creates import Template
from tui.domain.errors import ConfigError
from tui.domain.ticket import Priority, Status
from tui.domain.view import View
from tui.domain.workspace import Workspace
from tui.resources import resource

WHOLE = """\
theme = "paper"
glyphs = "ascii"
mouse = "off"
time_zone = "Europe/Berlin"
clipboard = "off"
poll_interval = "2m"
state_dir = "state"
retention = "1w"
store_bodies = false

[[workspaces]]
name = "one"
vendor = "acme"
inbox = 25739
region = "eu"
token_url = "https://tokens.example/oauth/"
credential = { command = ["pass", "show", "acme key"] }
base_url = "http://127.0.0.1:8080/acme/"
mode = "observe"
poll_interval = 0
call_budget = { calls = 20000, days = 30 }
sla = { critical = "1h", none = "1h30m" }
status_words = { "Zu_Erledigen" = "pending" }
priority_words = { "P1" = "critical" }
link = "http://app.example/{number}?id={id}"

[[workspaces]]
name = "two"
vendor = "dual"
board_id = "b"
credential = { file = "~/key" }
poll_interval = "auto"

[[views]]
name = "On fire"
query = "is:open priority:high+"
sort = "due:desc"
[[views]]
name = "All"
query = ""

[[templates]]
name = "Tills down"
[templates.fields]
comment = "Store:"
count = 3

[keys]
"ticket.create" = ["n", "ctrl+n", "n"]
ticket.mark = "space"
"app.quit" = ""

[alerts]
bell = []

[network]
ca_bundle = "corp.pem"
proxy = "http://proxy:3128"
timeout = "45s"
"""


def test_every_key_is_understood(tmp_path: Path) -> None:
    (tmp_path / "corp.pem").touch()
    path = write_config(tmp_path, WHOLE)

    assert load(path) == Config(
        path=path,
        workspaces=(
            WorkspaceConfig(
                workspace=Workspace(
                    name="one",
                    vendor="acme",
                    title="Acme EU",
                    observe=True,
                    poll_interval_s=0.0,
                    sla={
                        Priority.CRITICAL: timedelta(hours=1),
                        Priority.NONE: timedelta(hours=1, minutes=30),
                    },
                    status_words={"zu erledigen": Status.PENDING},
                    priority_words={"p1": Priority.CRITICAL},
                    link="http://app.example/{number}?id={id}",
                ),
                settings={
                    "inbox": "25739",
                    "region": "eu",
                    "token_url": "https://tokens.example/oauth",
                    "base_url": "http://127.0.0.1:8080/acme",
                },
                credential=CommandCredential(("pass", "show", "acme key")),
                call_budget=CallBudget(calls=20_000, days=30),
            ),
            WorkspaceConfig(
                workspace=Workspace(name="two", vendor="dual", title="Dual"),
                settings={"board_id": "b"},
                credential=FileCredential(tmp_path / "home" / "key"),
            ),
        ),
        theme="paper",
        glyphs="ascii",
        mouse="off",
        time_zone="Europe/Berlin",
        clipboard="off",
        poll_interval_s=120.0,
        state_dir=tmp_path / "state",
        retention=timedelta(weeks=1),
        store_bodies=False,
        views=(
            View(name="On fire", query="is:open priority:high+", sort="due:desc"),
            View(name="All"),
        ),
        templates=(Template(name="Tills down", pairs=(("comment", "Store:"), ("count", "3"))),),
        keys={"ticket.create": ("n", "ctrl+n"), "ticket.mark": ("space",), "app.quit": ()},
        bell=(),
        network=Network(ca_bundle=tmp_path / "corp.pem", proxy="http://proxy:3128", timeout_s=45.0),
        warnings=(),
    )


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    path = write_config(tmp_path, "")

    assert load(path) == Config(path=path)


def test_the_general_pace_reaches_the_workspaces_that_name_none(tmp_path: Path) -> None:
    path = write_config(tmp_path, 'poll_interval = "30s"\n' + WORKSPACE)
    write_config(tmp_path, WORKSPACE.replace("one", "two"), "workspaces.d/two.toml")

    paces = [each.workspace.poll_interval_s for each in load(path).workspaces]

    assert paces == [30.0, 30.0]


@pytest.mark.parametrize("never", ["0", '"0"', '"0s"'])
def test_nought_is_never(never: str, tmp_path: Path) -> None:
    assert load(write_config(tmp_path, f"poll_interval = {never}")).poll_interval_s == 0.0


def test_the_folder_adds_workspaces_in_the_order_of_its_files(tmp_path: Path) -> None:
    path = write_config(tmp_path, WORKSPACE)
    for name in ("20-b.toml", "10-a.toml", ".#hidden.toml", "backup.toml~"):
        text = WORKSPACE.replace("one", name[3:4])
        write_config(tmp_path, text, f"workspaces.d/{name}")

    assert [each.workspace.name for each in load(path).workspaces] == ["one", "a", "b"]


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WORKSPACE.replace("\n", "\r\n").encode() + b"x = 1\r\n")

    assert problems(path) == ["config.toml:6: workspaces[0].x: unknown key, ignored"]


@pytest.mark.parametrize("spelling", ["local", "UTC", "Asia/Kolkata"])
def test_time_zones_that_exist_are_taken(spelling: str, tmp_path: Path) -> None:
    assert load(write_config(tmp_path, f'time_zone = "{spelling}"')).time_zone == spelling


def test_a_budget_counts_for_every_workspace_of_its_account(tmp_path: Path) -> None:
    text = (
        WORKSPACE
        + WORKSPACE.replace("one", "two")
        + "call_budget = { calls = 9, days = 1 }\n"
        + WORKSPACE.replace("one", "three").replace("ACME_KEY", "OTHER_KEY")
    )

    budgets = [each.call_budget for each in load(write_config(tmp_path, text)).workspaces]

    assert budgets == [CallBudget(calls=9, days=1), CallBudget(calls=9, days=1), None]


def test_two_accounts_may_have_two_budgets(tmp_path: Path) -> None:
    text = (
        WORKSPACE
        + "call_budget = { calls = 9, days = 1 }\n"
        + WORKSPACE.replace("one", "two").replace("ACME_KEY", "OTHER_KEY")
        + "call_budget = { calls = 8, days = 1 }\n"
    )

    assert len(load(write_config(tmp_path, text)).workspaces) == 2


def test_commands_for_credentials_do_not_get_the_credentials_of_others(tmp_path: Path) -> None:
    text = WORKSPACE + WORKSPACE.replace("one", "two").replace(
        'env = "ACME_KEY"', 'command = ["x"]'
    )

    _, two = load(write_config(tmp_path, text)).workspaces

    assert isinstance(two.credential, CommandCredential)
    assert two.credential.withheld == {"ACME_KEY"}


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ('env = "A_KEY"', EnvCredential("A_KEY")),
        ('file = "/etc/key"', FileCredential(Path("/etc/key"))),
        ('keyring = "deck/me@work/a"', KeyringCredential("deck", "me@work/a")),
    ],
)
def test_a_credential_is_a_place(written: str, source: object, tmp_path: Path) -> None:
    text = WORKSPACE.replace('env = "ACME_KEY"', written)

    assert load(write_config(tmp_path, text)).workspaces[0].credential == source


_PIECES = st.sampled_from(
    [
        *("[", "]", "{", "}", "=", '"', "'", '"""', "\n", ",", ".", "#", "\\", "  ", "é"),
        *("0", "-1", "true", "1e9", "nan", "2026-01-01", "[[workspaces]]\n", "[keys]\n"),
        *("\x00", "\x1b", "\u202e"),
    ]
)


def refusal(path: Path) -> ConfigError | None:
    """Return why the file is refused; None if it is not. Anything else would be a traceback."""
    try:
        load(path)
    except ConfigError as error:
        return error
    return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutated_file_is_read_or_explained(data: st.DataObject, tmp_path: Path) -> None:
    text = data.draw(st.sampled_from([WHOLE, resource("config.example.toml").read_text()]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 40)))
        text = text[:start] + data.draw(_PIECES) + text[end:]
    path = write_config(tmp_path, text)

    error = refusal(path)

    lines = str(error).splitlines() if error else []
    assert len(lines) == len(error.problems if error else ())
    assert all(line.startswith(f"{path}:") and line.isprintable() for line in lines)
    assert all(
        0 < (problem.line or 1) <= text.count("\n") + 1
        for problem in (error.problems if error else ())
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_explained(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)

    error = refusal(path)

    assert all("\n" not in str(problem) for problem in (error.problems if error else ()))


def test_two_commands_are_two_accounts_though_their_first_word_is_the_same(tmp_path: Path) -> None:
    def written(name: str, entry: str) -> str:
        place = f'command = ["pass", "show", "{entry}"]'
        return WORKSPACE.replace("one", name).replace('env = "ACME_KEY"', place)

    text = written("one", "acme") + written("two", "other") + written("three", "acme")

    sources = [each.credential for each in load(write_config(tmp_path, text)).workspaces]
    identities = [credential_identity(each) for each in sources]

    assert len({each.place for each in sources}) == 1
    assert identities[0] != identities[1]
    assert identities[0] == identities[2]


def test_a_credential_is_identified_by_its_place_and_never_read(tmp_path: Path) -> None:
    (workspace,) = load(write_config(tmp_path, WORKSPACE)).workspaces

    assert credential_identity(workspace.credential) == "variable ACME_KEY"
