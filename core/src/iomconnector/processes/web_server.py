"""A web server within a process that has more to stop than that."""

import math
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


class WebServer(uvicorn.Server):
    """Says when it answers; leaves signals to the process.

    Arguments:
        application: An ASGI application.
        grace: Seconds that requests have to end, once it is to stop.
        announce: Is called as soon as it answers.
    """

    def __init__(
        self, application: Any, *, grace: float, announce: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=max(1, math.ceil(grace)),
            )
        )
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer from now on."""
        await super().startup(sockets)
        self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield
