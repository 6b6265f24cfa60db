"""What becomes of the reservations of orders."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from iomconnector.model.approvals import Decision
from iomconnector.model.export_acts import ActOrder, ExportAct
from iomconnector.model.exports import ExportState
from iomconnector.model.stock_holds import HoldEnd, HoldState, StockHold
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.reservation_stage import ReservationStage
from iomconnector.testing.reservations_in_memory import ShopInMemory
from iomconnector.testing.samples import CHANNEL, approval, approval_step, sample_order

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WAITING, DUE = ExportState.WAITING_FOR_APPROVAL, ExportState.DUE
NUMBER = "2026-0001"


async def placed(stage: ReservationStage, *, waits: bool = False) -> int:
    """Place an order of three pieces; gives its key."""
    held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
    steps = [approval_step("anna")] if waits else []
    order = sample_order(NUMBER, reservation_id=held.reservation.id, approval_steps=steps)
    await stage.parts.orders.place([(order, WAITING if waits else DUE)])
    await stage.process.settling.sweep()
    return (await stage.parts.orders.get(CHANNEL, NUMBER)).request.order_id


async def hold_of(stage: ReservationStage) -> StockHold:
    return (await stage.parts.ledger.of_order(CHANNEL, NUMBER))[0]


async def act(stage: ReservationStage, order_id: int, what: ExportAct) -> None:
    todo = ActOrder(what, "operator", stage.clock.now(), "test")
    assert await stage.parts.desk.act([order_id], todo)
    await stage.process.settling.sweep()


async def told(shop: ShopInMemory) -> list[str]:
    return [entry.action for entry in reversed(await shop.audit_trail.entries(topic="order"))]


@in_event_loop
async def test_the_pieces_of_an_order_are_taken_once_whoever_sweeps() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage, shop.stage() as other:
        order_id = await placed(stage)
        await asyncio.gather(*(each.process.settling.sweep() for each in (stage, other, stage, other)))
        assert shop.inventory.stock == {"A": 2}
        assert (await hold_of(stage)).state is HoldState.FULFILLED
        assert await told(shop) == ["order.stock_taken"]
        await act(stage, order_id, ExportAct.GIVE_UP)
        assert shop.inventory.stock == {"A": 5}
        await act(stage, order_id, ExportAct.RETRY)
        assert shop.inventory.stock == {"A": 2}
        assert list(shop.inventory.taken()) == [NUMBER]


@in_event_loop
@pytest.mark.parametrize("consumed_by_order", [True, False])
async def test_an_order_that_waits_for_days_keeps_its_pieces(consumed_by_order: bool) -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5}, consumed_by_order=consumed_by_order)
    async with shop.stage() as stage:
        order_id = await placed(stage, waits=True)
        first = (await hold_of(stage)).reservation
        for _ in range(4 * 24 * 2):
            shop.clock.advance(30 * MINUTE)
            await stage.process.settling.sweep()
        assert [each.id for each in shop.inventory.reservations()] == [first]
        rejected = approval(decision=Decision.REJECTED, comment="no")
        assert await stage.parts.orders.decide(order_id, rejected, ExportState.REJECTED)
        await stage.process.settling.sweep()
        assert shop.inventory.reservations() == []
        assert (await hold_of(stage)).end is HoldEnd.RELEASED


@in_event_loop
async def test_where_all_was_down_for_too_long_the_order_gets_a_new_reservation_and_its_id() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5}, recognizes_keys=False, consumed_by_order=True)
    async with shop.stage() as stage:
        order_id = await placed(stage, waits=True)
        former = (await hold_of(stage)).reservation
        shop.clock.advance(3 * DAY)
        await stage.process.settling.sweep()
        [held] = shop.inventory.reservations()
        stored = await stage.parts.orders.get(CHANNEL, NUMBER)
        assert former != held.id == stored.placed.order.reservation_id
        assert (stored.request.state, stored.request.revision) == (WAITING, 1)
        assert await told(shop) == ["order.stock_reserved_anew", "order.corrected"]
        assert await stage.parts.orders.decide(order_id, approval(), DUE)
        await stage.process.settling.sweep()
        assert [each.id for each in shop.inventory.reservations()] == [held.id]
        [claim] = await stage.parts.exports.claim(
            CHANNEL, worker="w", now=shop.clock.now(), lease=MINUTE, limit=1
        )
        assert claim.placed.order.reservation_id == held.id
        await stage.parts.stock.arrive(NUMBER, held.id)
        await stage.parts.exports.record_exported(claim, reference="1", at=shop.clock.now())
        await stage.process.settling.sweep()
        assert (await hold_of(stage)).end is HoldEnd.USED
        assert shop.inventory.stock == {"A": 2}


@in_event_loop
@pytest.mark.parametrize(("left", "gets"), [(0, 0), (1, 1)])
async def test_an_order_goes_on_without_what_is_gone_and_that_is_told_loudly(left: int, gets: int) -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        order_id = await placed(stage, waits=True)
        shop.clock.advance(3 * DAY)
        shop.inventory.stock["A"] = left
        with capture_logs() as logs:
            await stage.process.settling.sweep()
            assert await stage.parts.orders.decide(order_id, approval(), DUE)
            await stage.process.settling.sweep()
        errors = [each for each in logs if each["log_level"] == "error"]
        assert errors[0]["event"] == "an order goes on without all of its pieces"
        assert errors[0]["short"] == {"A": 3 - gets}
        count = stage.telemetry.metrics.reservations.labels(CHANNEL, "short")._value.get()
        assert count == len(errors)
        assert await told(shop) == (
            ["order.stock_reserved_anew", "order.stock_taken"] if gets else ["order.stock_short"] * 2
        )
        assert shop.inventory.stock == {"A": left - gets}
        request = (await stage.parts.orders.get(CHANNEL, NUMBER)).request
        assert request.state is DUE


@in_event_loop
async def test_what_was_released_while_the_order_was_placed_is_reserved_anew() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        await stage.process.release(CHANNEL, "basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, DUE)])
        await stage.process.settling.sweep()
        assert shop.inventory.stock == {"A": 2}


@in_event_loop
async def test_while_the_service_is_away_orders_go_on_and_what_is_due_is_done_later() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        stage.trouble = ""
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        stage.trouble = "down"
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, DUE)])
        await stage.process.settling.sweep()
        assert shop.inventory.stock == {"A": 5}
        [claim] = await stage.parts.exports.claim(
            CHANNEL, worker="w", now=shop.clock.now(), lease=MINUTE, limit=1
        )
        assert await stage.parts.exports.record_exported(claim, reference="1", at=shop.clock.now())
        stage.trouble = ""
        shop.clock.advance(MINUTE)
        await stage.process.settling.sweep()
        assert shop.inventory.stock == {"A": 2}


@in_event_loop
async def test_woken_it_settles_in_the_background_and_finishes_before_it_is_closed() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, DUE)])
        stage.process.settling.wake()
        await stage.process.aclose()
        assert shop.inventory.stock == {"A": 2}


@in_event_loop
async def test_of_two_orders_with_one_reservation_each_gets_pieces_of_its_own() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 8, "201807231-01": 8})
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        orders = [sample_order(number, reservation_id=held.reservation.id) for number in ("1", "2")]
        await stage.parts.orders.place([(order, DUE) for order in orders])
        await stage.process.settling.sweep()
        assert shop.inventory.stock == {"A": 5, "201807231-01": 7}
        assert sorted(shop.inventory.taken()) == ["1", "2"]


@in_event_loop
async def test_while_an_order_is_on_its_way_nothing_is_reserved_in_place_of_what_it_uses_up() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 8}, recognizes_keys=False, consumed_by_order=True)
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, DUE)])
        [claim] = await stage.parts.exports.claim(
            CHANNEL, worker="w", now=shop.clock.now(), lease=MINUTE, limit=1
        )
        await stage.parts.stock.arrive(NUMBER, held.reservation.id)
        await stage.process.settling.sweep()
        assert shop.inventory.reservations() == []
        await stage.parts.exports.record_exported(claim, reference="1", at=shop.clock.now())
        shop.clock.advance(MINUTE)
        await stage.process.settling.sweep()
        assert shop.inventory.reservations() == []
        assert shop.inventory.stock == {"A": 5}
        assert (await hold_of(stage)).look_at is None
