"""What went wrong with a request, as JSON: the same form for every error."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.model.order_documents import OrderDocumentError
from iomconnector.ports.order_repository import OrderConflictError
from iomconnector.usecases.approve_orders import ApprovalError
from iomconnector.web.authentication import ForbiddenError, UnauthorizedError
from iomconnector.web.request_bodies import RequestTooLargeError, UnsupportedMediaTypeError

STATUS: Mapping[type[ConnectorError], int] = {
    OrderDocumentError: 422,
    OrderConflictError: 409,
    ApprovalError: 409,
    NotFoundError: 404,
    UnauthorizedError: 401,
    ForbiddenError: 403,
    RequestTooLargeError: 413,
    UnsupportedMediaTypeError: 415,
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
    """Make every error of a web application a :class:`Problem`."""
    web.add_exception_handler(ConnectorError, _on_connector_error)
    web.add_exception_handler(HTTPException, _on_http_error)
    web.add_exception_handler(RequestValidationError, _on_wrong_parameters)
    web.add_exception_handler(Exception, _on_unexpected_error)


async def _on_connector_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ConnectorError)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    if isinstance(error, StorageError):
        log.error("the database cannot be used", path=request.url.path, error=str(error))
        problem = Problem(
            code=error.code,
            message="The database cannot be used at present, so nothing was changed.",
            hint="Send the request again.",
        )
        return _answer(503, problem, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    if status == 500:
        log.error("a request failed", path=request.url.path, error=str(error))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    problem = Problem(
        code=error.code,
        message=_encodable(error.message),
        hint=_encodable(error.hint),
        ids={name: _encodable(value) for name, value in error.ids.items()},
    )
    return _answer(status, problem, headers)


async def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    message = f"{request.method} {request.url.path}: {error.detail or phrase}."
    problem = Problem(
        code=f"http.{phrase.lower().replace(' ', '_')}",
        message=message,
        hint="/docs describes what can be asked for.",
    )
    return _answer(error.status_code, problem, error.headers or {})


async def _on_wrong_parameters(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']}" for item in error.errors())
    return _answer(
        422,
        Problem(
            code="request.invalid", message=f"The request is wrong: {wrong}.", hint="Correct what is named."
        ),
    )


async def _on_unexpected_error(request: Request, error: Exception) -> JSONResponse:
    log.error("a request failed unexpectedly", path=request.url.path, error=type(error).__name__)
    return _answer(
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


def _answer(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(problem.model_dump(), status_code=status, headers=headers)
