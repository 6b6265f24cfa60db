"""A server over a real socket that does exactly what a test tells it, rules of HTTP broken included."""

import asyncio
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request as it came over the wire.

    Arguments:
        method: The method.
        target: Path and query, encoded as they came.
        headers: The headers, names in lower case.
        body: The body.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def segments(self) -> list[str]:
        """The path, cut at its slashes and then decoded."""
        return [unquote(part) for part in self.target.partition("?")[0].split("/")[1:]]

    @property
    def params(self) -> list[tuple[str, str]]:
        """The query, decoded, in its order."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


@dataclass(slots=True)
class RawConnection:
    """One connection, as the server sees it.

    Arguments:
        reader: What comes.
        writer: What goes.
        requests: Every request that the server read so far, over all connections.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    requests: list[RawRequest]

    async def read_request(self) -> RawRequest:
        """Read one complete request and keep it in ``requests``.

        Raises:
            asyncio.IncompleteReadError: The client closed the connection first.
        """
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = first.split(" ")
        request = RawRequest(method, target, headers, body)
        self.requests.append(request)
        return request

    async def answer(self, status: int, body: bytes = b"", *headers: str) -> None:
        """Write a well-formed answer."""
        lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers]
        await self.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    async def write(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def until_closed(self) -> None:
        """Do nothing until the client closes the connection."""
        while await self.reader.read(65_536):
            pass

    def reset(self) -> None:
        """Break the connection with a reset."""
        self.writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[RawConnection], Awaitable[None]]
"""What a server does with a connection; the connection is closed when it returns."""


@dataclass
class RawServer:
    """Listens on a free port of this machine for as long as it is entered.

    Arguments:
        behaviour: What it does with every connection.
        tls: Speaks TLS where given.
    """

    behaviour: Behaviour
    tls: ssl.SSLContext | None = None
    requests: list[RawRequest] = field(default_factory=list)
    connections: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("The server listens only inside its async with block.")
        port = self._server.sockets[0].getsockname()[1]
        return f"{'https' if self.tls else 'http'}://localhost:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(RawConnection(reader, writer, self.requests)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: RawConnection) -> None:
        try:
            await self.behaviour(connection)
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            connection.writer.close()
            with suppress(OSError):
                await connection.writer.wait_closed()


def answering(status: int, body: bytes = b"", *headers: str) -> Behaviour:
    """Answer every request of a connection in the same way."""

    async def behaviour(connection: RawConnection) -> None:
        while True:
            await connection.read_request()
            await connection.answer(status, body, *headers)

    return behaviour
