"""What stands in the form of a new ticket before anybody types. Pure."""

from collections.abc import Mapping, Sequence

from tui.domain.clean import CUT, first_line
from tui.domain.creates import Template
from tui.domain.draft import (
    Choice,
    Draft,
    FieldRole,
    FieldSpec,
    check_field,
    choose,
    find_spec,
)
from tui.domain.form_text import join_values
from tui.domain.ticket import Ticket
from tui.domain.workspace import plain_word

_OF_THE_CUSTOMER = frozenset(
    {
        FieldRole.CUSTOMER_NAME,
        FieldRole.CUSTOMER_EMAIL,
        FieldRole.CUSTOMER_PHONE,
        FieldRole.CUSTOMER_ID,
    }
)


def beginning(specs: Sequence[FieldSpec], remembered: Mapping[str, str]) -> Mapping[str, str]:
    """Return the texts of an empty form: what was chosen last, else the vendor's defaults.

    What was chosen counts where it is still one of the choices, or the field has no list of them
    and takes others.
    """
    texts = {spec.key: spec.default for spec in specs if spec.default is not None}
    for spec in specs:
        value = remembered.get(spec.key, "")
        if value and _is_remembered(spec) and _still_holds(spec, value):
            texts[spec.key] = value
    return texts


def remembered_values(specs: Sequence[FieldSpec], draft: Draft) -> Mapping[str, str]:
    """Return what of a sent draft is to be chosen next time: the values of fields with choices.

    Never a customer, nothing that is searched for, and no tags.
    """
    found = {spec.key: draft.text(spec.key) for spec in specs if _is_remembered(spec)}
    return {key: value for key, value in found.items() if value is not None}


def is_untouched(
    specs: Sequence[FieldSpec], texts: Mapping[str, str], remembered: Mapping[str, str]
) -> bool:
    """Whether nothing stands in a form but what stood there at the beginning, or less."""
    defaults = {spec.key: spec.default for spec in specs}
    return all(
        not text.strip() or text in (defaults.get(key), remembered.get(key))
        for key, text in texts.items()
    )


def fits(template: Template, workspace: str, specs: Sequence[FieldSpec]) -> bool:
    """Whether a template can be used for a ticket in this workspace."""
    if template.workspace is not None:
        return template.workspace == workspace
    return all(find_spec(specs, key) is not None for key, _ in template.pairs)


def values_like(specs: Sequence[FieldSpec], ticket: Ticket, workspace: str) -> Mapping[str, str]:
    """Return the texts for a new ticket in `workspace` that is like this one.

    Words of its vendor, and ids, are taken over within the same workspace only, or where the other
    one has a choice of that name. Choices that are not known yet are left out: ask again with them.
    A status is taken over from a ticket that is not closed.
    """
    own = ticket.ref.workspace == workspace
    texts: dict[str, str] = {}
    text: str | None
    roles = {spec.role for spec in specs}
    for spec in specs:
        match spec.role:
            case None:
                continue
            case FieldRole.TITLE:
                text = ticket.title
            case FieldRole.TEXT:
                text = _text(spec, ticket, has_title=FieldRole.TITLE in roles)
            case FieldRole.TAGS:
                text = _tags(spec, ticket.tags)
            case _:
                text = _value(spec, ticket, own=own)
        if text and len(text) > spec.limit and spec.role in (FieldRole.TITLE, FieldRole.TEXT):
            text = text[: spec.limit - len(CUT)] + CUT
        if text and (spec.repeats or check_field(spec, text) is None):
            texts[spec.key] = text
    return texts


def names_like(
    specs: Sequence[FieldSpec], texts: Mapping[str, str], ticket: Ticket
) -> Mapping[str, Choice]:
    """Return the people of whom `values_like` took over no more than an id, by key.

    A list that is searched cannot tell who that is; the ticket can.
    """
    people = {FieldRole.CUSTOMER_ID: ticket.customer, FieldRole.ASSIGNEE: ticket.assignee}
    return {
        spec.key: Choice(texts[spec.key], person.words)
        for spec in specs
        if spec.searches and spec.role in people and spec.key in texts
        for person in (people[spec.role],)
        if person
    }


def _is_remembered(spec: FieldSpec) -> bool:
    has_list = bool(spec.choices or spec.lookup)
    is_own = spec.role not in _OF_THE_CUSTOMER
    return has_list and is_own and not (spec.searches or spec.repeats or spec.open_keys)


def _still_holds(spec: FieldSpec, value: str) -> bool:
    if check_field(spec, value) is not None:
        return False
    if spec.lookup and spec.choices:
        # Who has left the team is no longer on its list.
        return any(choice.value == value for choice in spec.choices)
    return True


def _text(spec: FieldSpec, ticket: Ticket, *, has_title: bool) -> str:
    """Return the body; behind the title where the form has no other place for that one."""
    if not ticket.body.strip():
        return ticket.title if spec.required or not has_title else ""
    if has_title or first_line(ticket.body).startswith(ticket.title.removesuffix(CUT)):
        return ticket.body
    return f"{ticket.title}\n\n{ticket.body}"


def _tags(spec: FieldSpec, tags: Sequence[str]) -> str:
    if not spec.lookup:
        return join_values(tags)
    return join_values(filter(None, (choose(spec.choices, tag) for tag in tags)))


def _value(spec: FieldSpec, ticket: Ticket, *, own: bool) -> str | None:
    words = _words(spec, ticket)
    if spec.choices:
        for word in words:
            if value := _choice_called(spec, word):
                return value
    match spec.role:
        case FieldRole.ASSIGNEE | FieldRole.CUSTOMER_ID:
            shown = _shown_under(spec.key, ticket) if own else None
            is_known = any(choice.value == shown for choice in spec.choices)
            return shown if is_known or spec.searches or not spec.choices else None
        case FieldRole.CUSTOMER_NAME | FieldRole.CUSTOMER_EMAIL | FieldRole.CUSTOMER_PHONE:
            return words[0] if words else None
        case _:
            # A bare number is how some lists show a word; no form asks for it.
            takes_it = own and spec.takes_other_values
            return words[0] if takes_it and words and not words[0].isdecimal() else None


def _words(spec: FieldSpec, ticket: Ticket) -> Sequence[str]:
    """Return what the ticket says for a field, the most telling first."""
    match spec.role:
        case FieldRole.STATUS:
            words = (None if ticket.closed else ticket.vendor_status,)
        case FieldRole.PRIORITY:
            words = (ticket.vendor_priority,)
        case FieldRole.CHANNEL:
            words = (ticket.channel,)
        case FieldRole.ORIGIN_SEGMENT:
            words = (ticket.origin_segment,)
        case FieldRole.CURRENT_SEGMENT:
            words = (ticket.current_segment,)
        case FieldRole.CUSTOMER_NAME:
            words = (ticket.customer.name,)
        case FieldRole.CUSTOMER_EMAIL:
            words = (ticket.customer.email,)
        case FieldRole.CUSTOMER_PHONE:
            words = (ticket.customer.phone,)
        case FieldRole.ASSIGNEE:
            return [word for word in (ticket.assignee.email, ticket.assignee.name) if word]
        case _:
            return ()
    return [word for word in words if word]


def _choice_called(spec: FieldSpec, word: str) -> str | None:
    """Return the value of a choice that is called so, `In_Progress` for `in progress` as well."""
    if value := choose(spec.choices, word):
        return value
    plain = plain_word(word)
    found = [
        choice.value
        for choice in spec.choices
        if plain in (plain_word(choice.value), plain_word(choice.label))
    ]
    return found[0] if len(found) == 1 else None


def _shown_under(key: str, ticket: Ticket) -> str | None:
    """Return what the vendor shows of a ticket under the key that a create takes.

    `contact_id` goes in and `contactId` comes out.
    """
    wanted = key.replace("_", "").casefold()
    for name, value in ticket.extra.items():
        if name.replace("_", "").casefold() == wanted and isinstance(value, str | int):
            return str(value)
    return None
