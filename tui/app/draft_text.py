"""What is typed into a form's fields, as `domain.draft` checks it, and what each takes. Pure."""

from collections.abc import Mapping, Sequence

from tui.app.choice_rows import ChoiceIndex
from tui.domain.draft import Draft, FieldProblem, FieldSpec, FieldType, check_draft, choose
from tui.domain.form_text import join_values, split_values, to_pairs


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


def has_list(spec: FieldSpec) -> bool:
    """Whether a field is chosen for rather than typed, if its list can be had."""
    return bool(spec.choices or spec.lookup) and not spec.open_keys


def to_shown(spec: FieldSpec, index: ChoiceIndex, value: str) -> str:
    """Return what stands in a field for its value: the label where it is a choice's."""
    if not spec.repeats:
        return index.shown(value)
    values = split_values(value)
    shown = [index.shown(each) for each in values]
    return value if shown == values else join_values(shown)


def to_value(spec: FieldSpec, index: ChoiceIndex, shown: str) -> str:
    """Return the value of what stands in a field; what is no choice stays as it is typed."""
    if not spec.repeats:
        return index.value(shown)
    parts = split_values(shown)
    values = [index.value(each) for each in parts]
    return shown if values == parts else join_values(values)


def last_part(spec: FieldSpec, shown: str) -> str:
    """Return what is being typed: the last value of a repeating field."""
    return shown.rpartition(",")[2].strip() if spec.repeats else shown.strip()


def with_last_part(spec: FieldSpec, shown: str, part: str) -> str:
    """Return what stands in a field once `part` is chosen for what is being typed."""
    if not spec.repeats:
        return part
    return join_values([*split_values(shown.rpartition(",")[0]), part])


def completed(spec: FieldSpec, index: ChoiceIndex, shown: str) -> str:
    """Return the value that was meant: by a name, or by its beginning if only one can be.

    Else the value of the text as it stands. Where other values are taken, a beginning is one.
    """
    typed = shown.strip().casefold()
    if not typed or spec.repeats:
        return to_value(spec, index, shown)
    if exact := choose(index.choices, typed):
        return exact
    if spec.takes_other_values or spec.searches:
        return to_value(spec, index, shown)
    begun = {
        choice.value
        for choice in index.choices
        if choice.value.casefold().startswith(typed)
        or choice.label.casefold().startswith(typed)
        or index.labels[choice.value].casefold().startswith(typed)
    }
    return begun.pop() if len(begun) == 1 else shown


def hints(spec: FieldSpec) -> tuple[str, ...]:
    """Return what a field takes, in a few words; the first is the longest."""
    if spec.open_keys:
        return (spec.hint, "name=value, one a line") if spec.hint else ("name=value, one a line",)
    if spec.choices:
        listed = ", ".join(choice.label or choice.value for choice in spec.choices)
        count = f"{len(spec.choices):,} choices"
        if spec.takes_other_values:
            return f"{listed}, or another", f"{count}, or another", count
        return listed, count
    if spec.hint:
        return (spec.hint,)
    if spec.repeats:
        return "several, with commas between them", "with commas"
    if spec.type is FieldType.DATE:
        return ("YYYY-MM-DD",)
    return () if spec.type in (FieldType.TEXT, FieldType.LONG_TEXT) else (spec.type.value,)


def _is_shapeless(line: str) -> bool:
    name, equals, _ = line.partition("=")
    return bool(line.strip()) and not (equals and name.strip())
