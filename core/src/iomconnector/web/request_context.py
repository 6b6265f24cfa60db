"""Each request by its id, within the trace that it belongs to."""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from iomconnector.observability.telemetry import Telemetry
from iomconnector.observability.tracing import context_from

REQUEST_ID: Final = "X-Request-ID"
UNTRACED: Final = ("/health", "/metrics")
"""Paths that machines ask every few seconds; whatever is below them is no part of a trace."""

_SOUND_ID: Final = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class RequestContext:
    """Gives each request an id, or takes the caller's, and goes on with the caller's trace.

    The log of the request carries ``request_id``, the answer the header ``X-Request-ID``. A span tells
    method, route and status, and nothing that the caller chose: no path, no query, no header.

    Arguments:
        app: The application.
        telemetry: Makes spans.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._tracer = telemetry.tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get(REQUEST_ID, "")
        request_id = given if _SOUND_ID.fullmatch(given) else uuid4().hex
        with bound_contextvars(request_id=request_id):
            if scope["path"].startswith(UNTRACED):
                await self._app(scope, receive, _with_id(send, request_id))
            else:
                await self._traced(scope, receive, _with_id(send, request_id), headers)

    async def _traced(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        with self._tracer.start_as_current_span(
            scope["method"],
            context=context_from(headers),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            if not span.is_recording():
                await self._app(scope, receive, send)
                return

            async def noting_status(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note_answer(span, message["status"])
                await send(message)

            span.set_attributes({"http.request.method": scope["method"], "url.scheme": scope["scheme"]})
            try:
                await self._app(scope, receive, noting_status)
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise
            finally:
                _note_route(span, scope)


def _with_id(send: Send, request_id: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[REQUEST_ID] = request_id
        await send(message)

    return sending


def _note_answer(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


def _note_route(span: Span, scope: Scope) -> None:
    route = getattr(scope.get("route"), "path", None)
    if isinstance(route, str):
        span.set_attribute("http.route", route)
        span.update_name(f"{scope['method']} {route}")
