"""What each mistake in a configuration is answered with: file, line, key and reason."""

from pathlib import Path

import pytest

from support.configuration import WORKSPACE, load, problems, write_config
from tui.domain.errors import ConfigError

LENGTH = 'write a length of time such as "30s", "2m", "4h" or "1d"'
NO_SECRETS = (
    "a credential does not belong in this file; "
    'write credential = { env = "NAME" } (or command, file, keyring)'
)

MISTAKES: dict[str, tuple[str, list[str]]] = {
    # text of the file -> what is answered, each without `config.toml:` in front
    "a number for text": ("theme = 5", ["1: theme: takes text in quotes, not a whole number"]),
    "an empty text": ('\ntheme = " "', ["2: theme: is empty"]),
    "an escape sequence": (
        r'theme = "\u001b[2J"',
        ["1: theme: holds characters that cannot be shown, or is too long"],
    ),
    "a wrong choice": (
        'glyphs = "unicod"',
        ["1: glyphs: takes one of: auto, unicode, ascii (nearest: unicode)"],
    ),
    "a choice far from all": ('mouse = "x"', ["1: mouse: takes one of: auto, on, off"]),
    "a choice as a bool": (
        "clipboard = false",
        ["1: clipboard: takes text in quotes, not true or false"],
    ),
    "an unknown zone": (
        'time_zone = "Europe/Berln"',
        [
            (
                "1: time_zone: takes local, UTC, or a name such as Europe/Berlin"
                " (nearest: Europe/Berlin)"
            )
        ],
    ),
    "a zone that leaves its folder": (
        'time_zone = "../../etc/passwd"',
        ["1: time_zone: takes local, UTC, or a name such as Europe/Berlin"],
    ),
    "a pace without a unit": (
        "poll_interval = 30",
        ['1: poll_interval: takes "auto", a length such as "30s", or 0 for never'],
    ),
    "a negative pace": (
        "poll_interval = -1",
        ['1: poll_interval: takes "auto", a length such as "30s", or 0 for never'],
    ),
    "a pace that storms": ('poll_interval = "4s"', ["1: poll_interval: takes at least 5s"]),
    "a pace in no unit": ('poll_interval = "30 seconds"', [f"1: poll_interval: {LENGTH}"]),
    "a pace beyond reason": (
        'poll_interval = "99999d"',
        ["1: poll_interval: longer than ten years"],
    ),
    "a retention of nothing": ('retention = "0s"', ["1: retention: takes at least 1h"]),
    "a text for a bool": (
        'store_bodies = "no"',
        ["1: store_bodies: takes true or false, not text"],
    ),
    "a date": ("theme = 2026-01-01", ["1: theme: takes text in quotes, not a date or time"]),
    "one bracket": (
        '[workspaces]\nname = "x"',
        ["1: workspaces: takes a list of tables; write [[workspaces]], with two brackets"],
    ),
    "a list of texts for tables": (
        'workspaces = [\n  "a",\n]',
        ["2: workspaces[0]: takes a table, not text"],
    ),
    "nothing but the header": (
        "\n[[workspaces]]\n",
        [
            "2: workspaces[0].name: is missing",
            "2: workspaces[0].vendor: is missing",
            "2: workspaces[0].credential: is missing",
        ],
    ),
    "a name with a space": (
        WORKSPACE.replace('"one"', '"o ne"'),
        ["2: workspaces[0].name: takes letters, digits, - and _, up to 64, and no - in front"],
    ),
    "a name twice": (
        WORKSPACE + "\n" + WORKSPACE,
        ["8: workspaces[1].name: workspaces[0] in config.toml has this name already"],
    ),
    "a name twice in two spellings": (
        WORKSPACE.replace('"one"', "7") + "\n" + WORKSPACE.replace('"one"', '"7 "'),
        ["8: workspaces[1].name: workspaces[0] in config.toml has this name already"],
    ),
    "an endless number for an id": (
        WORKSPACE.replace('inbox = "7"', f"inbox = 0x{'f' * 5_000}"),
        ["4: workspaces[0].inbox: is too long"],
    ),
    "an unknown vendor": (
        WORKSPACE.replace('"acme"', '"acmee"'),
        ["3: workspaces[0].vendor: takes one of: acme, dual (nearest: acme)"],
    ),
    "a vendor's setting that is missing": (
        WORKSPACE.replace('inbox = "7"', ""),
        ["1: workspaces[0].inbox: is missing"],
    ),
    "a vendor's setting that is misspelt": (
        WORKSPACE.replace("inbox", "inbx"),
        ["4: workspaces[0].inbx: unknown key, and inbox is missing (nearest known key: inbox)"],
    ),
    "a vendor's setting that is a bool": (
        WORKSPACE.replace('"7"', "true"),
        ["4: workspaces[0].inbox: takes text in quotes, not true or false"],
    ),
    "a wrong choice of the vendor": (
        WORKSPACE + 'region = "de"',
        ["6: workspaces[0].region: takes one of: us, eu (nearest: eu)"],
    ),
    "a common key that is misspelt": (
        WORKSPACE.replace("vendor", "vendr"),
        ["3: workspaces[0].vendr: unknown key, and vendor is missing (nearest known key: vendor)"],
    ),
    "neither of two": (
        '[[workspaces]]\nname = "a"\nvendor = "dual"\ncredential = { env = "X" }',
        ["1: workspaces[0]: needs one of: segment_id, board_id"],
    ),
    "both of two": (
        (
            '[[workspaces]]\nname = "a"\nvendor = "dual"\nboard_id = 1\nsegment_id = 2\n'
            'credential = { env = "X" }'
        ),
        ["4: workspaces[0].board_id: excludes segment_id; give one of them"],
    ),
    "plain http": (
        WORKSPACE + 'base_url = "http://host.example"',
        [
            (
                "6: workspaces[0].base_url: takes https; http would send the credential readable"
                " (only loopback may use it)"
            )
        ],
    ),
    "no address": (
        WORKSPACE + 'base_url = "host.example"',
        ["6: workspaces[0].base_url: takes an address such as https://host/path"],
    ),
    "a password in an address": (
        WORKSPACE + 'token_url = "https://me:canary@host.example"',
        [
            (
                "6: workspaces[0].token_url: takes no user or password;"
                " the credential has a key of its own"
            )
        ],
    ),
    "a key in an address": (
        WORKSPACE + 'base_url = "https://host.example/?apiKey=canary"',
        ["6: workspaces[0].base_url: takes no query (?) and no fragment (#)"],
    ),
    "a script as a link": (
        WORKSPACE + 'link = "javascript:alert({id})"',
        ["6: workspaces[0].link: takes an address such as https://app.example/tickets/{id}"],
    ),
    "a link to one place": (
        WORKSPACE + 'link = "https://app.example"',
        ["6: workspaces[0].link: needs {id} or {number}, else it is the same for every ticket"],
    ),
    "a link with another word": (
        WORKSPACE + 'link = "https://app.example/{id}/{ref}"',
        ["6: workspaces[0].link: knows only {id} and {number}"],
    ),
    "a link whose host is the vendor's to choose": (
        WORKSPACE + 'link = "https://{id}.example"',
        ["6: workspaces[0].link: takes {id} and {number} behind the host, not in it"],
    ),
    "a wrong mode": (
        WORKSPACE + 'mode = "observer"',
        ["6: workspaces[0].mode: takes one of: act, observe (nearest: observe)"],
    ),
    "half a budget": (
        WORKSPACE + "call_budget = { calls = 0 }",
        [
            "6: workspaces[0].call_budget.calls: takes a whole number from 1 to 1000000000",
            "6: workspaces[0].call_budget.days: is missing",
        ],
    ),
    "a budget in words": (
        WORKSPACE + 'call_budget = { calls = "many", days = 30 }',
        ["6: workspaces[0].call_budget.calls: takes a whole number, not text"],
    ),
    "a due time of no priority": (
        WORKSPACE + "[workspaces.sla]\n" + 'hihg = "4h"\ncritical = "soon"',
        [
            "7: workspaces[0].sla.hihg: unknown key, ignored (nearest known key: high)",
            f"8: workspaces[0].sla.critical: {LENGTH}",
        ],
    ),
    "a due time in the past": (
        WORKSPACE + 'sla.high = "-4h"',
        [f"6: workspaces[0].sla.high: {LENGTH}"],
    ),
    "a word for no status": (
        WORKSPACE + 'status_words = { "Zu erledigen" = "opened" }',
        [
            (
                '6: workspaces[0].status_words."Zu erledigen": takes one of: new, open, pending,'
                " escalated, resolved, unknown (nearest: open)"
            )
        ],
    ),
    "a word twice": (
        WORKSPACE + 'priority_words = { "p-1" = "high", "P_1" = "low" }',
        ["6: workspaces[0].priority_words.P_1: is the same word as one above it"],
    ),
    "two sources of a credential": (
        WORKSPACE.replace('env = "ACME_KEY"', 'env = "A", file = "/b"'),
        ["5: workspaces[0].credential: takes exactly one of: env, command, file, keyring"],
    ),
    "a misspelt source of a credential": (
        WORKSPACE.replace("env =", "envv ="),
        ["5: workspaces[0].credential: takes exactly one of: env, command, file, keyring"],
    ),
    "a shell line": (
        WORKSPACE.replace('env = "ACME_KEY"', 'command = "pass show x"'),
        [
            (
                '5: workspaces[0].credential.command: takes a list such as ["pass", "show",'
                ' "name"]; no shell runs it'
            )
        ],
    ),
    "a command of nothing": (
        WORKSPACE.replace('env = "ACME_KEY"', "command = []"),
        ["5: workspaces[0].credential.command: is empty"],
    ),
    "a number in a command": (
        WORKSPACE.replace('{ env = "ACME_KEY" }', '{ command = [\n  "pass",\n  3,\n] }'),
        ["7: workspaces[0].credential.command[1]: takes text in quotes, not a whole number"],
    ),
    "a credential file somewhere": (
        WORKSPACE.replace('env = "ACME_KEY"', 'file = "key.txt"'),
        ["5: workspaces[0].credential.file: takes a whole path, from / or ~/"],
    ),
    "a key store's entry without a user": (
        WORKSPACE.replace('env = "ACME_KEY"', 'keyring = "ticketdeck"'),
        ['5: workspaces[0].credential.keyring: takes "service/user"'],
    ),
    "views without a name": (
        '[[views]]\nquery = "x"\n[[views]]\nname = "a"\nsort = "urgent"',
        [
            "1: views[0].name: is missing",
            "5: views[1].sort: no sort key 'urgent' (nearest: urgency)",
        ],
    ),
    "a view of what there is not": (
        '[[views]]\nname = "a"\nquery = "is:open 12:30 status:opne"',
        ["3: views[0].query: column 22: 'opne' is no word for status: (nearest: open)"],
    ),
    "a view by a misspelt field": (
        '[[views]]\nname = "b"\nquery = "statsu:new"',
        [
            (
                "3: views[0].query: column 1: no field statsu (nearest: status);"
                " put it in quotes to find it as a word"
            )
        ],
    ),
    "a view whose query is not finished": (
        '[[views]]\nname = "c"\nquery = "is:open assignee:"',
        ["3: views[0].query: column 9: assignee: a value is missing (who has it, or none)"],
    ),
    "a view twice": (
        '[[views]]\nname = "a"\n[[views]]\nname = "a"',
        ["4: views[1].name: another view has this name already"],
    ),
    "a key that is a number": (
        '[keys]\n"ticket.create" = [\n  "n",\n  5,\n]',
        ['4: keys."ticket.create"[1]: takes text in quotes, not a whole number'],
    ),
    "a bell for nothing known": (
        '[alerts]\nbell = [\n  "critical",\n\n  # another\n  "overdu",\n]',
        ["6: alerts.bell[1]: takes one of: critical, overdue (nearest: overdue)"],
    ),
    "a bell that is no list": (
        '[alerts]\nbell = "critical"',
        ["2: alerts.bell: takes a list of texts, not text"],
    ),
    "certificates that are not there": (
        '[network]\nca_bundle = "/no/such/file.pem"',
        ["2: network.ca_bundle: no such file"],
    ),
    "a proxy with a password": (
        '[network]\nproxy = "http://me:canary@proxy:3128"',
        [
            (
                "2: network.proxy: takes no user or password;"
                " leave it out and set HTTPS_PROXY in the environment"
            )
        ],
    ),
    "a proxy of another kind": (
        '[network]\nproxy = "socks5://proxy:1080"',
        ["2: network.proxy: takes an address such as http://proxy:3128"],
    ),
    "no patience": ('[network]\ntimeout = "0s"', ["2: network.timeout: takes at least 1s"]),
    "a table that is none": ("network = 3", ["1: network: takes a table, not a whole number"]),
}

SYNTAX: dict[str, tuple[str, int]] = {
    "a line that ends early": ('theme = "a"\nglyphs = \nmouse = 3', 2),
    "a key twice": ("a = 1\na = 2\n", 2),
    "a key twice at the end": ("a = 1\nb = 1\n\na = 2", 4),
    "a table twice": ("[keys]\n[alerts]\n[keys]\n", 3),
    "a quote left open": ('theme = "a"\nmouse = "auto\n', 2),
    "a list left open": ('theme = "a"\n[keys]\nx = [\n  "a",\n  "b",\n# the end\n', 3),
    "a text left open": ('a = 1\n\nb = """\none\ntwo', 3),
    "a text left open high up": ('a = 1\nb = """\n' + "x\n" * 5_000, 2),
    "a control character": ("a = 1\n# \x01\n", 2),
    "a number of 5,000 digits": ("a = 1\nb = " + "9" * 5_000, 2),
}

SECRETS: dict[str, str] = {
    "as the credential": 'credential = "canary-5f3a"',
    "as a key": 'api_key = "canary-5f3a"',
    "as a token": 'refresh-token = "canary-5f3a"',
    "as a password": 'Password = "canary-5f3a"',
    "as a secret": 'clientSecret = "canary-5f3a"',
    "as a header": 'headers = { "X-Api-Key" = "canary-5f3a" }',
    "in a list": 'logins = [{ user = "x", password = "canary-5f3a" }]',
    "as a variable": 'credential = { env = "canary-5f3a" }',
    "as a long variable": 'credential = { env = "canary5f3acanary5f3a" }',
    "as a file": 'credential = { file = "canary-5f3a" }',
    "as an unknown source": 'credential = { value = "canary-5f3a" }',
    "as an entry": 'credential = { keyring = "canary-5f3a" }',
    "as a shell line": 'credential = { command = "echo canary-5f3a" }',
    "as the vendor": 'vendor = "canary-5f3a"',
    "as a region": 'region = "canary-5f3a"',
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_its_place(
    text: str, expected: list[str], tmp_path: Path
) -> None:
    path = write_config(tmp_path, text)

    with pytest.raises(ConfigError):
        load(path)
    assert problems(path) == [f"config.toml:{line}" for line in expected]


@pytest.mark.parametrize(("text", "line"), SYNTAX.values(), ids=SYNTAX)
def test_a_syntax_error_stands_alone_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    write_config(tmp_path, "also = wrong", "workspaces.d/x.toml")

    found = problems(write_config(tmp_path, text))

    assert len(found) == 1
    assert found[0].startswith((f"config.toml:{line}: not TOML: ", f"config.toml:{line}: a number"))
    assert "\n" not in found[0]


def test_a_syntax_error_beside_the_main_file_stands_alone_too(tmp_path: Path) -> None:
    write_config(tmp_path, "[[workspaces]\n", "workspaces.d/x.toml")

    found = problems(write_config(tmp_path, "theme = 5"))

    assert len(found) == 1
    assert found[0].startswith("workspaces.d/x.toml:1: not TOML: ")


def test_an_unfinished_value_is_named_by_the_line_where_it_begins(tmp_path: Path) -> None:
    found = problems(write_config(tmp_path, 'a = 1\n\nb = """\none\ntwo\n[keys]\n'))

    assert found == ["config.toml:3: not TOML: Unterminated string; it begins here"]


@pytest.mark.parametrize("line", SECRETS.values(), ids=SECRETS)
def test_a_literal_credential_is_refused_and_never_repeated(line: str, tmp_path: Path) -> None:
    key = line.partition(" ")[0]
    kept = [other for other in WORKSPACE.splitlines() if other.partition(" ")[0] != key]
    path = write_config(tmp_path, "\n".join([*kept, line]))

    with pytest.raises(ConfigError) as caught:
        load(path)
    assert len(caught.value.problems) == 1
    assert "canary" not in f"{caught.value}{caught.value!r}{caught.value.problems!r}"


def test_a_misplaced_credential_explains_the_missing_one(tmp_path: Path) -> None:
    text = WORKSPACE.replace('credential = { env = "ACME_KEY" }', 'api_key = "x"')

    assert problems(write_config(tmp_path, text)) == [
        f"config.toml:5: workspaces[0].api_key: {NO_SECRETS}"
    ]


def test_five_mistakes_are_five_lines_in_their_order(tmp_path: Path) -> None:
    text = (
        'thme = "midnight"\n'
        'glyphs = "emoji"\n'
        + WORKSPACE
        + "\n"
        + WORKSPACE.replace('"one"', '"two"').replace('"7"', "[]")
        + 'poll_interval = "1s"\n'
        + "\n[alerts]\nbell = true\n"
    )

    assert problems(write_config(tmp_path, text)) == [
        "config.toml:1: thme: unknown key, ignored (nearest known key: theme)",
        "config.toml:2: glyphs: takes one of: auto, unicode, ascii",
        "config.toml:12: workspaces[1].inbox: takes text in quotes, not a list",
        "config.toml:14: workspaces[1].poll_interval: takes at least 5s",
        "config.toml:17: alerts.bell: takes a list of texts, not true or false",
    ]


def test_unknown_keys_and_themes_are_warnings_and_the_program_starts(tmp_path: Path) -> None:
    text = (
        'theme = "papr"\n"a b" = 1\n' + WORKSPACE + 'theme = "paper"\nlinkk = "x"\n'
        '[keys]\n"ticket.creat" = "n"\n'
    )
    path = write_config(tmp_path, text)

    assert load(path).theme == "papr"
    assert problems(path, commands=["ticket.create"]) == [
        "config.toml:1: theme: no such theme (nearest: paper)",
        'config.toml:2: "a b": unknown key, ignored',
        (
            "config.toml:8: workspaces[0].theme: unknown key here;"
            " it belongs at the top of the file, above the first [table]"
        ),
        "config.toml:9: workspaces[0].linkk: unknown key, ignored (nearest known key: link)",
        (
            'config.toml:11: keys."ticket.creat": unknown command, ignored'
            " (nearest known key: ticket.create)"
        ),
    ]


def test_hostile_keys_are_shown_cleaned(tmp_path: Path) -> None:
    found = problems(write_config(tmp_path, r'"\u001b]0;x\u0007\u202e" = 1'))

    assert found == ['config.toml:1: "␛<U+202E>": unknown key, ignored']


def test_files_in_the_folder_tell_their_own_lines(tmp_path: Path) -> None:
    path = write_config(tmp_path, 'glyphs = "x"\n' + WORKSPACE)
    write_config(tmp_path, "theme = 1\n" + WORKSPACE, "workspaces.d/b.toml")
    write_config(tmp_path, "\n[[workspaces]]\nname = 5\nvendor = 5\n", "workspaces.d/a.toml")

    assert problems(path) == [
        "config.toml:1: glyphs: takes one of: auto, unicode, ascii",
        "workspaces.d/a.toml:2: workspaces[0].credential: is missing",
        "workspaces.d/a.toml:4: workspaces[0].vendor: takes text in quotes, not a whole number",
        "workspaces.d/b.toml:1: theme: unknown key, ignored",
        (
            "workspaces.d/b.toml:3: workspaces[0].name:"
            " workspaces[0] in config.toml has this name already"
        ),
    ]


@pytest.mark.parametrize("budget", ["{ calls = 1, days = 30 }", "{ calls = 2, days = 3 }"])
def test_one_account_has_one_budget(budget: str, tmp_path: Path) -> None:
    text = (
        WORKSPACE
        + "call_budget = { calls = 2, days = 30 }\n"
        + WORKSPACE.replace('"one"', '"two"')
        + f"call_budget = {budget}\n"
    )

    assert problems(write_config(tmp_path, text)) == [
        (
            "config.toml:12: workspaces[1].call_budget: differs from workspaces[0] in config.toml,"
            " which has the same credential and so the same budget"
        )
    ]
