"""The SimpleInventoryService keeps the contract of inventory services on each database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from bc_inventory.service import SimpleInventoryService
from bc_inventory.testing import StockOnShelves, simple_inventory, stock_database
from iomconnector.model.availability import ProductStock
from iomconnector.testing.contracts import InventoryScene, InventoryServiceContract
from iomconnector.testing.memory import ManualClock


class Counting(SimpleInventoryService):
    """Tells the shelves each time it reads the stock."""

    shelves: StockOnShelves

    async def availability(
        self, skus: Sequence[str], reservation: str | None = None
    ) -> Mapping[str, ProductStock]:
        if skus:
            self.shelves.count_a_question()
        return await super().availability(skus, reservation)


class TestSimpleInventoryService(InventoryServiceContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[InventoryScene]:
        clock = ManualClock()
        async with stock_database(self.url) as database:
            service = simple_inventory(database, clock)
            service.__class__ = Counting
            assert isinstance(service, Counting)
            service.shelves = StockOnShelves(database, clock)
            yield InventoryScene(service, service.shelves)
