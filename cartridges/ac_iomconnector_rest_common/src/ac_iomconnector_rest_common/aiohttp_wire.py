"""The connections to IOM: aiohttp's pool. [docs/decisions/0004-http-client.md]"""

import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Final

import aiohttp
import httpx
from aiohttp.client_middlewares import ClientHandlerType

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_rest_common.upload import Upload
from iomconnector.errors import ConfigurationError

IDLE_SECONDS: Final = 15.0
"""Seconds after which an idle connection is given up; shorter than servers and proxies commonly wait."""

_PIECE: Final = 16_384


class ConnectionLost(aiohttp.ClientConnectionError):
    """A connection broke after it stood, so that the request may have been sent."""


class AiohttpWire:
    """Implements ``Wire`` on a pool of connections, opened when they are needed.

    It keeps no cookies, follows no redirects, reads no proxy from the environment and sends every request
    once, also over a connection that turns out to be dead.

    Arguments:
        settings: Time-outs, size of the pool, certificates.

    Raises:
        ConfigurationError: The file of certificate authorities cannot be read.
    """

    def __init__(self, settings: ConnectionSettings) -> None:
        self._most_connections = settings.max_connections
        self._tls = _tls_context(settings)
        self._timeout = aiohttp.ClientTimeout(
            connect=settings.pool_timeout,
            sock_connect=settings.connect_timeout,
            sock_read=settings.read_timeout,
        )
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], upload: Upload | None
    ) -> "AiohttpReply":
        """Send a request. See ``Wire.send``."""
        if self._session is None:
            self._session = self._opened()
        return AiohttpReply(
            await self._session.request(
                method, url, headers=headers, data=upload, allow_redirects=False, timeout=self._timeout
            )
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._most_connections, keepalive_timeout=IDLE_SECONDS, ssl=self._tls
        )
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), middlewares=(_send_once,)
        )


class AiohttpReply:
    """Implements ``Reply`` on an answer of aiohttp."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers = httpx.Headers(response.raw_headers)

    def pieces(self) -> AsyncIterator[bytes]:
        """The body piece by piece, decompressed."""
        return self._response.content.iter_chunked(_PIECE)

    async def give_back(self) -> None:
        """Give the connection back."""
        if not self._response.closed:
            self._response.release()
            await self._response.wait_for_close()


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
