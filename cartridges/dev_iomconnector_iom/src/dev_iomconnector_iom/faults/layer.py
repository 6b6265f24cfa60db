"""The outermost layer of the application: it lets a request through or makes it go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dev_iomconnector_iom.faults.connection import close, drain, reset
from dev_iomconnector_iom.faults.rules import ALWAYS_PROCESSED, FaultBook, FaultKind, FaultRule
from dev_iomconnector_iom.faults.statistics import Statistics

_HTML = b"<!DOCTYPE html><html><head><title>Please wait</title></head><body>Maintenance</body></html>"
_OTHER_JSON = b'{"unexpected":[42,{"data":"none of this is in the contract"}]}'


@dataclass(slots=True)
class _Answer:
    """An answer that was held back."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


class FaultLayer:
    """Applies fault rules to the requests of an application.

    Arguments:
        app: The application.
        book: The rules.
        statistics: Where to count.
    """

    def __init__(self, app: ASGIApp, book: FaultBook, statistics: Statistics) -> None:
        self._app = app
        self._book = book
        self._statistics = statistics
        self._closing = asyncio.Event()

    def release_hanging(self) -> None:
        """End all waiting requests, now and from now on, because the server is about to stop."""
        self._closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._statistics.requests += 1
        chosen = self._book.choose(scope["method"], unquote(scope["path"]))
        for rule in chosen:
            self._statistics.faults[rule.kind] += 1
        early = sum(
            rule.latency_ms for rule in chosen if rule.kind is FaultKind.LATENCY and not rule.processed
        )
        late = sum(rule.latency_ms for rule in chosen if rule.kind is FaultKind.LATENCY and rule.processed)
        await self._pause(early / 1000)
        if chosen and chosen[-1].kind is not FaultKind.LATENCY:
            await self._fail(chosen[-1], scope, receive, send, late / 1000)
        else:
            await self._app(scope, receive, self._counting(scope["method"], send, late / 1000))

    def _counting(self, method: str, send: Send, delay: float) -> Send:
        async def counting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._statistics.answers[f"{method} {message['status']}"] += 1
                await self._pause(delay)
            await send(message)

        return counting_send

    async def _fail(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send, delay: float) -> None:
        answer = _Answer()
        if rule.processed or rule.kind in ALWAYS_PROCESSED:
            await self._app(scope, receive, answer.take)
            self._statistics.processed[f"{scope['method']} {answer.status}"] += 1
        await self._pause(delay)
        if rule.kind in (FaultKind.RESET, FaultKind.LOST_ANSWER):
            await reset(scope, receive)
        elif rule.kind is FaultKind.REFUSE:
            await close(scope, receive)
        elif rule.kind is FaultKind.CUT_OFF:
            await _send_half(send, answer)
            await reset(scope, receive)
        elif rule.kind is FaultKind.HANG:
            await self._hang(rule, scope, receive)
        elif rule.kind is FaultKind.STATUS:
            await drain(receive) if not rule.processed else None
            await _send(send, rule.status, _retry_after(rule), b"")
        else:
            status, headers, body = _DISTORTIONS[rule.kind](answer)
            await _send(send, status, headers, body)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not for longer than the server runs."""
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), seconds)

    async def _hang(self, rule: FaultRule, scope: Scope, receive: Receive) -> None:
        gone = asyncio.ensure_future(_gone(receive))
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait((gone, closing), timeout=rule.hang_seconds, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if not gone.done():
            gone.cancel()
            await asyncio.wait((gone, closing))
            await reset(scope, receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def _send_half(send: Send, answer: _Answer) -> None:
    """The head, which promises the whole body, and the first half of it."""
    body = answer.body or b" " * 64
    headers = [*_without_length(answer), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": _with_body(answer.status), "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


def _retry_after(rule: FaultRule) -> list[tuple[bytes, bytes]]:
    return [] if rule.retry_after is None else [(b"retry-after", str(rule.retry_after).encode())]


def _without_length(answer: _Answer) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in answer.headers if name != b"content-length"]


def _with_body(status: int) -> int:
    """The status of an answer that gets a body: 204 has none, so it becomes 200."""
    return 200 if status == 204 else status


_Distorted = tuple[int, list[tuple[bytes, bytes]], bytes]


def _truncated(answer: _Answer) -> _Distorted:
    body = answer.body[: len(answer.body) // 2] or b'{"shopOrderNumber": "'
    return _with_body(answer.status), _without_length(answer), body


def _other_json(answer: _Answer) -> _Distorted:
    return _with_body(answer.status), _without_length(answer), _OTHER_JSON


def _without_location(answer: _Answer) -> _Distorted:
    headers = [header for header in _without_length(answer) if header[0] != b"location"]
    return answer.status, headers, answer.body


def _html_page(answer: _Answer) -> _Distorted:
    headers = [header for header in _without_length(answer) if header[0] != b"content-type"]
    return _with_body(answer.status), [*headers, (b"content-type", b"text/html; charset=utf-8")], _HTML


_DISTORTIONS: dict[FaultKind, Callable[[_Answer], _Distorted]] = {
    FaultKind.TRUNCATED_JSON: _truncated,
    FaultKind.WRONG_JSON: _other_json,
    FaultKind.WRONG_CONTENT_TYPE: _html_page,
    FaultKind.NO_LOCATION: _without_location,
}
