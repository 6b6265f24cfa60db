"""Holding the pieces of baskets."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from iomconnector.model.stock_holds import HoldEnd, HoldState
from iomconnector.ports.inventory_service import (
    InventoryUnavailableError,
    ReservationRefusedError,
    ReservationUnclearError,
)
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.mortal import Killed
from iomconnector.testing.reservations_in_memory import ShopInMemory
from iomconnector.testing.samples import CHANNEL

MINUTE = timedelta(minutes=1)
BASKET = "basket-1"


@in_event_loop
async def test_the_same_items_are_the_same_reservation_and_others_replace_it() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5, "B": 5})
    async with shop.stage() as stage:
        first = await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        shop.clock.advance(20 * MINUTE)
        again = await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        assert again.reservation.id == first.reservation.id
        assert again.reservation.valid_until == shop.clock.now() + 30 * MINUTE
        other = await stage.process.hold(CHANNEL, {"A": 5, "B": 1}, basket=BASKET)
        assert [each.id for each in shop.inventory.reservations()] == [other.reservation.id]
        assert dict(other.reservation.pieces) == {"A": 5, "B": 1}
        assert await stage.process.held(CHANNEL, BASKET) == other
        assert await stage.process.held(CHANNEL, "basket-2") is None


@in_event_loop
async def test_what_is_refused_is_not_held_and_can_be_tried_again() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 2})
    async with shop.stage() as stage:
        with pytest.raises(ReservationRefusedError) as refused:
            await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        assert refused.value.short == {"A": 2}
        with pytest.raises(ReservationRefusedError):
            await stage.process.hold(CHANNEL, {}, basket=BASKET)
        [row] = await shop.parts.ledger.page(ended=True)
        assert (row.end, row.basket) == (HoldEnd.REFUSED, None)
        assert (await stage.process.hold(CHANNEL, {"A": 2}, basket=BASKET)).reservation.complete


@in_event_loop
async def test_where_keys_are_recognized_a_lost_answer_holds_nothing_twice() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        stage.trouble = "loses answers"
        for _ in range(3):
            with pytest.raises(ReservationUnclearError):
                await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        stage.trouble = ""
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        assert [each.id for each in shop.inventory.reservations()] == [held.reservation.id]


@in_event_loop
async def test_where_they_are_not_no_more_than_two_can_be_lost() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 9}, recognizes_keys=False)
    async with shop.stage() as stage:
        stage.trouble = "loses answers"
        for _ in range(5):
            with pytest.raises(ReservationUnclearError):
                await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        assert len(shop.inventory.reservations()) == 2
        stage.trouble = ""
        with pytest.raises(ReservationUnclearError):
            await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        shop.clock.advance(31 * MINUTE)
        assert await stage.process.hold(CHANNEL, {"A": 9}, basket=BASKET)
        await stage.process.settling.sweep()
        ends = [hold.end for hold in await shop.parts.ledger.page(ended=True)]
        assert ends == [HoldEnd.LOST, HoldEnd.LOST]


@in_event_loop
async def test_a_service_that_is_down_changes_nothing_and_what_is_held_is_still_good() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        stage.trouble = "down"
        again = await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        assert again.reservation == held.reservation
        with pytest.raises(InventoryUnavailableError):
            await stage.process.hold(CHANNEL, {"A": 1}, basket="basket-2")
        await stage.process.release(CHANNEL, BASKET)
        assert await stage.process.held(CHANNEL, BASKET) is None
        assert len(shop.inventory.reservations()) == 1
        stage.trouble = ""
        shop.clock.advance(MINUTE)
        await stage.process.settling.sweep()
        assert shop.inventory.reservations() == []


@in_event_loop
async def test_a_service_that_hangs_is_not_waited_for_longer_than_shoppers_are_patient() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage(patience=timedelta(milliseconds=500)) as stage:
        shop.inventory.answering.clear()
        with pytest.raises(ReservationUnclearError, match=r"did not answer within 0\.5 seconds"):
            await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        shop.inventory.answering.set()
        assert (await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)).reservation.complete
        assert len(shop.inventory.reservations()) == 1


@in_event_loop
@pytest.mark.parametrize("recognizes_keys", [True, False])
async def test_two_windows_of_one_basket_hold_its_pieces_once(recognizes_keys: bool) -> None:
    shop = ShopInMemory(ManualClock(), {"A": 30}, recognizes_keys=recognizes_keys)
    async with shop.stage() as stage:
        holding = [stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET) for _ in range(8)]
        outcomes = await asyncio.gather(*holding, return_exceptions=True)
        assert not [each for each in outcomes if isinstance(each, Exception | Killed)] or not recognizes_keys
        [only] = shop.inventory.reservations()
        held = await stage.process.held(CHANNEL, BASKET)
        assert held is not None
        assert held.reservation.id == only.id


@in_event_loop
@pytest.mark.parametrize("steps", range(1, 7))
@pytest.mark.parametrize("after_the_step", [False, True])
async def test_who_dies_while_holding_leaves_nothing(steps: int, after_the_step: bool) -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        stage.mortality.doom(steps, after_the_step=after_the_step)
        with suppress(Killed):
            await stage.process.hold(CHANNEL, {"A": 3}, basket=BASKET)
        await stage.next_process()
        shop.clock.advance(2 * MINUTE)
        await stage.process.settling.sweep()
        rows = [row for row in await shop.parts.ledger.page() if row.state is HoldState.HELD]
        assert [row.reservation for row in rows] == [each.id for each in shop.inventory.reservations()]
        shop.clock.advance(29 * MINUTE)
        await stage.process.settling.sweep()
        assert shop.inventory.reservations() == []
        assert await shop.parts.ledger.page() == []
