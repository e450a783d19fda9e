"""What was typed for a new ticket is checked before anything is sent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.draft import (
    Choice,
    Draft,
    FieldProblem,
    FieldSpec,
    FieldType,
    check_draft,
    check_field,
    choice_labels,
    choose,
    find_spec,
    nearest_name,
)

PRIORITY = FieldSpec(
    key="priority",
    label="Priority",
    type=FieldType.CHOICE,
    required=True,
    choices=(Choice("1", "2"), Choice("2", "1"), Choice("HIGH", "Very urgent")),
)
SPECS = (
    PRIORITY,
    FieldSpec(key="comment", label="Comment", type=FieldType.LONG_TEXT, required=True, limit=40),
    FieldSpec(key="creator.name", label="Name"),
    FieldSpec(key="creator.email", label="E-mail", type=FieldType.EMAIL),
    FieldSpec(key="tags", label="Tags", repeats=True),
    FieldSpec(key="customFields", label="Custom fields", open_keys=True),
    FieldSpec(key="customFields.due", label="Due", type=FieldType.DATE),
)
GOOD = [("priority", "HIGH"), ("comment", "Tills down")]


def problems_of(*pairs: tuple[str, str]) -> list[str]:
    return [str(problem) for problem in check_draft("qp", SPECS, pairs)[1]]


def values_of(*pairs: tuple[str, str]) -> dict[str, object]:
    draft, problems = check_draft("qp", SPECS, [*GOOD, *pairs])
    assert problems == ()
    return {key: value for key, value in draft.values.items() if (key, value) not in GOOD}


class TestADraft:
    def test_a_good_one_names_its_workspace_and_keeps_the_vendors_keys(self) -> None:
        draft, problems = check_draft("qp", SPECS, [*GOOD, ("creator.name", "Bill")])

        assert problems == ()
        assert draft == Draft(
            "qp", {"priority": "HIGH", "comment": "Tills down", "creator.name": "Bill"}
        )

    def test_everything_wrong_is_said_at_once(self) -> None:
        assert problems_of(("creator.email", "ann"), ("coment", "x"), ("priority", "9")) == [
            "creator.email: not an e-mail address",
            "coment: no such field (nearest: comment)",
            "priority: takes one of: 1, 2, HIGH",
            "comment: required",
        ]

    @pytest.mark.parametrize("empty", ["", "  ", "\n\t"])
    def test_an_empty_value_counts_as_not_given(self, empty: str) -> None:
        assert problems_of(("priority", empty), ("comment", empty), ("creator.email", empty)) == [
            "priority: required",
            "comment: required",
        ]

    def test_a_wrong_value_of_a_required_field_is_one_problem_not_two(self) -> None:
        assert problems_of(("priority", "x"), ("comment", "x" * 41)) == [
            "priority: takes one of: 1, 2, HIGH",
            "comment: 41 characters; at most 40",
        ]

    def test_a_single_field_given_twice_is_refused(self) -> None:
        assert problems_of(*GOOD, ("creator.name", "Ann"), ("creator.name", "Bo")) == [
            "creator.name: given twice"
        ]

    def test_a_repeating_field_collects_its_values_in_order(self) -> None:
        assert values_of(("tags", "b"), ("tags", " a "), ("tags", ""), ("tags", "b")) == {
            "tags": ("b", "a", "b")
        }

    def test_a_long_text_keeps_its_own_spaces_and_lines_and_others_are_trimmed(self) -> None:
        draft, _ = check_draft("qp", SPECS, [("comment", "  a\n\n b "), ("creator.name", " Ann ")])

        assert draft.text("comment") == "  a\n\n b "
        assert draft.text("creator.name") == "Ann"

    def test_an_open_family_takes_any_name_below_it(self) -> None:
        draft, problems = check_draft(
            "qp", SPECS, [*GOOD, ("customFields.cf_a", "x"), ("customFields.a.b", "y")]
        )

        assert problems == ()
        assert draft.below("customFields") == {"cf_a": "x", "a.b": "y"}

    def test_a_required_family_is_there_with_its_first_member(self) -> None:
        family = FieldSpec(key="form", label="Form", open_keys=True, required=True)

        assert check_draft("qp", [family], [("form.a", "x")])[1] == ()
        assert check_draft("qp", [family], [])[1] == (FieldProblem("form", "required"),)

    def test_a_field_of_its_own_stands_before_the_family_above_it(self) -> None:
        assert find_spec(SPECS, "customFields.due") is SPECS[-1]
        assert problems_of(*GOOD, ("customFields.due", "soon")) == [
            "customFields.due: not a date; write YYYY-MM-DD"
        ]

    @pytest.mark.parametrize(
        "key", ["customFields", "customFields.", "customField.x", "tags.x", ""]
    )
    def test_a_key_beside_the_fields_is_refused(self, key: str) -> None:
        assert find_spec(SPECS, key) is None

    def test_an_unknown_field_without_a_near_one_lists_them(self) -> None:
        (problem,) = problems_of(*GOOD, ("xyzzy!", "1"))

        assert problem == (
            "xyzzy!: no such field (fields: priority, comment, creator.name, creator.email, tags, "
            "customFields.<name>, customFields.due)"
        )

    def test_text_and_texts_read_single_and_repeating_values(self) -> None:
        draft = Draft("qp", {"one": "a", "many": ("a", "b")})

        assert (draft.text("one"), draft.text("many"), draft.text("none")) == ("a", None, None)
        assert (draft.texts("one"), draft.texts("many"), draft.texts("none")) == (
            ("a",),
            ("a", "b"),
            (),
        )

    @given(
        pairs=st.lists(
            st.tuples(
                st.sampled_from([*(spec.key for spec in SPECS), "customFields.x", "?"]),
                st.text(max_size=50) | st.sampled_from(["HIGH", "2026-02-04", "a@b.ch"]),
            )
        )
    )
    def test_a_draft_holds_only_values_that_pass_and_loses_none_in_silence(
        self, pairs: list[tuple[str, str]]
    ) -> None:
        draft, problems = check_draft("qp", SPECS, pairs)

        for key in draft.values:
            spec = find_spec(SPECS, key)
            assert spec is not None
            assert all(check_field(spec, value) is None for value in draft.texts(key))
        given_keys = {key for key, value in pairs if value.strip()}
        assert given_keys <= set(draft.values) | {problem.key for problem in problems}
        assert {"priority", "comment"} <= set(draft.values) | {p.key for p in problems}


class TestChoices:
    @pytest.mark.parametrize(
        ("typed", "value"),
        [
            ("HIGH", "HIGH"),
            ("high", "HIGH"),
            ("very URGENT", "HIGH"),
            (" High ", "HIGH"),
        ],
    )
    def test_one_is_taken_by_value_or_label_in_any_case(self, typed: str, value: str) -> None:
        draft, _ = check_draft("qp", SPECS, [("priority", typed)])

        assert draft.text("priority") == value

    @pytest.mark.parametrize("value", ["1", "2"])
    def test_a_value_stands_before_the_label_of_another(self, value: str) -> None:
        draft, _ = check_draft("qp", SPECS, [("priority", value)])

        assert draft.text("priority") == value

    def test_values_that_differ_in_case_only_stay_two(self) -> None:
        spec = FieldSpec(
            key="k", label="K", type=FieldType.CHOICE, choices=(Choice("a", "x"), Choice("A", "y"))
        )

        assert check_draft("qp", [spec], [("k", "A")])[0].text("k") == "A"

    def test_a_label_that_two_share_chooses_neither(self) -> None:
        spec = FieldSpec(
            key="k",
            label="K",
            type=FieldType.CHOICE,
            choices=(Choice("17", "Ann"), Choice("18", "ann")),
        )
        draft, problems = check_draft("qp", [spec], [("k", "Ann")])

        assert draft.values == {}
        assert problems == (FieldProblem("k", "several are called that: Ann (17), ann (18)"),)

    def test_a_wrong_one_names_the_nearest_whatever_the_values_hold(self) -> None:
        spec = FieldSpec(
            key="k",
            label="K",
            type=FieldType.CHOICE,
            choices=(Choice("Orders, lost", "l"), Choice("Other", "o")),
        )

        assert check_field(spec, "Orders lost") == (
            "takes one of: Orders, lost, Other (nearest: Orders, lost)"
        )

    def test_other_values_pass_where_a_tenant_may_define_more(self) -> None:
        spec = FieldSpec(
            key="k",
            label="K",
            type=FieldType.CHOICE,
            choices=(Choice("a", "Alpha"),),
            takes_other_values=True,
        )

        assert check_draft("qp", [spec], [("k", "zeta")])[0].text("k") == "zeta"
        assert check_draft("qp", [spec], [("k", "alpha")])[0].text("k") == "a"

    def test_anything_passes_where_no_choices_are_known(self) -> None:
        spec = FieldSpec(key="k", label="K", type=FieldType.CHOICE)

        assert check_field(spec, "zeta") is None


TEAM = FieldSpec(
    key="assignee",
    label="Assignee",
    type=FieldType.CHOICE,
    lookup="users",
    takes_other_values=True,
    choices=(Choice("17", "Ann"), Choice("18", "Bo"), Choice("19", "ann")),
)
TREE = FieldSpec(
    key="category",
    label="Category",
    type=FieldType.NUMBER,
    lookup="categories",
    choices=(
        Choice("1", "Refunds", ("Billing",)),
        Choice("2", "Refunds", ("Shop", "Orders")),
        Choice("3", "Other", ("Shop",)),
        Choice("4", "Shop"),
    ),
)


class TestLookedUpChoices:
    @pytest.mark.parametrize(
        ("spec", "typed", "value"),
        [
            (TEAM, "bo", "18"),
            (TEAM, "Ann (19)", "19"),
            (TEAM, "someone@else.example", "someone@else.example"),
            (TREE, "2", "2"),
            (TREE, "other", "3"),
            (TREE, "Billing / Refunds", "1"),
            (TREE, " shop/orders /  refunds", "2"),
            (TREE, "shop", "4"),
            (TREE, "77", "77"),
        ],
    )
    def test_one_is_taken_by_what_is_shown_of_it(
        self, spec: FieldSpec, typed: str, value: str
    ) -> None:
        draft, problems = check_draft("qp", [spec], [(spec.key, typed)])

        assert (draft.text(spec.key), problems) == (value, ())

    @pytest.mark.parametrize(
        ("spec", "typed", "says"),
        [
            (TEAM, "ANN", "several are called that: Ann (17), ann (19)"),
            (
                TREE,
                "refunds",
                "several are called that: Billing / Refunds, Shop / Orders / Refunds",
            ),
            (
                TREE,
                "Billing / Refund",
                (
                    "takes one of: Billing / Refunds, Shop / Orders / Refunds, Shop / Other, Shop "
                    "(nearest: Billing / Refunds)"
                ),
            ),
        ],
    )
    def test_a_name_that_several_share_is_never_sent(
        self, spec: FieldSpec, typed: str, says: str
    ) -> None:
        draft, problems = check_draft("qp", [spec], [(spec.key, typed)])

        assert (draft.values, problems) == ({}, (FieldProblem(spec.key, says),))

    def test_a_long_list_is_not_written_out(self) -> None:
        choices = tuple(Choice(str(number), f"Segment {number}") for number in range(2_000))
        spec = replace(TEAM, choices=choices, takes_other_values=False)

        assert check_field(spec, "Segmnt 7") == "none of the 2,000 choices (nearest: Segment 7)"

    def test_a_value_beyond_what_a_search_found_passes(self) -> None:
        spec = replace(TEAM, searches=True, takes_other_values=False)

        assert check_field(spec, "4711") is None

    def test_a_label_that_is_the_value_of_another_is_shown_with_its_own(self) -> None:
        choices = (Choice("1", "2"), Choice("2", "Two"), Choice("HIGH", "High"))

        assert choice_labels(choices) == {"1": "2 (1)", "2": "Two", "HIGH": "High"}

    def test_what_has_no_label_is_shown_by_its_value(self) -> None:
        assert choice_labels([Choice("S1", ""), Choice("S2", "", ("All",))]) == {
            "S1": "S1",
            "S2": "All / S2",
        }

    @given(
        choices=st.lists(
            st.builds(
                Choice,
                st.text("aA1 (/)", min_size=1, max_size=5),
                st.text("aA1 (/)", max_size=5),
                st.tuples() | st.tuples(st.sampled_from("aA1")),
            ),
            max_size=8,
        )
    )
    def test_every_choice_is_taken_back_from_what_is_shown_of_it(
        self, choices: list[Choice]
    ) -> None:
        for value, label in choice_labels(choices).items():
            assert choose(choices, label) == value


def test_a_family_is_there_with_a_member_that_is_a_field_of_its_own() -> None:
    family = FieldSpec(key="form", label="Form", open_keys=True, required=True)
    member = FieldSpec(key="form.a", label="A", required=True)

    assert check_draft("qp", [member, family], [("form.a", "x")])[1] == ()
    assert check_draft("qp", [member, family], [("form.b", "x")])[1] == (
        FieldProblem("form.a", "required"),
    )


NOT_EMAIL, NOT_PHONE = "not an e-mail address", "not a phone number"
NOT_NUMBER, NOT_DATE = "not a whole number", "not a date; write YYYY-MM-DD"
NOT_DECIMAL = "not a number; write it like 3.5"
ONE_LINE, CONTROLS = "takes one line", "holds control characters"


class TestValues:
    @pytest.mark.parametrize(
        ("field_type", "value", "problem"),
        [
            (FieldType.TEXT, "Ann [/x] 日本 👩", None),
            (FieldType.TEXT, "a\tb", None),
            (FieldType.TEXT, "a\nb", ONE_LINE),
            (FieldType.TEXT, "a\rb", ONE_LINE),
            (FieldType.TEXT, "a\u2028b", ONE_LINE),
            (FieldType.LONG_TEXT, "a\r\nb\tc", None),
            (FieldType.LONG_TEXT, "a\x1b[2Jb", CONTROLS),
            (FieldType.LONG_TEXT, "a\x00b", CONTROLS),
            (FieldType.LONG_TEXT, "a\x7fb", CONTROLS),
            (FieldType.LONG_TEXT, "a\x9bb", CONTROLS),
            (FieldType.LONG_TEXT, "a\ud800b", CONTROLS),
            (FieldType.EMAIL, "ann@example.com", None),
            (FieldType.EMAIL, "a.b+c@sub.example.co", None),
            (FieldType.EMAIL, "ann@exampl", NOT_EMAIL),
            (FieldType.EMAIL, "ann", NOT_EMAIL),
            (FieldType.EMAIL, "@example.com", NOT_EMAIL),
            (FieldType.EMAIL, "ann@example.", NOT_EMAIL),
            (FieldType.EMAIL, "a@b@example.com", NOT_EMAIL),
            (FieldType.EMAIL, "a b@example.com", NOT_EMAIL),
            (FieldType.EMAIL, "Ann <ann@example.com>", NOT_EMAIL),
            (FieldType.EMAIL, "a@b.ch, c@d.ch", NOT_EMAIL),
            (FieldType.PHONE, "+49 (0)30 1234-5", None),
            (FieldType.PHONE, "112", None),
            (FieldType.PHONE, "12", NOT_PHONE),
            (FieldType.PHONE, "(---)", NOT_PHONE),
            (FieldType.PHONE, "1+2345", NOT_PHONE),
            (FieldType.PHONE, "call me", NOT_PHONE),
            (FieldType.PHONE, "1" * 31, NOT_PHONE),
            (FieldType.NUMBER, "0", None),
            (FieldType.NUMBER, "9" * 18, None),
            (FieldType.NUMBER, "9" * 19, NOT_NUMBER),
            (FieldType.NUMBER, "-1", NOT_NUMBER),
            (FieldType.NUMBER, "1.5", NOT_NUMBER),
            (FieldType.DECIMAL, "-1.50", None),
            (FieldType.DECIMAL, "7", None),
            (FieldType.DECIMAL, "1,5", NOT_DECIMAL),
            (FieldType.DECIMAL, "1e5", NOT_DECIMAL),
            (FieldType.DECIMAL, "nan", NOT_DECIMAL),
            (FieldType.NUMBER, "１２", NOT_NUMBER),  # noqa: RUF001  digits that `int` would take
            (FieldType.DATE, "2026-02-28", None),
            (FieldType.DATE, "2024-02-29", None),
            (FieldType.DATE, "2026-02-29", NOT_DATE),
            (FieldType.DATE, "0000-01-01", NOT_DATE),
            (FieldType.DATE, "20260228", NOT_DATE),
            (FieldType.DATE, "2026-W09-6", NOT_DATE),
            (FieldType.DATE, "28.02.2026", NOT_DATE),
        ],
    )
    def test_each_type_takes_what_it_says(
        self, field_type: FieldType, value: str, problem: str | None
    ) -> None:
        assert check_field(FieldSpec(key="k", label="K", type=field_type), value) == problem

    def test_the_limit_is_told_with_the_length(self) -> None:
        spec = FieldSpec(key="k", label="K", limit=1_000)

        assert check_field(spec, "x" * 1_000) is None
        assert check_field(spec, "x" * 1_001) == "1,001 characters; at most 1,000"


class TestNearestName:
    @pytest.mark.parametrize(
        ("name", "nearest"),
        [("Priorty", "priority"), ("COMMENT", "comment"), ("zzz", None), ("", None)],
    )
    def test_it_is_what_was_most_likely_meant(self, name: str, nearest: str | None) -> None:
        assert nearest_name(name, ["comment", "priority"]) == nearest
