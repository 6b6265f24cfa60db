"""A transport of httpx in place of the pool: httpx's own for a proxy or HTTP/2, its mocks for tests."""

from collections.abc import AsyncIterator, Mapping

import httpx

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_rest_common.upload import Upload


class HttpxWire:
    """Implements ``Wire`` on a transport of httpx, which is closed with it.

    Arguments:
        settings: The time-outs.
        transport: What sends.
    """

    def __init__(self, settings: ConnectionSettings, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self._extensions = {
            "timeout": {
                "connect": settings.connect_timeout,
                "read": settings.read_timeout,
                "write": settings.write_timeout,
                "pool": settings.pool_timeout,
            }
        }

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], upload: Upload | None
    ) -> "HttpxReply":
        """Send a request. See ``Wire.send``."""
        request = httpx.Request(
            method, httpx.URL(url), headers=headers, content=upload, extensions=self._extensions
        )
        return HttpxReply(await self._transport.handle_async_request(request))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()


class HttpxReply:
    """Implements ``Reply`` on an answer of httpx."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers

    def pieces(self) -> AsyncIterator[bytes]:
        """The body piece by piece, decompressed."""
        return self._response.aiter_bytes()

    async def give_back(self) -> None:
        """Give the connection back."""
        await self._response.aclose()
