"""A relay between a program and a server, at which a test cuts, holds or refuses what passes."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

CHUNK = 65_536
SELDOM_USED = range(12_000, 30_000)
_LINGER_ZERO = struct.pack("ii", 1, 0)


class Relay:
    """Passes TCP connections on, until it is told otherwise. As a context manager it listens in the block.

    Arguments:
        port: Where the server listens on this machine.
    """

    def __init__(self, port: int) -> None:
        self.cuts = 0
        self._target = port
        self._passing = asyncio.Event()
        self._passing.set()
        self._allowance: int | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """Where it listens on this machine."""
        port: int = self._listener.getsockname()[1]
        return port

    def __enter__(self) -> Relay:
        self._thread.start()
        self._server = self._within(asyncio.start_server(self._relay, sock=self._listener))
        return self

    def __exit__(self, *_: object) -> None:
        self._within(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def fall_silent(self) -> None:
        """Be half up: accept every connection, and pass nothing on in either direction."""
        self._loop.call_soon_threadsafe(self._passing.clear)

    def go_on(self) -> None:
        """Pass everything on again; what came meanwhile included."""
        self._allowance = None
        self._loop.call_soon_threadsafe(self._passing.set)

    def cut_answers_after(self, size: int) -> None:
        """Reset each connection when so many bytes of answers have come through it, from now on."""
        self._allowance = size

    def cut(self) -> int:
        """Reset every connection that is open; how many there were."""
        cut: int = self._within(self._cut())
        return cut

    def _within(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _cut(self) -> int:
        cut = list(self._open)
        for writer in cut:
            self._reset(writer)
        return len(cut)

    async def _close(self) -> None:
        self._server.close()
        await self._cut()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _reset(self, writer: asyncio.StreamWriter) -> None:
        self._open.discard(writer)
        connection = writer.get_extra_info("socket")
        if connection is not None:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; asyncio complains of one that it cancels when all ends."""
        with suppress(asyncio.CancelledError):
            await self._relay_to_its_end(reader, writer)

    async def _relay_to_its_end(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            self._reset(writer)
            return
        left = self._allowance

        def spend(size: int) -> int:
            nonlocal left
            allowed = size if left is None else min(size, left)
            left = None if left is None else left - allowed
            return allowed

        up = asyncio.create_task(self._pass_on(reader, there_writer, lambda size: size))
        down = asyncio.create_task(self._pass_on(there_reader, writer, spend))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            if down.done() and left == 0:
                self.cuts += 1
                self._reset(writer)
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            self._open.discard(writer)
            for each in (writer, there_writer):
                each.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, allowed: Callable[[int], int]
    ) -> None:
        with suppress(OSError):
            while content := await reader.read(CHUNK):
                await self._passing.wait()
                size = allowed(len(content))
                writer.write(content[:size])
                await writer.drain()
                if size < len(content):
                    return


def free_port() -> int:
    """A TCP port of this machine on which nothing listens at present.

    It is none of those that systems give to connections, which may take one at any moment: a server that is
    killed and started again finds it free.
    """
    while True:
        port = secrets.choice(SELDOM_USED)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
