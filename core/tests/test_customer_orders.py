"""Customers find their own orders: in memory and on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.customer_orders import SqlCustomerOrders
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.order_state_store import SqlOrderStateStore
from iomconnector.testing.contracts import CustomerOrdersContract, CustomerOrderStorage
from iomconnector.testing.contracts.customer_orders import PATRICIA
from iomconnector.testing.contracts.order_state_store import state
from iomconnector.testing.memory import (
    ManualClock,
    MemoryContextRepository,
    MemoryCustomerOrders,
    MemoryOrderRepository,
    MemoryShop,
)
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, OTHER_CHANNEL, sample_order


class TestMemoryCustomerOrders(CustomerOrdersContract):
    @asynccontextmanager
    async def customer_order_storage(self, clock: Clock) -> AsyncIterator[CustomerOrderStorage]:
        shop = MemoryShop(MemoryContextRepository(CONTEXTS))
        orders = MemoryOrderRepository(shop, clock)
        yield CustomerOrderStorage(orders, MemoryCustomerOrders(lambda: [row.stored for row in shop]))


class TestSqlCustomerOrders(CustomerOrdersContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def customer_order_storage(self, clock: Clock) -> AsyncIterator[CustomerOrderStorage]:
        async with aclosing(Database(self.url)) as database:
            for context in CONTEXTS:
                await SqlContextRepository(database).save(context)
            yield CustomerOrderStorage(SqlOrderRepository(database, clock), SqlCustomerOrders(database))

    async def test_the_last_known_state_of_an_exported_order_is_a_condition(self) -> None:
        clock = ManualClock()
        async with aclosing(Database(self.url)) as database:
            for context in CONTEXTS:
                await SqlContextRepository(database).save(context)
            orders = SqlOrderRepository(database, clock)
            exported = [sample_order(number) for number in ("sent", "forgotten", "unknown")]
            there = sample_order("unknown", channel=OTHER_CHANNEL)
            await orders.place([(each, ExportState.EXPORTED) for each in (*exported, there)])
            await orders.place([(sample_order("due"), ExportState.DUE)])
            store = SqlOrderStateStore(database, clock)
            known = [state(number, "SENT") for number in ("sent", "forgotten", "due")]
            await store.keep(CHANNEL, known, ticket=0, observed_at=NOON)
            await store.keep(OTHER_CHANNEL, [state("unknown", "SENT")], ticket=0, observed_at=NOON)
            await store.forget(CHANNEL, ["forgotten"])

            async def found(**conditions: Any) -> list[str]:
                page = await SqlCustomerOrders(database).page(PATRICIA, CustomerOrderQuery(**conditions))
                return [each.request.number for each in page.orders]

            handed_over = (ExportState.EXPORTED,)
            assert await found(status_codes=("SENT",)) == ["sent"]
            assert await found(export_states=handed_over) == ["unknown", "forgotten"]
            assert await found(status_codes=("SENT",), export_states=handed_over) == [
                "unknown",
                "forgotten",
                "sent",
            ]
