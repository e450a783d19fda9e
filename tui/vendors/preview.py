"""The request that a draft becomes, as people read it. Pure."""

import json

from tui.domain.draft import RequestPreview
from tui.vendors.session import Call

MASK = "***"


def preview(call: Call, credential_header: str, *, scheme: str = "") -> RequestPreview:
    """Return the call with its JSON set out in lines and its credential masked.

    `scheme` is the word before the credential, such as `Bearer`.
    """
    return RequestPreview(
        method=call.method,
        url=call.url,
        headers={
            credential_header: f"{scheme} {MASK}".strip(),
            "Accept": "application/json",
            "Content-Type": "application/json",
        },
        body=json.dumps(call.json, ensure_ascii=False, indent=2),
    )
