"""Comparing the shop's orders with their copies in the order management system."""

import pytest

from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.testing.contracts import OrderStorage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    ManualClock,
    MemoryOrderExportService,
    MemoryOrderManagement,
    Mood,
)
from iomconnector.testing.samples import CHANNEL, placed_order, sample_order
from iomconnector.usecases.check_orders import CheckedOrder, Verdict, check_order


class Services:
    """Gives the export service of a channel."""

    def __init__(self) -> None:
        self.management = MemoryOrderManagement()

    async def export_service(self, channel: str) -> OrderExportService:
        """The service."""
        return MemoryOrderExportService(self.management)

    async def check(self, number: str = "4711") -> CheckedOrder:
        """Check a sample order of that number."""
        storage = OrderStorage.in_memory(ManualClock())
        await storage.place(number)
        return await check_order(self, await storage.stored(number))


@in_event_loop
async def test_a_missing_a_same_and_a_different_copy_are_told_apart() -> None:
    services = Services()
    assert await services.check() == CheckedOrder(CHANNEL, "4711", Verdict.MISSING)
    services.management.store(sample_order("4711"))
    assert await services.check() == CheckedOrder(CHANNEL, "4711", Verdict.SAME)
    await services.management.plant(placed_order(sample_order("4712", project="another")))
    assert await services.check("4712") == CheckedOrder(
        CHANNEL, "4712", Verdict.DIFFERENT, "project: nothing here, another there"
    )


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.THROTTLING, Mood.FORBIDDING, Mood.FAILING, Mood.GARBLING])
@in_event_loop
async def test_who_cannot_be_asked_says_nothing_about_the_order(mood: Mood) -> None:
    services = Services()
    services.management.store(sample_order("4711"))
    services.management.mood = mood
    checked = await services.check()
    assert checked.verdict is Verdict.UNKNOWN
    assert "4711" in checked.detail
