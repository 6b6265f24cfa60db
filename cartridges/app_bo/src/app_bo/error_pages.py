"""Errors as pages: what is wrong, what to do, and the id under which the log has the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from app_bo.pages import render
from iomconnector.errors import ConfigurationError, ConnectorError, NotFoundError, StorageError
from iomconnector.services.errors import OverrideRefusedError, ServiceChangedError, ServiceConflictError
from iomconnector.web.authentication import ForbiddenError
from iomconnector.web.page_routes import page_route
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


PageRoute = page_route(error_page, passed_on=(SignInNeeded,))
"""A route whose errors are pages; only :class:`SignInNeeded` leaves it, which leads to the sign-in page."""


async def _session(request: Request, error: Exception) -> Session | None:
    """Whose session it is, so that the page keeps its menu; nobody's where the database is away."""
    if isinstance(error, StorageError):
        return None
    try:
        return await session_if_any(request)
    except ConnectorError:
        return None
