"""The contracts of the ports, kept by the adapters on the embedded database."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from iomconnector.model.contexts import Context
from iomconnector.ports.clock import Clock
from iomconnector.storage.access_token_store import SqlAccessTokenStore
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.message_log import SqlMessageLog
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.secret_store import FernetSecretStore
from iomconnector.storage.service_configuration_store import SqlServiceConfigurationStore
from iomconnector.testing.contracts import (
    AccessTokenStoreContract,
    ContextRepositoryContract,
    ExportLedgerContract,
    MessageLogContract,
    OrderRepositoryContract,
    OrderStorage,
    SecretStoreContract,
    ServiceConfigurationStoreContract,
)
from iomconnector.testing.samples import CONTEXTS


class _OnSqlite:
    folder: Path

    @pytest.fixture(autouse=True)
    def _prepared(self, prepared_database_file: Path, tmp_path: Path) -> None:
        shutil.copyfile(prepared_database_file, tmp_path / "shop.sqlite")

    @asynccontextmanager
    async def database(self, contexts: Sequence[Context] = ()) -> AsyncIterator[Database]:
        async with aclosing(Database(f"sqlite:///{self.folder / 'shop.sqlite'}")) as database:
            for context in contexts:
                await SqlContextRepository(database).save(context)
            yield database


class _OrdersOnSqlite(_OnSqlite):
    @asynccontextmanager
    async def storage(self, clock: Clock) -> AsyncIterator[OrderStorage]:
        async with self.database(CONTEXTS) as database:
            yield OrderStorage(SqlOrderRepository(database, clock), SqlExportLedger(database), clock)


class TestSqlOrderRepository(_OrdersOnSqlite, OrderRepositoryContract):
    pass


class TestSqlExportLedger(_OrdersOnSqlite, ExportLedgerContract):
    pass


class TestSqlContextRepository(_OnSqlite, ContextRepositoryContract):
    @asynccontextmanager
    async def context_repository(self) -> AsyncIterator[SqlContextRepository]:
        async with self.database() as database:
            yield SqlContextRepository(database)


class TestSqlServiceConfigurationStore(_OnSqlite, ServiceConfigurationStoreContract):
    @asynccontextmanager
    async def service_configuration_store(self) -> AsyncIterator[SqlServiceConfigurationStore]:
        async with self.database(CONTEXTS) as database:
            yield SqlServiceConfigurationStore(database)


class TestSqlAccessTokenStore(_OnSqlite, AccessTokenStoreContract):
    @asynccontextmanager
    async def access_token_store(self) -> AsyncIterator[SqlAccessTokenStore]:
        async with self.database() as database:
            yield SqlAccessTokenStore(database)


class TestSqlMessageLog(_OnSqlite, MessageLogContract):
    @asynccontextmanager
    async def message_log(self) -> AsyncIterator[SqlMessageLog]:
        async with self.database() as database:
            yield SqlMessageLog(database)


class TestFernetSecretStore(SecretStoreContract):
    def secret_store(self) -> FernetSecretStore:
        return FernetSecretStore(self.folder / "secret.key")

    def foreign_secret_store(self) -> FernetSecretStore:
        return FernetSecretStore(self.folder / "other.key")
