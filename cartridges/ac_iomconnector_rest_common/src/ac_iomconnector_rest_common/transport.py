"""The connections to IOM: aiohttp's pool under httpx's interface. [docs/decisions/0004-http-client.md]"""

import ssl
from typing import Final

import aiohttp
import httpx
from aiohttp.client_middlewares import ClientHandlerType
from httpx_aiohttp import AiohttpTransport

from ac_iomconnector_common.connection import ConnectionSettings
from iomconnector.errors import ConfigurationError

IDLE_SECONDS: Final = 15.0
"""Seconds after which an idle connection is given up; shorter than servers and proxies commonly wait."""


class ConnectionLost(aiohttp.ClientConnectionError):
    """A connection broke after it stood, so that the request may have been sent."""


def pooled_transport(settings: ConnectionSettings) -> httpx.AsyncBaseTransport:
    """A pool of connections, opened when they are needed.

    It keeps no cookies, follows no redirects, reads no proxy from the environment and sends every request
    once, also over a connection that turns out to be dead.

    Raises:
        ConfigurationError: The file of certificate authorities cannot be read.
    """
    context = _tls_context(settings)

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=settings.max_connections, keepalive_timeout=IDLE_SECONDS, ssl=context
        )
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), middlewares=(_send_once,)
        )

    return AiohttpTransport(verify=context, trust_env=False, client=session)


async def _send_once(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a request a second time on its own: each attempt belongs in the log."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise ConnectionLost(str(error)) from error


def _tls_context(settings: ConnectionSettings) -> ssl.SSLContext:
    if not settings.base_url.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"The certificate authorities in {settings.ca_file} cannot be read: {error}.",
            hint="Correct ca_file: it must be a PEM file that this process may read.",
        ) from error
    if not settings.verify_tls:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
