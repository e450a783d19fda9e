"""Each refusal has a state, words that name the setting, and a rule for coming back."""

from datetime import timedelta

import pytest

from support.builders import NOON
from tui.domain.errors import (
    BadRequest,
    BadResponse,
    BudgetSpent,
    ConnectionLost,
    CredentialError,
    CredentialRefused,
    Forbidden,
    NotFound,
    RateLimited,
    Redirected,
    StateError,
    Unreachable,
    VendorFailure,
)
from tui.domain.health import HealthState
from tui.engine.refusals import Retry, Verdict, verdict

CANARY = "canary-credential"
PLACE = "variable QP_KEY"


def judge(error: Exception, *, worked_before: bool = False) -> Verdict:
    return verdict(
        error,
        workspace="cx-emea",
        credential_place=PLACE,
        list_settings=("workspace_id",),
        worked_before=worked_before,
    )


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (CredentialError("variable QP_KEY is not set", advice="set QP_KEY"), "set QP_KEY"),
        (CredentialError("no such file"), f"check credential of [cx-emea]: {PLACE}"),
        (CredentialRefused("401", status=401), f"check credential of [cx-emea]: {PLACE}"),
        (
            Forbidden("403", status=403),
            f"the credential of [cx-emea] may not read these tickets: {PLACE}",
        ),
        (NotFound("404", status=404), "check workspace_id of [cx-emea]"),
    ],
)
def test_what_a_person_must_change_stops_until_it_is_changed(error: Exception, advice: str) -> None:
    judged = judge(error)

    assert (judged.state, judged.retry) == (HealthState.REFUSED, Retry.ON_CHANGE)
    assert (judged.message, judged.advice) == (str(error), advice)


def test_a_list_that_was_there_before_is_asked_for_again() -> None:
    judged = judge(NotFound("404 Not Found"), worked_before=True)

    assert (judged.state, judged.retry) == (HealthState.BACKING_OFF, Retry.BACKOFF)
    assert judged.advice == "check workspace_id of [cx-emea]"


def test_a_missing_list_that_no_setting_names_has_advice_too() -> None:
    judged = verdict(NotFound("404"), workspace="kx", credential_place=PLACE)

    assert judged.advice == "the vendor may have moved its list: look for a newer ticketdeck"


def test_several_settings_that_name_the_list_are_all_named() -> None:
    keys = ("workspace_id", "base_url")
    judged = verdict(NotFound("404"), workspace="w", credential_place=PLACE, list_settings=keys)

    assert judged.advice == "check workspace_id and base_url of [w]"


@pytest.mark.parametrize("kind", [RateLimited, VendorFailure])
@pytest.mark.parametrize("wait_s", [None, 7.0, 86_400.0])
def test_what_passes_by_itself_waits_as_long_as_the_vendor_asks(
    kind: type[RateLimited | VendorFailure], wait_s: float | None
) -> None:
    judged = judge(kind("slow down", retry_after_s=wait_s))

    assert (judged.state, judged.retry) == (HealthState.BACKING_OFF, Retry.BACKOFF)
    assert judged.retry_after_s == wait_s


def test_calls_that_must_be_bought_wait_for_a_person() -> None:
    judged = judge(BudgetSpent("API call limit exceeded", status=429))

    assert (judged.state, judged.retry) == (HealthState.BUDGET_SPENT, Retry.BY_HAND)
    assert judged.until is None
    assert judged.advice == "more calls must be bought from the vendor; then refresh"


def test_our_own_budget_says_until_when() -> None:
    error = BudgetSpent("20,000 calls in 30 days are spent", until=NOON + timedelta(hours=2))

    judged = judge(error)

    assert (judged.state, judged.retry) == (HealthState.BUDGET_SPENT, Retry.AT)
    assert judged.until == NOON + timedelta(hours=2)
    assert judged.advice == "wait, or raise call_budget of [cx-emea]"


@pytest.mark.parametrize(
    ("error", "is_network", "is_answer"),
    [
        (Unreachable("no such host", is_network=True), True, False),
        (Unreachable("refused the connection"), False, False),
        (ConnectionLost("closed the connection"), False, False),
        (ConnectionLost("ended too early", status=200), False, True),
        (BadResponse("HTML"), False, True),
        (VendorFailure("503", status=503), False, True),
        (CredentialRefused("401", status=401), False, True),
        (BudgetSpent("API call limit exceeded", status=429), False, True),
        (BudgetSpent("ours", until=NOON), False, False),
        (CredentialError("not set"), False, False),
        (StateError("disk"), False, False),
        (ZeroDivisionError(), False, False),
    ],
    ids=str,
)
def test_it_is_told_whether_nobody_answered_or_the_vendor_did(
    error: Exception, *, is_network: bool, is_answer: bool
) -> None:
    judged = judge(error)

    assert (judged.is_network, judged.is_answer) == (is_network, is_answer)


def test_a_redirect_may_be_an_address_or_a_portal() -> None:
    assert judge(Redirected("302")).advice == (
        "check base_url of [cx-emea], or whether this network wants a log-in"
    )
    error = Redirected("302")
    error.address_setting = "token_url"
    assert judge(error).advice == (
        "check token_url of [cx-emea], or whether this network wants a log-in"
    )


@pytest.mark.parametrize(
    "error", [ConnectionLost("gone"), BadResponse("HTML"), BadRequest("400"), StateError("disk")]
)
def test_everything_else_of_ours_is_tried_again_and_says_what_it_said(error: Exception) -> None:
    judged = judge(error)

    assert (judged.state, judged.retry) == (HealthState.BACKING_OFF, Retry.BACKOFF)
    assert (judged.message, judged.advice) == (str(error), None)


def test_an_error_that_is_not_ours_is_named_without_its_text() -> None:
    judged = judge(ZeroDivisionError(CANARY))

    assert judged.message == "internal error: ZeroDivisionError"
    assert judged.retry is Retry.BACKOFF
