"""What an HTTP client costs: requests a second and milliseconds a request over 20 connections.

Run it with ``python benchmarks/http_client.py --requests 3000``. The server is a bare asyncio protocol in a
process of its own, so that the client is the slower side. Every round runs all clients one after another;
the figures are medians over the rounds, the ratios compare with bare aiohttp in the same round.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from ac_iomconnector_rest_common.order_api import BASE_PATH, MEDIA_TYPE
from ac_iomconnector_rest_common.resource_url import resource_path
from ac_iomconnector_rest_common.testing.rest_clients import (
    KeptMessages,
    connection_settings,
    order_rest_client,
)

CONNECTIONS: Final = 20
BODY: Final = b'{"shopOrderNumber": "' + b"4" * 4070 + b'"}'
HEADERS: Final = {
    "Authorization": "Basic d2Vic2VydmljZV9zaG9wOnNlY3JldA==",
    "Accept": MEDIA_TYPE,
    "Content-Type": MEDIA_TYPE,
}
ORDERS: Final = ("shops", "10020", "orders")
PATH: Final = resource_path(BASE_PATH, ORDERS)

Post = Callable[[], Awaitable[object]]


class OrderSink(asyncio.Protocol):
    """Reads requests and answers each with 201."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._take_request() and self._transport is not None:
            self._transport.write(
                b"HTTP/1.1 201 Created\r\nLocation: /rest/order-service/shops/10020/orders/4\r\n"
                b"Content-Length: 0\r\n\r\n"
            )

    def _take_request(self) -> bool:
        head, separator, rest = self._received.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        size = int(length[1]) if length else 0
        if not separator or len(rest) < size:
            return False
        self._received = rest[size:]
        return True


async def serve() -> None:
    """Serve until killed; the first line of output is the port."""
    server = await asyncio.get_running_loop().create_server(OrderSink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def server_process() -> Iterator[str]:
    """A server in a process of its own; gives its address."""
    with subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None:
            raise RuntimeError("The server has no output.")
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def session() -> aiohttp.ClientSession:
    """The same aiohttp session for every client that uses one."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS), cookie_jar=aiohttp.DummyCookieJar()
    )


@asynccontextmanager
async def bare_aiohttp(url: str) -> AsyncIterator[Post]:
    async with session() as client:

        async def post() -> None:
            async with client.post(f"{url}{PATH}", data=BODY, headers=HEADERS) as answer:
                await answer.read()

        yield post


@asynccontextmanager
async def _httpx_client(url: str, transport: httpx.AsyncBaseTransport) -> AsyncIterator[Post]:
    async with httpx.AsyncClient(transport=transport, timeout=30, trust_env=False) as client:
        yield lambda: client.post(f"{url}{PATH}", content=BODY, headers=HEADERS)


def httpx_aiohttp_client(url: str) -> AbstractAsyncContextManager[Post]:
    return _httpx_client(url, AiohttpTransport(client=session))


def httpx_own_pool(url: str) -> AbstractAsyncContextManager[Post]:
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    return _httpx_client(url, httpx.AsyncHTTPTransport(limits=limits))


@asynccontextmanager
async def httpx_aiohttp_transport(url: str) -> AsyncIterator[Post]:
    timeouts = {"timeout": {"connect": 5, "read": 30, "write": 30, "pool": 30}}
    async with AiohttpTransport(client=session) as transport:

        async def post() -> None:
            request = httpx.Request(
                "POST",
                f"{url}{PATH}",
                headers=HEADERS,
                content=BODY,
                extensions=timeouts,
            )
            answer = await transport.handle_async_request(request)
            await answer.aread()
            await answer.aclose()

        yield post


@asynccontextmanager
async def rest_client(url: str) -> AsyncIterator[Post]:
    settings = connection_settings(url, max_connections=CONNECTIONS)
    client = order_rest_client(settings, KeptMessages())
    try:
        yield lambda: client.send("POST", ORDERS, body=BODY)
    finally:
        await client.aclose()


CLIENTS: Final[dict[str, Callable[[str], AbstractAsyncContextManager[Post]]]] = {
    "bare aiohttp": bare_aiohttp,
    "httpx-aiohttp, transport alone": httpx_aiohttp_transport,
    "httpx-aiohttp, AsyncClient": httpx_aiohttp_client,
    "httpx, own pool": httpx_own_pool,
    "RestClient (auth, masks, log)": rest_client,
}


@dataclass(frozen=True)
class Figures:
    """What one client did in one round; times in milliseconds a request."""

    rate: float
    median: float
    p99: float
    cpu: float


async def measure(
    client: Callable[[str], AbstractAsyncContextManager[Post]], url: str, requests: int
) -> Figures:
    """Post ``requests`` times, always 20 at once, after a warm-up."""
    async with client(url) as post:
        await _post_all(post, CONNECTIONS * 5)
        cpu, started = time.process_time(), time.perf_counter()
        durations = sorted(await _post_all(post, requests))
        elapsed = time.perf_counter() - started
        cpu = time.process_time() - cpu
    return Figures(
        rate=requests / elapsed,
        median=statistics.median(durations) * 1000,
        p99=durations[int(len(durations) * 0.99)] * 1000,
        cpu=cpu / requests * 1000,
    )


async def _post_all(post: Post, requests: int) -> list[float]:
    numbers = iter(range(requests))
    durations: list[float] = []

    async def work() -> None:
        for _ in numbers:
            started = time.perf_counter()
            await post()
            durations.append(time.perf_counter() - started)

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return durations


def main() -> None:
    """Measure and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--requests", type=int, default=3000, help="requests a client and round")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.serve:
        asyncio.run(serve())
        return
    with server_process() as url:
        rounds = [
            {name: asyncio.run(measure(client, url, options.requests)) for name, client in CLIENTS.items()}
            for _ in range(options.rounds)
        ]
    print(f"{CONNECTIONS} connections, POST of {len(BODY)} bytes, {options.requests} requests a round")
    print(f"{'client':32}{'1/s':>8}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'rate : aiohttp':>16}")
    for name in CLIENTS:
        seen = [figures[name] for figures in rounds]
        ratio = statistics.median(figures[name].rate / figures["bare aiohttp"].rate for figures in rounds)
        print(
            f"{name:32}{statistics.median(f.rate for f in seen):8.0f}"
            f"{statistics.median(f.median for f in seen):9.2f}{statistics.median(f.p99 for f in seen):9.2f}"
            f"{statistics.median(f.cpu for f in seen):9.3f}{ratio:16.2f}"
        )


if __name__ == "__main__":
    main()
