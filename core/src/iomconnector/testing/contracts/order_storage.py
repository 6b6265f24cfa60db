"""Orders and the export ledger that belongs to them, as the contracts of both need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import Claim, ExportLedger
from iomconnector.ports.order_repository import OrderRepository, StoredOrder
from iomconnector.testing.memory.contexts import MemoryContextRepository
from iomconnector.testing.memory.export_ledger import MemoryExportLedger
from iomconnector.testing.memory.order_repository import MemoryOrderRepository
from iomconnector.testing.memory.order_rows import MemoryShop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, sample_order

LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class OrderStorage:
    """An order repository and the export ledger of the same orders.

    Arguments:
        orders: The repository.
        ledger: The ledger.
        clock: The clock that the repository uses.
    """

    orders: OrderRepository
    ledger: ExportLedger
    clock: Clock

    @classmethod
    def in_memory(cls, clock: Clock) -> "OrderStorage":
        """An empty one in memory, with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`."""
        shop = MemoryShop(MemoryContextRepository(CONTEXTS))
        return cls(MemoryOrderRepository(shop, clock), MemoryExportLedger(shop), clock)

    async def place(self, *numbers: str, state: ExportState = ExportState.DUE) -> None:
        """Place a sample order of each number in :data:`~iomconnector.testing.samples.CHANNEL`."""
        await self.orders.place([(sample_order(number), state) for number in numbers])

    async def place_in(self, channel: str, *numbers: str) -> None:
        """Place a sample order of each number in a channel."""
        await self.orders.place(
            [(sample_order(number, channel=channel), ExportState.DUE) for number in numbers]
        )

    async def stored(self, number: str) -> StoredOrder:
        """The sample order of that number."""
        return await self.orders.get(CHANNEL, number)

    async def claim(
        self,
        *,
        limit: int = 100,
        lease: timedelta = LEASE,
        channel: str = CHANNEL,
        worker: str = "worker 1",
        suspects: int = 100,
    ) -> Sequence[Claim]:
        """Claim what is due now in a channel."""
        return await self.ledger.claim(
            channel, worker=worker, now=self.clock.now(), lease=lease, limit=limit, suspects=suspects
        )

    async def claimed_numbers(self, *, limit: int = 100) -> list[str]:
        """Claim what is due now, and say which orders these are."""
        return [claim.request.number for claim in await self.claim(limit=limit)]

    async def next_moment(self) -> datetime | None:
        """When the next export is due, or the next lease ends, in whatever channel."""
        return min((await self.ledger.next_moments()).values(), default=None)
