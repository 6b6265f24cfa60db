"""The middleware at the edges of the ASGI protocol, without a server."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette

from ac_iomconnector_order_test.exchange import exchange
from ac_iomconnector_order_test.middleware import Judged, RefereeMiddleware, assert_clean
from ac_iomconnector_order_test.openapi import UnknownApiVersionError
from ac_iomconnector_order_test.violation import Side, Violation

_BASE = "/rest/order-service/shops/10020/orders"


def test_the_version_is_checked_before_any_traffic() -> None:
    with pytest.raises(UnknownApiVersionError):
        RefereeMiddleware(Starlette(), version="9", record=[])


@pytest.mark.parametrize("scope_type", ["lifespan", "websocket"])
def test_other_protocols_pass_through(scope_type: str) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope, receive, send))

    async def never(*_: Any) -> Any:
        raise AssertionError

    record: list[Judged] = []
    scope = {"type": scope_type}
    asyncio.run(RefereeMiddleware(app, version="2.4", record=record)(scope, never, never))
    assert seen == [(scope, never, never)]
    assert record == []


@pytest.mark.parametrize("failure", [asyncio.CancelledError, ConnectionResetError])
def test_cancelled_and_reset_exchanges_are_no_fault_of_the_server(
    failure: type[BaseException],
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        raise AssertionError

    async def send(message: Any) -> None:
        raise failure()

    record: list[Judged] = []
    scope = {"type": "http", "method": "GET", "path": f"{_BASE}/ü", "headers": []}
    with pytest.raises(failure):
        asyncio.run(RefereeMiddleware(app, version="2.4", record=record)(scope, receive, send))
    assert [judged.response_violations for judged in record] == [()]
    assert record[0].exchange.path.endswith("/%C3%BC")


def test_an_application_that_returns_without_an_answer_is_reported() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        return

    async def never(*_: Any) -> Any:
        raise AssertionError

    record: list[Judged] = []
    scope = {"type": "http", "method": "GET", "path": f"{_BASE}/1", "headers": []}
    asyncio.run(RefereeMiddleware(app, version="2.4", record=record)(scope, never, never))
    assert [violation.rule for violation in record[0].response_violations] == ["exchange:unanswered"]
    assert record[0].exchange.status == 0
    with pytest.raises(AssertionError, match=r"\(the application returned without finishing its answer\)"):
        assert_clean(record)


@pytest.mark.parametrize(
    ("headers", "read", "judged"),
    [
        ([(b"transfer-encoding", b"chunked")], False, False),
        ([(b"content-length", b"2")], False, False),
        ([(b"content-length", b"2")], True, True),
        ([(b"content-length", b"0")], False, True),
        ([], False, True),
    ],
)
def test_a_request_is_judged_when_all_of_it_was_read(
    headers: list[tuple[bytes, bytes]], read: bool, judged: bool
) -> None:
    """Messages carry the least that ASGI asks for."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if read:
            await receive()
        await send({"type": "http.response.start", "status": 401})
        await send({"type": "http.response.body"})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: Any) -> None:
        return

    record: list[Judged] = []
    scope = {"type": "http", "method": "POST", "path": _BASE, "headers": headers}
    asyncio.run(RefereeMiddleware(app, version="2.4", record=record)(scope, receive, send))
    assert bool(record[0].request_violations) is judged
    assert bool(record[0].unfinished) is not judged
    assert record[0].response_violations == ()


@pytest.mark.parametrize(("status", "refused"), [(399, False), (400, True), (499, True), (500, False)])
def test_only_4xx_refuses_a_request(status: int, refused: bool) -> None:
    fault = Violation("$", {}, "openapi:type", "breaks", Side.REQUEST)
    judged = Judged(exchange("POST", _BASE, status=status), (fault,), ())
    assert judged.refused is refused
    assert judged.violations == (() if refused else (fault,))


def test_an_exchange_does_not_show_headers_and_bodies() -> None:
    headers = {"X-Api-Key": "s3cret"}
    seen = exchange(
        "POST",
        _BASE,
        status=201,
        request_headers=headers,
        request_body=b"s3cret",
        response_headers=headers,
        response_body=b"s3cret",
    )
    assert "s3cret" not in repr(seen)
    assert "status=201" in repr(seen)


@pytest.mark.parametrize(
    ("method", "status", "headers", "chunks", "last"),
    [
        ("POST", 201, [(b"content-length", b"0")], [(b"", False)], 0),
        ("GET", 200, [(b"Content-Length", b"4")], [(b"ab", True), (b"cd", True), (b"", False)], 2),
        ("GET", 200, [], [(b"ab", True), (b"cd", True), (b"", False)], 3),
        ("GET", 200, [(b"content-length", b"many")], [(b"ab", True), (b"", False)], 2),
        ("GET", 204, [], [(b"", False)], 0),
        ("GET", 304, [], [(b"", False)], 0),
        ("HEAD", 200, [(b"content-length", b"4")], [(b"", False)], 0),
    ],
)
def test_the_record_is_complete_before_the_client_can_know_the_end(
    method: str, status: int, headers: list[tuple[bytes, bytes]], chunks: list[tuple[bytes, bool]], last: int
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for body, more in chunks:
            await send({"type": "http.response.body", "body": body, "more_body": more})

    async def never() -> Any:
        raise AssertionError

    async def send(message: Any) -> None:
        entries.append(len(record))

    record: list[Judged] = []
    entries: list[int] = []
    scope = {"type": "http", "method": method, "path": f"{_BASE}/1", "headers": []}
    asyncio.run(RefereeMiddleware(app, version="2.4", record=record)(scope, never, send))
    assert entries == [0] * last + [1] * (len(chunks) + 1 - last)
    assert record[0].exchange.response_body == b"".join(body for body, _ in chunks)
