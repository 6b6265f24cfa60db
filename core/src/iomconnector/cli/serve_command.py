"""``iomconnector serve``."""

import asyncio
import socket
from typing import Annotated

import structlog
import typer
import uvicorn

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.jobs.background import BackgroundService
from iomconnector.web.app import create_web_application

app = typer.Typer()
log = structlog.get_logger(__name__)


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    export: Annotated[bool, typer.Option(help="Export orders in this process.")] = True,
) -> None:
    """Run the web application, the exporter and what the cartridges add, until stopped.

    A first SIGTERM or Ctrl-C finishes the exports that were begun, then ends.
    """

    async def work(application: Application) -> None:
        settings = application.settings
        web = _AnnouncedServer(
            uvicorn.Config(
                create_web_application(application),
                host=host or settings.host,
                port=settings.port if port is None else port,
                log_level="warning",
            )
        )
        await _serve(application, web, _background(application, export=export))

    invocation_of(context).run(work)


def _background(application: Application, *, export: bool) -> list[BackgroundService]:
    offered = application.cartridges.collect("iomconnector_background_services", application=application)
    services: list[BackgroundService] = [service for _, service in offered]
    if export:
        services.append(BackgroundService("order exporter", application.exporter().run))
    return services


async def _serve(application: Application, web: uvicorn.Server, background: list[BackgroundService]) -> None:
    await application.ledger.counts()
    stop = asyncio.Event()
    running = [asyncio.create_task(_run(service, stop), name=service.name) for service in background]
    try:
        await web.serve()
    finally:
        stop.set()
        await asyncio.gather(*running)


async def _run(service: BackgroundService, stop: asyncio.Event) -> None:
    log.info("started", service=service.name)
    try:
        await service.run(stop)
    except Exception:
        log.exception("ended unexpectedly", service=service.name)
        raise
    log.info("ended", service=service.name)


class _AnnouncedServer(uvicorn.Server):
    """Says where it listens as soon as it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers:
            for listening in server.sockets:
                address, port = listening.getsockname()[:2]
                typer.echo(f"Listening on http://{address}:{port}, the API is described at /docs.")
