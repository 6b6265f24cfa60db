"""Ending connections the hard way, for which the server has to hand out the transport."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EXTENSION = "dev_iomconnector_iom.transport"
_LINGER_ZERO = struct.pack("ii", 1, 0)


class TransportProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with the transport of the connection in the scope of every request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(transport)
        inner = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[EXTENSION] = transport
            await inner(scope, receive, send)

        self.app = with_transport


async def reset(scope: Scope, receive: Receive) -> None:
    """End the connection with RST; the client sees "connection reset by peer".

    Raises:
        ConnectionAbortedError: The server does not hand out transports.
    """
    transport = _transport(scope)
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
    await _disconnected(receive)


async def close(scope: Scope, receive: Receive) -> None:
    """End the connection with FIN after the request was read, without an answer.

    Raises:
        ConnectionAbortedError: The server does not hand out transports.
    """
    await drain(receive)
    _transport(scope).close()
    await _disconnected(receive)


async def drain(receive: Receive) -> None:
    """Read the request to its end."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope.get("extensions", {}).get(EXTENSION)
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionAbortedError("This server cannot end connections; run the application with StandIn.")
    return transport


async def _disconnected(receive: Receive) -> None:
    """Wait until the server has noticed, so that it misses no answer."""
    while (await receive())["type"] != "http.disconnect":
        continue
