"""Templates are read with their workspaces and the vendors' fields, and told by file and line."""

from pathlib import Path
from types import MappingProxyType

import pytest

from support.configuration import VENDORS, WORKSPACE, write_config
from tui.config.load import load_config
from tui.config.model import Config
from tui.config.templates import NO_FIELDS, Fields
from tui.domain.creates import Template
from tui.domain.draft import Choice, FieldSpec, FieldType
from tui.domain.errors import ConfigError

PRIORITY = FieldSpec(
    key="priority",
    label="Priority",
    type=FieldType.CHOICE,
    choices=(Choice("HIGH", "Very urgent"), Choice("LOW", "Low")),
)
ACME_FIELDS = (
    FieldSpec(key="comment", label="Comment", type=FieldType.LONG_TEXT, required=True),
    PRIORITY,
    FieldSpec(key="creator.email", label="E-mail", type=FieldType.EMAIL),
    FieldSpec(key="tags", label="Tags", repeats=True),
    FieldSpec(key="customFields", label="Custom fields", open_keys=True),
    FieldSpec(key="assignee", label="Assignee", type=FieldType.CHOICE, lookup="users"),
)
FIELDS: Fields = {"acme": ACME_FIELDS, "dual": ()}
SECOND = """\
[[workspaces]]
name = "two"
vendor = "dual"
board_id = "7"
credential = { env = "DUAL_KEY" }
"""


def load(folder: Path, text: str, fields: Fields = FIELDS, others: str = "") -> Config:
    if others:
        (folder / "workspaces.d").mkdir(mode=0o700)
        write_config(folder, others, "workspaces.d/more.toml")
    return load_config(write_config(folder, text), VENDORS, fields=fields)


def told(folder: Path, text: str, fields: Fields = FIELDS) -> tuple[str, ...]:
    """Return every error, or else every warning, by its line in the templates."""
    try:
        found = load(folder, WORKSPACE + text, fields).warnings
    except ConfigError as error:
        found = error.problems
    above = WORKSPACE.count("\n")
    return tuple(f"{(each.line or 0) - above}: {each.key}: {each.message}" for each in found)


def test_a_template_has_its_fields_as_pairs_in_their_order(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        f"""{WORKSPACE}
[[templates]]
name = "Tills down"
workspace = "one"
[templates.fields]
priority = "very urgent"
comment = '''
Store:
Since:
'''
tags = ["pos", "a, b"]
creator.email = "ann@example.com"
"customFields.cf_due" = 2026-11-22
[templates.fields.customFields]
cf_count = 3
[[templates]]
name = "Bare"
fields = {{ comment = "" }}
""",
    )

    assert config.warnings == ()
    assert config.templates == (
        Template(
            name="Tills down",
            workspace="one",
            pairs=(
                ("priority", "very urgent"),
                ("comment", "Store:\nSince:\n"),
                ("tags", "pos"),
                ("tags", "a, b"),
                ("creator.email", "ann@example.com"),
                ("customFields.cf_due", "2026-11-22"),
                ("customFields.cf_count", "3"),
            ),
        ),
        Template(name="Bare", pairs=(("comment", ""),)),
    )


def test_a_template_may_be_for_a_workspace_of_another_file(tmp_path: Path) -> None:
    text = '[[templates]]\nname = "t"\nworkspace = "one"\n[templates.fields]\ncomment = "x"\n'

    assert load(tmp_path, text, others=WORKSPACE).templates[0].workspace == "one"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ()),
        (
            "[[templates]]",
            ("1: templates[0].name: is missing", "1: templates[0].fields: is missing"),
        ),
        (
            '[[templates]]\nname = "a"\nfield = { comment = "x" }',
            (
                (
                    "3: templates[0].field: unknown key, and fields is missing"
                    " (nearest known key: fields)"
                ),
            ),
        ),
        (
            '[[templates]]\nname = "a"\nfields = {}\n[[templates]]\nname = "a"\nfields = {}',
            ("5: templates[1].name: another template has this name already",),
        ),
        (
            '[templates]\nname = "a"',
            ("1: templates: takes a list of tables; write [[templates]], with two brackets",),
        ),
        (
            '[[templates]]\nname = "a"\nworkspace = "oen"\nfields = { comment = "x" }',
            ("3: templates[0].workspace: takes one of: one (nearest: one)",),
        ),
        (
            '[[templates]]\nname = "a"\nfields = "comment"',
            ("3: templates[0].fields: takes a table, not text",),
        ),
    ],
)
def test_what_is_wrong_with_a_template_is_told_by_its_line(
    tmp_path: Path, text: str, says: tuple[str, ...]
) -> None:
    assert told(tmp_path, text) == says


HEAD = '[[templates]]\nname = "a"\nworkspace = "one"\n[templates.fields]\n'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('coment = "x"', "coment: unknown field, ignored (nearest known key: comment)"),
        (
            'customFeilds.cf = "x"',
            "customFeilds.cf: unknown field, ignored (nearest known key: customFields.<name>)",
        ),
        (
            'xyzzy = "1"',
            (
                "xyzzy: unknown field, ignored (fields: comment, priority, creator.email, tags,"
                " customFields.<name>, assignee)"
            ),
        ),
        ('priority = "HIHG"', "priority: takes one of: HIGH, LOW (nearest: HIGH)"),
        ('creator.email = "ann"', "creator.email: not an e-mail address"),
        ('creator.email = "a@b.ch\\nc"', "creator.email: takes one line"),
        ('comment = "a\\u0007b"', "comment: holds control characters"),
        ('tags = ["a", "b\\u0007"]', "tags[1]: holds control characters"),
        ('comment = ["a", "b"]', "comment[1]: takes one value"),
        ('comment = [["a"]]', "comment[0]: a list of single values was expected"),
        ("tags = [{ a = 1 }]", "tags[0]: a list of single values was expected"),
        (
            'api_token = "kpt_123"',
            (
                "api_token: a credential does not belong in this file;"
                ' write credential = { env = "NAME" } (or command, file, keyring)'
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_field_is_told_at_its_line_without_its_value(
    tmp_path: Path, line: str, says: str
) -> None:
    assert told(tmp_path, HEAD + line) == (f"5: templates[0].fields.{says}",)


def test_an_unknown_field_only_warns_and_is_left_out(tmp_path: Path) -> None:
    config = load(tmp_path, f'{WORKSPACE}{HEAD}coment = "x"\npriority = "LOW"')

    assert [warning.key for warning in config.warnings] == ["templates[0].fields.coment"]
    assert config.templates[0].pairs == (("priority", "LOW"),)


def test_required_fields_and_looked_up_values_are_left_to_the_form(tmp_path: Path) -> None:
    assert told(tmp_path, f'{HEAD}assignee = "Ann"') == ()


def test_a_workspace_without_creates_takes_no_template(tmp_path: Path) -> None:
    text = f'{SECOND}[[templates]]\nname = "a"\nworkspace = "two"\nfields = {{ comment = "x" }}'

    with pytest.raises(ConfigError, match="takes a workspace where tickets can be created"):
        load(tmp_path, text)


class TestWithoutAWorkspace:
    """Such a template is for every workspace that has all of its fields."""

    fields: Fields = MappingProxyType(
        {
            "acme": ACME_FIELDS,
            "dual": (
                FieldSpec(key="title", label="Title"),
                FieldSpec(key="priority", label="P", choices=(Choice("1", "One"),)),
            ),
        }
    )

    def read(self, folder: Path, fields: str) -> list[str]:
        text = f'{WORKSPACE}{SECOND}[[templates]]\nname = "a"\nfields = {{ {fields} }}'
        try:
            found = load(folder, text, self.fields).warnings
        except ConfigError as error:
            found = error.problems
        return [f"{each.key}: {each.message}" for each in found]

    def test_a_field_that_one_of_them_has_is_known(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, 'title = "x"') == []

    def test_a_value_that_one_of_them_takes_is_no_error(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, 'priority = "1"') == []
        assert self.read(tmp_path, 'priority = "1", comment = "x"') == [
            "templates[0].fields.priority: takes one of: HIGH, LOW"
        ]

    def test_fields_that_no_workspace_has_together_are_told(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, 'title = "x", comment = "y"') == [
            "templates[0].fields: no workspace has all of these fields, so it is never offered"
        ]


def test_a_wrong_workspace_is_not_told_a_second_time_by_its_templates(tmp_path: Path) -> None:
    broken = WORKSPACE.replace('inbox = "7"\n', "")

    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f'{broken}{HEAD}coment = "x"')
    assert [problem.key for problem in caught.value.problems] == ["workspaces[0].inbox"]


def test_where_no_fields_are_known_none_is_called_unknown(tmp_path: Path) -> None:
    assert told(tmp_path, f'{HEAD}coment = "x"', NO_FIELDS) == ()
