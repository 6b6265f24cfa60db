"""ASGI middleware that lets the referee watch a server."""

import asyncio
from collections.abc import MutableSequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from ac_iomconnector_order_test.exchange import Exchange, Pairs, header, query_pairs, without_secrets
from ac_iomconnector_order_test.record import Judged, assert_clean
from ac_iomconnector_order_test.referee import Referee
from ac_iomconnector_order_test.violation import ABSENT, Side, Violation

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BODILESS = frozenset({204, 304})

__all__ = ["Judged", "RefereeMiddleware", "assert_clean"]


class RefereeMiddleware:
    """Judges every exchange under ``/rest/order-service`` and leaves the traffic as it is.

    An exchange is in the record before the last byte of its answer leaves, so that a client which has its
    answer finds it there. Put whatever forges faults (lost answers, 503 of a proxy) outside this middleware:
    the referee judges what the server says.

    Arguments:
        app: The ASGI application to watch.
        version: The version of the Order API to judge by.
        record: Receives one entry an exchange.

    Raises:
        UnknownApiVersionError: Not a version of the Order API.
        OpenApiDocumentError: The official document cannot be found or read.
    """

    def __init__(self, app: "ASGIApp", *, version: str, record: MutableSequence[Judged]) -> None:
        self._app = app
        self._referee = Referee(version)
        self._record = record

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or not _path(scope).startswith(self._referee.base_path + "/"):
            await self._app(scope, receive, send)
            return
        watch = _Watch(self._referee, self._record, scope, receive, send)
        try:
            await self._app(scope, watch.receive, watch.send)
        except BaseException as failure:
            watch.ended_early(f"the application raised {type(failure).__name__}", failure)
            raise
        watch.ended_early("the application returned without finishing its answer")


class _Watch:
    """One exchange while it happens."""

    def __init__(
        self,
        referee: Referee,
        record: MutableSequence[Judged],
        scope: "Scope",
        receive: "Receive",
        send: "Send",
    ) -> None:
        self._referee = referee
        self._record = record
        self._scope = scope
        self._receive = receive
        self._send = send
        self._request_headers = without_secrets(_pairs(scope["headers"]))
        self._request_body = bytearray()
        self._request_read = not _has_body(self._request_headers)
        self._status = 0
        self._response_headers: Pairs = ()
        self._response_body = bytearray()
        self._client_gone = False
        self._judged = False

    async def receive(self) -> "Message":
        message = await self._receive()
        if message["type"] == "http.request":
            self._request_body += message.get("body", b"")
            self._request_read = not message.get("more_body", False)
        elif message["type"] == "http.disconnect":
            self._client_gone = True
        return message

    async def send(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._response_headers = without_secrets(_pairs(message.get("headers", ())))
            self._answered_if(self._client_has_all())
        elif message["type"] == "http.response.body":
            self._response_body += message.get("body", b"")
            self._answered_if(not message.get("more_body", False) or self._client_has_all())
        try:
            await self._send(message)
        except OSError:
            self._client_gone = True
            raise

    def _client_has_all(self) -> bool:
        """The client needs no further message to know the end: the announced length has been reached."""
        if self._scope["method"] == "HEAD" or self._status in _BODILESS:
            return True
        length = header(self._response_headers, "content-length")
        return length is not None and length.isdecimal() and len(self._response_body) >= int(length)

    def _answered_if(self, complete: bool) -> None:
        if not complete or self._judged:
            return
        exchange = self._exchange()
        response = self._referee.judge_response(exchange)
        if self._request_read:
            self._enter(Judged(exchange, self._referee.judge_request(exchange), response))
            return
        unread = "the application answered before it had read the whole request"
        if self._status < 400:
            response += (Violation("body", ABSENT, "exchange:unread", unread, Side.RESPONSE),)
        self._enter(Judged(exchange, (), response, unread))

    def ended_early(self, reason: str, failure: BaseException | None = None) -> None:
        """Enter an exchange without a complete answer: the server's fault unless the client went away."""
        if self._judged:
            return
        exchange = self._exchange()
        request = self._referee.judge_request(exchange) if self._request_read else ()
        if self._client_gone or isinstance(failure, asyncio.CancelledError):
            self._enter(Judged(exchange, request, (), "the client went away, or the request was cancelled"))
            return
        lost = Violation("body", ABSENT, "exchange:unanswered", reason, Side.RESPONSE)
        self._enter(Judged(exchange, request, (lost,), reason))

    def _enter(self, judged: Judged) -> None:
        self._judged = True
        self._record.append(judged)

    def _exchange(self) -> Exchange:
        return Exchange(
            method=self._scope["method"],
            path=_path(self._scope),
            query=query_pairs(self._scope.get("query_string", b"").decode("latin-1")),
            request_headers=self._request_headers,
            request_body=bytes(self._request_body),
            status=self._status,
            response_headers=self._response_headers,
            response_body=bytes(self._response_body),
        )


def _path(scope: "Scope") -> str:
    """The path as the client sent it; servers that keep only the decoded one lose ``%2F``."""
    raw: bytes | None = scope.get("raw_path")
    return raw.decode("latin-1") if raw is not None else quote(scope["path"])


def _pairs(headers: "list[tuple[bytes, bytes]] | tuple[()]") -> Pairs:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _has_body(headers: Pairs) -> bool:
    return header(headers, "transfer-encoding") is not None or header(headers, "content-length") not in {
        None,
        "0",
    }
