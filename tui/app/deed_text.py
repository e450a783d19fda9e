"""What was done here to tickets, asked and told in one line; never claimed of the vendor."""

from collections.abc import Iterable

from tui.app.desk import Deed
from tui.app.formatting import Span, line_width
from tui.domain.acts import ActKind
from tui.domain.ticket import Ticket

ASKS_OVER = 10
"""With more tickets than this it is asked first."""
NOTHING_DONE = "Nothing was done; what was marked still is"
ASKED = {
    ActKind.ACKNOWLEDGE: "Acknowledge",
    ActKind.UNACKNOWLEDGE: "Take back the ack of",
    ActKind.SNOOZE: "Snooze",
    ActKind.WAKE: "Wake",
    ActKind.PIN: "Pin",
    ActKind.UNPIN: "Unpin",
    ActKind.NOTE: "Write a note beside",
}
_DONE = {
    ActKind.ACKNOWLEDGE: "Acked here only",
    ActKind.UNACKNOWLEDGE: "No longer acked here",
    ActKind.SNOOZE: "Snoozed here only",
    ActKind.WAKE: "Woken here",
    ActKind.PIN: "Pinned here only",
    ActKind.UNPIN: "No longer pinned here",
    ActKind.NOTE: "Noted here only",
}
_TAKEN_BACK = {
    ActKind.ACKNOWLEDGE: "No longer acked here",
    ActKind.UNACKNOWLEDGE: "Acked here again",
    ActKind.SNOOZE: "No longer snoozed here",
    ActKind.WAKE: "Snoozed here again",
    ActKind.PIN: "No longer pinned here",
    ActKind.UNPIN: "Pinned here again",
    ActKind.NOTE: "Note taken away here",
}
_FAILED = {
    ActKind.ACKNOWLEDGE: "Not acked",
    ActKind.UNACKNOWLEDGE: "Still acked",
    ActKind.SNOOZE: "Not snoozed",
    ActKind.WAKE: "Not woken",
    ActKind.PIN: "Not pinned",
    ActKind.UNPIN: "Still pinned",
    ActKind.NOTE: "Note not written, but kept",
}


def tickets_words(tickets: Iterable[Ticket]) -> str:
    """Return the name of one ticket, or how many there are."""
    handles = [ticket.handle for ticket in tickets]
    return handles[0] if len(handles) == 1 else count_words(len(handles), "ticket")


def count_words(count: int, thing: str) -> str:
    """`1 mark`, `3 marks`."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def done_words(deed: Deed, *, until: str, undo_key: str, width: int) -> str:
    """Return what was done, and as much beyond that as fits: how to undo it, and what goes."""
    what = tickets_words(deed.tickets)
    words = f"{_DONE[deed.act.kind]}{f' until {until}' if until else ''}: {what}"
    is_one = len(deed.tickets) == 1
    return _as_far_as_fits(
        words,
        (
            f"{undo_key} takes it back" if undo_key else "",
            f"is:snoozed shows {'it' if is_one else 'them'}" if until else "",
            "marks removed" if deed.marks else "",
        ),
        width,
    )


def taken_back_words(
    deed: Deed, count: int, *, left: int, keys: tuple[str, str], width: int
) -> str:
    """Return what was taken back, and as much beyond that as fits; `keys` of undo and note."""
    undo_key, note_key = keys
    if not count:
        return f"Nothing to take back of {tickets_words(deed.tickets)}: it was changed since"
    is_whole = count == len(deed.tickets)
    what = tickets_words(deed.tickets) if is_whole else f"{count:,} of {len(deed.tickets):,}"
    is_note = deed.act.kind is ActKind.NOTE
    return _as_far_as_fits(
        f"{_TAKEN_BACK[deed.act.kind]}: {what}",
        (
            f"{note_key} offers its text again" if is_note and note_key else "",
            "marked again" if deed.marks else "",
            f"{undo_key} takes back more" if left and undo_key else "",
        ),
        width,
    )


def failed_words(deed: Deed, problem: str, *, takes_back: bool) -> str:
    """Return what was not done, and why."""
    return f"{'Not taken back' if takes_back else _FAILED[deed.act.kind]}: {problem}"


def _as_far_as_fits(words: str, more: Iterable[str], width: int) -> str:
    for part in more:
        longer = f"{words}; {part}"
        if part and line_width((Span(longer),)) <= width:
            words = longer
    return words
