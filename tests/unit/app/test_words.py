"""Health, keys and drafts in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.builders import NOON
from support.service import FIELDS
from tui.app.formatting import ClockFace, Line
from tui.app.health_text import (
    STATE_WIDTH,
    is_trusted,
    state_cell,
    state_words,
    trouble_words,
    trust_line,
)
from tui.app.place_line import Place
from tui.app.widgets.empty_state import empty_lines
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


NO_PLACE = Place(first=0, last=0, shown=0, total=0, is_narrowed=False)


def _empty(
    healths: dict[str, WorkspaceHealth], place: Place = NO_PLACE, typed: str = "", view: str = ""
) -> list[str]:
    way = "4 shows everything."
    lines = empty_lines(healths, FACE, NOON, place=place, typed=typed, view=view, way_to_all=way)
    return [_text(line) for line in lines]


def test_an_empty_list_says_why() -> None:
    assert _empty({"a": OK}) == ["No tickets.", "Nothing is waiting here."]
    assert _empty({"a": FIRST}) == ["Reading", "a: reading 2/12"]
    assert _empty({"d": REFUSED})[1:] == ["d KEY REFUSED 11:56", "401; set KEY"]


def test_a_list_in_which_everything_is_hidden_says_by_what_and_the_way_back() -> None:
    hidden = replace(NO_PLACE, total=231, hidden_overdue=6, snoozed=2, is_narrowed=True)

    assert _empty({"a": OK}, hidden, "zzz", "Overdue") == [
        "Nothing matches zzz in Overdue",
        "231 tickets are hidden, 6 OVER, 2 that would match are snoozed",
        "esc clears the filter.",
    ]
    assert _empty(
        {"a": FIRST}, replace(hidden, total=1, hidden_overdue=0, snoozed=0), "", "New"
    ) == [
        "Nothing in New now.",
        "1 ticket is hidden",
        "4 shows everything.",
    ]
    assert _empty({"a": OK}, replace(hidden, is_narrowed=False))[::2] == [
        "Everything here is snoozed.",
        "The filter is:snoozed shows it.",
    ]
