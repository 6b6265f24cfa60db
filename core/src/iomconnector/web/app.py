"""The web application: routes of the assembly's cartridges, errors as JSON."""

from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iomconnector.application import Application
from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.model.order_documents import OrderDocumentError
from iomconnector.ports.order_repository import OrderConflictError
from iomconnector.usecases.approve_orders import ApprovalError
from iomconnector.web.authentication import ForbiddenError, UnauthorizedError

STATUS: dict[type[ConnectorError], int] = {
    OrderDocumentError: 422,
    OrderConflictError: 409,
    ApprovalError: 409,
    NotFoundError: 404,
    UnauthorizedError: 401,
    ForbiddenError: 403,
    StorageError: 503,
}

MAX_BODY_BYTES = 10 * 1024 * 1024


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


def create_web_application(application: Application) -> FastAPI:
    """The web application of a system, with the routes of all its cartridges."""
    web = FastAPI(
        title="iomconnector",
        version=version("iomconnector"),
        description="Orders of the shop, on their way to the order management system.",
    )
    web.state.application = application
    web.add_exception_handler(ConnectorError, _answer)
    web.add_middleware(_BodyLimit)

    @web.get("/health", tags=["operations"], summary="Is the process up?")
    async def health() -> dict[str, str]:
        return {"status": "up"}

    for _, router in application.cartridges.collect("iomconnector_routers", application=application):
        web.include_router(router)
    return web


async def _answer(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ConnectorError)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    problem = Problem(code=error.code, message=error.message, hint=error.hint, ids=error.ids)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(problem.model_dump(), status_code=status, headers=headers)


class _BodyLimit:
    """Answers 413 to a request whose body is larger than an order can be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise _TooLargeError
            return message

        try:
            await self._app(scope, limited if scope["type"] == "http" else receive, send)
        except _TooLargeError:
            problem = Problem(
                code="request.too_large",
                message=f"The request is larger than {MAX_BODY_BYTES} bytes.",
                hint="Send one order a request.",
            )
            await JSONResponse(problem.model_dump(), status_code=413)(scope, receive, send)


class _TooLargeError(Exception):
    pass
