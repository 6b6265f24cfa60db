"""The contracts of the ports, kept by the adapters in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

import pytest

from iomconnector.jobs.clock import SystemClock
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.clock import Clock
from iomconnector.testing.contracts import (
    AccessTokenStoreContract,
    AuditTrailContract,
    ClockContract,
    ContextRepositoryContract,
    DirectoryScene,
    EndpointStatesContract,
    ExportLedgerContract,
    ExportScene,
    MessageLogContract,
    OrderDirectoryContract,
    OrderExportServiceContract,
    OrderRepositoryContract,
    OrderStorage,
    ReconciliationStorage,
    ReconciliationStoreContract,
    SecretStoreContract,
    ServiceConfigurationStoreContract,
)
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAccessTokenStore,
    MemoryAuditTrail,
    MemoryContextRepository,
    MemoryEndpointStates,
    MemoryExportLedger,
    MemoryMessageLog,
    MemoryOrderDirectory,
    MemoryOrderExportService,
    MemoryOrderManagement,
    MemoryOrderRepository,
    MemoryReconciliationStore,
    MemorySecretStore,
    MemoryServiceConfigurationStore,
    MemoryShop,
)
from iomconnector.testing.samples import CONTEXTS, placed_order, sample_order


class _OrdersInMemory:
    @cached_property
    def _shop(self) -> MemoryShop:
        return MemoryShop(MemoryContextRepository(CONTEXTS))

    @asynccontextmanager
    async def storage(self, clock: Clock) -> AsyncIterator[OrderStorage]:
        yield OrderStorage(MemoryOrderRepository(self._shop, clock), MemoryExportLedger(self._shop), clock)


class TestMemoryOrderRepository(_OrdersInMemory, OrderRepositoryContract):
    pass


class TestMemoryExportLedger(_OrdersInMemory, ExportLedgerContract):
    pass


class TestMemoryReconciliationStore(ReconciliationStoreContract):
    @asynccontextmanager
    async def reconciliation(self, clock: Clock) -> AsyncIterator[ReconciliationStorage]:
        shop = MemoryShop(MemoryContextRepository(CONTEXTS))
        storage = OrderStorage(MemoryOrderRepository(shop, clock), MemoryExportLedger(shop), clock)
        yield ReconciliationStorage(storage, MemoryReconciliationStore(shop))


class TestMemoryOrderDirectory(OrderDirectoryContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[DirectoryScene]:
        management = MemoryOrderManagement()
        yield DirectoryScene(MemoryOrderDirectory(management), management)


class TestMemoryContextRepository(ContextRepositoryContract):
    _repository = cached_property(lambda _: MemoryContextRepository())

    @asynccontextmanager
    async def context_repository(self) -> AsyncIterator[MemoryContextRepository]:
        yield self._repository


class TestMemoryServiceConfigurationStore(ServiceConfigurationStoreContract):
    _trail = cached_property(lambda _: MemoryAuditTrail())
    _store = cached_property(lambda suite: MemoryServiceConfigurationStore(suite._trail))

    @asynccontextmanager
    async def service_configuration_store(
        self,
    ) -> AsyncIterator[tuple[MemoryServiceConfigurationStore, MemoryAuditTrail]]:
        yield self._store, self._trail


class TestMemoryAuditTrail(AuditTrailContract):
    _trail = cached_property(lambda _: MemoryAuditTrail())

    @asynccontextmanager
    async def audit_trail(self) -> AsyncIterator[MemoryAuditTrail]:
        yield self._trail


class TestMemoryAccessTokenStore(AccessTokenStoreContract):
    _store = cached_property(lambda _: MemoryAccessTokenStore())

    @asynccontextmanager
    async def access_token_store(self) -> AsyncIterator[MemoryAccessTokenStore]:
        yield self._store


class TestMemoryMessageLog(MessageLogContract):
    _log = cached_property(lambda _: MemoryMessageLog())

    @asynccontextmanager
    async def message_log(self) -> AsyncIterator[MemoryMessageLog]:
        yield self._log


class TestMemorySecretStore(SecretStoreContract):
    _store = cached_property(lambda _: MemorySecretStore())

    def secret_store(self) -> MemorySecretStore:
        return self._store

    def foreign_secret_store(self) -> MemorySecretStore:
        return MemorySecretStore()


class TestMemoryEndpointStates(EndpointStatesContract):
    _states = cached_property(lambda _: MemoryEndpointStates())

    @asynccontextmanager
    async def endpoint_states(self) -> AsyncIterator[MemoryEndpointStates]:
        yield self._states


class TestMemoryOrderExportService(OrderExportServiceContract):
    @asynccontextmanager
    async def scene(self) -> AsyncIterator[ExportScene]:
        management = MemoryOrderManagement()
        service = MemoryOrderExportService(management)
        yield ExportScene(service, management)
        await service.aclose()

    def unexportable(self) -> PlacedOrder:
        return placed_order(
            sample_order(payments=[{"service_id": "ISH_INVOICE"}, {"service_id": "ISH_GIFT_CARD"}])
        )


class TestManualClock(ClockContract):
    def clock(self) -> ManualClock:
        return ManualClock()


class TestSystemClock(ClockContract):
    def clock(self) -> SystemClock:
        return SystemClock()


def test_a_suite_without_a_factory_says_what_is_missing() -> None:
    class TestNothing(MessageLogContract):
        pass

    suite: type[Any] = TestNothing
    with pytest.raises(TypeError, match="message_log"):
        suite()
