"""What a client needs to reach the sandbox: addresses, ids and credentials that are no secrets."""

QUESTIONPRO = "questionpro"
QUESTIONPRO_LEGACY = "questionpro-legacy"
SOCIALBOARDS = "socialboards"
KLINKCX = "klinkcx"
VENDORS = (QUESTIONPRO, QUESTIONPRO_LEGACY, SOCIALBOARDS, KLINKCX)
"""Each vendor's name is also the prefix of its paths."""

QUESTIONPRO_KEY = "sandbox-questionpro-key"
QUESTIONPRO_READER_KEY = "sandbox-questionpro-reader"
"""May list, and gets a 403 for a create."""
WORKSPACE_ID = 25739

LEGACY_KEY = "sandbox-legacy-key"
LEGACY_WORKSPACE_ID = 16611
SEGMENT_ID = 54428

CLIENT_ID = "sandbox-client"
REFRESH_TOKEN = "sandbox-refresh-token"  # noqa: S105 - opens nothing but the sandbox

KLINK_TOKEN = "sandbox-klink-token"  # noqa: S105 - opens nothing but the sandbox
KLINK_READER_TOKEN = "sandbox-klink-reader"  # noqa: S105 - opens nothing but the sandbox
"""Lacks the ability to create tickets."""


def configuration(url: str) -> str:
    """Return a configuration file for a sandbox at `url`, such as `http://127.0.0.1:8080`."""
    return f"""\
# The ticketdeck sandbox at {url}. Nothing here is real, so nothing here is secret.
theme = "midnight"
poll_interval = "10s"

[[workspaces]]
name = "cx-emea"
vendor = "{QUESTIONPRO}"
workspace_id = "{WORKSPACE_ID}"
data_center = "eu"
base_url = "{url}/{QUESTIONPRO}"
credential = {{ command = ["echo", "{QUESTIONPRO_KEY}"] }}
sla = {{ critical = "1h", high = "4h", medium = "1d", low = "3d" }}
call_budget = {{ calls = 1000000, days = 1 }}     # the sandbox sells none

[[workspaces]]
name = "cx-legacy"
vendor = "{QUESTIONPRO_LEGACY}"
data_center = "us"
segment_id = "{SEGMENT_ID}"
base_url = "{url}/{QUESTIONPRO_LEGACY}"
credential = {{ command = ["echo", "{LEGACY_KEY}"] }}
call_budget = {{ calls = 1000000, days = 1 }}

[[workspaces]]
name = "inbox"
vendor = "{SOCIALBOARDS}"
client_id = "{CLIENT_ID}"
base_url = "{url}/{SOCIALBOARDS}"
token_url = "{url}/{SOCIALBOARDS}/token"
credential = {{ command = ["echo", "{REFRESH_TOKEN}"] }}
call_budget = {{ calls = 1000000, days = 1 }}

[[workspaces]]
name = "klink"
vendor = "{KLINKCX}"
base_url = "{url}/{KLINKCX}"
credential = {{ command = ["echo", "{KLINK_TOKEN}"] }}
call_budget = {{ calls = 1000000, days = 1 }}
sla = {{ critical = "1h", high = "4h", medium = "1d", low = "3d" }}

[[templates]]
name = "Tills down"
workspace = "cx-emea"
[templates.fields]
priority = "CRITICAL"
comment = '''
Store:
Tills:
Since:
'''

[[templates]]
name = "Refund promised"
[templates.fields]
title = "Refund promised: "
priority = "high"
description = '''
Order:
Promised by:
'''

[[templates]]
name = "Complaint by phone"
workspace = "inbox"
fields = {{ sentiment = "complaint", tags = ["phone"], title = "Complaint: " }}
"""
