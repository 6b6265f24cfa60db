"""The middleware in a real server on a real socket."""

import http.client
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ac_iomconnector_order_test.json_text import encode_json
from ac_iomconnector_order_test.middleware import Judged, RefereeMiddleware, assert_clean
from ac_iomconnector_order_test.sample_parts import order

_ORDER_TYPE = "application/vnd.intershop.order.v2+json"
_BASE = "/rest/order-service/shops/10020/orders"
_HEADERS = {"Authorization": "Basic dGVzdDp0ZXN0", "Content-Type": _ORDER_TYPE}
_PATIENCE = 20


class Record(list[Judged]):
    """A record that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Semaphore(0)

    def append(self, judged: Judged, /) -> None:
        super().append(judged)
        self.entered.release()

    def wait(self) -> Judged:
        assert self.entered.acquire(timeout=_PATIENCE), "nothing was recorded"
        return self[-1]


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def _serving(app: Any) -> Iterator[tuple[str, int]]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=5)
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert server.ready.wait(_PATIENCE)
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        listener.close()


class _HalfAnswer(Response):
    """Sends half of its answer and waits for the client to leave."""

    def __init__(self, half_sent: threading.Event) -> None:
        super().__init__()
        self._half_sent = half_sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", _ORDER_TYPE.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"shop', "more_body": True})
        self._half_sent.set()
        while (await receive())["type"] != "http.disconnect":
            pass


def _shop(half_sent: threading.Event) -> Starlette:
    async def create(request: Request) -> Response:
        content = await request.json()
        if "payment" not in content:
            report = {"status": 400, "errors": [{"code": "VALIDATION_EXCEPTION", "message": "payment"}]}
            return JSONResponse(report, status_code=400)
        if content["payment"].get("paymentMethod") == "CRASH":
            raise LookupError("no such payment method")
        location = f"{_BASE}/{content['shopOrderNumber']}"
        return Response(status_code=201, headers={"Location": location} if "sales" in content else {})

    async def read(request: Request) -> Response:
        number = request.path_params["number"]
        if number == "unauthorized":
            return JSONResponse({"error": "who are you?"}, status_code=401)
        if number == "half":
            return _HalfAnswer(half_sent)
        text = encode_json({**order(), "shopOrderNumber": number})

        async def stream() -> AsyncIterator[bytes]:
            yield text[:7]
            yield text[7:]

        return StreamingResponse(stream(), media_type=_ORDER_TYPE)

    async def create_unread(request: Request) -> Response:
        return Response(status_code=int(request.query_params["as"]))

    return Starlette(
        routes=[
            Route(_BASE, create, methods=["POST"]),
            Route("/rest/order-service/shops/20/orders", create_unread, methods=["POST"]),
            Route(_BASE + "/{number}", read),
            Route("/rest/other", lambda request: Response("other")),
        ]
    )


class Shop:
    """A client of the watched server."""

    def __init__(self, address: tuple[str, int], record: Record, half_sent: threading.Event) -> None:
        self.address = address
        self.record = record
        self.half_sent = half_sent

    def send(self, method: str, target: str, body: bytes = b"") -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(*self.address, timeout=_PATIENCE)
        try:
            connection.request(method, target, body or None, _HEADERS)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def start(self, content: bytes) -> socket.socket:
        client = socket.create_connection(self.address, timeout=_PATIENCE)
        client.sendall(content)
        return client


@pytest.fixture
def shop() -> Iterator[Shop]:
    record, half_sent = Record(), threading.Event()
    app = _shop(half_sent)
    app.add_middleware(RefereeMiddleware, version="2.4", record=record)
    with _serving(app) as address:
        yield Shop(address, record, half_sent)


def test_a_clean_exchange_is_recorded_when_its_answer_arrives(shop: Shop) -> None:
    status, _, body = shop.send("POST", f"{_BASE}?", encode_json(order()))
    assert (status, body) == (201, b"")
    (judged,) = shop.record
    assert judged.violations == ()
    assert judged.exchange.request_body == encode_json(order())
    assert judged.exchange.status == 201
    assert_clean(shop.record)


def test_every_exchange_on_one_connection_is_recorded(shop: Shop) -> None:
    connection = http.client.HTTPConnection(*shop.address, timeout=_PATIENCE)
    for number in ("a%2Fb", "c", "%C3%BC"):
        connection.request("GET", f"{_BASE}/{number}", headers=_HEADERS)
        connection.getresponse().read()
    connection.close()
    assert [judged.exchange.path.rpartition("/")[2] for judged in shop.record] == ["a%2Fb", "c", "%C3%BC"]
    assert shop.record[1].violations == ()
    assert shop.record[2].violations == ()


def test_credentials_stay_out_of_the_record(shop: Shop) -> None:
    shop.send("GET", f"{_BASE}/1")
    assert ("authorization", "Basic ***") in shop.record[0].exchange.request_headers
    assert_clean(shop.record)


def test_an_invalid_request_that_was_accepted_is_reported(shop: Shop) -> None:
    broken = order()
    broken["sales"]["currencyCode"] = "EURO"
    assert shop.send("POST", _BASE, encode_json(broken))[0] == 201
    with pytest.raises(AssertionError) as failure:
        assert_clean(shop.record)
    assert str(failure.value).splitlines() == [
        "1 of 1 exchanges break the Order API:",
        f"POST {_BASE} -> 201",
        "  request $.sales.currencyCode = 'EURO': must be a currency code of ISO 4217 [iom-api 6.10] "
        "[currency-code]",
    ]


def test_an_invalid_request_may_be_refused_with_a_valid_answer(shop: Shop) -> None:
    broken = {name: value for name, value in order().items() if name != "payment"}
    assert shop.send("POST", _BASE, encode_json(broken))[0] == 400
    assert [violation.location for violation in shop.record[0].request_violations] == ["$.payment"]
    assert_clean(shop.record)


@pytest.mark.parametrize(
    ("method", "target", "document", "location"),
    [
        ("GET", f"{_BASE}/unauthorized", None, "response body"),
        (
            "POST",
            _BASE,
            {name: value for name, value in order().items() if name != "sales"},
            "header.Location",
        ),
    ],
)
def test_an_answer_that_breaks_the_contract_is_reported(
    shop: Shop, method: str, target: str, document: Any, location: str
) -> None:
    shop.send(method, target, encode_json(document) if document else b"")
    with pytest.raises(AssertionError, match=location):
        assert_clean(shop.record)


def test_a_crash_of_the_server_is_reported(shop: Shop) -> None:
    status, _, _ = shop.send("POST", _BASE, encode_json({**order(), "payment": {"paymentMethod": "CRASH"}}))
    assert status == 500
    shop.record.wait()
    with pytest.raises(AssertionError, match="the application raised LookupError"):
        assert_clean(shop.record)


@pytest.mark.parametrize(("answer", "clean"), [("401", True), ("400", True), ("201", False)])
def test_a_body_that_nobody_read_cannot_be_judged(shop: Shop, answer: str, clean: bool) -> None:
    assert shop.send("POST", f"/rest/order-service/shops/20/orders?as={answer}", b"{}")[0] == int(answer)
    (judged,) = shop.record
    assert judged.request_violations == ()
    assert "before it had read" in judged.unfinished
    assert ("exchange:unread" not in {violation.rule for violation in judged.violations}) is clean


def test_other_paths_are_not_judged(shop: Shop) -> None:
    assert shop.send("GET", "/rest/other")[2] == b"other"
    assert shop.send("GET", "/rest/order-services")[0] == 404
    assert shop.record == []
    with pytest.raises(AssertionError, match="is its middleware in place"):
        assert_clean(shop.record)
    assert_clean(shop.record, at_least=0)


def test_a_client_that_leaves_while_it_sends_breaks_nothing(shop: Shop) -> None:
    head = f"POST {_BASE} HTTP/1.1\r\nHost: x\r\nContent-Type: {_ORDER_TYPE}\r\nContent-Length: 5000\r\n\r\n"
    shop.start(head.encode() + b'{"shop').close()
    judged = shop.record.wait()
    assert judged.exchange.request_body == b'{"shop'
    assert judged.unfinished == "the client went away, or the request was cancelled"
    assert judged.violations == ()
    assert shop.send("GET", f"{_BASE}/1")[0] == 200


def test_a_client_that_leaves_while_it_reads_breaks_nothing(shop: Shop) -> None:
    client = shop.start(f"GET {_BASE}/half HTTP/1.1\r\nHost: x\r\nAuthorization: Basic eA==\r\n\r\n".encode())
    assert shop.half_sent.wait(_PATIENCE)
    client.close()
    judged = shop.record.wait()
    assert judged.exchange.path.endswith("/half")
    assert judged.violations == ()
    assert shop.send("GET", f"{_BASE}/1")[0] == 200


def test_the_traffic_is_the_same_with_and_without_the_middleware(shop: Shop) -> None:
    requests: list[tuple[str, str, bytes]] = [
        ("POST", _BASE, encode_json(order())),
        ("POST", _BASE, b"{}"),
        ("POST", _BASE, b"{"),
        ("GET", f"{_BASE}/1", b""),
        ("GET", f"{_BASE}/unauthorized", b""),
        ("GET", "/rest/order-service/nothing", b""),
        ("DELETE", f"{_BASE}/1", b""),
    ]
    watched = [_undated(shop.send(*request)) for request in requests]
    with _serving(_shop(threading.Event())) as address:
        plain = Shop(address, Record(), threading.Event())
        assert [_undated(plain.send(*request)) for request in requests] == watched
    assert len(shop.record) >= len(requests) - 1


def _undated(answer: tuple[int, list[tuple[str, str]], bytes]) -> tuple[int, list[tuple[str, str]], bytes]:
    status, headers, body = answer
    return status, [(name, value) for name, value in headers if name != "date"], body
