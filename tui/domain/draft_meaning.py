"""What a draft says, by what its vendor's fields mean. Pure."""

from collections.abc import Mapping, Sequence

from tui.domain.clean import clean, first_line
from tui.domain.draft import Draft, FieldRole, FieldSpec
from tui.domain.ticket import Priority
from tui.domain.workspace import plain_word

UNTITLED = "without a title"


def meant(draft: Draft, specs: Sequence[FieldSpec], role: FieldRole) -> str:
    """Return the value of the field with this role as it was typed; "" where there is none."""
    for spec in specs:
        if spec.role is role and (texts := draft.texts(spec.key)):
            return texts[0]
    return ""


def title_of(draft: Draft, specs: Sequence[FieldSpec]) -> str:
    """Return in one cleaned line what the ticket is going to be called."""
    title = clean(meant(draft, specs, FieldRole.TITLE))
    text = clean(meant(draft, specs, FieldRole.TEXT), multiline=True)
    return title or first_line(text) or UNTITLED


def priority_of(
    draft: Draft, specs: Sequence[FieldSpec], words: Mapping[str, Priority]
) -> Priority:
    """Return the priority that was chosen; `words` are the workspace's own (`plain_word`s).

    NONE where the vendor has no priorities, UNKNOWN where the word says nothing to us.
    """
    if not any(spec.role is FieldRole.PRIORITY for spec in specs):
        return Priority.NONE
    word = plain_word(meant(draft, specs, FieldRole.PRIORITY))
    if word in words:
        return words[word]
    return Priority(word) if word in list(Priority) else Priority.UNKNOWN
