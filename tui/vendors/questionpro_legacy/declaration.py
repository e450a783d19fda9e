"""QuestionPro's older CX tickets: its settings. Pure data; tickets cannot be created there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.ports import Vendor
from tui.domain.settings import SettingSpec, VendorDeclaration, VendorSettings
from tui.vendors.questionpro.declaration import (
    API_HOSTS,
    CALL_BUDGET,
    DATA_CENTER,
    DEFAULT_DATA_CENTER,
    RATE_LIMIT,
    TRIAL_BUDGET,
    place,
)
from tui.vendors.spec import VendorSpec

if TYPE_CHECKING:
    from tui.vendors.context import VendorContext

VENDOR = "questionpro-legacy"

_LIST = "which tickets"


def _place(settings: VendorSettings) -> str:
    return place("QuestionPro legacy", settings)


def _home(settings: VendorSettings) -> tuple[str, str]:
    base_url = settings.get("base_url")
    lists = [key for key in ("segment_id", "workspace_id") if key in settings]
    which = " ".join(f"{key} {settings[key]}" for key in lists)
    return base_url or API_HOSTS[settings.get("data_center", DEFAULT_DATA_CENTER)], which


def _open(context: VendorContext) -> Vendor:
    from tui.vendors.questionpro_legacy.adapter import open_legacy

    return open_legacy(context)


QUESTIONPRO_LEGACY = VendorSpec(
    declaration=VendorDeclaration(
        id=VENDOR,
        title="QuestionPro legacy",
        settings=(
            SettingSpec(
                key="segment_id",
                hint="the segment whose tickets are listed",
                example="54428",
                one_of=_LIST,
                names_list=True,
            ),
            SettingSpec(
                key="workspace_id",
                hint="what the address .../cx/tickets/{workspace_id} is asked for",
                example="16611",
                one_of=_LIST,
                names_list=True,
            ),
            DATA_CENTER,
        ),
        credential_hint="the API key",
        place=_place,
        home=_home,
    ),
    # One organisation, one budget: https://www.questionpro.com/api/limits.html names no API apart.
    account="questionpro",
    call_budget=CALL_BUDGET,
    trial_budget=TRIAL_BUDGET,
    rate_limit=RATE_LIMIT,
    open=_open,
)
