"""The contracts of personal data and retention, kept in memory and on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_desk import SqlExportDesk
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.export_pauses import SqlExportPauses
from iomconnector.storage.export_queries import SqlExportQueries
from iomconnector.storage.message_log import SqlMessageLog
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.personal_data import SqlPersonalData
from iomconnector.storage.retention_store import SqlRetentionStore
from iomconnector.testing.contracts import (
    ExportOffice,
    PersonalDataContract,
    PrivacyStorage,
    RetentionStoreContract,
)
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAuditTrail,
    MemoryContextRepository,
    MemoryExportLedger,
    MemoryMessageLog,
    MemoryOrderRepository,
    MemoryPersonalData,
    MemoryRetentionStore,
    MemoryShop,
)
from iomconnector.testing.memory.export_desk import MemoryExportDesk
from iomconnector.testing.memory.export_pauses import MemoryExportPauses
from iomconnector.testing.memory.export_queries import MemoryExportQueries
from iomconnector.testing.samples import CONTEXTS


class _InMemory:
    @asynccontextmanager
    async def privacy(self, clock: ManualClock) -> AsyncIterator[PrivacyStorage]:
        shop, trail, log = (
            MemoryShop(MemoryContextRepository(CONTEXTS)),
            MemoryAuditTrail(),
            MemoryMessageLog(),
        )
        office = ExportOffice(
            MemoryOrderRepository(shop, clock),
            MemoryExportLedger(shop),
            clock,
            MemoryExportQueries(shop),
            MemoryExportDesk(shop, trail),
            MemoryExportPauses(shop, trail),
            trail,
        )
        personal_data = MemoryPersonalData(shop, log, trail)
        yield PrivacyStorage(office, log, personal_data, MemoryRetentionStore(shop, log, trail))


class _OnEachDatabase:
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def privacy(self, clock: ManualClock) -> AsyncIterator[PrivacyStorage]:
        async with aclosing(Database(self.url)) as database:
            for context in CONTEXTS:
                await SqlContextRepository(database).save(context)
            office = ExportOffice(
                SqlOrderRepository(database, clock),
                SqlExportLedger(database),
                clock,
                SqlExportQueries(database),
                SqlExportDesk(database),
                SqlExportPauses(database),
                SqlAuditTrail(database),
            )
            personal_data = SqlPersonalData(database)
            yield PrivacyStorage(office, SqlMessageLog(database), personal_data, SqlRetentionStore(database))


class TestMemoryPersonalData(_InMemory, PersonalDataContract):
    pass


class TestSqlPersonalData(_OnEachDatabase, PersonalDataContract):
    pass


class TestMemoryRetentionStore(_InMemory, RetentionStoreContract):
    pass


class TestSqlRetentionStore(_OnEachDatabase, RetentionStoreContract):
    pass
