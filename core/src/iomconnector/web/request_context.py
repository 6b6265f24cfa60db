"""Each request by its id, within the trace that it belongs to."""

from __future__ import annotations

import re
from time import perf_counter
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

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SOUND_ID: Final = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class RequestContext:
    """Gives each request an id, or takes the caller's, and goes on with the caller's trace.

    The log of the request carries ``request_id``, the answer the header ``X-Request-ID``. A span tells
    method, route and status, and nothing that the caller chose: no path, no query, no header.

    Arguments:
        app: The application.
        telemetry: Traces and measures requests.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

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
        status: int | None = None
        began = perf_counter()

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._telemetry.tracer.start_as_current_span(
            scope["method"],
            context=context_from(headers),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                await self._app(scope, receive, noting_status)
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise
            finally:
                route = _route_of(scope)
                self._telemetry.answered(_method_of(scope), route, status, perf_counter() - began)
                if span.is_recording():
                    _note(span, scope, route, status)


def _with_id(send: Send, request_id: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[REQUEST_ID] = request_id
        await send(message)

    return sending


def _method_of(scope: Scope) -> str:
    """The method; of those that nobody uses one name, so that callers cannot make up labels."""
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def _route_of(scope: Scope) -> str:
    """The route that took the request, with names in place of what differs; ``other`` where none did."""
    route = getattr(scope.get("route"), "path", None)
    return route if isinstance(route, str) else "other"


def _note(span: Span, scope: Scope, route: str, status: int | None) -> None:
    method = _method_of(scope)
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "url.scheme": scope["scheme"]})
    if status is not None:
        span.set_attribute("http.response.status_code", status)
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
