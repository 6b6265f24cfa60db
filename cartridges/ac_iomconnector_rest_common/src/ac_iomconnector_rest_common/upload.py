"""Sending a body within its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

_PIECE: Final = 65_536


class Upload:
    """A body in pieces that watches the clock of its exchange.

    The connection stands when the first piece is asked for: from then on ``write_timeout`` seconds run for
    the whole body. When the last piece is gone, ``read_timeout`` seconds run for the whole answer. aiohttp
    has no time-out of its own for a receiver that stops reading.
    """

    def __init__(
        self, body: bytes, deadline: asyncio.Timeout, *, write_timeout: float, read_timeout: float
    ) -> None:
        self._body = body
        self._deadline = deadline
        self._write_timeout = write_timeout
        self._read_timeout = read_timeout

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._due_in(self._write_timeout)
        for start in range(0, len(self._body), _PIECE):
            yield self._body[start : start + _PIECE]
        self._due_in(self._read_timeout)

    def _due_in(self, seconds: float) -> None:
        with suppress(RuntimeError):
            self._deadline.reschedule(asyncio.get_running_loop().time() + seconds)
