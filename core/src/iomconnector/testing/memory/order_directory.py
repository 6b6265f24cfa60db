"""An order management system in memory that can be asked about many orders at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from iomconnector.model.erasure import holds_erased
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_directory import RemoteOrder
from iomconnector.ports.order_export_service import Difference, ExportUnavailableError, FoundOrder
from iomconnector.testing.memory.moods import Mood
from iomconnector.testing.memory.order_export_service import MemoryOrderExportService
from iomconnector.testing.memory.order_management import (
    MemoryOrderManagement,
    StoredCopy,
    differences_between,
)

PAGE = 3
NOTHING = "nothing"


class MemoryOrderDirectory(MemoryOrderExportService):
    """Implements :class:`~iomconnector.ports.order_directory.OrderDirectory` as well.

    Arguments:
        management: Where orders are. Their numbers are unique in it, whatever their channel.
    """

    def __init__(self, management: MemoryOrderManagement) -> None:
        super().__init__(management)
        self.questions = 0
        self._there = management

    def number_space(self) -> str:
        """The order management system."""
        return f"order management {id(self._there)}"

    async def orders_between(self, start: datetime, end: datetime) -> AsyncIterator[Sequence[RemoteOrder]]:
        """The orders that were created in a period, page by page, in the order of their arrival."""
        seen: list[str] = []
        while True:
            await self._answer()
            copies = [copy for copy in self._there.copies if copy.reference not in seen]
            page = [copy for copy in copies if start <= copy.order.created_at < end][:PAGE]
            if not page:
                return
            seen += [copy.reference for copy in page]
            yield [_remote(copy) for copy in page]

    async def look_up(self, numbers: Sequence[str]) -> Sequence[RemoteOrder]:
        """The orders that have one of these numbers."""
        await self._answer()
        return [_remote(copy) for copy in self._there.copies if copy.order.number in numbers]

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Look for an order of that number, and compare it with this one."""
        found = await super().find(placed)
        if found is None or placed.erased_at is None:
            return found
        return replace(found, differences=_not_erased(found.differences))

    async def compare(self, placed: PlacedOrder, remote: RemoteOrder) -> Sequence[Difference]:
        """What differs between the shop's order and the one there."""
        self.preview(placed)
        assert isinstance(remote.content, StoredCopy)
        found = differences_between(placed.order, remote.content.order)
        if placed.erased_at is None:
            return found
        return _not_erased(found)

    async def _answer(self) -> None:
        self.questions += 1
        await asyncio.sleep(0)
        if self._there.mood is not Mood.ACCEPTING:
            raise ExportUnavailableError(f"The order management system does not answer: {self._there.mood}.")


def _not_erased(found: Sequence[Difference]) -> tuple[Difference, ...]:
    return tuple(each for each in found if not holds_erased(each.ours) and each.ours != NOTHING)


def _remote(copy: StoredCopy) -> RemoteOrder:
    return RemoteOrder(copy.order.number, copy.order.created_at, copy.reference, copy)
