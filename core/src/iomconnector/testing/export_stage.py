"""Exporters at work in memory, with a clock that a test moves."""

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta

from iomconnector.jobs.exporter import Exporter
from iomconnector.jobs.lane import GateOf
from iomconnector.model.exports import ExportPause
from iomconnector.ports.export_ledger import ExportLedger
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.testing.contracts.order_storage import LEASE, OrderStorage
from iomconnector.testing.gated_service import GatedExportService
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.memory.contexts import MemoryContextRepository
from iomconnector.testing.memory.export_ledger import MemoryExportLedger
from iomconnector.testing.memory.order_management import MemoryOrderManagement
from iomconnector.testing.memory.order_repository import MemoryOrderRepository
from iomconnector.testing.memory.order_rows import MemoryShop
from iomconnector.testing.samples import CONTEXTS
from iomconnector.usecases.export_orders import (
    ExportOrders,
    ExportResult,
    ResolveExportService,
    RetryPolicy,
)

AN_HOUR = 3600.0


class ExportStage:
    """Orders, their ledger, an order management system, and any number of exporters between them.

    Make it in the event loop in which it is used.
    """

    def __init__(self) -> None:
        self.clock = ManualClock()
        self._shop = MemoryShop(MemoryContextRepository(CONTEXTS))
        orders = MemoryOrderRepository(self._shop, self.clock)
        self.storage = OrderStorage(orders, MemoryExportLedger(self._shop), self.clock)
        self.management = MemoryOrderManagement()
        self.service = GatedExportService(self.management)
        self.results: list[ExportResult] = []
        self._changed = asyncio.Event()

    def exporter(
        self,
        ledger: ExportLedger | None = None,
        *,
        concurrency: int = 5,
        lease: timedelta = LEASE,
        poll_interval: float = AN_HOUR,
        gate_of: GateOf | None = None,
        resolve: ResolveExportService | None = None,
        channels: Collection[str] = (),
    ) -> Exporter:
        """An exporter; its attempts are in :attr:`results`.

        Arguments:
            ledger: Another ledger than that of the stage.
            concurrency: How many orders it works on at a time.
            lease: For how long it takes an order.
            poll_interval: Seconds between two looks at the ledger when nothing calls for one.
            gate_of: Gives the gates of channels.
            resolve: Gives another service than that of the stage.
            channels: Only these.
        """
        ledger = ledger or self.storage.ledger
        return Exporter(
            ledger,
            ExportOrders(ledger, resolve or self._resolve, self.clock, RetryPolicy(), lambda: 1.0),
            self.clock,
            worker="worker 1",
            concurrency=concurrency,
            lease=lease,
            poll_interval=poll_interval,
            gate_of=gate_of,
            channels=channels,
            observe=self._observe,
        )

    async def _resolve(self, channel: str) -> OrderExportService:
        return self.service

    def _observe(self, result: ExportResult) -> None:
        self.results.append(result)
        self.changed()

    def pause(self, channel: str) -> None:
        """Pause the export of a channel."""
        self._shop.paused[channel] = ExportPause(channel, "operator", self.clock.now(), "for a test")

    def resume(self, channel: str) -> None:
        """Let the export of a channel go on."""
        self._shop.paused.pop(channel, None)

    @staticmethod
    async def kill_workers() -> None:
        """End every other task where it stands, as the death of a process would."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def changed(self) -> None:
        """Have :meth:`until` look again."""
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true after an attempt or a call of :meth:`changed`."""
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def until_exported(self, count: int) -> None:
        """Wait until so many orders stand in the order management system."""
        await self.until(lambda: len(self.management.copies) >= count)

    @property
    def numbers(self) -> list[str]:
        """The numbers of the orders that stand in the order management system."""
        return sorted(copy.order.number for copy in self.management.copies)

    async def counts(self) -> dict[str, int]:
        """How many exports are in each state that occurs."""
        counts = await self.storage.ledger.counts()
        return {state.value: number for state, number in counts.items() if number}
