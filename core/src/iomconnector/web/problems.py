"""What went wrong with a request, as JSON: the same form for every error."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.model.accounts import AccountNameError, PasswordRefusedError
from iomconnector.model.order_documents import OrderDocumentError
from iomconnector.model.order_number_sequences import SequenceExhaustedError, SequenceWouldRepeatError
from iomconnector.ports.account_repository import AccountExistsError, LastAdministratorError
from iomconnector.ports.order_repository import OrderConflictError
from iomconnector.usecases.approve_orders import ApprovalError
from iomconnector.usecases.number_orders import SequenceBehindError
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.web.authentication import ForbiddenError, UnauthorizedError
from iomconnector.web.plain_pages import plain_page, wants_page
from iomconnector.web.request_bodies import RequestTooLargeError, UnsupportedMediaTypeError
from iomconnector.web.sessions import CsrfError, RoleNeededError, SignInNeeded, sign_in_location

STATUS: Mapping[type[ConnectorError], int] = {
    OrderDocumentError: 422,
    OrderConflictError: 409,
    ApprovalError: 409,
    NotFoundError: 404,
    UnauthorizedError: 401,
    ForbiddenError: 403,
    SignInNeeded: 401,
    SignInRefusedError: 401,
    RoleNeededError: 403,
    CsrfError: 403,
    AccountNameError: 422,
    PasswordRefusedError: 422,
    AccountExistsError: 409,
    LastAdministratorError: 409,
    RequestTooLargeError: 413,
    UnsupportedMediaTypeError: 415,
    SequenceExhaustedError: 503,
    SequenceWouldRepeatError: 503,
    SequenceBehindError: 503,
    StorageError: 503,
}

RETRY_AFTER_SECONDS = 5

log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """What went wrong with a request.

    Arguments:
        code: For programs.
        message: What is wrong.
        hint: What to do.
        ids: What it is about.
    """

    code: str
    message: str
    hint: str = ""
    ids: dict[str, str] = {}


def problem_responses(**descriptions: str) -> dict[int | str, dict[str, Any]]:
    """Answers with a :class:`Problem`, for the OpenAPI description of a route.

    Arguments:
        descriptions: What each status means, by its name in small letters, for example ``not_found``.
    """
    return {
        HTTPStatus[name.upper()].value: {"model": Problem, "description": description}
        for name, description in descriptions.items()
    }


def answer_errors_as_problems(web: FastAPI) -> None:
    """Make every error of a web application a :class:`Problem`, or a page where a browser asked for one."""
    web.add_exception_handler(SignInNeeded, _on_sign_in_needed)
    web.add_exception_handler(ConnectorError, _on_connector_error)
    web.add_exception_handler(HTTPException, _on_http_error)
    web.add_exception_handler(RequestValidationError, _on_wrong_parameters)
    web.add_exception_handler(Exception, _on_unexpected_error)


async def _on_sign_in_needed(request: Request, error: Exception) -> Response:
    """Lead people to the page to sign in; tell programs."""
    location = sign_in_location(request)
    if location is not None and wants_page(request):
        return RedirectResponse(location, status_code=HTTPStatus.SEE_OTHER)
    answer = await _on_connector_error(request, error)
    if location is not None and "hx-request" in request.headers:
        answer.headers["HX-Redirect"] = location
    return answer


async def _on_connector_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ConnectorError)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    if isinstance(error, StorageError):
        log.error("the database cannot be used", path=request.url.path, error=str(error))
        problem = Problem(
            code=error.code,
            message="The database cannot be used at present, so nothing was changed.",
            hint="Send the request again.",
        )
        return _answer(request, 503, problem, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    if status >= 500:
        log.error("a request failed", path=request.url.path, error=str(error))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    problem = Problem(
        code=error.code,
        message=_encodable(error.message),
        hint=_encodable(error.hint),
        ids={name: _encodable(value) for name, value in error.ids.items()},
    )
    return _answer(request, status, problem, headers)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    message = f"{request.method} {request.url.path}: {error.detail or phrase}."
    problem = Problem(
        code=f"http.{phrase.lower().replace(' ', '_')}",
        message=message,
        hint="/docs describes what can be asked for.",
    )
    return _answer(request, error.status_code, problem, error.headers or {})


async def _on_wrong_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']}" for item in error.errors())
    return _answer(
        request,
        422,
        Problem(
            code="request.invalid", message=f"The request is wrong: {wrong}.", hint="Correct what is named."
        ),
    )


async def _on_unexpected_error(request: Request, error: Exception) -> Response:
    log.error("a request failed unexpectedly", path=request.url.path, error=type(error).__name__)
    return _answer(
        request,
        500,
        Problem(
            code="server.error",
            message="The request failed unexpectedly.",
            hint="The log of the server tells why.",
        ),
    )


def _encodable(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _answer(
    request: Request, status: int, problem: Problem, headers: Mapping[str, str] | None = None
) -> Response:
    if wants_page(request):
        page = plain_page(status, problem.message, problem.hint)
        page.headers.update(headers or {})
        return page
    return JSONResponse(problem.model_dump(), status_code=status, headers=headers)
