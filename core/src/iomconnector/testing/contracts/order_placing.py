"""The contract of :class:`~iomconnector.ports.order_repository.OrderRepository`: placing and finding."""

import asyncio
from abc import abstractmethod
from collections import Counter
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest
from opentelemetry import trace

from iomconnector.errors import NotFoundError, StorageError
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.observability.tracing import context_of
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_order

DUE = ExportState.DUE
WAITING = ExportState.WAITING_FOR_APPROVAL
PLACED, ALREADY_PLACED, CONFLICT, TAKEN_ELSEWHERE = PlacementOutcome
DRAWN, ELSEWHERE = (CHANNEL, "4711"), (OTHER_CHANNEL, "4711")


class OrderPlacingContract(Contract):
    """Promises about placing and finding orders."""

    @abstractmethod
    def storage(self, clock: Clock) -> AbstractAsyncContextManager[OrderStorage]:
        """The repository to test with the ledger of its orders, empty at first; the contexts of
        :data:`iomconnector.testing.samples.CONTEXTS` exist."""

    async def test_a_placed_order_comes_back_with_its_export_request(self) -> None:
        clock = ManualClock()
        order = sample_order("4711", message_to_merchant="Bitte klingeln!\n🎉", attributes={"a": {"b": "c"}})
        async with self.storage(clock) as shop:
            assert list(await shop.orders.place([(order, DUE)])) == [PLACED]
            clock.advance(timedelta(hours=1))
        async with self.storage(clock) as shop:
            stored = await shop.stored("4711")
        placed_at = clock.now() - timedelta(hours=1)
        assert stored.placed.order == order
        assert stored.placed.decisions == ()
        assert stored.request == ExportRequest(
            order_id=stored.request.order_id,
            channel=order.channel,
            number=order.number,
            state=DUE,
            attempts=0,
            unclear=False,
            due_at=placed_at,
            lease_until=None,
            reference=None,
            reason_code=None,
            reason=None,
            requested_at=placed_at,
            updated_at=placed_at,
            exported_at=None,
        )

    async def test_the_trace_in_which_an_order_was_placed_is_kept(self) -> None:
        trace_parent = f"00-{'4b' * 16}-{'0f' * 8}-01"
        async with self.storage(ManualClock()) as shop:
            with trace.use_span(trace.get_current_span(context_of(trace_parent))):
                await shop.place("4711")
            await shop.place("4712")
            assert (await shop.stored("4711")).request.trace_parent == trace_parent
            assert (await shop.stored("4712")).request.trace_parent is None
            claims = {claim.request.number: claim.request.trace_parent for claim in await shop.claim()}
            assert claims == {"4711": trace_parent, "4712": None}

    async def test_placing_the_same_order_again_changes_nothing(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as shop:
            await shop.place("4711")
            [claim] = await shop.claim()
            await shop.ledger.record_exported(claim, reference="/orders/1", at=clock.now())
            before = await shop.stored("4711")
            clock.advance(timedelta(hours=1))
            assert list(await shop.orders.place([(sample_order("4711"), DUE)])) == [ALREADY_PLACED]
            assert await shop.stored("4711") == before
            assert await shop.claimed_numbers() == []

    async def test_an_order_of_other_content_is_a_conflict_and_changes_nothing(self) -> None:
        async with self.storage(ManualClock()) as shop:
            await shop.place("4711")
            before = await shop.stored("4711")
            other = sample_order("4711", project="another")
            assert list(await shop.orders.place([(other, WAITING)])) == [CONFLICT]
            assert await shop.stored("4711") == before

    async def test_one_number_may_occur_in_two_channels(self) -> None:
        orders = [sample_order("4711"), sample_order("4711", channel=OTHER_CHANNEL, project="another")]
        async with self.storage(ManualClock()) as shop:
            outcomes = await shop.orders.place([(order, DUE) for order in orders])
            assert list(outcomes) == [PLACED, PLACED]
            assert (await shop.orders.get(CHANNEL, "4711")).placed.order == orders[0]
            assert (await shop.orders.get(OTHER_CHANNEL, "4711")).placed.order == orders[1]
            assert set(await shop.orders.channels_of("4711")) == {CHANNEL, OTHER_CHANNEL}

    async def test_a_number_from_the_sequence_occurs_in_one_channel(self) -> None:
        drawn, other = sample_order("4711"), sample_order("4711", channel=OTHER_CHANNEL)
        async with self.storage(ManualClock()) as shop:
            assert list(await shop.orders.place([(drawn, DUE)], from_sequence={DRAWN})) == [PLACED]
            for also in ({DRAWN}, {DRAWN, ELSEWHERE}):
                outcomes = await shop.orders.place([(other, DUE), (drawn, DUE)], from_sequence=also)
                assert list(outcomes) == [TAKEN_ELSEWHERE, ALREADY_PLACED]
            assert list(await shop.orders.channels_of("4711")) == [CHANNEL]
            assert await shop.claimed_numbers() == ["4711"]

    async def test_the_sequence_cannot_give_a_number_that_another_channel_has(self) -> None:
        drawn, other = sample_order("4711"), sample_order("4711", channel=OTHER_CHANNEL)
        async with self.storage(ManualClock()) as shop:
            outcomes = await shop.orders.place([(other, DUE), (drawn, DUE)], from_sequence={DRAWN})
            assert list(outcomes) == [PLACED, TAKEN_ELSEWHERE]
            assert list(await shop.orders.place([(drawn, DUE)])) == [PLACED], "as a number of its own"
            assert list(await shop.orders.place([(other, DUE), (drawn, DUE)])) == [ALREADY_PLACED] * 2

    async def test_of_two_channels_at_once_one_gets_a_number_of_the_sequence(self) -> None:
        clock = ManualClock()
        async with self.storage(clock) as one, self.storage(clock) as other:
            for number in map(str, range(20)):
                outcomes = await asyncio.gather(
                    one.orders.place([(sample_order(number), DUE)], from_sequence={(CHANNEL, number)}),
                    other.orders.place([(sample_order(number, channel=OTHER_CHANNEL), DUE)]),
                )
                assert {outcome for [outcome] in outcomes} == {PLACED, TAKEN_ELSEWHERE}
                assert len(await one.orders.channels_of(number)) == 1

    async def test_outcomes_come_in_the_order_of_the_orders_and_concern_one_each(self) -> None:
        batch = [
            sample_order("1"),
            sample_order("2", project="another"),
            sample_order("3"),
            sample_order("1"),
            sample_order("3", project="another"),
        ]
        async with self.storage(ManualClock()) as shop:
            await shop.place("2")
            outcomes = await shop.orders.place([(order, DUE) for order in batch])
            assert list(outcomes) == [PLACED, CONFLICT, PLACED, ALREADY_PLACED, CONFLICT]
            assert sorted(await shop.claimed_numbers()) == ["1", "2", "3"]
            assert (await shop.stored("2")).placed.order == sample_order("2")

    async def test_a_failure_lets_none_of_the_orders_in(self) -> None:
        homeless = sample_order("2", channel="nowhere")
        async with self.storage(ManualClock()) as shop:
            with pytest.raises(StorageError, match="nowhere"):
                await shop.orders.place([(sample_order("1"), DUE), (homeless, DUE), (sample_order("3"), DUE)])
            assert list(await shop.orders.page()) == []
            assert sum((await shop.ledger.counts()).values()) == 0
            await shop.place("1", "3")
            assert await shop.claimed_numbers() == ["1", "3"]

    async def test_placing_no_order_is_no_error(self) -> None:
        async with self.storage(ManualClock()) as shop:
            assert list(await shop.orders.place([])) == []

    async def test_of_many_that_place_one_order_at_once_one_places_it(self) -> None:
        async with self.storage(ManualClock()) as shop:
            outcomes = await asyncio.gather(
                *(shop.orders.place([(sample_order("4711"), DUE)]) for _ in range(20))
            )
            assert Counter(outcome for [outcome] in outcomes) == {PLACED: 1, ALREADY_PLACED: 19}
            assert await shop.claimed_numbers() == ["4711"]

    async def test_of_many_orders_of_one_number_at_once_one_is_placed(self) -> None:
        rivals = [sample_order("4711", project=str(index)) for index in range(20)]
        async with self.storage(ManualClock()) as shop:
            outcomes = await asyncio.gather(*(shop.orders.place([(rival, DUE)]) for rival in rivals))
            assert Counter(outcome for [outcome] in outcomes) == {PLACED: 1, CONFLICT: 19}
            assert (await shop.stored("4711")).placed.order == rivals[outcomes.index([PLACED])]

    async def test_an_unknown_order_is_not_found(self) -> None:
        async with self.storage(ManualClock()) as shop:
            await shop.place("A1")
            for channel, number in ((CHANNEL, "a1"), (CHANNEL, "A1 "), (OTHER_CHANNEL, "A1"), ("x", "A1")):
                with pytest.raises(NotFoundError, match=number):
                    await shop.orders.get(channel, number)
            assert list(await shop.orders.channels_of("a1")) == []

    async def test_pages_lead_through_all_orders_by_ascending_key(self) -> None:
        numbers = [str(number) for number in range(9, 0, -1)]
        async with self.storage(ManualClock()) as shop:
            await shop.place(*numbers)
            after, seen = 0, []
            while page := await shop.orders.page(after=after, limit=4):
                assert len(page) <= 4
                seen += [stored.request for stored in page]
                after = page[-1].request.order_id
            assert [request.number for request in seen] == numbers
            assert [request.order_id for request in seen] == sorted({request.order_id for request in seen})

    async def test_a_page_can_be_of_one_channel_and_of_some_states(self) -> None:
        async with self.storage(ManualClock()) as shop:
            await shop.orders.place(
                [
                    (sample_order("due"), DUE),
                    (sample_order("waiting"), WAITING),
                    (sample_order("elsewhere", channel=OTHER_CHANNEL), DUE),
                    (sample_order("rejected"), ExportState.REJECTED),
                ]
            )

            async def numbers(*states: ExportState, channel: str | None = None) -> list[str]:
                page = await shop.orders.page(channel=channel, states=states)
                return [stored.request.number for stored in page]

            assert await numbers() == ["due", "waiting", "elsewhere", "rejected"]
            assert await numbers(channel=CHANNEL) == ["due", "waiting", "rejected"]
            assert await numbers(DUE) == ["due", "elsewhere"]
            assert await numbers(WAITING, ExportState.REJECTED) == ["waiting", "rejected"]
            assert await numbers(DUE, channel=OTHER_CHANNEL) == ["elsewhere"]
            assert await numbers(ExportState.EXPORTED) == []
