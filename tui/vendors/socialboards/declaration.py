"""SocialBoards' inbox: its settings and the fields of a create. Pure data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType
from tui.domain.ports import Vendor
from tui.domain.settings import SettingSpec, VendorDeclaration, VendorSettings
from tui.vendors.spec import OWN_CAUTION, OWN_RATE_LIMIT, VendorSpec

if TYPE_CHECKING:
    from tui.vendors.context import VendorContext

VENDOR = "socialboards"


HOST = "https://api.socialboards.com"
"""Inferred from the documented address of the token; the ticket pages give paths only."""


def _home(settings: VendorSettings) -> tuple[str, str]:
    inbox = f"{settings['client_id']} {settings.get('category_id', '')}".rstrip()
    return settings.get("base_url") or HOST, inbox


def _place(settings: VendorSettings) -> str:
    category = settings.get("category_id")
    return f"SocialBoards category {category}" if category else "SocialBoards"


def _open(context: VendorContext) -> Vendor:
    from tui.vendors.socialboards.adapter import SocialBoards

    return SocialBoards(context)


CATEGORY = FieldSpec(
    key="categoryId",
    label="Category",
    type=FieldType.NUMBER,
    lookup="categories",
    hint="the category's number; without one the ticket is uncategorised",
)

# The vendor says of no field whether it is required. A title can be read off the message.
_FIELDS = (
    FieldSpec(key="title", label="Title", role=FieldRole.TITLE, limit=500),
    FieldSpec(
        key="message",
        label="Message",
        type=FieldType.LONG_TEXT,
        required=True,
        role=FieldRole.TEXT,
    ),
    FieldSpec(key="creator.name", label="Customer", role=FieldRole.CUSTOMER_NAME, limit=200),
    FieldSpec(
        key="creator.email",
        label="Customer e-mail",
        type=FieldType.EMAIL,
        role=FieldRole.CUSTOMER_EMAIL,
        limit=254,
    ),
    FieldSpec(
        key="creator.phoneNumber",
        label="Customer phone",
        type=FieldType.PHONE,
        role=FieldRole.CUSTOMER_PHONE,
    ),
    FieldSpec(
        key="sentiment",
        label="Sentiment",
        type=FieldType.CHOICE,
        choices=(
            Choice("question", "Question"),
            Choice("praise", "Praise"),
            Choice("suggestion", "Suggestion"),
            Choice("complaint", "Complaint"),
        ),
    ),
    CATEGORY,
    FieldSpec(
        key="assigneeId",
        label="Assignee",
        type=FieldType.CHOICE,
        takes_other_values=True,
        role=FieldRole.ASSIGNEE,
        lookup="teammates",
        hint="the id of a teammate",
    ),
    FieldSpec(key="tags", label="Tags", repeats=True, role=FieldRole.TAGS, limit=200),
    FieldSpec(
        key="cc",
        label="Copies to",
        type=FieldType.EMAIL,
        repeats=True,
        limit=254,
        hint="get the team's replies as well",
    ),
    FieldSpec(
        key="attachments",
        label="Attachments",
        type=FieldType.FILE,
        repeats=True,
        limit=2_000,
        hint="the address of a file that the vendor can fetch, a blank, its name",
    ),
    FieldSpec(key="sourceName", label="Source", limit=200, hint="a page or channel, any words"),
    FieldSpec(key="creator.image", label="Customer picture", hint="an address", limit=2_000),
    FieldSpec(
        key="customFields",
        label="Custom fields",
        open_keys=True,
        hint="customFields.42623=Oslo, by the field's number",
    ),
)

SOCIALBOARDS = VendorSpec(
    declaration=VendorDeclaration(
        id=VENDOR,
        title="SocialBoards",
        settings=(
            SettingSpec(
                key="client_id",
                hint="the client id of the public API (Settings, Installation, Public API)",
                example="inbox-client",
                required=True,
            ),
            SettingSpec(
                key="category_id",
                hint="lists only this category, and offers it and those below it for new tickets",
                example="15597",
                names_list=True,
            ),
            SettingSpec(
                key="token_url",
                hint="where the refresh token is exchanged",
                example="https://api.socialboards.com/token",
                is_url=True,
            ),
        ),
        credential_hint="the refresh token",
        place=_place,
        home=_home,
    ),
    fields=_FIELDS,
    # No page of the vendor names a limit.
    call_budget=OWN_CAUTION,
    rate_limit=OWN_RATE_LIMIT,
    open=_open,
)
