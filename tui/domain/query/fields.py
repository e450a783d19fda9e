"""The fields of a query and the values that each of them takes. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from tui.domain.duration import duration_words, parse_duration
from tui.domain.query.folding import folded
from tui.domain.query.lexer import Written
from tui.domain.query.terms import MISSING, MISSING_WORD, Choice, Span, Text, Value
from tui.domain.ticket import Priority, Status

SCALE: Final = (Priority.CRITICAL, Priority.HIGH, Priority.MEDIUM, Priority.LOW)
"""The priorities that are higher or lower than one another."""

_STATUSES = {
    "new": "nobody has begun",
    "open": "somebody works on it",
    "pending": "waits for somebody else",
    "escalated": "handed up",
    "resolved": "closed",
    "unknown": "a word not known here",
}
_STATUS_ALIASES = {"done": "resolved", "closed": "resolved", "?": "unknown"}
_PRIORITIES = {
    "critical": "CRIT",
    "high": "HIGH",
    "medium": "MED",
    "low": "LOW",
    "none": "the vendor has none",
    "unknown": "a word not known here",
    "high+": "high and critical",
    "medium+": "medium, high, critical",
}
_PRIORITY_ALIASES = {"-": "none", "?": "unknown"}
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "overdue": "its due time has passed",
        "open": "not closed",
        "closed": "resolved",
        "unassigned": "nobody has it",
        "unseen": "new or changed since you looked",
        "changed": "changed since you looked",
        "marked": "marked with x here",
        "acked": "acknowledged here",
        "snoozed": "put off here",
        "pinned": "pinned here",
        "stale": "its workspace is not current",
    }
)
"""What a ticket can be, with the words that explain it."""
_STATE_ALIASES = {"resolved": "closed", "done": "closed"}
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

_SMALLEST_AND_LARGEST = {"<": "below", ">": "above"}
_TRAILING = {"+": ">=", "-": "<="}


class UnknownWordError(ValueError):
    """A field with fixed values has none of this name; says which come near."""


class Field(NamedTuple):
    """One field of the language."""

    hint: str
    """What to write behind the colon, in a few words."""
    read: Callable[[Written], tuple[Value, ...]]
    """Returns what a written value asks for; raises ValueError with the reason it cannot be."""
    choices: Mapping[str, str] = _NOTHING
    """Values to offer, with what they mean."""


def read_status(written: Written) -> tuple[Value, ...]:
    """Read a status, its beginning, or the word that a list shows for it."""
    return (Choice(_one_of(written, list(Status), _STATUS_ALIASES)),)


def read_priority(written: Written) -> tuple[Value, ...]:
    """Read a priority, alone or with all above (`high+`, `>=high`) or below (`low-`, `<=low`)."""
    sign, text = written.sign, written.text
    if not sign and len(text) > 1 and text[-1] in _TRAILING:
        sign, text = _TRAILING[text[-1]], text[:-1]
    name = Priority(
        _one_of(written._replace(sign="", text=text), list(Priority), _PRIORITY_ALIASES)
    )
    if sign in ("", "="):
        return (Choice(name),)
    if name not in SCALE:
        raise ValueError(f"{name} is neither higher nor lower than others; leave out the sign")
    rank = SCALE.index(name)
    above = SCALE[:rank] if sign[0] == ">" else SCALE[rank + 1 :]
    chosen = {*above, name} if "=" in sign else {*above}
    if not chosen:
        raise ValueError(f"no priority is {_SMALLEST_AND_LARGEST[sign]} {name}")
    return tuple(Choice(each) for each in SCALE if each in chosen)


def read_state(written: Written) -> tuple[Value, ...]:
    """Read what a ticket can be, or its beginning."""
    try:
        return (Choice(_one_of(written, list(STATES), _STATE_ALIASES)),)
    except ValueError:
        word = written.text.casefold()
        for name, values in (("status", _STATUSES), ("priority", _PRIORITIES)):
            if word in values:
                raise ValueError(f"write {name}:{word}") from None
        raise


def read_text(written: Written) -> tuple[Value, ...]:
    """Read a text: anywhere in the value, or with `=` all of it; `none` for no value."""
    text = folded(written.text)
    if written.sign == "=":
        return (Text(text, is_whole=True),)
    if not written.sign and not written.is_quoted and text == MISSING_WORD:
        return (MISSING,)
    return (Text(folded(written.sign + written.text)),)


def read_span(written: Written) -> tuple[Value, ...]:
    """Read a length of time and its direction: `2h+`, `>2h`, `30m-`, `<30m`; or `none`."""
    sign, text = written.sign, written.text.casefold()
    if not sign and text == MISSING_WORD:
        return (MISSING,)
    if not sign and text[-1] in _TRAILING:
        sign, text = _TRAILING[text[-1]], text[:-1]
    try:
        span = parse_duration(text)
    except ValueError as error:
        reason = "longer than ten years" if "longer" in str(error) else "write 30m, 2h, 1d or 2w"
        raise ValueError(f"{reason}, with + or - behind it") from None
    if sign in ("", "="):
        words = duration_words(span)
        raise ValueError(f"write {words}+ for that and more, {words}- for that and less")
    return (Span(span, or_longer=sign[0] == ">"),)


def _one_of(written: Written, names: list[str], aliases: Mapping[str, str]) -> str:
    """Return the name that the word is, stands for, or alone begins with it."""
    word = written.text.casefold()
    if written.sign not in ("", "="):
        raise ValueError(f"takes a name without {written.sign}")
    if word in names:
        return word
    if word in aliases:
        return aliases[word]
    begun = [name for name in names if name.startswith(word)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise ValueError(f"{' or '.join(begun)}?")
    from tui.domain.draft import nearest_name

    nearest = nearest_name(word, names)
    hint = f"nearest: {nearest}" if nearest else f"known: {' '.join(names)}"
    raise UnknownWordError(hint)


_PART_OR_NONE = "a part of it, =all of it, or none"
FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "status": Field(hint="new open pending escalated …", read=read_status, choices=_STATUSES),
        "priority": Field(hint="critical high+ medium …", read=read_priority, choices=_PRIORITIES),
        "is": Field(hint="overdue open unassigned …", read=read_state, choices=STATES),
        "assignee": Field(hint="who has it, or none", read=read_text),
        "customer": Field(hint="name, mail or phone", read=read_text),
        "workspace": Field(hint=_PART_OR_NONE, read=read_text),
        "vendor": Field(hint=_PART_OR_NONE, read=read_text),
        "tag": Field(hint=_PART_OR_NONE, read=read_text),
        "channel": Field(hint=_PART_OR_NONE, read=read_text),
        "segment": Field(hint="where it came from or is now", read=read_text),
        "age": Field(
            hint="2h+ created that long ago",
            read=read_span,
            choices={"1h-": "created within 1h", "1d+": "a day old or more", "7d+": "a week"},
        ),
        "updated": Field(
            hint="1d- changed within a day",
            read=read_span,
            choices={"1h-": "changed within 1h", "1d-": "within a day", "3d+": "not for 3 days"},
        ),
        "due": Field(
            hint="30m- due within that, or overdue",
            read=read_span,
            choices={
                "30m-": "within 30m, or overdue",
                "2h-": "within 2h, or overdue",
                "1d+": "in a day or later",
                MISSING_WORD: "no due time",
            },
        ),
    }
)
"""All fields by name, in the order in which they are offered."""
