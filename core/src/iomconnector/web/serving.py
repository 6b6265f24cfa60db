"""Run the web application and what runs beside it, until the process is told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
import uvicorn

from iomconnector.application import Application
from iomconnector.errors import ConfigurationError, ConnectorError
from iomconnector.jobs.background import BackgroundService
from iomconnector.model.exports import ExportState
from iomconnector.usecases.export_orders import ExportResult
from iomconnector.web.app import create_web_application

GRACE_SECONDS = 30
BACKLOG = 2048

log = structlog.get_logger(__name__)


class AddressNotAvailableError(ConfigurationError):
    """The web application cannot listen where it should: the port is taken, or the address is not here."""

    code = "serve.address_not_available"


class BackgroundServiceError(ConnectorError):
    """Something that has to run beside the web application ended on its own."""

    code = "serve.background_service_ended"


async def serve_application(
    application: Application,
    *,
    host: str,
    port: int,
    export: bool = True,
    announce: Callable[[str], object] = lambda _: None,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests and exports that were begun.

    Arguments:
        application: The system.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        export: Whether orders are exported in this process.
        announce: Is told the URL as soon as it answers.

    Raises:
        StorageError: The database is not prepared or cannot be read; nothing listened.
        AddressNotAvailableError: The address or port cannot be had.
        BackgroundServiceError: A background service failed; everything else was stopped in order.
    """
    await application.ledger.counts()
    background = _background(application, export=export)
    with _listening(host, port) as listener, _stopping_on_signals() as stop:
        config = uvicorn.Config(
            create_web_application(application),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        web = _Server(config, lambda: announce(_url_of(listener)))
        running = [asyncio.create_task(_run(each, stop), name=each.name) for each in background]
        serving = asyncio.create_task(web.serve(sockets=[listener]), name="web application")
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([serving, stopped], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        web.should_exit = True
        await asyncio.gather(stopped, serving, *running, return_exceptions=True)
    for task in (serving, *running):
        task.result()


class _Server(uvicorn.Server):
    """Says when it answers; leaves signals to the process, which has more to stop than the web server."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], object]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _stopping_on_signals() -> Iterator[asyncio.Event]:
    """An event that is set by the first SIGTERM or SIGINT; the second one has its usual effect."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def release() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)

    def stop_once() -> None:
        stop.set()
        release()
        log.info("stopping")

    for number in numbers:
        loop.add_signal_handler(number, stop_once)
    try:
        yield stop
    finally:
        release()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise AddressNotAvailableError(
            f"Port {port} of {host} cannot be had: {_reason(error)}.",
            hint="Choose others with --host and --port, or stop the process that listens there.",
            host=host,
            port=port,
        ) from error
    with listener:
        yield listener


def _reason(error: OSError) -> str:
    """Why, without what :func:`socket.create_server` adds to it."""
    return str(error.strerror).partition(" (while ")[0]


def _url_of(listener: socket.socket) -> str:
    address, port = listener.getsockname()[:2]
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def _background(application: Application, *, export: bool) -> Sequence[BackgroundService]:
    offered = application.cartridges.collect("iomconnector_background_services", application=application)
    services: list[BackgroundService] = [service for _, service in offered]
    if export:
        exporter = application.exporter(ExportReporter())
        application.place_orders.when_placed(exporter.wake)
        application.approve_orders.when_due(exporter.wake)
        services.append(BackgroundService("order exporter", exporter.run))
    return services


class ExportReporter:
    """Logs what an operator must know of the export: parked orders, and a service that goes or comes back."""

    def __init__(self) -> None:
        self._away: set[str] = set()

    def __call__(self, result: ExportResult) -> None:
        request = result.claim.request
        if result.state is ExportState.PARKED:
            log.warning("parked", order=request.number, channel=request.channel, reason=result.reason)
        elif result.whole_service and request.channel not in self._away:
            self._away.add(request.channel)
            log.warning("orders wait", channel=request.channel, order=request.number, reason=result.reason)
        elif result.state is ExportState.EXPORTED and request.channel in self._away:
            self._away.discard(request.channel)
            log.info("orders are exported again", channel=request.channel)


async def _run(service: BackgroundService, stop: asyncio.Event) -> None:
    log.info("started", service=service.name)
    try:
        await service.run(stop)
    except Exception as error:
        stop.set()
        log.exception("ended unexpectedly", service=service.name)
        raise BackgroundServiceError(
            f"The background service {service.name!r} failed: {type(error).__name__}: {error}.",
            hint="The log tells more.",
            service=service.name,
        ) from error
    log.info("ended", service=service.name)
