"""The contract of the shop's reservations, kept in memory and on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import cached_property

import pytest

from iomconnector.ports.clock import Clock
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.export_queries import SqlExportQueries
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.reservation_ledger import SqlReservationLedger
from iomconnector.testing.contracts import OrderStorage, ReservationLedgerContract, ReservationStorage
from iomconnector.testing.memory import (
    MemoryAuditTrail,
    MemoryContextRepository,
    MemoryExportLedger,
    MemoryExportQueries,
    MemoryOrderRepository,
    MemoryReservationLedger,
    MemoryShop,
)
from iomconnector.testing.samples import CONTEXTS


class TestMemoryReservationLedger(ReservationLedgerContract):
    @cached_property
    def _shop(self) -> MemoryShop:
        return MemoryShop(MemoryContextRepository(CONTEXTS))

    @asynccontextmanager
    async def reservations(self, clock: Clock) -> AsyncIterator[ReservationStorage]:
        shop, audit = self._shop, MemoryAuditTrail()
        orders = OrderStorage(MemoryOrderRepository(shop, clock), MemoryExportLedger(shop), clock)
        yield ReservationStorage(
            MemoryReservationLedger(shop, audit), orders, MemoryExportQueries(shop), audit
        )


class TestSqlReservationLedger(ReservationLedgerContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def reservations(self, clock: Clock) -> AsyncIterator[ReservationStorage]:
        async with aclosing(Database(self.url)) as database:
            for context in CONTEXTS:
                await SqlContextRepository(database).save(context)
            orders = OrderStorage(SqlOrderRepository(database, clock), SqlExportLedger(database), clock)
            yield ReservationStorage(
                SqlReservationLedger(database), orders, SqlExportQueries(database), SqlAuditTrail(database)
            )
