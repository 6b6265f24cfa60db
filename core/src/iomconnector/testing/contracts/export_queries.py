"""What every way of looking for exports promises."""

from abc import abstractmethod
from collections import Counter
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.export_acts import ExportAct
from iomconnector.model.export_filters import (
    ANY,
    ExportFilter,
    ExportOrder,
    ExportSummary,
    PageMarkError,
)
from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_queries import ExportQueries
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.export_office import ExportOffice
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, sample_order

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BUSINESS = {"type": "business", "number": "B-7", "company": {"name": "Oil Corp"}}

FILTERS = (
    ANY,
    *(ExportFilter(states=(state,)) for state in ExportState),
    ExportFilter(states=(ExportState.PARKED, ExportState.DUE, ExportState.EXPORTED)),
    ExportFilter(channels=(OTHER_CHANNEL,)),
    ExportFilter(channels=(CHANNEL, OTHER_CHANNEL), states=(ExportState.DUE,)),
    ExportFilter(channels=("nowhere",)),
    ExportFilter(reason_codes=("schema",)),
    ExportFilter(reason_codes=("schema", "timeout"), channels=(CHANNEL,)),
    ExportFilter(reason_codes=("schema",), states=(ExportState.EXPORTED,)),
    ExportFilter(number="A-03"),
    ExportFilter(number="A-0"),
    ExportFilter(number="a\0\ud800"),
    ExportFilter(number_prefix="A-0"),
    ExportFilter(number_prefix="A-0", states=(ExportState.PARKED,)),
    ExportFilter(number_prefix="%"),
    ExportFilter(number_prefix="a-"),
    ExportFilter(customer="B-7"),
    ExportFilter(customer="B-7", channels=(CHANNEL,)),
    ExportFilter(reason_text="NO SUCH"),
    ExportFilter(reason_text="%"),
    ExportFilter(reason_text="straße"),
    ExportFilter(reason_text="no", states=(ExportState.PARKED, ExportState.EXPORTED)),
    ExportFilter(placed_from=NOON + 10 * MINUTE),
    ExportFilter(placed_to=NOON + 10 * MINUTE, states=(ExportState.DUE,)),
    ExportFilter(placed_from=NOON + 5 * MINUTE, placed_to=NOON + 8 * MINUTE),
    ExportFilter(placed_from=NOON + 500 * HOUR),
    ExportFilter(updated_from=NOON + HOUR),
    ExportFilter(updated_to=NOON + HOUR, states=(ExportState.DUE, ExportState.PARKED)),
    ExportFilter(min_failures=1),
    ExportFilter(min_attempts=2),
    ExportFilter(waiting_since=NOON + 6 * MINUTE),
    ExportFilter(due_after=NOON + 10 * MINUTE),
    ExportFilter(due_after=NOON, states=(ExportState.PARKED,)),
    ExportFilter(waiting_since=NOON + 6 * MINUTE, states=(ExportState.EXPORTED,)),
    ExportFilter(waiting_since=NOON + 6 * MINUTE, states=(ExportState.DUE, ExportState.EXPORTED)),
)


class ExportQueriesContract(Contract):
    """The promises of :class:`~iomconnector.ports.export_queries.ExportQueries`."""

    @abstractmethod
    def office(self, clock: Clock) -> AbstractAsyncContextManager[ExportOffice]:
        """Open everything with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`."""

    async def test_a_page_has_exactly_what_meets_the_conditions_in_the_order_asked_for(self) -> None:
        clock = ManualClock(NOON)
        async with self.office(clock) as shop:
            await _fill(shop, clock)
            everything = await _pages(shop.queries, ANY, ExportOrder.OLDEST, limit=1000)
            assert len(everything) == 24
            for wanted in FILTERS:
                for order in ExportOrder:
                    expected = _expected(everything, wanted, order)
                    assert await _pages(shop.queries, wanted, order, limit=1000) == expected, (wanted, order)

    async def test_pages_follow_one_another_without_gap_or_repetition(self) -> None:
        clock = ManualClock(NOON)
        async with self.office(clock) as shop:
            await _fill(shop, clock)
            for wanted in (ANY, FILTERS[8], ExportFilter(states=(ExportState.DUE,)), FILTERS[10]):
                for order in ExportOrder:
                    at_once = await _pages(shop.queries, wanted, order, limit=1000)
                    assert await _pages(shop.queries, wanted, order, limit=1) == at_once
                    assert await _pages(shop.queries, wanted, order, limit=2) == at_once

    @pytest.mark.parametrize("order", ExportOrder)
    async def test_a_mark_that_no_page_gave_is_refused(self, order: ExportOrder) -> None:
        async with self.office(ManualClock()) as shop:
            for mark in ("", "x", "1~2", "-1", "~1", "2026-11-02T12:00:00~1", f"{2**63}", "٣"):
                with pytest.raises(PageMarkError):
                    await shop.queries.page(ANY, order=order, after=mark)

    async def test_counts_agree_with_pages(self) -> None:
        clock = ManualClock(NOON)
        async with self.office(clock) as shop:
            await _fill(shop, clock)
            for wanted in FILTERS:
                listed = await _pages(shop.queries, wanted, ExportOrder.OLDEST, limit=1000)
                assert await shop.queries.count(wanted) == len(listed)
                assert await shop.queries.count(wanted, limit=2) == min(2, len(listed))
                assert await shop.queries.counts_by_reason(wanted) == Counter(
                    (each.request.state, each.request.reason_code) for each in listed
                )
            listed = await _pages(shop.queries, ANY, ExportOrder.OLDEST, limit=1000)
            assert await shop.queries.counts() == Counter(
                (each.request.channel, each.request.state) for each in listed
            )

    async def test_reasons_are_counted_with_an_example(self) -> None:
        clock = ManualClock(NOON)
        async with self.office(clock) as shop:
            await _fill(shop, clock)
            reasons = await shop.queries.reasons()
            listed = await _pages(shop.queries, ANY, ExportOrder.OLDEST, limit=1000)
            expected = Counter(
                (each.request.channel, each.request.state, each.request.reason_code)
                for each in listed
                if each.request.reason_code
            )
            assert {(each.channel, each.state, each.reason_code): each.count for each in reasons} == expected
            assert [each.count for each in reasons] == sorted(expected.values(), reverse=True)
            told = {each.request.reason for each in listed}
            assert all(each.example in told for each in reasons)
            only = await shop.queries.reasons(channels=[OTHER_CHANNEL])
            assert only == [each for each in reasons if each.channel == OTHER_CHANNEL]

    async def test_the_backlog_names_every_channel(self) -> None:
        clock = ManualClock(NOON)
        async with self.office(clock) as shop:
            empty = await shop.queries.backlog(now=clock.now())
            assert [each.channel for each in empty] == sorted([CHANNEL, OTHER_CHANNEL])
            assert all(not any(each.counts.values()) and each.next_due_at is None for each in empty)
            await _fill(shop, clock)
            listed = await _pages(shop.queries, ANY, ExportOrder.OLDEST, limit=1000)
            for backlog in await shop.queries.backlog(now=clock.now()):
                requests = [each.request for each in listed if each.request.channel == backlog.channel]
                due = [each for each in requests if each.state is ExportState.DUE]
                assert backlog.counts == {
                    state: sum(1 for each in requests if each.state is state)
                    for state in ExportState
                    if state is not ExportState.EXPORTED
                }
                assert backlog.due_now == sum(1 for each in due if each.due_at <= clock.now())
                first = min(due, key=lambda each: (each.due_at, each.order_id), default=None)
                assert backlog.oldest_due_since == (first and first.requested_at)
                assert backlog.next_due_at == (first and first.due_at)
                assert backlog.pause is None

    async def test_one_export_is_found_by_channel_and_number(self) -> None:
        async with self.office(ManualClock(NOON)) as shop:
            await shop.place("1", "2")
            await shop.orders.place([(sample_order("1", channel=OTHER_CHANNEL), ExportState.DUE)])
            for channel in (CHANNEL, OTHER_CHANNEL):
                found = await shop.queries.summary(channel, "1")
                assert (found.request.channel, found.request.number) == (channel, "1")
                assert found.placed_at == NOON
                assert found.customer == "1001"
            for channel, number in ((OTHER_CHANNEL, "2"), ("nowhere", "1"), (CHANNEL, "\0")):
                with pytest.raises(NotFoundError):
                    await shop.queries.summary(channel, number)

    async def test_attempts_are_told_in_their_order_and_who_holds_an_order_now(self) -> None:
        clock = ManualClock(NOON)
        async with self.office(clock) as shop:
            await shop.place("1")
            [key] = await shop.keys("1")
            await shop.postpone((await shop.claimed())["1"], MINUTE)
            clock.advance(MINUTE)
            await shop.claimed()
            clock.advance(HOUR)
            claim = (await shop.claimed())["1"]
            held = (await shop.queries.summary(CHANNEL, "1")).request
            assert (held.held_by, held.lease_until) == (claim.worker, claim.request.lease_until)
            await shop.park(claim)
            first, third = await shop.queries.attempts(key)
            assert (first.attempt, first.outcome, first.code) == (1, ExportState.DUE, "timeout")
            assert (third.attempt, third.outcome, third.reason) == (3, ExportState.PARKED, "No such country.")
            assert (third.worker, third.claimed_at, third.ended_at) == (
                claim.worker,
                clock.now(),
                clock.now(),
            )
            assert (await shop.queries.summary(CHANNEL, "1")).request.held_by is None
            assert await shop.queries.attempts(4711) == []

    async def test_the_orders_of_a_page_come_at_once(self) -> None:
        async with self.office(ManualClock()) as shop:
            await shop.place("1", "2")
            keys = await shop.keys("1", "2")
            found = await shop.queries.orders([*keys, 4711])
            assert sorted(found) == keys
            for key in keys:
                order = found[key]
                assert isinstance(order, StoredOrder)
                assert order == await shop.stored(order.request.number)
            assert await shop.queries.orders([]) == {}


def _expected(
    everything: list[ExportSummary], wanted: ExportFilter, order: ExportOrder
) -> list[ExportSummary]:
    found = [each for each in everything if wanted.matches(each)]
    if order is ExportOrder.NEWEST:
        return found[::-1]
    if order is ExportOrder.OLDEST:
        return found
    due = [each for each in found if each.request.state is ExportState.DUE]
    return sorted(due, key=lambda each: (each.request.due_at, each.request.order_id))


async def _pages(
    queries: ExportQueries, wanted: ExportFilter, order: ExportOrder, *, limit: int
) -> list[ExportSummary]:
    found: list[ExportSummary] = []
    page = await queries.page(wanted, order=order, limit=limit)
    found += page.rows
    while page.next is not None:
        page = await queries.page(wanted, order=order, after=page.next, limit=limit)
        assert 0 < len(page.rows) <= limit
        found += page.rows
    return found


async def _fill(shop: ExportOffice, clock: ManualClock) -> None:
    """Two dozen orders of two channels, placed minute by minute, that stand differently."""
    numbers = [f"A-{index:02}" for index in range(10)] + ["B-1", "%1"]
    for index, number in enumerate(numbers):
        for channel in (CHANNEL, OTHER_CHANNEL):
            customer = {} if index % 3 else {"customer": BUSINESS}
            state = (
                ExportState.WAITING_FOR_APPROVAL
                if index == 4
                else ExportState.REJECTED
                if index == 5
                else ExportState.DUE
            )
            await shop.orders.place([(sample_order(number, channel=channel, **customer), state)])
        clock.advance(MINUTE)
    claims = await shop.claimed()
    for index, number in enumerate(numbers):
        if number not in claims:
            continue
        if index % 4 == 0:
            await shop.export(claims[number])
        elif index % 4 == 1:
            await shop.park(claims[number], reason="No such country: 100% wrong in Große Straße.")
        elif index % 4 == 2:
            await shop.postpone(claims[number], (20 - index) * MINUTE)
    clock.advance(2 * HOUR)
    again = await shop.claimed()
    for claim in list(again.values())[:3]:
        await shop.park(claim, code="timeout")
    await shop.act(ExportAct.GIVE_UP, "A-01", reason="The customer cancelled.")
    await shop.act(ExportAct.EXPEDITE, *numbers)
