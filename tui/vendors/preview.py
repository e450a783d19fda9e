"""The request that a draft becomes, as people read it. Pure."""

import json
import re

from tui.domain.clean import clean
from tui.domain.draft import RequestPreview
from tui.vendors.masking import MASK
from tui.vendors.session import Call

_SPECIAL = re.compile(r"[^\n -~]")


def preview(call: Call, credential_header: str, *, scheme: str = "") -> RequestPreview:
    """Return the call with its JSON set out in lines and its credential masked.

    `scheme` is the word before the credential, such as `Bearer`. Characters that would act on a
    terminal or hide from its reader stand there as their JSON escapes.
    """
    return RequestPreview(
        method=call.method,
        url=call.url,
        headers={
            credential_header: f"{scheme} {MASK}".strip(),
            "Accept": "application/json",
            "Content-Type": "application/json",
        },
        body=_SPECIAL.sub(_shown, json.dumps(call.json, ensure_ascii=False, indent=2)),
    )


def _shown(found: re.Match[str]) -> str:
    character = found[0]
    return character if clean(character) == character else json.dumps(character)[1:-1]
