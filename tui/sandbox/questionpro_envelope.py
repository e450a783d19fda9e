"""What QuestionPro's two ticket APIs share: the key, the error bodies, the page parameters."""

from collections.abc import Mapping
from typing import NamedTuple

from tui.sandbox.exchange import Reply, Request, json_reply, whole_number

DOCS = "https://www.questionpro.com/api/error-codes.html"
PER_PAGE_LIMIT = 1_000


class Error(NamedTuple):
    """One documented error. Ids are strings on the CX pages and numbers in the general list."""

    status: int
    id: str | int
    name: str
    message: str


BAD_URL = Error(400, "1000", "BAD_REQUEST", "Invalid URL parameters")
BAD_JSON = Error(400, 1001, "Bad Request", "body was not a proper JSON string")
BAD_SCHEMA = Error(400, 1002, "Bad Request", "Invalid schema in the body provided")
UNAUTHORIZED = Error(401, "1010", "UNAUTHORIZED", "Incorrect API Key")
FORBIDDEN = Error(
    403, "1013", "FORBIDDEN", "The user does not have permission to access the resource"
)
NOT_FOUND = Error(
    404, "1040", "NOT_FOUND", "The resource that you're trying to access doesn't exist"
)
BAD_METHOD = Error(405, "1000", "BAD_REQUEST", "Request method is not supported")
TOO_MANY = Error(429, 1013, "", "Too many requests")
FAILED = Error(500, "1026", "INTERNAL_SERVER_ERROR", "We are not able to process your request")

_BY_STATUS = {
    error.status: error
    for error in (BAD_URL, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, BAD_METHOD, TOO_MANY, FAILED)
}


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(
        self, error: Error, detail: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.detail = detail
        self.headers = headers


def error_reply(request: Request, refused: Refused) -> Reply:
    """Return the error envelope; a detail, such as the field's name, follows the message."""
    status, error_id, name, message = refused.error
    body = {
        "docs": DOCS,
        "name": name,
        "httpStatusCode": status,
        "id": error_id,
        "message": f"{message}: {refused.detail}" if refused.detail else message,
        "resourceUrl": request.path,
    }
    return json_reply({"response": {"error": body}}, status=status, headers=refused.headers)


def failure(request: Request, status: int) -> Reply:
    """Return the documented error for a status, or the nearest to it."""
    error = _BY_STATUS.get(status, FAILED)._replace(status=status)
    return error_reply(request, Refused(error))


def page_parameters(request: Request) -> tuple[int, int]:
    """Return `page` from 1 and `perPage`.

    Raises:
        Refused: either is not such a number.
    """
    page = whole_number(request.query.get("page", "1"), 1, 1_000_000)
    per_page = whole_number(request.query.get("perPage", "100"), 1, PER_PAGE_LIMIT)
    if page is None or per_page is None:
        raise Refused(BAD_URL)
    return page, per_page


def listing(
    items: list[dict[str, object]], request: Request, request_id: str, *, links: str | None = None
) -> dict[str, object]:
    """Return one page of a list of the general API.

    `links` is the address in the links where that is not the one that was asked for: no client
    should follow them.
    """
    page, per_page = page_parameters(request)
    pages = max(-(-len(items) // per_page), 1)
    address = links or request.path

    def link(number: int) -> str:
        return f"https://api.questionpro.com{address}?page={number}&perPage={per_page}"

    return {
        "response": items[(page - 1) * per_page : page * per_page],
        "pagination": {
            "perPage": per_page,
            "totalItems": len(items),
            "currentPage": page,
            "totalPages": pages,
            "links": {
                "self": link(page + 1 if links else page),
                "prev": None,
                "next": None,
                "first": link(1),
                "last": link(pages),
            },
        },
        "requestID": request_id,
    }
