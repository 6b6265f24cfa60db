"""The contracts of what operators of exports use, kept in memory and on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import cached_property

import pytest

from iomconnector.ports.clock import Clock
from iomconnector.storage import export_lanes
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_desk import SqlExportDesk
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.export_pauses import SqlExportPauses
from iomconnector.storage.export_queries import SqlExportQueries
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.contracts import ExportDeskContract, ExportOffice, ExportQueriesContract
from iomconnector.testing.samples import CONTEXTS


class _InMemory:
    _offices = cached_property[dict[int, ExportOffice]](lambda _: {})

    @asynccontextmanager
    async def office(self, clock: Clock) -> AsyncIterator[ExportOffice]:
        yield self._offices.setdefault(id(clock), ExportOffice.in_memory(clock))


class _OnEachDatabase:
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def office(self, clock: Clock) -> AsyncIterator[ExportOffice]:
        async with aclosing(Database(self.url)) as database:
            for context in CONTEXTS:
                await SqlContextRepository(database).save(context)
            yield ExportOffice(
                SqlOrderRepository(database, clock),
                SqlExportLedger(database),
                clock,
                SqlExportQueries(database),
                SqlExportDesk(database),
                SqlExportPauses(database),
                SqlAuditTrail(database),
            )


class TestMemoryExportDesk(_InMemory, ExportDeskContract):
    pass


class TestMemoryExportQueries(_InMemory, ExportQueriesContract):
    pass


class TestSqlExportDesk(_OnEachDatabase, ExportDeskContract):
    pass


class TestSqlExportQueries(_OnEachDatabase, ExportQueriesContract):
    pass


class TestSqlExportQueriesWhereFewIsMany(_OnEachDatabase, ExportQueriesContract):
    """The ways that are taken where a condition leaves too many orders to collect them."""

    @pytest.fixture(autouse=True)
    def _little_is_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(export_lanes, "FEW", 1)
        monkeypatch.setattr(export_lanes, "LANES_AT_ONCE", 2)
