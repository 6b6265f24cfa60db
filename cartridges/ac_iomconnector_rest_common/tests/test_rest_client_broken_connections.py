"""Real sockets that break in every way: what was surely not sent, and what may have been."""

import asyncio
import socket
import time
from typing import Any

import httpx
import pytest

from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import IomOutcomeUnclear, IomUnreachable
from ac_iomconnector_rest_common.testing.raw_server import Behaviour, RawConnection, RawServer, answering
from ac_iomconnector_rest_common.testing.rest_clients import (
    KeptMessages,
    connection_settings,
    open_order_client,
    order_rest_client,
)

pytestmark = pytest.mark.anyio

PATH = ("shops", "10020", "orders")
VENDOR_TYPE = "Content-Type: application/vnd.intershop.order.v2+json"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def close_at_once(connection: RawConnection) -> None:
    del connection


async def close_after_request(connection: RawConnection) -> None:
    await connection.read_request()


async def reset_after_request(connection: RawConnection) -> None:
    await connection.read_request()
    connection.reset()


async def reset_amid_body(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")
    connection.reset()


async def cut_body(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")


async def cut_chunks(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.write(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}   \r\n")


async def cut_headers(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.write(b"HTTP/1.1 201 Created\r\nLocation: /res")


async def garbage(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")


async def endless_header(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.write(b"HTTP/1.1 201 Created\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n\r\n")


async def broken_gzip(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.answer(201, b"this is no gzip", "Content-Encoding: gzip", VENDOR_TYPE)


async def hang(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.until_closed()


async def drip_headers(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.write(b"HTTP/1.1 201 Created\r\nX-Slow: ")
    while True:
        await connection.write(b"x")
        await asyncio.sleep(0.01)


async def drip_body(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.write(b"HTTP/1.1 201 Created\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        await connection.write(b"x")
        await asyncio.sleep(0.01)


BROKEN: list[Behaviour] = [
    close_at_once,
    close_after_request,
    reset_after_request,
    reset_amid_body,
    cut_body,
    cut_chunks,
    cut_headers,
    garbage,
    endless_header,
    broken_gzip,
    hang,
    drip_headers,
    drip_body,
    answering(201, b"<html>Please log in</html>", "Content-Type: text/html"),
    answering(201, b'{"half":', VENDOR_TYPE),
    answering(204),
    answering(200, b"{}", VENDOR_TYPE),
    answering(500),
    answering(502),
    answering(503),
    answering(503, b"", "Retry-After: 1"),
    answering(504),
    answering(408),
]


def name_of(behaviour: Any) -> str:
    return str(behaviour.__qualname__)


async def post(client: RestClient) -> None:
    await client.send("POST", PATH, body=b"{}", order_number="A1", accept=(201,))


@pytest.mark.parametrize("behaviour", BROKEN, ids=name_of)
async def test_the_outcome_of_a_post_is_unclear_once_the_connection_stood(behaviour: Behaviour) -> None:
    log = KeptMessages()
    async with RawServer(behaviour) as server, open_order_client(server.url, log, read_timeout=0.2) as client:
        started = time.monotonic()
        with pytest.raises(IomOutcomeUnclear) as caught:
            await post(client)
        assert time.monotonic() - started < 5
        assert server.connections == 1
        assert len(server.requests) <= 1
    [message] = log.messages
    assert message.message_id == caught.value.message_id
    assert caught.value.ids["order_number"] == "A1"
    assert "look it up" in str(caught.value) or "base_url" in str(caught.value)


@pytest.mark.parametrize("behaviour", BROKEN[:13], ids=name_of)
async def test_a_reading_request_is_repeated_over_broken_connections(behaviour: Behaviour) -> None:
    log = KeptMessages()
    short = {"read_timeout": 0.1, "connect_timeout": 0.3, "pool_timeout": 0.3, "read_retries": 1}
    async with RawServer(behaviour) as server, open_order_client(server.url, log, **short) as client:
        with pytest.raises(IomOutcomeUnclear):
            await client.send("GET", PATH)
        assert server.connections == 2
    assert len(log.messages) == 2
    assert all(message.error for message in log.messages)


@pytest.mark.parametrize("behaviour", BROKEN[:13], ids=name_of)
async def test_another_transport_is_judged_the_same(behaviour: Behaviour) -> None:
    async with RawServer(behaviour) as server:
        settings = connection_settings(server.url, read_timeout=0.2)
        client = order_rest_client(settings, KeptMessages(), httpx.AsyncHTTPTransport())
        with pytest.raises(IomOutcomeUnclear):
            await post(client)
        await client.aclose()
        assert server.connections == 1


@pytest.mark.parametrize("transport", [None, httpx.AsyncHTTPTransport])
async def test_a_refused_connection_sends_nothing(transport: type[httpx.AsyncHTTPTransport] | None) -> None:
    log = KeptMessages()
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        settings = connection_settings(f"http://127.0.0.1:{unheard.getsockname()[1]}")
        client = order_rest_client(settings, log, transport() if transport else None)
        with pytest.raises(IomUnreachable, match=r"Check that IOM runs and listens at http://127") as caught:
            await post(client)
        await client.aclose()
    assert caught.value.status is None
    assert log.messages[0].error == caught.value.message
    assert log.messages[0].duration_ms > 0


async def test_a_name_that_does_not_resolve_sends_nothing() -> None:
    async with open_order_client("https://iom.invalid", KeptMessages()) as client:
        with pytest.raises(IomUnreachable, match="Check the host name"):
            await post(client)
