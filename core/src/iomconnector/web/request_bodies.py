"""The body of a request: JSON, and not larger than an order can be."""

from __future__ import annotations

import re

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iomconnector.errors import ConnectorError

MAX_BODY_BYTES = 10 * 1024 * 1024
READ_ON_BYTES = 10 * MAX_BODY_BYTES

_JSON = re.compile(r"application/([\w.-]+\+)?json\s*(;.*)?", re.IGNORECASE)


class RequestTooLargeError(ConnectorError):
    """The body is larger than any order."""

    code = "request.too_large"


class UnsupportedMediaTypeError(ConnectorError):
    """The body is not said to be JSON."""

    code = "request.unsupported_media_type"


async def json_body(request: Request) -> bytes:
    """The body of a request, which must be said to be JSON.

    Raises:
        UnsupportedMediaTypeError: The header ``Content-Type`` is missing or names something else.
        RequestTooLargeError: It is larger than 10 MiB.
    """
    media_type = request.headers.get("content-type", "")
    if not _JSON.fullmatch(media_type.strip()):
        raise UnsupportedMediaTypeError(
            f"The body is of type {media_type}, not application/json."
            if media_type
            else "The request does not say what its body is.",
            hint="Send JSON with the header `Content-Type: application/json`.",
        )
    return await request.body()


class BodyLimit:
    """Refuses a body that is larger than an order can be, without keeping it.

    The rest of such a body is read and thrown away, up to 100 MiB, because a client that is still sending
    when the connection ends does not see the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; ``receive`` raises :class:`RequestTooLargeError` behind the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received <= MAX_BODY_BYTES:
                return message
            while message.get("more_body", False) and received < READ_ON_BYTES:
                message = await receive()
                received += len(message.get("body", b""))
            raise RequestTooLargeError(
                f"The body is larger than {MAX_BODY_BYTES} bytes.", hint="Send one order a request."
            )

        await self._app(scope, limited, send)
