"""The fields of a create with all that is known of them: the tenant's own, and lists of choices."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import Protocol

from tui.cli.fields import Pair
from tui.cli.output import Output
from tui.domain.creates import ChoiceList, Form, with_choices
from tui.domain.draft import FieldSpec, choose, find_spec

PATIENCE_S = 5.0
"""No create waits longer for lists: values are then sent as they were typed."""

_NO_ANSWER = "no answer yet"


class Forms(Protocol):
    """The part of the engine's forms that a command needs."""

    def form(self, workspace: str) -> Future[Form]: ...

    def tenant_form(self, workspace: str) -> Future[Form]: ...

    def look_up(self, workspace: str, lookup: str, keyword: str = "") -> Future[ChoiceList]: ...


def known_form(
    forms: Forms, workspace: str, output: Output, *, patience_s: float = PATIENCE_S
) -> Form:
    """Return the form of a create with the tenant's own fields, asked for where not fresh.

    Where they cannot be had that is told, and the form has what is known of them.
    """
    form = forms.form(workspace).result()
    asked = forms.tenant_form(workspace)
    wait([asked], patience_s)
    found = asked.result() if asked.done() else replace(form, problem=_NO_ANSWER)
    if found.problem:
        output.narrate(f"{workspace}: its own fields are not known ({found.problem})")
    return found


def known_fields(
    forms: Forms,
    workspace: str,
    form: Form,
    pairs: Sequence[Pair],
    output: Output,
    *,
    patience_s: float = PATIENCE_S,
) -> tuple[FieldSpec, ...]:
    """Return the fields as `check_draft` wants them; the vendor is asked for what these pairs need.

    That is a list of choices where a value is none of those known. What cannot be had is told, and
    its values are taken as they are.
    """
    asked = {
        (spec.lookup, keyword): (spec.key, forms.look_up(workspace, spec.lookup, keyword))
        for spec, keyword in _unknown_values(form, pairs)
    }
    wait([answer for _, answer in asked.values()], patience_s)
    lists: dict[str, ChoiceList] = {}
    for (lookup, _), (key, answer) in asked.items():
        found = answer.result() if answer.done() else ChoiceList(problem=_NO_ANSWER)
        if found.problem:
            output.narrate(f"{key}: no list of choices ({found.problem}); sent as typed")
        before = lists.get(lookup, ChoiceList()).choices
        lists[lookup] = ChoiceList((*before, *found.choices))
    return tuple(with_choices(spec, lists.get(spec.lookup)) for spec in form.complete_specs)


def _unknown_values(form: Form, pairs: Sequence[Pair]) -> Iterator[tuple[FieldSpec, str]]:
    """Yield the fields whose list, as it is known, lacks what was given, with a keyword for it."""
    specs = form.complete_specs
    for key, value in pairs:
        spec = find_spec(specs, key)
        if spec is None or not spec.lookup or not value.strip():
            continue
        if choose(spec.choices, value.strip()) is None:
            yield spec, value.strip() if spec.searches else ""
