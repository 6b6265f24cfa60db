"""A shop in memory that holds pieces."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
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
from iomconnector.testing.reservation_stage import PATIENT, ReservationParts, ReservationStage
from iomconnector.testing.samples import CONTEXTS


class StockInMemory:
    """Implements :class:`~iomconnector.testing.reservation_stage.StockSeen` on an inventory in memory."""

    def __init__(self, inventory: MemoryInventory, *, consumed_by_order: bool) -> None:
        self._inventory = inventory
        self._consumed = consumed_by_order

    async def on_hand(self) -> Mapping[str, int]:
        """Product -> pieces."""
        return self._inventory.stock

    async def held(self) -> Mapping[str, Mapping[str, int]]:
        """Reservation -> pieces."""
        return {each.id: each.pieces for each in self._inventory.reservations()}

    async def taken(self) -> Mapping[str, Sequence[Mapping[str, int]]]:
        """Order -> what was taken."""
        return self._inventory.taken()

    async def arrive(self, order: str, reservation: str | None) -> None:
        """An order arrives in the order management system."""
        if self._consumed and reservation is not None:
            with suppress(ReservationGoneError):
                self._inventory.take(reservation, order)


class ShopInMemory:
    """The parts of a shop that holds pieces.

    Arguments:
        clock: Tells the time.
        pieces: Product -> pieces that there are.
        kind: What reservations do where there is not enough.
        recognizes_keys: Whether the inventory service does.
        consumed_by_order: Whether orders use reservations up.
    """

    def __init__(
        self,
        clock: ManualClock,
        pieces: Mapping[str, int],
        *,
        kind: ReservationType = ReservationType.COMPLETE,
        recognizes_keys: bool = True,
        consumed_by_order: bool = False,
    ) -> None:
        shop = MemoryShop(MemoryContextRepository(CONTEXTS))
        self.clock = clock
        self.audit_trail = MemoryAuditTrail()
        self.inventory = MemoryInventory(clock)
        self.inventory.stock.update(pieces)
        service = MemoryInventoryService(
            self.inventory,
            InventoryRules(lifetime=timedelta(minutes=30), reservation_type=kind),
            Endpoint("memory", PATIENT),
            recognizes_keys=recognizes_keys,
            consumed_by_order=consumed_by_order,
        )
        self.parts = ReservationParts(
            MemoryReservationLedger(shop, self.audit_trail),
            MemoryOrderRepository(shop, clock),
            MemoryExportLedger(shop),
            MemoryExportDesk(shop, self.audit_trail),
            service,
            StockInMemory(self.inventory, consumed_by_order=consumed_by_order),
        )

    @asynccontextmanager
    async def stage(self, *, patience: timedelta = timedelta(seconds=10)) -> AsyncIterator[ReservationStage]:
        """A process of the shop; closed at the end of the block.

        Arguments:
            patience: So long it waits for the inventory service.
        """
        stage = ReservationStage(self.parts, self.clock, patience=patience)
        try:
            yield stage
        finally:
            await stage.aclose()
