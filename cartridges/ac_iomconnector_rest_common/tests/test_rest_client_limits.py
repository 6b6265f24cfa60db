"""Real sockets at the limits: time-outs, the size of the pool, the size of answers, idle connections."""

import asyncio
import gzip

import pytest

from ac_iomconnector_rest_common.client import RestClient
from ac_iomconnector_rest_common.errors import (
    IomAnswerTooLarge,
    IomInvalidRequest,
    IomOutcomeUnclear,
    IomUnexpectedAnswer,
    IomUnreachable,
)
from ac_iomconnector_rest_common.testing.raw_server import RawConnection, RawServer, answering
from ac_iomconnector_rest_common.testing.rest_clients import KeptMessages, open_order_client

pytestmark = pytest.mark.anyio

PATH = ("shops", "10020", "orders")
VENDOR_TYPE = "Content-Type: application/vnd.intershop.order.v2+json"
HUGE = b"x" * 30_000_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def post(client: RestClient, body: bytes = b"{}") -> None:
    await client.send("POST", PATH, body=body)


async def stop_reading(connection: RawConnection) -> None:
    await connection.reader.readuntil(b"\r\n\r\n")
    await asyncio.Event().wait()


async def refuse_early(connection: RawConnection) -> None:
    await connection.reader.readuntil(b"\r\n\r\n")
    await connection.answer(413)
    await asyncio.Event().wait()


async def answer_once(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.answer(200, b"{}", VENDOR_TYPE)
    await connection.read_request()


async def test_without_a_free_connection_nothing_is_sent() -> None:
    arrived = asyncio.Event()

    async def hang(connection: RawConnection) -> None:
        await connection.read_request()
        arrived.set()
        await connection.until_closed()

    log = KeptMessages()
    async with (
        RawServer(hang) as server,
        open_order_client(server.url, log, max_connections=1, pool_timeout=0.5) as client,
    ):
        first = asyncio.create_task(post(client))
        await arrived.wait()
        with pytest.raises(IomUnreachable, match="all 1 connections are busy"):
            await post(client)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert len(server.requests) == 1
    assert log.messages[0].error.startswith("IOM cannot be reached")
    assert log.messages[1].error == "The attempt was given up before an answer came."


async def test_a_receiver_that_stops_reading_is_left_after_the_write_timeout() -> None:
    log = KeptMessages()
    async with (
        RawServer(stop_reading) as server,
        open_order_client(server.url, log, write_timeout=0.2) as client,
    ):
        with pytest.raises(IomOutcomeUnclear, match="the time-outs passed"):
            await post(client, HUGE)
    assert 150 < log.messages[0].duration_ms < 5000


async def test_an_early_refusal_is_understood_though_the_body_was_not_read() -> None:
    log = KeptMessages()
    async with RawServer(refuse_early) as server, open_order_client(server.url, log) as client:
        with pytest.raises(IomUnexpectedAnswer) as caught:
            await post(client, HUGE)
        assert caught.value.status == 413
    assert log.messages[0].duration_ms < 5000


async def test_an_answer_without_end_is_cut_off() -> None:
    bomb = gzip.compress(b" " * 60_000_000)
    log = KeptMessages()
    async with (
        RawServer(answering(200, bomb, "Content-Encoding: gzip", VENDOR_TYPE)) as server,
        open_order_client(server.url, log) as client,
    ):
        with pytest.raises(IomAnswerTooLarge, match="larger than 50000000 bytes"):
            await client.send("GET", PATH)
    assert len(log.messages) == 1


async def test_a_dead_idle_connection_is_not_used_twice_for_a_post() -> None:
    log = KeptMessages()
    async with RawServer(answer_once) as server, open_order_client(server.url, log) as client:
        await post(client)
        with pytest.raises(IomOutcomeUnclear):
            await post(client)
        assert server.connections == 1
    assert len(log.messages) == 2


async def test_every_repetition_over_a_dead_idle_connection_is_in_the_log() -> None:
    log = KeptMessages()
    async with RawServer(answer_once) as server, open_order_client(server.url, log) as client:
        await client.send("GET", PATH)
        await client.send("GET", PATH)
        assert len(server.requests) == 3
    assert [message.status for message in log.messages] == [200, None, 200]


async def test_a_closed_client_sends_nothing() -> None:
    async with open_order_client("https://iom.invalid", KeptMessages()) as client:
        await client.aclose()
        with pytest.raises(IomInvalidRequest, match="The client is closed"):
            await post(client)
