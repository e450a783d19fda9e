"""What is typed into a form's fields, as the pairs that `domain.draft` checks. Pure."""

from collections.abc import Mapping, Sequence

from tui.domain.draft import Draft, FieldProblem, FieldSpec, FieldType, check_draft
from tui.domain.form_text import to_pairs


def check_texts(
    workspace: str, specs: Sequence[FieldSpec], texts: Mapping[str, str]
) -> tuple[Draft, tuple[FieldProblem, ...]]:
    """Return the draft of what stands in the fields, and everything that is wrong with it."""
    pairs = [pair for spec in specs for pair in to_pairs(spec, texts.get(spec.key, ""))]
    draft, problems = check_draft(workspace, specs, pairs)
    shapeless = [
        FieldProblem(spec.key, "write name=value, one a line")
        for spec in specs
        if spec.open_keys and any(map(_is_shapeless, texts.get(spec.key, "").splitlines()))
    ]
    return draft, (*problems, *shapeless)


def problem_on_leaving(spec: FieldSpec, text: str) -> str:
    """Return what is wrong with a field that one leaves; that it is still empty is not."""
    _, problems = check_texts("", [spec], {spec.key: text})
    return next((found.message for found in problems if text.strip()), "")


def owner(specs: Sequence[FieldSpec], problem: FieldProblem) -> FieldSpec | None:
    """Return the field that a problem belongs to."""
    for spec in specs:
        if problem.key == spec.key or (spec.open_keys and problem.key.startswith(f"{spec.key}.")):
            return spec
    return None


def complete_choice(spec: FieldSpec, text: str) -> str:
    """Return the choice that was meant by its beginning, if only one can be; else the text."""
    typed = text.strip().casefold()
    if not typed:
        return text
    exact = [c.value for c in spec.choices if typed in (c.value.casefold(), c.label.casefold())]
    begun = [
        choice.value
        for choice in spec.choices
        if choice.value.casefold().startswith(typed) or choice.label.casefold().startswith(typed)
    ]
    found = exact or begun
    return found[0] if len(found) == 1 else text


def _is_shapeless(line: str) -> bool:
    name, equals, _ = line.partition("=")
    return bool(line.strip()) and not (equals and name.strip())


def hint_of(spec: FieldSpec) -> str:
    """Return what a field takes, in a few words."""
    if spec.open_keys:
        return "name=value, one a line"
    if spec.hint:
        return spec.hint
    if spec.choices:
        words = ", ".join(choice.value for choice in spec.choices)
        return f"{words}, or another" if spec.takes_other_values else words
    if spec.repeats:
        return "several, with commas between them"
    if spec.type is FieldType.DATE:
        return "YYYY-MM-DD"
    return "" if spec.type in (FieldType.TEXT, FieldType.LONG_TEXT) else spec.type.value
