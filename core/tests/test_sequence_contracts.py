"""The contracts around order numbers, kept in memory and on each database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import cached_property

import pytest

from iomconnector.model.contexts import Context
from iomconnector.ports.clock import Clock
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.number_assignments import SqlNumberAssignments
from iomconnector.storage.order_number_sequence import SqlSequenceStore, SqlUsedNumbers
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.contracts import (
    NumberAssignmentsContract,
    OrderNumberSequenceContract,
    OrderStorage,
    SequenceStorage,
    SequenceStoreContract,
    UsedNumbersContract,
)
from iomconnector.testing.contracts.order_number_sequence import TWO_ORGANIZATIONS
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAuditTrail,
    MemoryContextRepository,
    MemoryExportLedger,
    MemoryNumberAssignments,
    MemoryOrderRepository,
    MemorySequenceStore,
    MemoryShop,
    MemoryUsedNumbers,
)
from iomconnector.testing.samples import CONTEXTS
from iomconnector.usecases.blockwise_sequence import BlockwiseSequence


class TestSequenceInMemory(OrderNumberSequenceContract):
    _store = cached_property(
        lambda _: MemorySequenceStore(MemoryContextRepository(TWO_ORGANIZATIONS), MemoryAuditTrail())
    )

    @asynccontextmanager
    async def sequence(self) -> AsyncIterator[BlockwiseSequence]:
        yield BlockwiseSequence(self._store, ManualClock())


class TestMemorySequenceStore(SequenceStoreContract):
    @cached_property
    def _storage(self) -> SequenceStorage:
        trail = MemoryAuditTrail()
        return SequenceStorage(MemorySequenceStore(MemoryContextRepository(TWO_ORGANIZATIONS), trail), trail)

    @asynccontextmanager
    async def sequence_storage(self) -> AsyncIterator[SequenceStorage]:
        yield self._storage


class TestMemoryUsedNumbers(UsedNumbersContract):
    @asynccontextmanager
    async def orders_and_numbers(self, clock: Clock) -> AsyncIterator[tuple[OrderStorage, MemoryUsedNumbers]]:
        shop = MemoryShop(MemoryContextRepository(CONTEXTS))
        orders = OrderStorage(MemoryOrderRepository(shop, clock), MemoryExportLedger(shop), clock)
        yield orders, MemoryUsedNumbers(shop)


class TestMemoryNumberAssignments(NumberAssignmentsContract):
    _assignments = cached_property(lambda _: MemoryNumberAssignments())

    @asynccontextmanager
    async def number_assignments(self) -> AsyncIterator[MemoryNumberAssignments]:
        yield self._assignments


class _OnEachDatabase:
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def database(self, contexts: Sequence[Context]) -> AsyncIterator[Database]:
        async with aclosing(Database(self.url)) as database:
            for context in contexts:
                await SqlContextRepository(database).save(context)
            yield database


class TestSequenceOnDatabases(_OnEachDatabase, OrderNumberSequenceContract):
    @asynccontextmanager
    async def sequence(self) -> AsyncIterator[BlockwiseSequence]:
        async with self.database(TWO_ORGANIZATIONS) as database:
            yield BlockwiseSequence(SqlSequenceStore(database), ManualClock())


class TestSqlSequenceStore(_OnEachDatabase, SequenceStoreContract):
    @asynccontextmanager
    async def sequence_storage(self) -> AsyncIterator[SequenceStorage]:
        async with self.database(TWO_ORGANIZATIONS) as database:
            yield SequenceStorage(SqlSequenceStore(database), SqlAuditTrail(database))


class TestSqlUsedNumbers(_OnEachDatabase, UsedNumbersContract):
    @asynccontextmanager
    async def orders_and_numbers(self, clock: Clock) -> AsyncIterator[tuple[OrderStorage, SqlUsedNumbers]]:
        async with self.database(CONTEXTS) as database:
            orders = OrderStorage(SqlOrderRepository(database, clock), SqlExportLedger(database), clock)
            yield orders, SqlUsedNumbers(database)


class TestSqlNumberAssignments(_OnEachDatabase, NumberAssignmentsContract):
    @asynccontextmanager
    async def number_assignments(self) -> AsyncIterator[SqlNumberAssignments]:
        async with self.database(CONTEXTS) as database:
            yield SqlNumberAssignments(database)
