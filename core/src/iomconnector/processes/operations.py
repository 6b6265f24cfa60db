"""The operations listener: a port of its own on which a process tells machines how it is.

``/health/live`` answers as long as the event loop does; ``/health/ready`` says whether the process is fit to
work, and what is wrong where it is not; ``/metrics`` is for Prometheus.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from iomconnector.errors import ConfigurationError
from iomconnector.processes.health import Health
from iomconnector.processes.listening import listening, url_of
from iomconnector.processes.web_server import WebServer
from iomconnector.settings import Settings, variable_of

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

Metrics = Callable[[], Awaitable[tuple[bytes, str]]]
"""Gives the metrics of this process, and their content type."""

SECONDS_TO_END = 2


@asynccontextmanager
async def operations_listener(
    settings: Settings, health: Health, metrics: Metrics | None
) -> AsyncIterator[str | None]:
    """Listen for the length of the block, where the settings ask for it; gives the URL.

    Arguments:
        settings: The host, the port and the token.
        health: The health of this process.
        metrics: Its metrics; without, ``/metrics`` is not there.

    Raises:
        AddressNotAvailableError: The address or port cannot be had.
        ConfigurationError: Others than this machine could read the metrics without a token.
    """
    if settings.operations_port is None:
        yield None
        return
    token = settings.operations_token.get_secret_value() if settings.operations_token else None
    if not token and not _loopback(settings.operations_host):
        raise ConfigurationError(
            f"The operations listener on {settings.operations_host} is open to other machines, and no "
            "token guards its metrics.",
            hint=f"Set {variable_of('operations_token')}, or {variable_of('operations_host')} to 127.0.0.1.",
        )
    mend = f"Set {variable_of('operations_port')} to another port, or to 0 for a free one"
    with listening(settings.operations_host, settings.operations_port, mend=mend) as listener:
        server = WebServer(_application(health, metrics, token), grace=SECONDS_TO_END)
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="operations listener")
        try:
            yield url_of(listener)
        finally:
            server.should_exit = True
            await asyncio.wait({serving})


def _application(health: Health, metrics: Metrics | None, token: str | None) -> Starlette:
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, PlainTextResponse, Response
    from starlette.routing import Route

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> Response:
        problems = [{"check": each.check, "reason": each.reason} for each in await health.problems()]
        if problems:
            return JSONResponse({"status": "not ready", "problems": problems}, 503)
        return JSONResponse({"status": "ready", "problems": []})

    async def measured(request: Request) -> Response:
        if token and not _bears(request, token):
            said = "The metrics need the bearer token that operations_token sets.\n"
            return PlainTextResponse(said, 401, {"WWW-Authenticate": 'Bearer realm="operations"'})
        assert metrics is not None
        body, content_type = await metrics()
        return Response(body, media_type=None, headers={"Content-Type": content_type})

    routes = [Route("/health/live", live), Route("/health/ready", ready)]
    if metrics is not None:
        routes.append(Route("/metrics", measured))
    return Starlette(routes=routes)


def _bears(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
