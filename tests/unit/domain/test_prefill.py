"""What stands in a new form: what was chosen last, a template, or what another ticket says."""

from dataclasses import replace

import pytest

from support.builders import make_ticket
from tui.domain.creates import Template
from tui.domain.draft import Choice, Draft, FieldRole, FieldSpec, FieldType, check_draft
from tui.domain.form_text import to_pairs
from tui.domain.person import Person
from tui.domain.prefill import (
    beginning,
    fits,
    is_untouched,
    names_like,
    remembered_values,
    values_like,
)
from tui.domain.ticket import Status

CHOICE = FieldType.CHOICE
PRIORITY = FieldSpec(
    key="priority",
    label="Priority",
    type=CHOICE,
    choices=(Choice("HIGH", "High"), Choice("MEDIUM", "Medium")),
    role=FieldRole.PRIORITY,
    takes_other_values=True,
    default="MEDIUM",
)
STATUS = FieldSpec(
    key="status",
    label="Status",
    type=CHOICE,
    choices=(Choice("NEW", "New"), Choice("in progress", "In progress")),
    role=FieldRole.STATUS,
    takes_other_values=True,
    default="NEW",
)
SENTIMENT = FieldSpec(
    key="sentiment", label="Sentiment", type=CHOICE, choices=(Choice("praise", "Praise"),)
)
ASSIGNEE = FieldSpec(
    key="assignTo",
    label="Assign to",
    type=CHOICE,
    takes_other_values=True,
    role=FieldRole.ASSIGNEE,
    lookup="users",
)
CUSTOMER = FieldSpec(
    key="contact_id",
    label="Customer",
    type=CHOICE,
    takes_other_values=True,
    role=FieldRole.CUSTOMER_ID,
    lookup="contacts",
    searches=True,
)
TITLE = FieldSpec(key="title", label="Title", role=FieldRole.TITLE, limit=60)
TEXT = FieldSpec(
    key="comment", label="Comment", type=FieldType.LONG_TEXT, role=FieldRole.TEXT, required=True
)
EMAIL = FieldSpec(key="email", label="E-mail", type=FieldType.EMAIL, role=FieldRole.CUSTOMER_EMAIL)
TAGS = FieldSpec(key="tags", label="Tags", repeats=True, role=FieldRole.TAGS)
SEGMENT = FieldSpec(
    key="originSegmentCode",
    label="Origin segment",
    type=CHOICE,
    takes_other_values=True,
    role=FieldRole.ORIGIN_SEGMENT,
    lookup="segments",
)
USERS = (Choice("ann@x.example", "Ann"), Choice("bo@x.example", "Bo"))


class TestTheBeginning:
    def test_it_is_the_defaults_of_the_vendor(self) -> None:
        assert beginning([PRIORITY, TITLE, STATUS], {}) == {"priority": "MEDIUM", "status": "NEW"}

    def test_what_was_chosen_last_stands_in_their_place(self) -> None:
        chosen = {"priority": "HIGH", "sentiment": "praise", "status": "Erledigt"}

        assert beginning([PRIORITY, SENTIMENT, STATUS], chosen) == chosen

    @pytest.mark.parametrize(
        ("spec", "value"),
        [
            (SENTIMENT, "scorn"),
            (replace(ASSIGNEE, choices=USERS), "gone@x.example"),
            (CUSTOMER, "4711"),
            (TITLE, "Tills down"),
        ],
    )
    def test_what_cannot_be_chosen_any_more_does_not(self, spec: FieldSpec, value: str) -> None:
        assert beginning([spec], {spec.key: value}) == {}

    def test_a_list_that_is_not_known_yet_forbids_nothing(self) -> None:
        assert beginning([ASSIGNEE], {"assignTo": "ann@x.example"}) == {"assignTo": "ann@x.example"}


def test_values_of_choices_are_remembered_and_nothing_else() -> None:
    specs = [PRIORITY, STATUS, ASSIGNEE, CUSTOMER, TITLE, TEXT, EMAIL, TAGS, SENTIMENT]
    draft = Draft(
        "qp",
        {
            "priority": "HIGH",
            "assignTo": "ann@x.example",
            "contact_id": "4711",
            "title": "Tills down",
            "comment": "All of them",
            "email": "ann@example.com",
            "tags": ("vip",),
        },
    )

    assert remembered_values(specs, draft) == {"priority": "HIGH", "assignTo": "ann@x.example"}


@pytest.mark.parametrize(
    ("texts", "is_so"),
    [
        ({}, True),
        ({"priority": "MEDIUM", "comment": " \n", "status": ""}, True),
        ({"priority": "HIGH", "comment": ""}, True),
        ({"priority": "LOW"}, False),
        ({"comment": "a"}, False),
        ({"gone": "a"}, False),
    ],
)
def test_a_form_is_untouched_with_what_stood_there_or_less(
    texts: dict[str, str], *, is_so: bool
) -> None:
    assert is_untouched([PRIORITY, STATUS, TEXT], texts, {"priority": "HIGH"}) is is_so


def test_a_template_fits_its_workspace_or_wherever_its_fields_are() -> None:
    bound = Template(name="a", workspace="qp", pairs=(("comment", "x"),))
    free = replace(bound, workspace=None)

    assert [fits(bound, name, [TEXT]) for name in ("qp", "klink")] == [True, False]
    assert [fits(free, "qp", specs) for specs in ([TEXT, TITLE], [TITLE])] == [True, False]


class TestLikeATicket:
    def test_everything_that_form_and_ticket_share_is_taken_over(self) -> None:
        ticket = make_ticket(
            title="Tills down",
            body="Tills down\nin Bergen",
            vendor_status="In_Progress",
            vendor_priority="high",
            customer=Person("Ann", "ann@example.com"),
            assignee=Person("Bo"),
            tags=("vip", "a, b"),
            origin_segment="S1",
        )
        segments = (Choice("S1", "Stores"),)
        specs = [
            *(TITLE, TEXT, STATUS, PRIORITY, EMAIL, TAGS, SENTIMENT),
            replace(ASSIGNEE, choices=USERS),
            replace(SEGMENT, choices=segments),
        ]

        texts = values_like(specs, ticket, "qp")

        assert texts == {
            "title": "Tills down",
            "comment": "Tills down\nin Bergen",
            "status": "in progress",
            "priority": "HIGH",
            "email": "ann@example.com",
            "tags": 'vip, "a, b"',
            "assignTo": "bo@x.example",
            "originSegmentCode": "S1",
        }
        pairs = [pair for spec in specs for pair in to_pairs(spec, texts.get(spec.key, ""))]
        assert check_draft("qp", specs, pairs)[1] == ()

    def test_the_status_of_a_closed_ticket_is_not(self) -> None:
        ticket = make_ticket(status=Status.RESOLVED, vendor_status="RESOLVED")

        assert values_like([STATUS], ticket, "qp") == {}

    def test_a_tenants_own_word_only_within_the_workspace(self) -> None:
        ticket = make_ticket(vendor_status="Wartet", vendor_priority="MEDIUM")

        assert values_like([STATUS, PRIORITY], ticket, "qp") == {
            "status": "Wartet",
            "priority": "MEDIUM",
        }
        assert values_like([STATUS, PRIORITY], ticket, "klink") == {"priority": "MEDIUM"}

    def test_a_status_that_is_shown_as_a_number_is_not(self) -> None:
        assert values_like([STATUS], make_ticket(vendor_status="0"), "qp") == {}

    @pytest.mark.parametrize(
        ("title", "body", "text"),
        [
            ("Tills down", "In Bergen", "Tills down\n\nIn Bergen"),
            ("Tills down", "Tills down\nIn Bergen", "Tills down\nIn Bergen"),
            ("Tills do…", "\nTills down in Bergen", "\nTills down in Bergen"),
            ("Tills down", "", "Tills down"),
        ],
    )
    def test_a_form_without_a_title_has_it_in_the_text(
        self, title: str, body: str, text: str
    ) -> None:
        assert values_like([TEXT], make_ticket(title=title, body=body), "qp") == {"comment": text}

    def test_long_texts_are_cut_to_what_the_field_takes(self) -> None:
        texts = values_like([TITLE], make_ticket(title="x" * 80), "qp")

        assert texts == {"title": "x" * 59 + "…"}

    def test_what_the_field_would_refuse_is_left_out(self) -> None:
        ticket = make_ticket(customer=Person("Ann", "ann at example"))

        assert values_like([EMAIL], ticket, "qp") == {}

    def test_an_id_is_taken_from_where_the_vendor_shows_it(self) -> None:
        ticket = make_ticket(extra={"contactId": 4711, "assignTo": "ann@x.example"})

        assert values_like([CUSTOMER, ASSIGNEE], ticket, "qp") == {
            "contact_id": "4711",
            "assignTo": "ann@x.example",
        }
        assert values_like([CUSTOMER, ASSIGNEE], ticket, "klink") == {}

    def test_an_assignee_waits_for_the_list(self) -> None:
        ticket = make_ticket(assignee=Person("Ann", "ann@x.example"))

        assert values_like([ASSIGNEE], ticket, "qp") == {}
        assert values_like([replace(ASSIGNEE, choices=USERS)], ticket, "qp") == {
            "assignTo": "ann@x.example"
        }
        gone = make_ticket(assignee=Person("Cy"), extra={"assignTo": "cy@x.example"})
        assert values_like([replace(ASSIGNEE, choices=USERS)], gone, "qp") == {}

    def test_tags_go_by_their_ids_where_the_vendor_lists_them(self) -> None:
        ticket = make_ticket(tags=("vip", "gone"))
        listed = replace(TAGS, lookup="tags", choices=(Choice("7", "VIP"),))

        assert values_like([listed], ticket, "qp") == {"tags": "7"}
        assert values_like([replace(listed, choices=())], ticket, "qp") == {}


def test_whose_id_was_taken_over_is_named_as_the_ticket_names_them() -> None:
    ticket = make_ticket(extra={"contactId": 4711}, customer=Person("Ann Larsen"))
    specs = [CUSTOMER, TITLE]
    texts = values_like(specs, ticket, "qp")

    assert names_like(specs, texts, ticket) == {"contact_id": Choice("4711", "Ann Larsen")}
    assert names_like(specs, {}, ticket) == {}
    assert names_like(specs, texts, replace(ticket, customer=Person())) == {}
