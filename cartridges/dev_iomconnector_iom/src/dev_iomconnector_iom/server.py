"""Running a stand-in: in this event loop, or in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import uvicorn
from pydantic import SecretStr

from dev_iomconnector_iom.application import CONTROL_PATH, Middleware, create_app
from dev_iomconnector_iom.config import StandInConfig
from dev_iomconnector_iom.contract.versions import BASE_PATH
from dev_iomconnector_iom.control.client import ControlClient
from dev_iomconnector_iom.control.desk import ControlDesk
from dev_iomconnector_iom.faults.connection import TransportProtocol

_BACKLOG = 2048
_SECONDS_TO_FINISH = 2


class StandInStartError(RuntimeError):
    """The stand-in could not start; the text says why."""


class StandIn:
    """A stand-in that listens between entering and leaving the context.

    .. code-block:: python

        async with StandIn(StandInConfig()) as iom:
            ...  # iom.url, iom.control_url, iom.desk

    Arguments:
        config: What it is told.
        middleware: See :func:`dev_iomconnector_iom.create_app`.

    Raises:
        StandInStartError: The port is taken, or the storage cannot be opened.
    """

    def __init__(self, config: StandInConfig, *, middleware: Sequence[Middleware] = ()) -> None:
        self._config = config
        self._app = create_app(config, middleware=middleware)
        self._server: uvicorn.Server | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where it listens, as ``http://127.0.0.1:40123``."""
        return self._url

    @property
    def order_url(self) -> str:
        """The base of Order REST."""
        return self._url + BASE_PATH

    @property
    def control_url(self) -> str:
        """The base of the control interface; it answers 404 unless a control token is configured."""
        return self._url + CONTROL_PATH

    @property
    def desk(self) -> ControlDesk:
        """The control interface without HTTP, for code in the same event loop."""
        return self._app.desk

    async def __aenter__(self) -> Self:
        listener = _listen(self._config.host, self._config.port)
        server = uvicorn.Server(_server_config(self._config, self._app))
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        try:
            await server.startup(sockets=[listener])
        except SystemExit:
            listener.close()
            reason = f"The storage {self._config.storage} cannot be opened: {self._app.failure}."
            raise StandInStartError(reason) from None
        host, port = listener.getsockname()[:2]
        self._url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._server = server
        self._ticking = asyncio.create_task(server.main_loop(), name="uvicorn ticks")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        assert self._ticking is not None
        self._ticking.cancel()
        with suppress(asyncio.CancelledError):
            await self._ticking
        self._app.release_hanging()
        await self._server.shutdown()


@dataclass(frozen=True, slots=True)
class RunningStandIn:
    """A stand-in in another thread.

    Arguments:
        url: Where it listens.
        control_url: The base of the control interface.
    """

    url: str
    control_url: str
    _control_token: SecretStr | None

    @property
    def order_url(self) -> str:
        """The base of Order REST."""
        return self.url + BASE_PATH

    @property
    def control(self) -> ControlClient:
        """A client of the control interface; needs a control token in the configuration."""
        if self._control_token is None:
            raise RuntimeError("The control interface is off; set control_token in StandInConfig.")
        return ControlClient(self.control_url, self._control_token.get_secret_value())


@contextmanager
def run_in_thread(
    config: StandInConfig, *, middleware: Sequence[Middleware] = ()
) -> Iterator[RunningStandIn]:
    """Run a stand-in in a thread, for code without an event loop.

    Raises:
        StandInStartError: The port is taken, or the storage cannot be opened.
    """
    ready = threading.Event()
    failures: list[BaseException] = []
    running: list[tuple[StandIn, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        async with StandIn(config, middleware=middleware) as stand_in:
            running.append((stand_in, asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    def body() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # handed to the thread that waits for the start
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=body, name="iom stand-in", daemon=True)
    thread.start()
    ready.wait()
    if not running:
        thread.join()
        raise failures[0]
    stand_in, loop, stop = running[0]
    try:
        yield RunningStandIn(stand_in.url, stand_in.control_url, config.control_token)
    finally:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)
        thread.join()
        if failures:
            raise failures[0]


def _server_config(config: StandInConfig, app: Callable[..., Any]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=TransportProtocol,
        ws="none",
        loop="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        limit_concurrency=config.max_connections + 1,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        timeout_keep_alive=65,
    )


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; it names TCP, because asyncio sets TCP_NODELAY only on sockets that do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise StandInStartError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return listener
