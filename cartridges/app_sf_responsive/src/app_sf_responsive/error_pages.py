"""Errors as pages of the shop, in the language of the reader.

What is not there and what is somebody else's look the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from app_sf_responsive.catalogs import translatable
from app_sf_responsive.recognition import SignInAtShopNeeded, language_of, visitor_if_possible
from app_sf_responsive.shop_templates import SHOP, SHOP_PACKAGE, render
from iomconnector.errors import NotFoundError, StorageError
from iomconnector.web.csrf import CsrfError
from iomconnector.web.page_routes import page_route
from iomconnector.web.request_bodies import RequestTooLargeError

STATUS: Final[Mapping[type[Exception], int]] = {
    StorageError: 503,
    NotFoundError: 404,
    CsrfError: 403,
    RequestTooLargeError: 413,
    RequestValidationError: 404,
}
TEXTS: Final[Mapping[int, tuple[str, str]]] = {
    400: (
        translatable("That could not be read"),
        translatable("What your browser sent is damaged. Nothing was changed. Please try again."),
    ),
    403: (
        translatable("That took too long"),
        translatable(
            "The page was open for too long, or in two windows. Nothing was changed. Please try again."
        ),
    ),
    404: (
        translatable("This page does not exist"),
        translatable("What you look for is not here, or you may not see it."),
    ),
    413: (
        translatable("That was too much"),
        translatable("The form is larger than it may be. Nothing was changed."),
    ),
    503: (
        translatable("The shop cannot be reached at the moment"),
        translatable("Please load the page again in a few minutes. Your orders are safe."),
    ),
}
UNEXPECTED: Final = (
    translatable("Something went wrong"),
    translatable(
        "That is our fault. Please try again; if it stays so, tell our service the number of the case."
    ),
)

log = structlog.get_logger(__name__)


async def error_page(request: Request, error: Exception) -> Response:
    """The page that tells of an error, or the way to sign in where that was missing."""
    if isinstance(error, SignInAtShopNeeded):
        return RedirectResponse(error.location, status_code=303)
    status = _status(error)
    case = uuid4().hex[:12]
    if status >= 500:
        log.error("a page of the shop failed", case=case, path=request.url.path, exc_info=error)
    title, message = TEXTS.get(status, UNEXPECTED)
    visitor = None if isinstance(error, StorageError) else await visitor_if_possible(request)
    language = visitor.language if visitor else language_of(request)
    values: dict[str, Any] = {
        "title": SHOP.text(language, title),
        "message": SHOP.text(language, message),
        "case": case if status >= 500 else "",
    }
    if visitor is not None:
        return await SHOP.page(visitor, "error.html", status=status, **values)
    return render(SHOP_PACKAGE, language, request.url.path, "error.html", status, values)


PageRoute = page_route(error_page)
"""A route of the storefront, whose errors are pages."""


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    known = next((status for kind, status in STATUS.items() if isinstance(error, kind)), None)
    return known or 500
