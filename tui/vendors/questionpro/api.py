"""What both of QuestionPro's ticket APIs share: the header, the errors, the budget."""

from collections.abc import Mapping

from tui.domain.errors import BudgetSpent, VendorError, VendorFailure
from tui.domain.secret import Secret
from tui.vendors.context import VendorContext
from tui.vendors.decode import dig, message_in, vendor_message
from tui.vendors.envelopes import created_nothing, stated_status
from tui.vendors.failures import status_error
from tui.vendors.session import Session
from tui.vendors.transport import Response

API_KEY_HEADER = "api-key"
PAGE_SIZE = 100
"""The most that both lists document for one page."""

_BUDGET_WORDS = "api call limit exceeded"
"""Of the 429 that waiting does not mend. Its error id, 1013, is also that of a 403."""


def open_session(context: VendorContext, *origins: str) -> Session:
    """Return a session that may call these addresses with the API key."""
    return Session(context, origins=origins, judge=QuestionProJudge(), headers=_headers)


def _headers(secret: Secret) -> Mapping[str, Secret]:
    return {API_KEY_HEADER: secret}


class QuestionProJudge:
    """Errors lie in `response.error`; the closed loop's envelope has a `status` of its own."""

    def refusal(self, response: Response) -> VendorError:
        error = status_error(
            response.status,
            response.headers,
            response.body,
            message=vendor_message(response.body),
        )
        if response.status == 429 and _BUDGET_WORDS in str(error).casefold():
            return BudgetSpent(str(error), status=429)
        return error

    def complaint(self, answer: object, status: int) -> VendorError | None:
        said = message_in(answer)
        if isinstance(dig(answer, "response", "error"), dict):
            if stated := stated_status(answer):
                error = status_error(stated, {}, message=said)
            else:
                error = VendorFailure(said or "the answer is an error", status=status)
        elif isinstance(outcome := dig(answer, "status"), str) and (
            outcome.strip().casefold() != "success"
        ):
            error = VendorFailure(said or "the answer is not a success", status=status)
        else:
            return None
        error.nothing_was_created = created_nothing(answer)
        return error
