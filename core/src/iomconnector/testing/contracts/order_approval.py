"""The contract of :class:`~iomconnector.ports.order_repository.OrderRepository`: decisions of approvers."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import approval, approval_step, sample_order

DUE = ExportState.DUE
WAITING = ExportState.WAITING_FOR_APPROVAL


class OrderApprovalContract(Contract):
    """Promises of an order repository about the decisions of approvers."""

    @abstractmethod
    def storage(self, clock: Clock) -> AbstractAsyncContextManager[OrderStorage]:
        """As in :class:`~iomconnector.testing.contracts.OrderPlacingContract`."""

    async def _waiting(self, shop: OrderStorage, steps: int = 1) -> int:
        order = sample_order("4711", approval_steps=[approval_step("anna", "berta")] * steps)
        await shop.orders.place([(order, WAITING)])
        return (await shop.stored("4711")).request.order_id

    async def test_an_order_that_waits_is_not_exported_until_it_is_approved(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            order_id = await self._waiting(shop)
            assert await shop.claimed_numbers() == []
            assert await shop.next_moment() is None
            clock.advance(timedelta(days=1))
            assert await shop.orders.decide(order_id, approval(), DUE)
            request = (await shop.stored("4711")).request
            assert (request.state, request.requested_at, request.due_at) == (DUE, clock.now(), clock.now())
            [claim] = await shop.claim()
            assert claim.placed.decisions == (approval(),)

    async def test_decisions_come_step_by_step(self) -> None:
        async with self.storage(ManualClock()) as shop:
            order_id = await self._waiting(shop, steps=2)
            assert await shop.orders.decide(order_id, approval(0), WAITING)
            assert (await shop.stored("4711")).request.state is WAITING
            assert await shop.orders.decide(order_id, approval(1, by="berta", comment="ok 👍"), DUE)
            decisions = (await shop.stored("4711")).placed.decisions
            assert decisions == (approval(0), approval(1, by="berta", comment="ok 👍"))

    async def test_a_rejected_order_stays_in_the_shop(self) -> None:
        async with self.storage(ManualClock()) as shop:
            order_id = await self._waiting(shop)
            assert await shop.orders.decide(order_id, approval(comment="too much"), ExportState.REJECTED)
            assert await shop.claimed_numbers() == []
            assert not await shop.orders.decide(order_id, approval(1), DUE)

    async def test_a_step_is_decided_once(self) -> None:
        async with self.storage(ManualClock()) as shop:
            order_id = await self._waiting(shop, steps=2)
            assert await shop.orders.decide(order_id, approval(0), WAITING)
            before = await shop.stored("4711")
            assert not await shop.orders.decide(order_id, approval(0, by="berta"), DUE)
            assert await shop.stored("4711") == before

    async def test_what_does_not_wait_for_approval_is_not_decided(self) -> None:
        async with self.storage(ManualClock()) as shop:
            await shop.place("4711")
            before = await shop.stored("4711")
            assert not await shop.orders.decide(before.request.order_id, approval(), ExportState.REJECTED)
            assert not await shop.orders.decide(before.request.order_id + 1, approval(), DUE)
            assert await shop.stored("4711") == before

    async def test_of_many_that_decide_at_once_one_has_its_way(self) -> None:
        rivals = [approval(by=f"approver {index}") for index in range(10)]
        async with self.storage(ManualClock()) as shop:
            order_id = await self._waiting(shop)
            results = await asyncio.gather(
                *(
                    shop.orders.decide(order_id, rival, DUE if index % 2 else ExportState.REJECTED)
                    for index, rival in enumerate(rivals)
                )
            )
            assert results.count(True) == 1
            winner = results.index(True)
            stored = await shop.stored("4711")
            assert stored.placed.decisions == (rivals[winner],)
            assert stored.request.state is (DUE if winner % 2 else ExportState.REJECTED)
