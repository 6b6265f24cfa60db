"""Run the web application and what runs beside it, until the process is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from socket import socket
from typing import Any

from iomconnector.application import Application
from iomconnector.jobs.background import BackgroundService, Place
from iomconnector.processes.listening import AddressNotAvailableError, listening, url_of
from iomconnector.processes.runtime import Runtime, job_engine, offered_services, working_services
from iomconnector.processes.supervision import BackgroundServiceError
from iomconnector.processes.web_server import WebServer
from iomconnector.web.app import create_web_application

__all__ = ["AddressNotAvailableError", "BackgroundServiceError", "serve_application"]


async def serve_application(
    application: Application,
    *,
    host: str,
    port: int,
    export: bool = True,
    announce: Callable[[str, str | None], object] = lambda _, __: None,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests and exports that were begun.

    Arguments:
        application: The system.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        export: Whether this process also works: exports orders, and runs what belongs to workers.
        announce: Is told the URL as soon as it answers, and that of the operations listener, if there is one.

    Raises:
        StorageError: The database is not prepared or cannot be read; nothing listened.
        AddressNotAvailableError: The address or port cannot be had.
        ConfigurationError: The operations listener would be open to other machines without a token.
        BackgroundServiceError: A background service failed; everything else was stopped in order.
    """
    runtime = Runtime(application)
    services = offered_services(application, Place.WEB)
    if export:
        services += working_services(application)
    elif not application.job_engine.shared:
        services.append(job_engine(application))
    web = create_web_application(application, health=runtime.health)
    with listening(host, port, mend="Choose others with --host and --port") as listener:

        def answers() -> None:
            runtime.started(f"serves {url_of(listener)}{' and exports' if export else ''}")
            announce(url_of(listener), runtime.operations_url)

        services.append(_web_service(web, listener, application.settings.shutdown_grace, answers))
        await runtime.run(services)


def _web_service(
    web: Any, listener: socket, grace: float, answers: Callable[[], object]
) -> BackgroundService:
    server = WebServer(web, grace=grace, announce=answers)

    async def run(stop: asyncio.Event) -> None:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            server.should_exit = True
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = server.force_exit = True
            await serving
            raise
        finally:
            stopped.cancel()

    def under_way() -> list[str]:
        requests = len(server.server_state.tasks)
        return [f"{requests} requests"] if requests else []

    return BackgroundService("web application", run, Place.WEB, under_way)
