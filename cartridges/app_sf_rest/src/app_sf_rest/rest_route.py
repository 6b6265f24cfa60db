"""Routes as ICM's clients call them, and errors as they understand them. [storefront-clients 1.1]"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, MutableMapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.ports.document_service import DocumentRefusedError, DocumentsBusyError
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.usecases.customer_tokens import RefreshRefusedError
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.web.authentication import UnauthorizedError

BASE_PATH: Final = "/INTERSHOP/rest/WFS/{site}/{application}"
RETRY_AFTER: Final = "5"
MEDIA_TYPE: Final = "media_type"
"""In the state of a request: of which media type its answer is, where that is not plain JSON."""

_MATRIX: Final = re.compile(r";[^/]*")
_STATUS: Final[dict[type[ConnectorError], int]] = {
    NotFoundError: 404,
    UnauthorizedError: 401,
    SignInRefusedError: 401,
    RefreshRefusedError: 400,
    DocumentRefusedError: 502,
    DocumentsBusyError: 503,
    HistoryUnavailableError: 503,
    StorageError: 503,
}

log = structlog.get_logger(__name__)


class TokenRefusedError(ConnectorError):
    """The token of the request is not known, or over. Its body has the word by which the client drops the
    token and goes on without. [storefront-clients 1.1]"""

    code = "AuthenticationTokenInvalid"


class RestRoute(APIRoute):
    """A route that knows matrix parameters behind any part of the path, and answers errors as ICM does."""

    def matches(self, scope: MutableMapping[str, Any]) -> tuple[Match, MutableMapping[str, Any]]:
        """Match the path without its matrix parameters, except those of the application, which are read."""
        path: str = scope["path"]
        if scope["type"] != "http" or ";" not in path:
            return super().matches(scope)
        before, slash, after = _split(path)
        return super().matches({**scope, "path": f"{before}{slash}{_MATRIX.sub('', after)}"})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with errors answered."""
        handler = super().get_route_handler()

        async def answering(request: Request) -> Response:
            try:
                answer = await handler(request)
            except ConnectorError as error:
                return _on_connector_error(request, error)
            except RequestValidationError as error:
                wrong = "; ".join(
                    f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']}" for item in error.errors()
                )
                return icm_error(400, "request.invalid", f"The request is wrong: {wrong}.")
            except HTTPException as error:
                phrase = HTTPStatus(error.status_code).phrase
                return icm_error(error.status_code, f"http.{error.status_code}", str(error.detail or phrase))
            if media_type := getattr(request.state, MEDIA_TYPE, None):
                answer.headers["Content-Type"] = media_type
            return answer

        return answering


def icm_error(status: int, code: str, message: str) -> Response:
    """An error as ICM's clients understand it: ``{code, message}``, and the code in a header."""
    text = message.encode("utf-8", "replace").decode()
    return JSONResponse({"code": code, "message": text}, status_code=status, headers={"error-key": code})


def _split(path: str) -> tuple[str, str, str]:
    """The path up to and with the application, and what comes after it."""
    parts = path.split("/", 6)
    if len(parts) < 7:
        return path, "", ""
    return "/".join(parts[:6]), "/", parts[6]


def _on_connector_error(request: Request, error: ConnectorError) -> Response:
    if isinstance(error, TokenRefusedError):
        return PlainTextResponse(f"Unauthorized ({error.code}): {error.message}", 401)
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    if status == 500:
        log.error("a request failed", path=request.url.path, error=str(error))
        return icm_error(500, "server.error", "The request failed unexpectedly.")
    if status == 503:
        log.warning("a request cannot be answered now", path=request.url.path, error=str(error))
        answer = icm_error(status, error.code, "This cannot be answered at present. Please try again later.")
        answer.headers["Retry-After"] = RETRY_AFTER
        return answer
    return icm_error(status, error.code, error.message)
