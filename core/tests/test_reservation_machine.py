"""Reservations of baskets and orders with inventory services in memory of each kind."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from iomconnector.model.availability import ReservationType
from iomconnector.model.endpoints import Endpoint
from iomconnector.ports.inventory_service import InventoryRules, ReservationGoneError
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAuditTrail,
    MemoryContextRepository,
    MemoryExportDesk,
    MemoryExportLedger,
    MemoryInventory,
    MemoryInventoryService,
    MemoryOrderRepository,
    MemoryReservationLedger,
    MemoryShop,
)
from iomconnector.testing.reservation_machine import Reservations, as_test
from iomconnector.testing.reservation_stage import PATIENT, ReservationParts
from iomconnector.testing.samples import CONTEXTS


class StockInMemory:
    """Implements :class:`~iomconnector.testing.reservation_stage.StockSeen` on an inventory in memory."""

    def __init__(self, inventory: MemoryInventory, *, consumed_by_order: bool) -> None:
        self._inventory = inventory
        self._consumed = consumed_by_order

    async def on_hand(self) -> Mapping[str, int]:
        return self._inventory.stock

    async def held(self) -> Mapping[str, Mapping[str, int]]:
        return {each.id: each.pieces for each in self._inventory.reservations()}

    async def taken(self) -> Mapping[str, Sequence[Mapping[str, int]]]:
        return self._inventory.taken()

    async def arrive(self, order: str, reservation: str | None) -> None:
        if self._consumed and reservation is not None:
            with suppress(ReservationGoneError):
                self._inventory.take(reservation, order)


class _InMemory(Reservations):
    recognizes_keys = True
    consumed_by_order = False
    kind = ReservationType.COMPLETE

    async def parts(self, clock: ManualClock, pieces: dict[str, int]) -> ReservationParts:
        shop, audit = MemoryShop(MemoryContextRepository(CONTEXTS)), MemoryAuditTrail()
        inventory = MemoryInventory(clock)
        inventory.stock.update(pieces)
        service = MemoryInventoryService(
            inventory,
            InventoryRules(lifetime=timedelta(minutes=30), reservation_type=self.kind),
            Endpoint("memory", PATIENT),
            recognizes_keys=self.recognizes_keys,
            consumed_by_order=self.consumed_by_order,
        )
        return ReservationParts(
            MemoryReservationLedger(shop, audit),
            MemoryOrderRepository(shop, clock),
            MemoryExportLedger(shop),
            MemoryExportDesk(shop, audit),
            service,
            StockInMemory(inventory, consumed_by_order=self.consumed_by_order),
        )


class _TakesByKey(_InMemory):
    """As the shop's own stock does it."""


class _TakesPartlyWithoutKeys(_InMemory):
    recognizes_keys = False
    kind = ReservationType.PARTLY


class _OrdersUseItUp(_InMemory):
    """As IOM does it."""

    recognizes_keys = False
    consumed_by_order = True


class _OrdersUseUpWhatIsHeldPartly(_OrdersUseItUp):
    recognizes_keys = True
    kind = ReservationType.PARTLY


TestTakesByKey = as_test(_TakesByKey, count=60)
TestTakesPartlyWithoutKeys = as_test(_TakesPartlyWithoutKeys, count=60)
TestOrdersUseItUp = as_test(_OrdersUseItUp, count=60)
TestOrdersUseUpWhatIsHeldPartly = as_test(_OrdersUseUpWhatIsHeldPartly, count=60)
