"""An open create in words: what is known of it, what was typed, what a step risks. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from tui.app.choice_rows import is_word
from tui.app.formatting import BLANK, ClockFace, Glyphs, Line, Span, fit, fit_line, wrap
from tui.app.pending_text import STAGE_STYLES, STAGE_WORDS
from tui.domain.clean import clean
from tui.domain.creates import OpenCreate, Stage
from tui.domain.draft import FieldSpec, find_spec
from tui.domain.ticket import Ticket, TicketRef
from tui.domain.workspace import Workspace

_LABEL_MOST = 18
_NAME_MOST, _QUOTED_MOST = 20, 60
"""Cells of a title in a notice, where the rest still fits beside it, and in a question."""
_STAGES = {
    Stage.SENDING: "It is being sent; no answer has come yet.",
    Stage.LOOKING: "Looking whether it exists: the newest tickets are read.",
    Stage.OPEN: "It may or may not exist: look before sending again.",
}
LOSSES_ITEM: Final = ("What is lost", "told until it is dropped")
LOSSES_QUESTION: Final = "Have you looked after what is lost?"
LOSSES_FACTS: Final = (
    "It is not told any more then.",
    "The keys of creates that are lost forbid nothing any more.",
)
STILL_GOES_ON = "It is still on its way; wait until it is unknown"


def create_lines(
    create: OpenCreate,
    now: datetime,
    face: ClockFace,
    *,
    workspace: Workspace | None,
    specs: Sequence[FieldSpec],
    tickets: Mapping[TicketRef, Ticket],
    width: int,
    glyphs: Glyphs,
) -> list[Line]:
    """Return all that is known of a create in lines of `width` cells.

    `workspace` is None where it is not configured here any more.
    """
    style = STAGE_STYLES[create.stage]
    lines: list[Line] = [
        (Span(text, style),) for text in wrap(create.message or _STAGES[create.stage], width)
    ]
    place = f"{glyphs.place} {workspace.title}" if workspace else "(not configured here)"
    sent = f"{STAGE_WORDS[create.stage]}; sent {face.with_age(create.at, now)}"
    by = f" by {create.by}" if create.by else ""
    lines += _muted(f"{sent}{by} to {create.workspace} {place}", width)
    if create.candidates:
        head = "It may be one of these:" if len(create.candidates) > 1 else "It may be this one:"
        lines += [BLANK, *((Span(text, bold=True),) for text in wrap(head, width))]
        lines += [
            _candidate_line(ref, tickets.get(ref), width, glyphs) for ref in create.candidates
        ]
    lines.append(BLANK)
    lines += _typed_lines(create, specs, width)
    return lines


def candidate_words(ref: TicketRef, ticket: Ticket | None) -> tuple[str, str]:
    """Return the name and the title of a ticket that may be it."""
    return (ticket.handle, ticket.title) if ticket else (str(ref), "not in the list now")


def named(create: OpenCreate, cut: str) -> str:
    """Return `qp "Card terminals offl…"`: short enough to stand in a notice."""
    return f"{create.workspace} {quoted(create, cut, most=_NAME_MOST)}"


def quoted(create: OpenCreate, cut: str, *, most: int = _QUOTED_MOST) -> str:
    """Return the title in quotes, `most` cells of it."""
    return f'"{fit(create.title, min(cell_len(create.title), most), cut=cut)}"'


def retry_facts(create: OpenCreate, now: datetime, face: ClockFace) -> list[str]:
    """Return what somebody risks who sends a create again."""
    sent = face.at(create.at, now)
    facts = [f"It was sent at {sent} and may exist; there would be two of it then."]
    if create.candidates:
        refs = ", ".join(map(str, create.candidates))
        facts.append(f"It may be {refs}.")
    elif create.message:
        facts.append(f"{create.message[:1].upper()}{create.message[1:].rstrip('.')}.")
    return facts


def drop_facts(workspace: str) -> list[str]:
    """Return what dropping a create means."""
    return [
        f"Nothing is written to {workspace}: if the ticket exists there, it stays.",
        "It is not looked for any more.",
    ]


def _candidate_line(ref: TicketRef, ticket: Ticket | None, width: int, glyphs: Glyphs) -> Line:
    name, title = candidate_words(ref, ticket)
    line = (Span(f"  {name}  ", "accent"), Span(title, "muted"))
    return fit_line(line, width, cut=glyphs.cut)


def _typed_lines(create: OpenCreate, specs: Sequence[FieldSpec], width: int) -> Iterator[Line]:
    """Yield what was typed, a field after the other in the order of the form."""
    fields = _fields_in_order(create, specs)
    longest = max((cell_len(label) for label, _ in fields), default=0)
    labels = min(longest, _LABEL_MOST, width // 3) + 2
    for label, value in fields:
        head = fit(label, labels - 2) + "  "
        for text in wrap(value, width - labels):
            yield Span(head, "muted"), Span(text)
            head = " " * labels


def _fields_in_order(create: OpenCreate, specs: Sequence[FieldSpec]) -> list[tuple[str, str]]:
    keys = [spec.key for spec in specs]
    found: list[tuple[int, str, str]] = []
    for key, value in create.draft.values.items():
        spec = find_spec(specs, key)
        values = (value,) if isinstance(value, str) else value
        label, place = key, len(keys)
        if spec is not None:
            place = keys.index(spec.key)
            label = key.removeprefix(f"{spec.key}.") if spec.open_keys else spec.label
            values = tuple(_choice_words(spec, each) for each in values)
        text = clean(", ".join(values), multiline=True)
        found.append((place, clean(label), text))
    return [(label, text) for _, label, text in sorted(found, key=lambda each: each[0])]


def _choice_words(spec: FieldSpec, value: str) -> str:
    """Return `Current Segment (CS)`; the label alone where its value is no word for people."""
    label = next((each.name for each in spec.choices if each.value == value), value)
    is_same = value.casefold() in label.casefold()
    return label if is_same or not is_word(value) else f"{label} ({value})"


def _muted(text: str, width: int) -> Iterator[Line]:
    for line in wrap(text, width):
        yield (Span(line, "muted"),)
