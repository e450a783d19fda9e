"""Every command of the dashboard: its id, its keys and its words. Data only; imports no Textual.

Help, the line of keys and the bindings are made from this table, so that they cannot disagree.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a key can do. Its action is the method `action_<id>`, dots as underscores."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them, or the character itself."""
    help: str
    """A short sentence for the help screen."""
    hint: str = ""
    """The word beside the key in the line of keys; "" where the command is not worth the room."""


COMMANDS = (
    Command("list.open", ("enter",), "Open what the cursor is on", "open"),
    Command("list.down", ("j", "down"), "One row down"),
    Command("list.up", ("k", "up"), "One row up"),
    Command("list.top", ("g", "home"), "To the first row"),
    Command("list.bottom", ("G", "end"), "To the last row"),
    Command("list.page_down", ("ctrl+d", "pagedown"), "One page down"),
    Command("list.page_up", ("ctrl+u", "pageup"), "One page up"),
    Command("list.next_overdue", (".",), "To the next overdue ticket"),
    Command("list.next_unseen", (",",), "To the next ticket that is new or changed", "next unseen"),
    Command("list.seen_all", ("M",), "Call all tickets of this list seen"),
    Command("list.mark", ("space",), "Mark the ticket, or take its mark away", "mark"),
    Command("list.mark_all", ("V",), "Mark all tickets of this list, or none"),
    Command("list.why", ("i",), "Why the ticket has its colour and its place", "why"),
    Command("list.sort", ("S",), "Choose the order of the list", "sort"),
    Command("list.filter", ("/",), "Show only tickets that match what you type", "filter"),
    Command("list.preview", ("p",), "Show or hide the preview", "preview"),
    Command("ticket.next", ("J",), "To the next ticket of the list", "next ticket"),
    Command("ticket.previous", ("K",), "To the ticket before it in the list"),
    Command("ticket.create", ("n",), "Create a ticket", "new"),
    Command("ticket.create_like", ("N",), "Create a ticket like this one"),
    Command("ticket.acknowledge", ("a",), "Acknowledge here, or take it back", "ack"),
    Command("ticket.snooze", ("s",), "Put off until later, here only", "snooze"),
    Command("ticket.pin", ("b",), "Pin to the top here, or let it go", "pin"),
    Command("ticket.note", ("m",), "Write a note beside the ticket, here only", "note"),
    Command("ticket.undo", ("u",), "Take back what you did here last", "undo"),
    Command("ticket.open_link", ("o",), "Show the ticket's address, and open it", "link"),
    Command("ticket.copy_ref", ("y",), "Copy the name of the ticket", "copy"),
    Command("ticket.copy_link", ("Y",), "Copy the address of the ticket"),
    Command("list.export", ("E",), "Write what is shown into a file"),
    Command("view.previous", ("[",), "View before"),
    Command("view.next", ("]",), "Next view", "view"),
    *(Command(f"view.{n}", (str(n),), f"View {n}") for n in range(1, 10)),
    Command("workspace.pick", ("w",), "Choose a workspace", "workspaces"),
    Command("data.refresh", ("r",), "Read this workspace now", "refresh"),
    Command("data.refresh_all", ("R",), "Read all workspaces now"),
    Command("data.sources", ("L",), "The last polls, calls left, and the log", "polls"),
    Command("data.outbox", ("X",), "The outbox: creates whose end nobody knows", "outbox"),
    Command("outbox.retry", ("r",), "Send it again: it is not there", "send again"),
    Command("outbox.drop", ("d",), "Drop it: nothing is to come of it", "drop"),
    Command("outbox.ticket", ("o",), "Open a ticket that might be it", "ticket"),
    Command("outbox.form", ("e",), "Open in the form what was typed", "form"),
    Command("app.next_pane", ("tab",), "Next workspace, part of a ticket, or the log"),
    Command("app.previous_pane", ("shift+tab",), "Workspace before, or part of a ticket"),
    Command("data.freeze", ("P",), "Freeze what is shown, or let it go on", "freeze"),
    Command("form.next", ("tab",), "Next field"),
    Command("form.previous", ("shift+tab",), "Field before"),
    Command("form.send", ("ctrl+s", "f2"), "Send the new ticket", "send"),
    Command("form.editor", ("f4",), "Write the long text in your editor", "editor"),
    Command("form.template", ("ctrl+t",), "Fill in from a template", "template"),
    Command("form.new", ("ctrl+n",), "Put this draft aside and begin another"),
    Command("form.undo", ("ctrl+z",), "Take back what was typed last in the field"),
    Command("form.request", ("ctrl+r",), "Show the exact request", "request"),
    Command("form.close", ("escape",), "Close the form; the draft is kept", "close, draft kept"),
    Command("app.palette", (":", "ctrl+p"), "Find a command by its name", "commands"),
    Command("app.theme", ("T",), "Choose a theme, each shown at once"),
    Command("app.redraw", ("ctrl+l",), "Draw the screen anew"),
    Command("app.suspend", ("ctrl+z",), "Suspend to the shell"),
    Command("app.help", ("?", "f1"), "All keys, the signs and the query language", "help"),
    Command("app.back", ("escape", "q"), "One level up; q quits from the first one", "back"),
    Command("app.quit", ("ctrl+q",), "Quit from anywhere", "quit"),
)

BY_ID = {command.id: command for command in COMMANDS}

EVERYWHERE = (
    "app.palette",
    "app.help",
    "app.theme",
    "app.redraw",
    "app.suspend",
    "app.back",
    "app.quit",
)
MOVES = (
    "list.down",
    "list.up",
    "list.top",
    "list.bottom",
    "list.page_down",
    "list.page_up",
)
ACTS = (
    "ticket.acknowledge",
    "ticket.snooze",
    "ticket.pin",
    "ticket.note",
    "ticket.undo",
)

_NOT_IN_FORMS = frozenset(
    {"app.back", "app.theme", "app.suspend", "app.next_pane", "app.previous_pane"}
)
_WITH_A_LIST = frozenset({"list.open", *MOVES})


def can_meet(one: str, other: str) -> bool:
    """Whether there is a screen that has both commands, so that they cannot share a key."""
    if one == other:
        return False
    for room in ("form.", "outbox."):
        inside = one.startswith(room), other.startswith(room)
        if any(inside):
            return all(inside) or _is_in(room, other if inside[0] else one)
    return True


def _is_in(room: str, command_id: str) -> bool:
    """Whether a command from elsewhere is at hand in the form, or in a list of its own."""
    if room == "form.":
        return command_id.startswith("app.") and command_id not in _NOT_IN_FORMS
    return command_id.startswith("app.") or command_id in _WITH_A_LIST


def view_place(command_id: str) -> int | None:
    """Return the place, from 0, of the view that a command goes to; None for other commands."""
    number = command_id.removeprefix("view.")
    return int(number) - 1 if number.isdigit() else None


def command_ids() -> tuple[str, ...]:
    """Return the id of every command, for whoever checks a configuration."""
    return tuple(BY_ID)
