"""SocialBoards' envelope: data, an error code that is -1 for success, and a text.

The codes of errors are not documented and made up here. That an error may come with a 200 follows
from the envelope.
"""

from tui.sandbox.exchange import BadJson, Reply, Request, json_object, json_reply

_SUCCESS = -1


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, text: str, *, code: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.code = status if code is None else code


def error_reply(refused: Refused) -> Reply:
    headers = {"www-authenticate": "Bearer"} if refused.status == 401 else None
    return json_reply(
        {"data": None, "errorCode": refused.code, "errorText": refused.text},
        status=refused.status,
        headers=headers,
    )


def success(data: object) -> Reply:
    return json_reply({"data": data, "errorCode": _SUCCESS, "errorText": None})


def body_of(request: Request, known: frozenset[str]) -> dict[str, object]:
    """Return the request's body.

    Raises:
        Refused: it is no JSON object, or has a field that is not known.
    """
    try:
        body = json_object(request)
    except BadJson as error:
        raise Refused(400, f"Bad request: {error}") from None
    unknown = sorted(body.keys() - known)
    if unknown:
        raise Refused(400, f"Unknown field: {unknown[0]}")
    return body
