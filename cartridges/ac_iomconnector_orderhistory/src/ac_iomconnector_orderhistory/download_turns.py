"""How many documents are on their way at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ac_iomconnector_orderhistory.configuration import OrderHistoryConfiguration
from iomconnector.ports.document_service import DocumentsBusyError


class DownloadTurns:
    """Lets half of the connections be used for documents, so that customers who read slowly hold up documents
    at most, and never the states of orders.

    Arguments:
        configuration: How many connections there are, and how long to wait for one.
    """

    def __init__(self, configuration: OrderHistoryConfiguration) -> None:
        self._free = asyncio.Semaphore(max(1, configuration.max_connections // 2))
        self._patience = configuration.pool_timeout

    @asynccontextmanager
    async def turn(self, number: str) -> AsyncIterator[None]:
        """Be one of the documents on their way inside the block.

        Raises:
            DocumentsBusyError: It was not its turn within the pool time-out.
        """
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise DocumentsBusyError(
                f"Too many documents are on their way, so that none of order {number} can be fetched now.",
                hint="Try again later. Where it happens often, raise max_connections of the service.",
                order=number,
            ) from None
        try:
            yield
        finally:
            self._free.release()
