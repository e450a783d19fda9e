"""KlinkCX: its settings and the fields of a create. Pure data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType
from tui.domain.ports import Vendor
from tui.domain.settings import VendorDeclaration, VendorSettings
from tui.vendors.spec import OWN_CAUTION, OWN_RATE_LIMIT, VendorSpec

if TYPE_CHECKING:
    from tui.vendors.context import VendorContext

VENDOR = "klinkcx"


HOST = "https://apigw.klinkcx.com"


def _home(settings: VendorSettings) -> tuple[str, str]:
    return settings.get("base_url") or HOST, ""


def _place(_settings: VendorSettings) -> str:
    return "KlinkCX"


def _open(context: VendorContext) -> Vendor:
    from tui.vendors.klinkcx.adapter import KlinkCx

    return KlinkCx(context)


# The vendor gives its values as examples only, and its tenants define their own.
FIELDS = (
    FieldSpec(key="title", label="Title", required=True, role=FieldRole.TITLE, limit=500),
    FieldSpec(
        key="description",
        label="Description",
        type=FieldType.LONG_TEXT,
        role=FieldRole.TEXT,
    ),
    FieldSpec(
        key="contact_id",
        label="Customer",
        type=FieldType.CHOICE,
        takes_other_values=True,
        role=FieldRole.CUSTOMER_ID,
        lookup="contacts",
        searches=True,
        hint="the id of a contact; type to search",
    ),
    FieldSpec(
        key="priority",
        label="Priority",
        type=FieldType.CHOICE,
        choices=(Choice("low", "Low"), Choice("medium", "Medium"), Choice("high", "High")),
        takes_other_values=True,
        role=FieldRole.PRIORITY,
        default="medium",
    ),
    FieldSpec(
        key="status",
        label="Status",
        type=FieldType.CHOICE,
        choices=(
            Choice("open", "Open"),
            Choice("in progress", "In progress"),
            Choice("pending", "Pending"),
            Choice("resolved", "Resolved"),
        ),
        takes_other_values=True,
        role=FieldRole.STATUS,
        default="open",
    ),
    FieldSpec(
        key="channel",
        label="Channel",
        type=FieldType.CHOICE,
        choices=(
            Choice("email", "E-mail"),
            Choice("phone", "Phone"),
            Choice("line", "LINE"),
            Choice("viber", "Viber"),
            Choice("whatsapp", "WhatsApp"),
        ),
        takes_other_values=True,
        role=FieldRole.CHANNEL,
        lookup="channels",
    ),
    FieldSpec(
        key="tags",
        label="Tags",
        type=FieldType.CHOICE,
        repeats=True,
        role=FieldRole.TAGS,
        lookup="tags",
        limit=200,
        hint="the ids of tags",
    ),
    FieldSpec(
        key="customFields",
        label="Custom fields",
        open_keys=True,
        hint="customFields.cf_date=2025-10-23, by the field's system name",
    ),
)

KLINKCX = VendorSpec(
    declaration=VendorDeclaration(
        id=VENDOR,
        title="KlinkCX",
        settings=(),
        credential_hint="the API token (kpt_…)",
        place=_place,
        home=_home,
    ),
    fields=FIELDS,
    # No page of the vendor names a limit.
    call_budget=OWN_CAUTION,
    rate_limit=OWN_RATE_LIMIT,
    open=_open,
)
