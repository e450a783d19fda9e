"""A new ticket's fields as they come in."""

from pathlib import Path

import pytest

from tui.cli.fields import parse_pair, read_fields
from tui.domain.errors import UsageError


def test_the_first_equals_sign_ends_the_key() -> None:
    assert parse_pair("comment=a=b") == ("comment", "a=b")
    assert parse_pair("comment=") == ("comment", "")


@pytest.mark.parametrize("text", ["comment", "=x", " =x", ""])
def test_a_field_without_a_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="KEY=VALUE"):
        parse_pair(text)


_PAIRS = [
    ("title", "Tills down"),
    ("count", "3"),
    ("urgent", "true"),
    ("tags", "vip"),
    ("tags", "oslo"),
    ("creator.name", "Bill"),
    ("customFields.cf_date", "2025-10-23"),
]


_AS_TOML = """\
title = "Tills down"
count = 3
urgent = true
tags = ["vip", "oslo"]
creator = { name = "Bill" }
[customFields]
cf_date = 2025-10-23
"""
_AS_JSON = """\
{"title": "Tills down", "count": 3, "urgent": true, "tags": ["vip", "oslo"],
 "creator": {"name": "Bill", "image": null}, "customFields": {"cf_date": "2025-10-23"}}
"""


@pytest.mark.parametrize("text", [_AS_TOML, _AS_JSON, f"\ufeff\n{_AS_JSON}"])
def test_tables_become_dots_and_lists_repeat_their_key(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ticket"
    path.write_text(text, encoding="utf-8")
    assert read_fields(str(path)) == _PAIRS


def test_no_source_has_no_fields() -> None:
    assert read_fields(None) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"title = ,", "line 1"),
        (b'{"title": }', "line 1"),
        (b"\xff\xfe", "not UTF-8"),
        (b'tags = [["a"]]', "tags: a list of single values"),
        (b"[[tags]]\na = 1", "tags: a list of single values"),
        (b'{"a": ' * 50_000, "nested too deeply"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "no field can hold this"),
        (b"x" * (4 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "ticket"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_fields(str(path))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_fields(str(tmp_path / "missing.toml"))


def test_lists_of_tables_as_a_vendor_documents_them_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "ticket.json"
    path.write_text(
        '{"attachments": [{"url": "https://x.example/a.png", "name": "Plan b.png"}],'
        ' "customFields": [{"id": 42623, "value": "Oslo"}, {"id": "7", "value": ["a", "b"]}]}'
    )

    assert read_fields(str(path)) == [
        ("attachments", "https://x.example/a.png Plan b.png"),
        ("customFields.42623", "Oslo"),
        ("customFields.7", "a"),
        ("customFields.7", "b"),
    ]
