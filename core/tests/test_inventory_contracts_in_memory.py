"""The contracts of inventory services, kept by the adapter in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from iomconnector.testing.contracts import (
    InventoryScene,
    InventoryServiceContract,
    RemoteInventoryScene,
    RemoteInventoryServiceContract,
)
from iomconnector.testing.memory import MemoryInventory, MemoryInventoryService


class TestMemoryInventoryService(InventoryServiceContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[InventoryScene]:
        inventory = MemoryInventory()
        yield InventoryScene(MemoryInventoryService(inventory), inventory)


class TestMemoryInventoryServiceFarAway(RemoteInventoryServiceContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[RemoteInventoryScene]:
        inventory = MemoryInventory()
        yield RemoteInventoryScene(MemoryInventoryService(inventory), inventory)


class TestMemoryInventoryServiceWhoseReservationsOrdersUse(InventoryServiceContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[InventoryScene]:
        inventory = MemoryInventory()
        service = MemoryInventoryService(inventory, recognizes_keys=False, consumed_by_order=True)
        yield InventoryScene(service, inventory)
