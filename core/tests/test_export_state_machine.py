"""Exactly one copy of every order in the order management system, under any interleaving of faults."""

from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest

from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.contracts import OrderStorage
from iomconnector.testing.databases import database_on_copy
from iomconnector.testing.export_machine import CarefulExportMachine, ExportMachine
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.operated_export_machine import OperatedExportMachine
from iomconnector.testing.postgresql import PostgresqlServer
from iomconnector.testing.samples import CONTEXTS


class DatabaseExportMachine(ExportMachine):
    """The same on a database."""

    async def fresh(self) -> Database:
        """A fresh database with the newest schema."""
        raise NotImplementedError

    async def open(self) -> OrderStorage:
        """The orders and their ledger on a fresh database."""
        self.database = await self.fresh()
        for context in CONTEXTS:
            await SqlContextRepository(self.database).save(context)
        return OrderStorage(
            SqlOrderRepository(self.database, self.clock), SqlExportLedger(self.database), self.clock
        )

    async def close(self) -> None:
        """Close the database."""
        await self.database.aclose()


class SqliteExportMachine(DatabaseExportMachine):
    """The same on the embedded database."""

    prepared: ClassVar[Path]
    folder: ClassVar[Path]

    async def fresh(self) -> Database:
        """A database on a fresh file."""
        return database_on_copy(self.prepared, self.folder / f"{uuid4().hex}.sqlite")


class PostgresqlExportMachine(DatabaseExportMachine):
    """The same on PostgreSQL."""

    server: ClassVar[PostgresqlServer]
    template: ClassVar[str]

    async def fresh(self) -> Database:
        """A database of its own on the server."""
        self.name = await self.server.create(self.template)
        return Database(self.server.url_of(self.name))

    async def close(self) -> None:
        """Close the database and remove it."""
        await super().close()
        await self.server.drop(self.name)


@pytest.fixture(scope="module")
def _files(prepared_database_file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    SqliteExportMachine.prepared = prepared_database_file
    SqliteExportMachine.folder = tmp_path_factory.mktemp("machines")


@pytest.fixture(scope="module")
def _server(postgresql_server: PostgresqlServer, postgresql_template: str) -> None:
    PostgresqlExportMachine.server = postgresql_server
    PostgresqlExportMachine.template = postgresql_template


ExportMachine.TestCase.settings = examples(250, steps=40)
CarefulExportMachine.TestCase.settings = examples(200, steps=40)
OperatedExportMachine.TestCase.settings = examples(200, steps=50)
SqliteExportMachine.TestCase.settings = examples(8, steps=30)
PostgresqlExportMachine.TestCase.settings = examples(8, steps=30)

TestExportInMemory = ExportMachine.TestCase
TestExportToACarelessReceiver = CarefulExportMachine.TestCase
TestExportWithOperators = OperatedExportMachine.TestCase
TestExportOnSqlite = pytest.mark.usefixtures("_files")(SqliteExportMachine.TestCase)
TestExportOnPostgresql = pytest.mark.usefixtures("_server")(PostgresqlExportMachine.TestCase)
