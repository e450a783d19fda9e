"""A configuration that is shown can be read again, and means the same."""

from dataclasses import replace
from pathlib import Path

import tomli_w

from support.configuration import write_config
from tui.cli.configured import load_configuration
from tui.cli.redacted import redacted
from tui.resources import resource


def test_the_example_means_the_same_as_it_is_shown(tmp_path: Path) -> None:
    example = resource("config.example.toml").read_text(encoding="utf-8")
    example += (
        '[[templates]]\nname = "b"\nfields = { creator.name = "Ann", tags = ["a", "b, c"] }\n'
    )
    read = load_configuration(write_config(tmp_path, example))

    shown = write_config(tmp_path, tomli_w.dumps(redacted(read)), "shown.toml")

    again = load_configuration(shown)
    assert [template.name for template in again.templates] == ["Tills down", "b"]
    credentials = [each.credential for each in read.workspaces]
    assert [each.credential for each in again.workspaces] == credentials
    assert replace(again, path=read.path) == read
