"""The last known states of orders: the contract in memory and on each database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import cached_property

import pytest

from iomconnector.jobs.clock import SystemClock
from iomconnector.model.exports import ExportState
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.order_state_store import SqlOrderStateStore
from iomconnector.testing.contracts import OrderStateStoreContract
from iomconnector.testing.contracts.order_state_store import NUMBERS
from iomconnector.testing.memory import MemoryOrderStateStore
from iomconnector.testing.samples import CHANNEL, CONTEXTS, OTHER_CHANNEL, sample_orders


class TestMemoryOrderStateStore(OrderStateStoreContract):
    _store = cached_property(lambda _: MemoryOrderStateStore())

    @asynccontextmanager
    async def store(self, numbers: Sequence[str] = NUMBERS) -> AsyncIterator[MemoryOrderStateStore]:
        yield self._store


class TestSqlOrderStateStore(OrderStateStoreContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def store(self, numbers: Sequence[str] = NUMBERS) -> AsyncIterator[SqlOrderStateStore]:
        async with aclosing(Database(self.url)) as database:
            for context in CONTEXTS:
                await SqlContextRepository(database).save(context)
            orders = SqlOrderRepository(database, SystemClock())
            for channel in (CHANNEL, OTHER_CHANNEL):
                placed = sample_orders(numbers, channel=channel)
                await orders.place([(order, ExportState.EXPORTED) for order in placed])
            yield SqlOrderStateStore(database, SystemClock())
