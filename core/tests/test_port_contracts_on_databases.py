"""The contracts of the ports, kept by the adapters on each database: the embedded one and PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from iomconnector.model.contexts import Context
from iomconnector.ports.clock import Clock
from iomconnector.storage.access_token_store import SqlAccessTokenStore
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.message_log import SqlMessageLog
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.reconciliation_store import SqlReconciliationStore
from iomconnector.storage.secret_store import FernetSecretStore
from iomconnector.storage.service_configuration_store import SqlServiceConfigurationStore
from iomconnector.testing.contracts import (
    AccessTokenStoreContract,
    AuditTrailContract,
    ContextRepositoryContract,
    ExportLedgerContract,
    MessageLogContract,
    OrderRepositoryContract,
    OrderStorage,
    ReconciliationStorage,
    ReconciliationStoreContract,
    SecretStoreContract,
    ServiceConfigurationStoreContract,
)
from iomconnector.testing.samples import CONTEXTS


class OnEachDatabase:
    """Gives the suite a database; every promise is tried on each kind."""

    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def database(self, contexts: Sequence[Context] = ()) -> AsyncIterator[Database]:
        async with aclosing(Database(self.url)) as database:
            for context in contexts:
                await SqlContextRepository(database).save(context)
            yield database


class _Orders(OnEachDatabase):
    @asynccontextmanager
    async def storage(self, clock: Clock) -> AsyncIterator[OrderStorage]:
        async with self.database(CONTEXTS) as database:
            yield OrderStorage(SqlOrderRepository(database, clock), SqlExportLedger(database), clock)


class TestSqlOrderRepository(_Orders, OrderRepositoryContract):
    pass


class TestSqlExportLedger(_Orders, ExportLedgerContract):
    pass


class TestSqlReconciliationStore(OnEachDatabase, ReconciliationStoreContract):
    @asynccontextmanager
    async def reconciliation(self, clock: Clock) -> AsyncIterator[ReconciliationStorage]:
        async with self.database(CONTEXTS) as database:
            orders = SqlOrderRepository(database, clock)
            storage = OrderStorage(orders, SqlExportLedger(database), clock)
            yield ReconciliationStorage(storage, SqlReconciliationStore(database))


class TestSqlContextRepository(OnEachDatabase, ContextRepositoryContract):
    @asynccontextmanager
    async def context_repository(self) -> AsyncIterator[SqlContextRepository]:
        async with self.database() as database:
            yield SqlContextRepository(database)


class TestSqlServiceConfigurationStore(OnEachDatabase, ServiceConfigurationStoreContract):
    @asynccontextmanager
    async def service_configuration_store(
        self,
    ) -> AsyncIterator[tuple[SqlServiceConfigurationStore, SqlAuditTrail]]:
        async with self.database(CONTEXTS) as database:
            yield SqlServiceConfigurationStore(database), SqlAuditTrail(database)


class TestSqlAuditTrail(OnEachDatabase, AuditTrailContract):
    @asynccontextmanager
    async def audit_trail(self) -> AsyncIterator[SqlAuditTrail]:
        async with self.database() as database:
            yield SqlAuditTrail(database)


class TestSqlAccessTokenStore(OnEachDatabase, AccessTokenStoreContract):
    @asynccontextmanager
    async def access_token_store(self) -> AsyncIterator[SqlAccessTokenStore]:
        async with self.database() as database:
            yield SqlAccessTokenStore(database)


class TestSqlMessageLog(OnEachDatabase, MessageLogContract):
    @asynccontextmanager
    async def message_log(self) -> AsyncIterator[SqlMessageLog]:
        async with self.database() as database:
            yield SqlMessageLog(database)


class TestFernetSecretStore(SecretStoreContract):
    folder: Path

    def secret_store(self) -> FernetSecretStore:
        return FernetSecretStore(self.folder / "secret.key")

    def foreign_secret_store(self) -> FernetSecretStore:
        return FernetSecretStore(self.folder / "other.key")
