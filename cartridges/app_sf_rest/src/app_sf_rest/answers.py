"""What resources say of their answers, for the description of the interface."""

from typing import Any, Final

from pydantic import BaseModel

Responses = dict[int | str, dict[str, Any]]


class IcmError(BaseModel):
    """What went wrong.

    Arguments:
        code: For programs; also in the header `error-key`.
        message: For people.
    """

    code: str
    message: str


def _error(status: int, description: str) -> Responses:
    return {status: {"model": IcmError, "description": description}}


UNAUTHORIZED: Final[Responses] = {
    401: {
        "model": IcmError,
        "description": "There is no token (JSON), or it is over (text with `AuthenticationTokenInvalid`).",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}
WRONG: Final = _error(400, "The request is wrong.")
NOT_THERE: Final = _error(404, "There is no such order or document of this user, or no such site.")
NO_SUCH_SITE: Final = _error(404, "There is no such site.")
NOT_PASSED_ON: Final = _error(502, "What came may not be passed on.")
NOT_NOW: Final = _error(503, "The database or the order management system cannot be used at present.")
