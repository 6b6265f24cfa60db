"""The last known states of orders: the contract in memory and on each database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import cached_property

import pytest
from sqlalchemy import select

from iomconnector.jobs.clock import SystemClock
from iomconnector.model.exports import ExportState
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.order_state_store import SqlOrderStateStore
from iomconnector.storage.personal_data import SqlPersonalData
from iomconnector.storage.tables import orders
from iomconnector.testing.contracts import OrderStateStoreContract
from iomconnector.testing.contracts.order_state_store import NUMBERS, state
from iomconnector.testing.memory import MemoryOrderStateStore
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, OTHER_CHANNEL, sample_orders


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
            repository = SqlOrderRepository(database, SystemClock())
            for channel in (CHANNEL, OTHER_CHANNEL):
                placed = sample_orders(numbers, channel=channel)
                await repository.place([(order, ExportState.EXPORTED) for order in placed])
            yield SqlOrderStateStore(database, SystemClock())

    async def test_a_later_answer_about_an_erased_order_is_not_kept(self) -> None:
        async with self.store() as store, aclosing(Database(self.url)) as database:
            await store.keep(CHANNEL, [state("1"), state("2")], ticket=0, observed_at=NOON)
            async with database.reading() as connection:
                own = (orders.c.channel == CHANNEL) & (orders.c.number == "1")
                key = (await connection.execute(select(orders.c.id).where(own))).scalar_one()
            await SqlPersonalData(database).erase(key, by="anna", at=NOON)
            assert (await store.known(CHANNEL, ["1", "2"])).keys() == {"2"}
            ticket = await store.ticket(CHANNEL)
            later = [state("1", "SENT"), state("2", "SENT"), state("not of the shop")]
            kept = await store.keep(CHANNEL, later, ticket=ticket, observed_at=NOON)
            assert kept.keys() == {"2"}
            assert (await store.known(CHANNEL, ["1", "2", "not of the shop"])).keys() == {"2"}
