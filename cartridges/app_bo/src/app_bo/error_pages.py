"""Errors as pages: what is wrong, what to do, and the id under which the log has the case."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from app_bo.pages import render
from iomconnector.errors import ConfigurationError, ConnectorError, NotFoundError, StorageError
from iomconnector.services.errors import OverrideRefusedError, ServiceChangedError, ServiceConflictError
from iomconnector.web.authentication import ForbiddenError
from iomconnector.web.request_bodies import RequestTooLargeError
from iomconnector.web.sessions import CsrfError, RoleNeededError, Session, SignInNeeded, session_if_any

STATUS: Mapping[type[ConnectorError], int] = {
    StorageError: 503,
    NotFoundError: 404,
    RoleNeededError: 403,
    CsrfError: 403,
    ForbiddenError: 403,
    ServiceChangedError: 409,
    ServiceConflictError: 409,
    OverrideRefusedError: 409,
    RequestTooLargeError: 413,
    ConfigurationError: 400,
}
TITLES = {
    400: "That does not work",
    403: "You may not do that",
    404: "This page does not exist",
    405: "This page does not exist",
    409: "Something stands against it",
    413: "That is too much",
    503: "The database cannot be used",
}

log = structlog.get_logger(__name__)


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route; only :class:`SignInNeeded` leaves it, which leads to the sign-in page."""
        handle = super().get_route_handler()

        async def handle_or_explain(request: Request) -> Response:
            try:
                _check_address(request)
                return await handle(request)
            except SignInNeeded:
                raise
            except Exception as error:
                return await error_page(request, error)

        return handle_or_explain


def _check_address(request: Request) -> None:
    """Refuse an address with a zero in it: nothing is named so, and PostgreSQL takes none in a text.

    Raises:
        NotFoundError: It has one.
    """
    if "\0" in request.url.path + "".join(request.query_params.values()):
        raise NotFoundError("There is nothing at this address.", hint="The menu leads to what there is.")


async def error_page(request: Request, error: Exception) -> HTMLResponse:
    """The page that tells of an error; the log gets it under the same id."""
    case = uuid4().hex[:12]
    status, message, hint = _told(error)
    if status >= 500:
        log.error("a page failed", case=case, path=request.url.path, exc_info=error)
    else:
        log.info("a page was refused", case=case, path=request.url.path, status=status, reason=str(error))
    return render(
        request,
        "error.html",
        session=await _session(request, error),
        status=status,
        title=TITLES.get(status, "Something went wrong here"),
        message=message,
        hint=hint,
        case=case,
        at=datetime.now(UTC),
    )


def _told(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, StorageError):
        return 503, "Nothing was changed.", "Load the page again in a moment. The log tells why."
    if isinstance(error, ConnectorError):
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
        return status, error.message, error.hint
    if isinstance(error, HTTPException):
        phrase = HTTPStatus(error.status_code).phrase
        return error.status_code, f"{error.detail or phrase}.".replace("..", "."), ""
    if isinstance(error, RequestValidationError):
        return 400, "The address or the form of this page is wrong.", "Go back and try again."
    return 500, "The page failed unexpectedly.", "Try again; if it stays so, look up the case in the log."


async def _session(request: Request, error: Exception) -> Session | None:
    """Whose session it is, so that the page keeps its menu; nobody's where the database is away."""
    if isinstance(error, StorageError):
        return None
    try:
        return await session_if_any(request)
    except ConnectorError:
        return None
