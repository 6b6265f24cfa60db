"""An order export service whose orders a test holds on their way."""

import asyncio

from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_export_service import Receipt
from iomconnector.testing.memory.order_export_service import MemoryOrderExportService
from iomconnector.testing.memory.order_management import MemoryOrderManagement


class Gate:
    """Where an order waits.

    Arguments:
        reached: Set when the order is there.
        opened: Lets it through when it is set.
    """

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()


class GatedExportService(MemoryOrderExportService):
    """Counts the orders that are on their way at a time, and holds some of them.

    ``submitted`` has the number of each order that was sent, as often as it was.
    """

    def __init__(self, management: MemoryOrderManagement) -> None:
        super().__init__(management)
        self.most_on_the_way = 0
        self.submitted: list[str] = []
        self._on_the_way = 0
        self._gates: dict[str, Gate] = {}

    def hold(self, number: str) -> Gate:
        """Hold an order when it comes."""
        return self._gates.setdefault(number, Gate())

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Send the order when its gate, if there is one, is open."""
        self.submitted.append(placed.order.number)
        self._on_the_way += 1
        self.most_on_the_way = max(self.most_on_the_way, self._on_the_way)
        try:
            if gate := self._gates.get(placed.order.number):
                gate.reached.set()
                await gate.opened.wait()
            return await super().submit(placed)
        finally:
            self._on_the_way -= 1
