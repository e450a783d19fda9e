"""Typed joiners, of Persian words and of emoji: Textual's fields drop them. Pure.

They are kept as `clean` keeps them, between what they join: a stray one would shift a row's cells.
"""

from dataclasses import dataclass

from tui.domain.clean import can_be_joined, is_joiner


@dataclass(frozen=True, slots=True)
class Edit:
    """What a key writes that a field would not."""

    text: str
    replaced: int = 0
    """So many characters before the cursor go."""


def typed_in(character: str | None, before: str) -> Edit | None:
    """Return what a typed character does behind `before`; None where the field knows itself."""
    last = before[-1:]
    if is_joiner(character):
        return Edit(character or "") if last and can_be_joined(last) else Edit("")
    if character is None or not character.isprintable() or not is_joiner(last):
        return None
    return None if can_be_joined(character) else Edit(character, replaced=1)
