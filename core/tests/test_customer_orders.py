"""Customers find their own orders: in memory and on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from iomconnector.ports.clock import Clock
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.customer_orders import SqlCustomerOrders
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.contracts import CustomerOrdersContract, CustomerOrderStorage
from iomconnector.testing.memory import (
    MemoryContextRepository,
    MemoryCustomerOrders,
    MemoryOrderRepository,
    MemoryShop,
)
from iomconnector.testing.samples import CONTEXTS


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
