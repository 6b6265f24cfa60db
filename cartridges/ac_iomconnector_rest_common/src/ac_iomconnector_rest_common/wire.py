"""What carries requests to IOM and answers back, whatever library does it."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from ac_iomconnector_rest_common.upload import Upload


class Reply(Protocol):
    """An answer whose headers are here and whose body is still coming."""

    @property
    def status(self) -> int:
        """The status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in any case; those of one name are joined by commas."""
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """The body piece by piece, decompressed."""
        ...

    async def give_back(self) -> None:
        """Give the connection back for the next request, or cut it off where the answer was not read to its
        end."""
        ...


class Wire(Protocol):
    """Sends each request once: no redirects, no cookies, no repetitions, no proxy from the environment."""

    async def send(self, method: str, url: str, headers: Mapping[str, str], upload: Upload | None) -> Reply:
        """Send a request and wait for the headers of its answer.

        Arguments:
            method: The HTTP method, upper case.
            url: Where to, encoded.
            headers: What to send with it, the length of the body included.
            upload: The body; none for a request without body.

        Raises:
            Exception: One of ``connection_failures.BROKEN_EXCHANGE``: there is no answer.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
