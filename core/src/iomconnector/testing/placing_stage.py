"""Placing in memory, with everything that gives numbers."""

from dataclasses import dataclass, field

from iomconnector.testing.contracts.order_storage import OrderStorage
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
from iomconnector.usecases.number_orders import NumberOrders
from iomconnector.usecases.order_number_sequences import OrderNumberSequences
from iomconnector.usecases.place_orders import PlaceOrders


@dataclass
class PlacingStage:
    """A shop in memory, with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`.

    Arguments:
        clock: Its clock.
    """

    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        contexts = MemoryContextRepository(CONTEXTS)
        shop = MemoryShop(contexts)
        self.storage = OrderStorage(
            MemoryOrderRepository(shop, self.clock), MemoryExportLedger(shop), self.clock
        )
        self.audit_trail = MemoryAuditTrail()
        self.store = MemorySequenceStore(contexts, self.audit_trail)
        self.used = MemoryUsedNumbers(shop)
        self.assignments = MemoryNumberAssignments()
        self.sequence = BlockwiseSequence(self.store, self.clock)
        self.sequences = OrderNumberSequences(self.store, self.used, contexts, self.clock)
        self.numbers = NumberOrders(self.sequence, self.assignments, self.used, contexts)
        self.placing = PlaceOrders(self.storage.orders, contexts, self.numbers)
