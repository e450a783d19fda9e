"""Health, keys and drafts in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.builders import NOON
from support.service import FIELDS
from tui.app.commands import BY_ID, COMMANDS, command_ids
from tui.app.draft_text import check_texts, complete_choice, hint_of, owner, problem_on_leaving
from tui.app.formatting import ClockFace, Line
from tui.app.health_text import (
    STATE_WIDTH,
    currency_words,
    is_trusted,
    state_cell,
    state_words,
    trouble_words,
    trust_line,
    was_never_read,
)
from tui.app.key_names import show_key
from tui.app.keymap import Keymap
from tui.app.terminal import crash_report, wants_mouse
from tui.app.widgets.empty_state import empty_lines
from tui.domain.draft import Choice, FieldSpec, FieldType
from tui.domain.health import HealthState, WorkspaceHealth

FACE = ClockFace("UTC")
AS_OF = NOON - timedelta(minutes=4)
OK = WorkspaceHealth(state=HealthState.OK, as_of=AS_OF)
LATE = WorkspaceHealth(state=HealthState.LATE, as_of=AS_OF, retry_at=NOON + timedelta(minutes=1))
REFUSED = WorkspaceHealth(state=HealthState.REFUSED, as_of=AS_OF, error="401", advice="set KEY")
FIRST = WorkspaceHealth(pages_done=2, pages_known=12)
SPECS = {spec.key: spec for spec in FIELDS}


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (OK, "ok 11:56"),
        (LATE, "LATE as of 11:56"),
        (REFUSED, "KEY REFUSED 11:56"),
        (WorkspaceHealth(), "starting"),
        (FIRST, "reading 2/12"),
        (WorkspaceHealth(pages_done=0), "reading"),
        (WorkspaceHealth(pages_done=1), "reading, 1 page"),
        (WorkspaceHealth(pages_done=3), "reading, 3 pages"),
        (WorkspaceHealth(as_of=AS_OF, pages_done=3, pages_known=12), "as of 11:56"),
        (WorkspaceHealth(state=HealthState.OFF), "by hand"),
        (WorkspaceHealth(state=HealthState.BACKING_OFF, as_of=AS_OF), "FAILED as of 11:56"),
        (WorkspaceHealth(state=HealthState.BUDGET_SPENT), "BUDGET SPENT"),
    ],
)
def test_a_state_is_told_with_its_clock_time(health: WorkspaceHealth, words: str) -> None:
    assert state_words(health, FACE, NOON).text == words


def test_the_trust_line_begins_with_the_worst_and_folds_the_well_ones() -> None:
    left, right = trust_line({"a": OK, "b": LATE, "c": OK, "d": REFUSED}, FACE, NOON, 78)

    assert _text(left) == "d KEY REFUSED 11:56 | b LATE as of 11:56, retry 12:01"
    assert _text(right) == "2 ok 11:56"
    assert _text(trust_line({"a": OK}, FACE, NOON, 78)[0]) == "1 ok 11:56"


def test_a_source_that_did_not_show_everything_is_not_called_well() -> None:
    odd = WorkspaceHealth(state=HealthState.OK, as_of=AS_OF, skipped=13)

    left, right = trust_line({"a": OK, "inbox": odd}, FACE, NOON, 78)

    assert _text(left) == "inbox INCOMPLETE 11:56"
    assert _text(right) == "1 ok 11:56"


def test_what_is_kept_from_an_earlier_run_says_how_old_it_is_until_it_is_confirmed() -> None:
    kept = WorkspaceHealth(as_of=AS_OF)
    older = WorkspaceHealth(as_of=AS_OF - timedelta(days=1), pages_done=1, pages_known=3)

    assert _text(trust_line({"qp": kept}, FACE, NOON, 78)[0]) == "qp as of 11:56, reading"
    assert _text(trust_line({"a": older, "b": OK}, FACE, NOON, 78)[0]) == (
        "a as of 02-03 11:56, reading 1/3"
    )
    left, _ = trust_line({"a": kept, "b": older, "c": LATE}, FACE, NOON, 78)
    assert _text(left) == "c LATE as of 11:56, retry 12:01 | 2 as of 02-03 11:56, reading"


def test_the_trust_line_counts_what_does_not_fit_and_cuts_no_time() -> None:
    healths = dict.fromkeys(("first", "second", "third"), REFUSED) | {"well": OK}

    left, right = trust_line(healths, FACE, NOON, 78)
    assert _text(left) == "first KEY REFUSED 11:56 | second KEY REFUSED 11:56 +1 more"
    assert _text(left + right).endswith("+1 more1 ok 11:56")
    assert _text(trust_line(healths, FACE, NOON, 38)[0]) == "first KEY REFUSED 11:56 +2 more"


def test_a_long_sweep_of_what_is_well_is_told_where_there_is_room() -> None:
    long = replace(OK, pages_done=12, pages_known=40)
    short = replace(OK, pages_done=1, pages_known=2)

    assert _text(trust_line({"qp": long, "b": short}, FACE, NOON, 78)[0]) == (
        "2 ok 11:56 | qp reading 12/40"
    )
    left, right = trust_line({"qp": long, "d": REFUSED}, FACE, NOON, 78)
    assert _text(left) == "d KEY REFUSED 11:56 | qp reading 12/40"
    assert _text(right) == "1 ok 11:56"
    assert _text(trust_line({"qp": long, "d": REFUSED}, FACE, NOON, 38)[0]) == (
        "d KEY REFUSED 11:56"
    )


def test_the_narrow_column_tells_only_the_day_of_another_day() -> None:
    day_ago = AS_OF - timedelta(days=1)
    refused = replace(REFUSED, as_of=day_ago)
    reading = replace(OK, pages_done=120, pages_known=1000)

    assert state_cell(refused, FACE, NOON).text == "KEY REFUSED 02-03"
    assert state_cell(reading, FACE, NOON).text == "ok 11:56 120/1000"
    assert state_cell(replace(OK, pages_done=1, pages_known=2), FACE, NOON).text == "ok 11:56"
    states = [WorkspaceHealth(state=state, as_of=day_ago) for state in HealthState]
    assert max(len(state_cell(health, FACE, NOON).text) for health in states) <= STATE_WIDTH


def test_what_is_polled_by_hand_and_was_never_read_says_what_to_do() -> None:
    off = WorkspaceHealth(state=HealthState.OFF)

    assert trouble_words(off, FACE, NOON) == "never read; press r to read it"
    assert trouble_words(replace(off, as_of=AS_OF), FACE, NOON) == ""


def test_trouble_says_what_is_wrong_what_to_do_and_what_was_not_seen() -> None:
    assert trouble_words(REFUSED, FACE, NOON) == "401; set KEY"
    assert trouble_words(LATE, FACE, NOON) == "retry 12:01"
    odd = WorkspaceHealth(state=HealthState.OK, as_of=AS_OF, skipped=1, missing=1200)
    assert trouble_words(odd, FACE, NOON) == (
        "1 ticket could not be read; 1,200 tickets counted by the vendor but not shown"
    )


def test_rows_are_trusted_while_current_and_while_a_first_sweep_brings_them() -> None:
    assert is_trusted(OK)
    assert is_trusted(FIRST)
    assert not is_trusted(LATE)
    assert not is_trusted(REFUSED)
    assert not is_trusted(WorkspaceHealth(as_of=AS_OF))
    assert not is_trusted(None)


def _empty(healths: dict[str, WorkspaceHealth], query: str = "", hidden: int = 0) -> list[str]:
    return [_text(line) for line in empty_lines(healths, FACE, NOON, query=query, hidden=hidden)]


def test_an_empty_list_says_why() -> None:
    assert _empty({"a": OK}) == ["No tickets.", "Nothing is waiting here."]
    assert _empty({"a": FIRST}) == ["Reading", "a: reading 2/12"]
    assert _empty({"d": REFUSED})[1:] == ["d KEY REFUSED 11:56", "401; set KEY"]
    assert _empty({"a": OK}, "zzz", 231) == [
        "Nothing matches zzz",
        "231 tickets are hidden; esc clears the filter.",
    ]


def test_every_command_has_an_own_id_and_a_help_sentence() -> None:
    assert len(set(command_ids())) == len(COMMANDS)
    assert all(command.help and command.keys for command in COMMANDS)
    assert set(BY_ID) == set(command_ids())


def test_no_two_commands_of_the_list_share_a_key() -> None:
    ids = [name for name in command_ids() if not name.startswith("form.")]
    keys = [key for name in ids for key in Keymap().keys(name)]

    assert len(keys) == len(set(keys))


def test_a_chosen_key_replaces_the_default_and_takes_it_from_others() -> None:
    at_hand = ("ticket.create", "data.refresh", "app.back")
    keymap = Keymap({"ticket.create": ("r", "ctrl+n"), "app.nonsense": ("x",)})

    assert keymap.keys("ticket.create", at_hand) == ("r", "ctrl+n")
    assert keymap.keys("data.refresh", at_hand) == ()
    bound = keymap.bindings(at_hand).key_to_bindings
    assert [binding.action for binding in bound["r"]] == ["ticket_create"]
    assert "n" not in bound


def test_an_empty_key_unbinds() -> None:
    keymap = Keymap({"ticket.create": ("",)})

    assert keymap.keys("ticket.create") == ()
    assert keymap.shown("ticket.create") == ""


def test_esc_never_quits_whatever_else_goes_back() -> None:
    bound = Keymap({"app.back": ("esc", "x")}).bindings(("app.back",)).key_to_bindings

    actions = {key: each[0].action for key, each in bound.items()}
    assert actions == {"escape": "back", "x": "leave", "ctrl+c": "back"}


def test_ctrl_c_is_esc_unless_somebody_chose_it_for_something_else() -> None:
    bound = Keymap({"app.quit": ("ctrl+c",)}).bindings(("app.back", "app.quit")).key_to_bindings

    assert [binding.action for binding in bound["ctrl+c"]] == ["app_quit"]


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("escape", "esc"),
        ("pgdn", "pgdn"),
        ("ctrl+s", "ctrl+s"),
        ("f1", "F1"),
        (",", ","),
        ("+", "+"),
    ],
)
def test_keys_are_shown_as_people_write_them(key: str, shown: str) -> None:
    assert show_key(key) == shown


def test_what_is_typed_becomes_the_draft() -> None:
    texts = {
        "priority": "high",
        "comment": "Line is down\nsince 20:05",
        "tags": "a, b,,c",
        "customFields": "cf_date = 2025-10-23\ncustomFields.cf_x=a=b",
    }
    draft, problems = check_texts("qp", FIELDS, texts)

    assert problems == ()
    assert draft.values == {
        "priority": "HIGH",
        "comment": "Line is down\nsince 20:05",
        "tags": ("a", "b", "c"),
        "customFields.cf_date": "2025-10-23",
        "customFields.cf_x": "a=b",
    }


def test_problems_belong_to_their_fields() -> None:
    texts = {"email": "ann@", "customFields": "nothing\na=1", "due": "tomorrow"}
    _, problems = check_texts("qp", FIELDS, texts)
    owners = {spec.key for problem in problems if (spec := owner(FIELDS, problem))}

    assert owners == {"email", "customFields", "due", "priority", "comment"}


def test_leaving_a_field_empty_is_no_problem_yet() -> None:
    assert problem_on_leaving(SPECS["comment"], "") == ""
    assert problem_on_leaving(SPECS["email"], "ann@") == "not an e-mail address"


@pytest.mark.parametrize(
    ("typed", "meant"), [("h", "HIGH"), ("Med", "MEDIUM"), ("low", "LOW"), ("x", "x"), ("", "")]
)
def test_the_first_letters_of_a_choice_are_enough(typed: str, meant: str) -> None:
    assert complete_choice(SPECS["priority"], typed) == meant


def test_what_was_never_read_and_what_is_current_is_told_apart() -> None:
    never = WorkspaceHealth(state=HealthState.REFUSED)

    assert was_never_read(None, 0)
    assert was_never_read(never, 0)
    assert not was_never_read(never, 3)
    assert not was_never_read(REFUSED, 0)
    assert currency_words([OK, OK]) is None
    words = currency_words([OK, LATE, None])
    assert words is not None
    assert (words.text, words.style) == ("1 of 3 current", "warning")


def test_an_ambiguous_beginning_stays_as_it_is() -> None:
    spec = FieldSpec(
        key="x", label="X", type=FieldType.CHOICE, choices=(Choice("AB", ""), Choice("AC", ""))
    )
    assert complete_choice(spec, "a") == "a"


def test_each_field_says_what_it_takes() -> None:
    assert hint_of(SPECS["status"]) == "NEW, OPEN, or another"
    assert hint_of(SPECS["tags"]) == "several, with commas between them"
    assert hint_of(SPECS["customFields"]) == "name=value, one a line"
    assert hint_of(SPECS["due"]) == "YYYY-MM-DD"
    assert hint_of(SPECS["firstName"]) == ""


def test_the_mouse_is_left_to_the_terminal_over_ssh() -> None:
    assert wants_mouse("auto", {})
    assert not wants_mouse("auto", {"SSH_CONNECTION": "1"})
    assert wants_mouse("on", {"SSH_CONNECTION": "1"})
    assert not wants_mouse("off", {})


def test_a_crash_report_names_places_and_neither_messages_nor_values() -> None:
    secret = "sk-canary"
    with pytest.raises(ValueError) as caught:
        int(secret)
    report = crash_report(caught.value)

    assert "sk-canary" not in report
    assert "ValueError" in report
    assert "test_words.py" in report
