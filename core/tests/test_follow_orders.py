"""Following orders: no change is passed over, and nothing newer is written over."""

from collections.abc import Sequence

import pytest

from iomconnector.model.order_states import OrderState
from iomconnector.ports.order_history_service import HistoryNotOfferedError, StateChanges
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    ManualClock,
    MemoryContextRepository,
    MemoryOrderHistory,
    MemoryOrderHistoryService,
    MemoryOrderStateStore,
)
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, placed_order, sample_order
from iomconnector.usecases import follow_orders
from iomconnector.usecases.follow_orders import FollowOrders

NUMBERS = ("1", "2", "3", "4", "5")


class Followed(MemoryOrderHistoryService):
    """Exported orders that are followed: by a feed, or one after the other where there is none.

    Arguments:
        feed: Whether there is a feed of changes.
    """

    def __init__(self, *, feed: bool) -> None:
        super().__init__(MemoryOrderHistory())
        self.feed = feed
        self.overtaken = False
        self.store = MemoryOrderStateStore(lambda _: list(enumerate(NUMBERS, 1)))

    async def states(self, numbers: Sequence[str]) -> Sequence[OrderState]:
        found = await super().states(numbers)
        await self._others_learn()
        return found

    async def changes(self, mark: str | None, *, limit: int = 1000) -> StateChanges:
        if not self.feed:
            raise HistoryNotOfferedError("There is no feed.")
        found = await super().changes(mark, limit=limit)
        await self._others_learn()
        return found

    async def _others_learn(self) -> None:
        """Let another process learn of a change while the answer is on its way."""
        if self.overtaken:
            await self.management.advance("1")
            state = next(state for _, state in self.management.states() if state.number == "1")
            ticket = await self.store.ticket(CHANNEL)
            await self.store.keep(CHANNEL, [state], ticket=ticket, observed_at=NOON)

    async def plant(self) -> None:
        for number in NUMBERS:
            await self.management.plant(placed_order(sample_order(number)))

    async def follow(self) -> int:
        async def service_of(_: str) -> Followed:
            return self

        contexts = MemoryContextRepository(CONTEXTS)
        return await FollowOrders(contexts, service_of, self.store, ManualClock()).follow(CHANNEL)

    async def known(self) -> dict[str, str]:
        """The code of the last known status, by number."""
        found = await self.store.known(CHANNEL, NUMBERS)
        return {number: each.state.status.code for number, each in found.items()}


@pytest.mark.parametrize("feed", [True, False])
@in_event_loop
async def test_what_another_process_learnt_meanwhile_stands(feed: bool) -> None:
    followed = Followed(feed=feed)
    await followed.follow()
    await followed.plant()
    followed.overtaken = True
    await followed.follow()
    assert (await followed.known())["1"] == "PACKED"


@in_event_loop
async def test_a_feed_is_read_to_its_end_and_goes_on_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_orders, "AT_ONCE", 2)
    followed = Followed(feed=True)
    await followed.follow()
    await followed.plant()
    assert await followed.follow() == len(NUMBERS)
    assert await followed.known() == dict.fromkeys(NUMBERS, "RECEIVED")
    assert await followed.follow() == 0
    await followed.management.advance("3")
    assert await followed.follow() == 1
    assert (await followed.known())["3"] == "PACKED"


@in_event_loop
async def test_without_a_feed_orders_on_their_way_are_asked_for_in_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(follow_orders, "AT_ONCE", 2)
    followed = Followed(feed=False)
    await followed.plant()
    for _ in range(4):
        await followed.follow()
    assert followed.management.asked == [("1", "2"), ("3", "4"), ("5",), ("1", "2")]
    for _ in range(2):
        await followed.management.advance("3")
    await followed.follow()
    followed.management.asked.clear()
    for _ in range(3):
        await followed.follow()
    assert followed.management.asked == [("5",), ("1", "2"), ("4", "5")], "what was sent is not asked for"
