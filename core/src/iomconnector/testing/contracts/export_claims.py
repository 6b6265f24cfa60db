"""The contract of :class:`~iomconnector.ports.export_ledger.ExportLedger`: claims and leases."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import Claim, Postponement
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.order_storage import LEASE, OrderStorage
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_order

TICK = timedelta(microseconds=1)


class ExportClaimContract(Contract):
    """Promises of an export ledger about who may work on an order."""

    @abstractmethod
    def storage(self, clock: Clock) -> AbstractAsyncContextManager[OrderStorage]:
        """The ledger to test with the repository of its orders, empty at first; the contexts of
        :data:`iomconnector.testing.samples.CONTEXTS` exist."""

    async def test_what_is_due_is_claimed_oldest_first(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            for number in ("c", "a", "b"):
                await shop.place(number)
                clock.advance(timedelta(seconds=1))
            await shop.place("z", "y")
            assert await shop.claimed_numbers(limit=4) == ["c", "a", "b", "z"]
            assert await shop.claimed_numbers() == ["y"]
            assert await shop.claimed_numbers() == []

    async def test_a_claim_brings_the_order_and_counts_the_attempt(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            clock.advance(timedelta(seconds=5))
            [claim] = await shop.claim()
            assert claim.placed.order == sample_order("4711")
            assert not claim.unclear
            assert claim.request == (await shop.stored("4711")).request
            assert claim.request.state is ExportState.SENDING
            assert claim.request.attempts == 1
            assert claim.request.lease_until == clock.now() + LEASE

    async def test_no_more_are_claimed_than_asked_for(self) -> None:
        async with self.storage(ManualClock()) as shop:
            await shop.place("1", "2", "3")
            assert await shop.claimed_numbers(limit=0) == []
            assert await shop.claimed_numbers(limit=2) == ["1", "2"]

    @pytest.mark.parametrize("state", sorted(set(ExportState) - {ExportState.DUE, ExportState.SENDING}))
    async def test_what_is_not_due_is_not_claimed(self, state: ExportState) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711", state=state)
            clock.advance(timedelta(days=1000))
            assert await shop.claimed_numbers() == []

    async def test_what_is_claimed_is_not_claimed_again_until_its_lease_ends(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [first] = await shop.claim()
            clock.advance(LEASE - TICK)
            assert await shop.claimed_numbers() == []
            clock.advance(TICK)
            [second] = await shop.claim()
            assert second.token != first.token
            assert second.unclear
            assert second.request.attempts == 2

    async def test_what_was_abandoned_comes_before_what_is_due_since_then(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("old")
            await shop.claim()
            clock.advance(LEASE)
            await shop.place("new")
            assert await shop.claimed_numbers(limit=1) == ["old"]
            assert await shop.claimed_numbers(limit=1) == ["new"]

    async def test_a_claim_outlives_its_process(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            await shop.claim()
        async with self.storage(clock) as shop:
            assert await shop.claimed_numbers() == []
            clock.advance(LEASE)
            [claim] = await shop.claim()
            assert claim.unclear

    async def test_many_that_claim_at_once_get_different_orders(self) -> None:
        numbers = [f"{number:02}" for number in range(25)]
        async with self.storage(ManualClock()) as shop:
            await shop.place(*numbers)
            claimed = await asyncio.gather(*(shop.claimed_numbers(limit=3) for _ in range(10)))
            assert sorted(number for each in claimed for number in each) == numbers

    async def test_claims_through_two_connections_get_different_orders(self) -> None:
        clock = ManualClock()
        numbers = [f"{number:02}" for number in range(20)]
        async with self.storage(clock) as one, self.storage(clock) as other:
            await one.place(*numbers)
            claimed = await asyncio.gather(
                *(shop.claimed_numbers(limit=2) for _ in range(5) for shop in (one, other))
            )
            assert sorted(number for each in claimed for number in each) == numbers

    async def test_who_gives_a_sign_of_life_keeps_the_order(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [claim] = await shop.claim()
            clock.advance(LEASE - TICK)
            assert await shop.ledger.extend([claim], clock.now() + LEASE) == {claim.request.order_id}
            clock.advance(LEASE - TICK)
            assert await shop.claimed_numbers() == []
            clock.advance(TICK)
            assert await shop.claimed_numbers() == ["4711"]

    async def test_leases_of_many_claims_are_prolonged_together_but_not_the_lost_ones(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("1", "2", "3", "4")
            lost, *_ = await shop.claim(limit=1)
            clock.advance(LEASE)
            kept = await shop.claim(limit=2)
            ended, *_ = await shop.claim(limit=1)
            await shop.ledger.record_exported(ended, reference="/orders/1", at=clock.now())
            prolonged = await shop.ledger.extend([lost, *kept, ended], clock.now() + 2 * LEASE)
            assert prolonged == {claim.request.order_id for claim in kept}
            assert await shop.ledger.extend([], clock.now()) == set()
            clock.advance(LEASE)
            assert await shop.claimed_numbers() == ["4"]

    async def test_a_channel_has_its_own_exports(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("1")
            await shop.place_in(OTHER_CHANNEL, "2")
            clock.advance(timedelta(seconds=1))
            await shop.place_in(OTHER_CHANNEL, "3")
            [claim] = await shop.claim()
            assert claim.request.number == "1"
            assert [each.request.number for each in await shop.claim(channel=OTHER_CHANNEL)] == ["2", "3"]

    async def test_the_next_moment_of_each_channel_is_told(self) -> None:
        clock = ManualClock()
        began = clock.now()
        async with self.storage(clock) as shop:
            assert await shop.ledger.next_moments() == {}
            await shop.place_in(OTHER_CHANNEL, "1")
            assert await shop.ledger.next_moments() == {OTHER_CHANNEL: began}
            clock.advance(timedelta(seconds=1))
            await shop.place("2")
            await shop.claim(channel=OTHER_CHANNEL)
            assert await shop.ledger.next_moments() == {
                CHANNEL: clock.now(),
                OTHER_CHANNEL: clock.now() + LEASE,
            }

    async def test_who_claimed_when_is_in_the_claim(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [claim] = await shop.claim(worker="mars/4/ab12cd")
            assert (claim.worker, claim.claimed_at) == ("mars/4/ab12cd", clock.now())

    async def test_attempts_that_never_ended_are_counted_until_one_ends(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            for abandoned in (0, 1, 2):
                [claim] = await shop.claim()
                assert claim.request.abandoned == abandoned
                assert claim.request == (await shop.stored("4711")).request
                clock.advance(LEASE)
            [claim] = await shop.claim()
            later = Postponement(due_at=clock.now(), code="code", reason="reason", unclear=True)
            await shop.ledger.record_postponed(claim, later, at=clock.now())
            assert (await shop.stored("4711")).request.abandoned == 0

    async def test_of_orders_that_were_abandoned_again_few_are_claimed_at_a_time(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("1", "2", "3")
            for _ in range(2):
                assert len(await shop.claim()) == 3
                clock.advance(LEASE)
            await shop.place("new")
            claimed = await shop.claim(suspects=1)
            assert [claim.request.number for claim in claimed] == ["1", "new"]
            assert await shop.claim(suspects=0) == []
            assert [claim.request.number for claim in await shop.claim(suspects=5)] == ["2", "3"]

    async def test_who_lost_the_lease_changes_nothing(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [lost] = await shop.claim()
            clock.advance(LEASE)
            [holder] = await shop.claim()
            before = await shop.stored("4711")
            await _assert_powerless(shop, lost)
            assert await shop.stored("4711") == before
            assert await shop.ledger.record_exported(holder, reference="/orders/1", at=clock.now())
            after = await shop.stored("4711")
            await _assert_powerless(shop, lost)
            await _assert_powerless(shop, holder)
            assert await shop.stored("4711") == after

    async def test_a_lease_that_ended_still_holds_while_nobody_else_claims(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [claim] = await shop.claim()
            clock.advance(10 * LEASE)
            assert await shop.ledger.record_exported(claim, reference="/orders/1", at=clock.now())
            assert await shop.claimed_numbers() == []

    async def test_of_many_outcomes_at_once_one_is_recorded(self) -> None:
        async with self.storage(ManualClock()) as shop:
            await shop.place("4711")
            [claim] = await shop.claim()
            at = shop.clock.now()
            kept = await asyncio.gather(
                *(shop.ledger.record_exported(claim, reference=str(n), at=at) for n in range(5)),
                *(shop.ledger.record_parked(claim, code="c", reason=str(n), at=at) for n in range(5)),
            )
            assert kept.count(True) == 1


async def _assert_powerless(shop: OrderStorage, claim: Claim) -> None:
    at = shop.clock.now()
    assert await shop.ledger.extend([claim], at + timedelta(days=1)) == set()
    assert not await shop.ledger.record_exported(claim, reference="/orders/0", at=at)
    assert not await shop.ledger.record_parked(claim, code="code", reason="reason", at=at)
    postponement = Postponement(due_at=at, code="code", reason="reason", unclear=False)
    assert not await shop.ledger.record_postponed(claim, postponement, at=at)
