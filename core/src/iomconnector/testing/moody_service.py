"""An order export service that meets each request in another mood."""

from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_export_service import FoundOrder, Receipt
from iomconnector.testing.memory.moods import Mood
from iomconnector.testing.memory.order_export_service import MemoryOrderExportService
from iomconnector.testing.memory.order_management import MemoryOrderManagement


class MoodyExportService(MemoryOrderExportService):
    """Meets each request in the next of some moods, and stays in the last one.

    Arguments:
        management: Where orders go.
        moods: The moods to come; each request takes the first.
        calls: Is told of each request: ``submit`` or ``find``.
    """

    def __init__(self, management: MemoryOrderManagement, moods: list[Mood], calls: list[str]) -> None:
        super().__init__(management)
        self._far_side = management
        self._moods = moods
        self._calls = calls

    def _next(self, call: str) -> None:
        self._calls.append(call)
        if self._moods:
            self._far_side.mood = self._moods.pop(0)

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Submit in the next mood."""
        self._next("submit")
        return await super().submit(placed)

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Find in the next mood."""
        self._next("find")
        return await super().find(placed)
