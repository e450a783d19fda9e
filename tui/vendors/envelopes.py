"""Answers of the 200s that call themselves failures: what they surely say. Pure."""

from http import HTTPStatus

from tui.vendors.decode import dig
from tui.vendors.reading import ticket_id

_STATED = (
    ("response", "error", "httpStatusCode"),
    ("error", "httpStatusCode"),
    ("error", "statusCode"),
    ("error", "code"),
    ("httpStatusCode",),
    ("statusCode",),
    ("errorCode",),
    ("code",),
    ("status",),
)
"""Where an envelope may state a status of HTTP; QuestionPro's own place first."""


_OPEN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT)
"""Statuses of a refused request that leave open whether it made a ticket, or an earlier one did."""


def stated_status(answer: object) -> int | None:
    """Return the status from 400 on that an answer states of itself; None without one."""
    for path in _STATED:
        found = dig(answer, *path)
        if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) == 3:
            found = int(found)
        if isinstance(found, int) and not isinstance(found, bool) and 400 <= found < 600:
            return found
    return None


def created_nothing(answer: object) -> bool:
    """Return whether an answer that calls itself a failure says surely that nothing was created.

    It does not where it states a failure of the server, a time-out or a conflict, nor where it
    names a ticket all the same.
    """
    stated = stated_status(answer)
    is_open = stated is not None and (stated >= 500 or stated in _OPEN)
    return not is_open and new_id(answer) is None


def new_id(answer: object) -> str | None:
    """Return the id of a new ticket that `data` names, itself or as its `id`; None without one.

    0 is how QuestionPro writes that there is none.
    """
    data = dig(answer, "data")
    if isinstance(data, dict):
        found = ticket_id(data.get("id"))
    elif isinstance(data, str):
        # Words may stand there, such as those of an error.
        found = data.strip() if data.strip().isascii() and data.strip().isdigit() else None
    else:
        found = ticket_id(data)
    return None if found == "0" else found
