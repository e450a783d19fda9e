"""QuestionPro's closed loop: its settings, its data centres, the fields of a create. Pure data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.budget import CallBudget
from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType
from tui.domain.ports import Vendor
from tui.domain.settings import SettingSpec, VendorDeclaration, VendorSettings
from tui.vendors.spec import VendorSpec

if TYPE_CHECKING:
    from tui.vendors.context import VendorContext

VENDOR = "questionpro"

API_HOSTS = {
    "us": "https://api.questionpro.com",
    "eu": "https://api.questionpro.eu",
    "ca": "https://api.questionpro.ca",
    "sg": "https://api.questionpro.sg",
    "au": "https://api.questionpro.au",
    "ae": "https://api.questionpro.ae",
    "sa": "https://api.surveyanalytics.com",
    "ksa": "https://api.questionprosa.com",
}
"""By data centre, from QuestionPro's own mobile SDKs."""

CLOSED_LOOP_HOSTS = {
    "us": "https://clf-backend.questionpro.com",
    "eu": "https://clf-backend.questionpro.eu",
    "ca": "https://clf-backend.questionpro.ca",
    "sg": "https://clf-backend.questionpro.sg",
    "au": "https://clf-backend.questionpro.au",
    "ae": "https://clf-backend.questionpro.ae",
    # No source names these two: the other data centres' pattern on their domains.
    "sa": "https://clf-backend.surveyanalytics.com",
    "ksa": "https://clf-backend.questionprosa.com",
}

CALL_BUDGET = CallBudget(calls=20_000, days=30)
"""The free calls of a Customer Experience licence: https://www.questionpro.com/api/limits.html

Their period is not documented: 30 days are our reading.
"""
TRIAL_BUDGET = CallBudget(calls=500, days=30)
"""Of the same page; one call in 86 minutes. Only the configuration can say that it is a trial."""
RATE_LIMIT = 300
"""Calls a minute for one API key, from the same page. Its organisation has 2,400 in all."""

DEFAULT_DATA_CENTER = "us"
"""Where QuestionPro's SDKs go when none is named."""

DATA_CENTER = SettingSpec(
    key="data_center",
    hint="where the account lives; us unless given",
    example="eu",
    choices=tuple(API_HOSTS),
)


def place(title: str, settings: VendorSettings) -> str:
    """Return `QuestionPro EU`; only the title where another address is configured."""
    if "data_center" not in settings and "base_url" in settings:
        return title
    return f"{title} {settings.get('data_center', DEFAULT_DATA_CENTER).upper()}"


def _place(settings: VendorSettings) -> str:
    return place("QuestionPro", settings)


def _home(settings: VendorSettings) -> tuple[str, str]:
    center = settings.get("data_center", DEFAULT_DATA_CENTER)
    return settings.get("base_url") or CLOSED_LOOP_HOSTS[center], settings["workspace_id"]


def _open(context: VendorContext) -> Vendor:
    from tui.vendors.questionpro.adapter import QuestionPro

    return QuestionPro(context)


# The vendor says of no field whether it is required. Without its text a ticket says nothing.
_FIELDS = (
    FieldSpec(
        key="comment",
        label="Comment",
        type=FieldType.LONG_TEXT,
        required=True,
        role=FieldRole.TEXT,
    ),
    FieldSpec(
        key="priority",
        label="Priority",
        type=FieldType.CHOICE,
        choices=(
            Choice("LOW", "Low"),
            Choice("MEDIUM", "Medium"),
            Choice("HIGH", "High"),
            Choice("CRITICAL", "Critical"),
        ),
        takes_other_values=True,
        role=FieldRole.PRIORITY,
        default="MEDIUM",
    ),
    FieldSpec(
        key="status",
        label="Status",
        type=FieldType.CHOICE,
        choices=(
            Choice("NEW", "New"),
            Choice("OPEN", "Open"),
            Choice("ESCALATED", "Escalated"),
            Choice("RESOLVED", "Resolved"),
        ),
        takes_other_values=True,
        role=FieldRole.STATUS,
        default="NEW",
    ),
    FieldSpec(key="firstName", label="Customer", role=FieldRole.CUSTOMER_NAME, limit=200),
    FieldSpec(
        key="emailAddress",
        label="Customer e-mail",
        type=FieldType.EMAIL,
        role=FieldRole.CUSTOMER_EMAIL,
        limit=254,
    ),
    FieldSpec(
        key="mobileNumber",
        label="Customer phone",
        type=FieldType.PHONE,
        role=FieldRole.CUSTOMER_PHONE,
    ),
    FieldSpec(
        key="assignTo",
        label="Assign to",
        type=FieldType.CHOICE,
        takes_other_values=True,
        role=FieldRole.ASSIGNEE,
        lookup="users",
        hint="the e-mail address of a user",
    ),
    FieldSpec(
        key="originSegmentCode",
        label="Origin segment",
        type=FieldType.CHOICE,
        takes_other_values=True,
        role=FieldRole.ORIGIN_SEGMENT,
        lookup="segments",
        hint="the segment's code, such as S1",
    ),
    FieldSpec(
        key="currentSegmentCode",
        label="Current segment",
        type=FieldType.CHOICE,
        takes_other_values=True,
        role=FieldRole.CURRENT_SEGMENT,
        lookup="segments",
        hint="the segment's code, such as CS",
    ),
)

QUESTIONPRO = VendorSpec(
    declaration=VendorDeclaration(
        id=VENDOR,
        title="QuestionPro",
        settings=(
            SettingSpec(
                key="workspace_id",
                hint="the closed-loop workspace (its feedback id)",
                example="25739",
                required=True,
                names_list=True,
            ),
            DATA_CENTER,
            SettingSpec(
                key="api_url",
                hint="replaces only the address that segments and users are looked up at",
                example="https://api.questionpro.eu",
                is_url=True,
            ),
        ),
        credential_hint="the API key",
        place=_place,
        home=_home,
    ),
    fields=_FIELDS,
    account="questionpro",
    call_budget=CALL_BUDGET,
    trial_budget=TRIAL_BUDGET,
    rate_limit=RATE_LIMIT,
    open=_open,
)
