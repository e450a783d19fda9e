"""What a failed poll means: the state, the words, and whether to come back by itself. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tui.domain.errors import (
    BudgetSpent,
    ConnectionLost,
    CredentialError,
    CredentialRefused,
    Forbidden,
    NotFound,
    RateLimited,
    Redirected,
    TicketdeckError,
    Unreachable,
    VendorError,
    VendorFailure,
)
from tui.domain.health import HealthState


class Retry(StrEnum):
    """By which rule a workspace is polled again. Somebody who asks for it may always try."""

    BACKOFF = "backoff"
    """After `backoff_s`, and not before `Verdict.retry_after_s` is over."""
    ON_CHANGE = "on_change"
    """When the configuration or the credential is another one."""
    AT = "at"
    """At `Verdict.until`."""
    BY_HAND = "by_hand"
    """When a person asks for it, and once a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to show of a failure, and what to do about it."""

    state: HealthState
    message: str
    """What went wrong, in one line."""
    advice: str | None = None
    """What a person can do about it, in one line."""
    retry: Retry = Retry.BACKOFF
    retry_after_s: float | None = None
    """What the vendor asked for: until then nobody calls, by hand neither."""
    until: datetime | None = None
    """When our own budget allows a call again."""
    is_network: bool = False
    """Whether no connection came about: tell it to `Outage.failed`, which knows of the others."""
    is_answer: bool = False
    """Whether the vendor itself refused: tell it to `Outage.reached`. Neither: `Outage.unclear`."""


def verdict(
    error: Exception,
    *,
    workspace: str,
    credential_place: str,
    list_settings: Sequence[str] = (),
    worked_before: bool = False,
) -> Verdict:
    """Return what the failure of a poll means for the workspace of that name.

    `list_settings` are the settings that say which list is read
    (`VendorDeclaration.list_settings`). `worked_before`: whether that list was once read whole; one
    that was there and is missing now is more likely the vendor's mistake than a wrong id, and is
    asked for again.
    """
    found = _judged(error, workspace, credential_place, list_settings, worked_before=worked_before)
    return replace(
        found,
        is_network=isinstance(error, VendorError) and error.is_network,
        is_answer=_is_answer(error),
    )


def _is_answer(error: Exception) -> bool:
    match error:
        case BudgetSpent():
            return error.until is None
        case ConnectionLost():
            return error.status is not None
        case Unreachable():
            return False
        case _:
            return isinstance(error, VendorError)


def _judged(
    error: Exception,
    workspace: str,
    credential_place: str,
    list_settings: Sequence[str],
    *,
    worked_before: bool,
) -> Verdict:
    message = str(error)
    match error:
        case CredentialError():
            advice = error.advice or f"check credential of [{workspace}]: {credential_place}"
            return _refused(message, advice)
        case CredentialRefused():
            return _refused(message, f"check credential of [{workspace}]: {credential_place}")
        case Forbidden():
            return _refused(
                message,
                f"the credential of [{workspace}] may not read these tickets: {credential_place}",
            )
        case NotFound():
            advice = _advice_on_list(workspace, list_settings)
            if not worked_before:
                return _refused(message, advice)
            return Verdict(state=HealthState.BACKING_OFF, message=message, advice=advice)
        case BudgetSpent():
            return _spent(error, workspace)
        case RateLimited() | VendorFailure():
            return Verdict(
                state=HealthState.BACKING_OFF, message=message, retry_after_s=error.retry_after_s
            )
        case Redirected():
            setting = error.address_setting
            advice = f"check {setting} of [{workspace}], or whether this network wants a log-in"
            return Verdict(state=HealthState.BACKING_OFF, message=message, advice=advice)
        case TicketdeckError():
            return Verdict(state=HealthState.BACKING_OFF, message=message)
        case _:
            # Its text may hold anything, a credential included.
            message = f"internal error: {type(error).__name__}"
            return Verdict(state=HealthState.BACKING_OFF, message=message)


def _refused(message: str, advice: str) -> Verdict:
    """A refused key that is tried often may lock its account: it is not tried again."""
    return Verdict(state=HealthState.REFUSED, message=message, advice=advice, retry=Retry.ON_CHANGE)


def _advice_on_list(workspace: str, list_settings: Sequence[str]) -> str:
    if not list_settings:
        return "the vendor may have moved its list: look for a newer ticketdeck"
    return f"check {' and '.join(list_settings)} of [{workspace}]"


def _spent(error: BudgetSpent, workspace: str) -> Verdict:
    """Our own budget fills up again by itself, at a known moment; the vendor's is bought."""
    if error.until is None:
        advice, retry = "more calls must be bought from the vendor; then refresh", Retry.BY_HAND
    else:
        advice, retry = f"wait, or raise call_budget of [{workspace}]", Retry.AT
    return Verdict(
        state=HealthState.BUDGET_SPENT,
        message=str(error),
        advice=advice,
        retry=retry,
        until=error.until,
    )
