"""The contract of :class:`~iomconnector.ports.export_ledger.ExportLedger`: outcomes, retries and figures."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import Claim, Postponement
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.order_storage import LEASE, OrderStorage
from iomconnector.testing.memory.clock import ManualClock

TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


async def _postpone(shop: OrderStorage, claim: Claim, wait: timedelta, *, unclear: bool = False) -> bool:
    now = shop.clock.now()
    postponement = Postponement(
        due_at=now + wait, code="export.unavailable", reason="Nobody listens.", unclear=unclear
    )
    return await shop.ledger.record_postponed(claim, postponement, at=now)


async def _park(shop: OrderStorage, claim: Claim) -> bool:
    return await shop.ledger.record_parked(claim, code="E17", reason="No such SKU.", at=shop.clock.now())


class ExportOutcomeContract(Contract):
    """Promises of an export ledger about what became of an export."""

    @abstractmethod
    def storage(self, clock: Clock) -> AbstractAsyncContextManager[OrderStorage]:
        """As in :class:`~iomconnector.testing.contracts.ExportClaimContract`."""

    async def test_an_export_ends_with_the_reference(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [claim] = await shop.claim()
            await _postpone(shop, claim, MINUTE, unclear=True)
            clock.advance(MINUTE)
            [claim] = await shop.claim()
            clock.advance(MINUTE)
            assert await shop.ledger.record_exported(claim, reference="/orders/ü", at=clock.now())
        async with self.storage(clock) as shop:
            assert (await shop.stored("4711")).request == replace(
                claim.request,
                state=ExportState.EXPORTED,
                unclear=False,
                reference="/orders/ü",
                reason_code=None,
                reason=None,
                lease_until=None,
                held_by=None,
                updated_at=clock.now(),
                exported_at=clock.now(),
            )

    @pytest.mark.parametrize("unclear", [False, True])
    async def test_a_postponed_export_comes_again_at_its_time(self, unclear: bool) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [claim] = await shop.claim()
            assert await _postpone(shop, claim, MINUTE, unclear=unclear)
            assert (await shop.stored("4711")).request == replace(
                claim.request,
                state=ExportState.DUE,
                unclear=unclear,
                due_at=clock.now() + MINUTE,
                reason_code="export.unavailable",
                reason="Nobody listens.",
                lease_until=None,
                held_by=None,
            )
            clock.advance(MINUTE - TICK)
            assert await shop.claimed_numbers() == []
            clock.advance(TICK)
            [again] = await shop.claim()
            assert (again.unclear, again.request.attempts) == (unclear, 2)

    async def test_a_parked_export_waits_for_a_person_with_its_reason(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [claim] = await shop.claim()
            assert await _park(shop, claim)
            assert (await shop.stored("4711")).request == replace(
                claim.request,
                state=ExportState.PARKED,
                reason_code="E17",
                reason="No such SKU.",
                lease_until=None,
                held_by=None,
            )
            clock.advance(timedelta(days=1000))
            assert await shop.claimed_numbers() == []

    async def test_parking_does_not_make_an_unclear_outcome_clear(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            await shop.claim()
            clock.advance(LEASE)
            [claim] = await shop.claim()
            await _park(shop, claim)
            assert (await shop.stored("4711")).request.unclear

    async def test_a_parked_export_can_be_tried_again_and_asks_first(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [claim] = await shop.claim()
            await _park(shop, claim)
            clock.advance(MINUTE)
            assert await shop.ledger.retry(claim.request.order_id, at=clock.now())
            [again] = await shop.claim()
            assert again.unclear
            assert again.request.due_at == clock.now()

    async def test_failures_of_its_own_are_counted_until_it_is_tried_again_by_hand(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            for counts in (True, False, True):
                [claim] = await shop.claim()
                again = Postponement(clock.now(), "E17", "Later.", unclear=False, counts=counts)
                assert await shop.ledger.record_postponed(claim, again, at=clock.now())
            [claim] = await shop.claim()
            assert (claim.request.failures, claim.request.attempts) == (2, 4)
            await _park(shop, claim)
            assert await shop.ledger.retry(claim.request.order_id, at=clock.now())
            request = (await shop.stored("4711")).request
            assert (request.failures, request.reason_code, request.reason) == (0, None, None)

    async def test_only_a_parked_export_can_be_tried_again(self) -> None:
        unparked = set(ExportState) - {ExportState.PARKED, ExportState.SENDING}
        async with self.storage(ManualClock()) as shop:
            for state in unparked:
                await shop.place(state.value, state=state)
            await shop.place("sending")
            while await shop.claim():
                pass
            before = {stored.request.order_id: stored for stored in await shop.orders.page()}
            for order_id in (*before, max(before) + 1, 0):
                assert not await shop.ledger.retry(order_id, at=shop.clock.now() + MINUTE)
            assert {stored.request.order_id: stored for stored in await shop.orders.page()} == before

    async def test_waiting_retries_can_be_made_due_now(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("1", "2", "parked", "sending", "3")
            for claim in await shop.claim():
                if claim.request.number.isdigit():
                    await _postpone(shop, claim, int(claim.request.number) * MINUTE)
                elif claim.request.number == "parked":
                    await _park(shop, claim)
            await shop.place("waiting", state=ExportState.WAITING_FOR_APPROVAL)
            clock.advance(MINUTE)
            assert await shop.ledger.expedite(at=clock.now()) == 2
            assert await shop.claimed_numbers() == ["1", "2", "3"]
            assert await shop.ledger.expedite(at=clock.now()) == 0

    async def test_every_state_is_counted(self) -> None:
        async with self.storage(ManualClock()) as shop:
            assert await shop.ledger.counts() == dict.fromkeys(ExportState, 0)
            await shop.place("1", "2", "3", "4", "5", "6")
            exported, parked, _ = await shop.claim(limit=3)
            await shop.ledger.record_exported(exported, reference="/orders/1", at=shop.clock.now())
            await _park(shop, parked)
            await shop.place("7", "8", state=ExportState.WAITING_FOR_APPROVAL)
            await shop.place("9", state=ExportState.REJECTED)
            await shop.place("10", state=ExportState.GIVEN_UP)
            assert await shop.ledger.counts() == {
                ExportState.WAITING_FOR_APPROVAL: 2,
                ExportState.DUE: 3,
                ExportState.SENDING: 1,
                ExportState.EXPORTED: 1,
                ExportState.PARKED: 1,
                ExportState.REJECTED: 1,
                ExportState.GIVEN_UP: 1,
            }

    async def test_the_next_moment_is_that_of_the_next_claim(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            assert await shop.next_moment() is None
            await shop.place("1", "2")
            assert await shop.next_moment() == clock.now()
            one, two = await shop.claim()
            assert await shop.next_moment() == clock.now() + LEASE
            await _postpone(shop, one, MINUTE)
            assert await shop.next_moment() == clock.now() + MINUTE
            await shop.ledger.record_exported(two, reference="/orders/2", at=clock.now())
            clock.advance(MINUTE)
            [one] = await shop.claim()
            assert await shop.next_moment() == clock.now() + LEASE
            await _park(shop, one)
            assert await shop.next_moment() is None
