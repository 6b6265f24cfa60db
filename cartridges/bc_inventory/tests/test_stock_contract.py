"""The SimpleInventoryService keeps the contract of inventory services on each database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bc_inventory.service import SimpleInventoryService
from bc_inventory.testing import StockOnShelves, simple_inventory, stock_database
from iomconnector.model.availability import ProductStock, ReservationType
from iomconnector.ports.inventory_service import ReservationGoneError
from iomconnector.testing.contracts import InventoryScene, InventoryServiceContract
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import OTHER_CHANNEL


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

    async def test_a_channel_has_nothing_to_say_about_the_reservations_of_another(self) -> None:
        clock, hour = ManualClock(), timedelta(hours=1)
        async with stock_database(self.url) as database:
            mine = simple_inventory(database, clock)
            other = simple_inventory(database, clock, channel=OTHER_CHANNEL)
            await StockOnShelves(database, clock).put("A", 10)
            held = await mine.reserve({"A": 4}, kind=ReservationType.COMPLETE, lifetime=hour, key="basket")
            for asked in (
                other.reservation(held.id),
                other.extend(held.id, hour),
                other.fulfil(held.id, "1"),
            ):
                with pytest.raises(ReservationGoneError):
                    await asked
            await other.release(held.id)
            assert await mine.reservation(held.id) == held
            await mine.fulfil(held.id, "1")
            await other.restock(held.id, "1")
            assert (await mine.availability(["A"]))["A"].quantity == 6
