"""The contracts of what reads back, kept by the adapters in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from iomconnector.testing.contracts import (
    DocumentScene,
    DocumentServiceContract,
    HistoryScene,
    OrderHistoryServiceContract,
)
from iomconnector.testing.memory import MemoryOrderHistory, MemoryOrderHistoryService


class TestMemoryOrderHistoryService(OrderHistoryServiceContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[HistoryScene]:
        management = MemoryOrderHistory()
        yield HistoryScene(MemoryOrderHistoryService(management), management)


class TestMemoryDocumentService(DocumentServiceContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[DocumentScene]:
        management = MemoryOrderHistory()
        yield DocumentScene(MemoryOrderHistoryService(management), management)
