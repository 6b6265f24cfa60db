"""The contract of :class:`~iomconnector.ports.reconciliation_store.ReconciliationStore`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

from iomconnector.model.exports import ExportState
from iomconnector.ports.reconciliation_store import OrderKey, ReconciliationStore
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, sample_order

HOUR = timedelta(hours=1)
BOTH = (CHANNEL, OTHER_CHANNEL)


@dataclass(frozen=True, slots=True)
class ReconciliationStorage:
    """A reconciliation store with the orders that it reads.

    Arguments:
        storage: The orders.
        store: The store.
    """

    storage: OrderStorage
    store: ReconciliationStore


class ReconciliationStoreContract(Contract):
    """Promises of the shop's side of a reconciliation."""

    @abstractmethod
    def reconciliation(self, clock: ManualClock) -> AbstractAsyncContextManager[ReconciliationStorage]:
        """The store to test, with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`."""

    async def test_a_period_has_its_first_moment_and_not_its_last(self) -> None:
        clock = ManualClock()
        async with self.reconciliation(clock) as scene:
            for number in ("1", "2", "3", "4"):
                await scene.storage.place(number)
                clock.advance(HOUR)
            found = await scene.store.placed_between(BOTH, NOON + HOUR, NOON + 3 * HOUR)
            assert [each.number for each in found] == ["2", "3"]
            [second] = await scene.store.of_numbers(["2"])
            assert (second.order_id, second.placed_at) == (found[0].order_id, NOON + HOUR)
            assert await scene.store.count_placed(BOTH, NOON + HOUR, NOON + 3 * HOUR) == 2
            assert await scene.store.count_placed([OTHER_CHANNEL], NOON, NOON + 3 * HOUR) == 0

    async def test_pages_follow_one_another(self) -> None:
        clock = ManualClock()
        async with self.reconciliation(clock) as scene:
            numbers = [str(number) for number in range(9)]
            for first in range(0, 9, 3):
                await scene.storage.place(*numbers[first : first + 3])
                clock.advance(timedelta(seconds=1))
            for limit in (1, 2, 4, 100):
                read: list[str] = []
                after: OrderKey | None = None
                while page := await scene.store.placed_between(
                    BOTH, NOON, NOON + HOUR, after=after, limit=limit
                ):
                    assert len(page) <= limit
                    read += [each.number for each in page]
                    after = page[-1]
                assert read == numbers

    async def test_channels_are_told_apart(self) -> None:
        async with self.reconciliation(ManualClock()) as scene:
            orders = [sample_order("7", channel=channel) for channel in BOTH]
            await scene.storage.orders.place([(order, ExportState.DUE) for order in orders])
            for channel in BOTH:
                [found] = await scene.store.placed_between([channel], NOON, NOON + HOUR)
                stored = await scene.storage.orders.get(channel, "7")
                assert found.order_id == stored.request.order_id
            assert [each.channel for each in await scene.store.of_numbers(["7", "8"])] == list(BOTH)
            assert await scene.store.of_numbers([]) == []
