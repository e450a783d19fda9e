"""Files that the queue is exported to: their forms, their names, and never one over another."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.config.new_file import write_new_file
from tui.domain import export
from tui.domain.clean import clean
from tui.domain.errors import TicketdeckError
from tui.domain.ticket import Ticket

FORMS: Final = {"csv": "CSV", "json": "JSON", "md": "Markdown"}
"""Suffixes, and what people call the form."""


class ExportFailed(TicketdeckError):
    """The file was not written; says why in one line."""


class NameTaken(ExportFailed):
    """There is something of that name already; `free` is a name that is not taken."""

    def __init__(self, path: Path, free: str) -> None:
        super().__init__(f"{clean(path.name)} is there already and stays; {clean(free)} is free")
        self.free = free


def default_name(now: str, form: str) -> str:
    """Return such as `tickets-2026-02-04-0305.csv` for a moment as `ClockFace.full` writes it."""
    day, clock, *_ = now.split(" ")
    return f"tickets-{day}-{clock.replace(':', '')}.{form}"


def with_form(name: str, form: str) -> str:
    """Return the name with the suffix of another form, unless it has one of its own."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{form}" if dot and suffix in FORMS else name


def write_export(name: str, form: str, tickets: Sequence[Ticket], now: datetime) -> Path:
    """Write the tickets to a new file, readable by its owner only; return its path.

    `~` is understood. The file is there whole or not at all.

    Raises:
        NameTaken: there is something of that name.
        ExportFailed: it cannot be written.
    """
    path = _path(name)
    if os.path.lexists(path):
        raise NameTaken(path, _free_name(name))
    text = _text(form, tickets, now)
    try:
        write_new_file(path, text.encode("utf-8", "backslashreplace"))
    except FileExistsError:
        raise NameTaken(path, _free_name(name)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExportFailed(f"{clean(str(path))} cannot be written: {reason}") from None
    return path


def _text(form: str, tickets: Sequence[Ticket], now: datetime) -> str:
    if form == "csv":
        return export.as_csv(tickets, now) + "\n"
    if form == "md":
        return export.as_markdown(tickets, now) + "\n"
    from msgspec.json import encode

    return export.as_json(tickets, now, encode) + "\n"


def _path(name: str) -> Path:
    if not name.strip():
        raise ExportFailed("The file needs a name")
    try:
        path = Path(name.strip()).expanduser().absolute()
    except (RuntimeError, OSError):
        raise ExportFailed("~ is not known here; write the whole path") from None
    if "\0" in name:
        raise ExportFailed("No file can have such a name")
    if name.strip().endswith("/"):
        raise ExportFailed("That is a folder; add the name of a file")
    return path


def _free_name(name: str) -> str:
    """Return the name with the first number that makes it free."""
    stem, dot, suffix = name.strip().rpartition(".")
    if not dot or "/" in suffix:
        stem, dot, suffix = name.strip(), "", ""
    number = 2
    while os.path.lexists(_path(f"{stem}-{number}{dot}{suffix}")):
        number += 1
    return f"{stem}-{number}{dot}{suffix}"
