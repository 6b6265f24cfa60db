"""What becomes of the pieces of an order while somebody else does something with it at the same moment."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from iomconnector.model.availability import ReservationType
from iomconnector.model.endpoints import Endpoint
from iomconnector.model.export_acts import ActOrder, ExportAct
from iomconnector.model.exports import ExportState
from iomconnector.model.stock_holds import HoldEnd, HoldState
from iomconnector.ports.export_ledger import Postponement
from iomconnector.ports.inventory_service import InventoryService, ReservationUnclearError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock, MemoryInventory, MemoryInventoryService
from iomconnector.testing.reservation_stage import PATIENT, ReservationStage
from iomconnector.testing.reservations_in_memory import ShopInMemory
from iomconnector.testing.samples import CHANNEL, sample_order

MINUTE = timedelta(minutes=1)
NUMBER = "2026-0001"


@in_event_loop
async def test_an_order_that_is_being_sent_and_used_its_reservation_up_gets_no_other() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 3}, recognizes_keys=False, consumed_by_order=True)
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        [claim] = await stage.parts.exports.claim(
            CHANNEL, worker="w", now=shop.clock.now(), lease=MINUTE, limit=1
        )
        await stage.parts.stock.arrive(NUMBER, held.reservation.id)
        with capture_logs() as logs:
            await stage.process.settling.sweep()
            shop.clock.advance(MINUTE)
            await stage.process.settling.sweep()
        assert [each["event"] for each in logs if each["log_level"] in ("warning", "error")] == []
        await stage.parts.exports.record_exported(claim, reference="1", at=shop.clock.now())
        shop.clock.advance(MINUTE)
        await stage.process.settling.sweep()
        [hold] = await stage.parts.ledger.of_order(CHANNEL, NUMBER)
        assert (hold.state, hold.end, hold.look_at) == (HoldState.ENDED, HoldEnd.GONE, None)
        assert await shop.audit_trail.entries(topic="order") == []


@in_event_loop
async def test_an_outage_of_a_day_leaves_no_row_a_minute_for_an_order_that_needs_pieces() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 3})
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        await stage.process.release(CHANNEL, "basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        stage.trouble = "down"
        for _ in range(20):
            await stage.process.settling.sweep()
            shop.clock.advance(MINUTE)
        assert len(await stage.parts.ledger.of_order(CHANNEL, NUMBER)) == 2
        stage.trouble = ""
        await stage.process.settling.sweep()
        assert shop.inventory.stock == {"A": 0}
        assert len(await stage.parts.ledger.of_order(CHANNEL, NUMBER)) == 2


class Meanwhile:
    """An inventory service; just before it is asked for one thing, something else happens.

    Arguments:
        service: The service.
        call: What it is asked for.
        happens: What happens, once.
    """

    def __init__(self, service: InventoryService, call: str, happens: Callable[[], Awaitable[None]]) -> None:
        self._service = service
        self._call = call
        self._happens: list[Callable[[], Awaitable[None]]] = [happens]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._service, name)
        if name != self._call:
            return found

        async def call(*given: Any, **named: Any) -> Any:
            while self._happens:
                await self._happens.pop()()
            return await found(*given, **named)

        return call


@in_event_loop
async def test_an_order_that_leaves_after_all_has_pieces_though_another_process_puts_them_back() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as other:
        held = await other.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await other.parts.orders.place([(order, ExportState.DUE)])
        await other.process.settling.sweep()
        order_id = (await other.parts.orders.get(CHANNEL, NUMBER)).request.order_id

        async def act(what: ExportAct) -> None:
            assert await shop.parts.desk.act([order_id], ActOrder(what, "anna", shop.clock.now(), "test"))

        async def retried() -> None:
            await act(ExportAct.RETRY)
            await other.process.settling.sweep()

        await act(ExportAct.GIVE_UP)
        slow = cast(InventoryService, Meanwhile(shop.parts.service, "restock", retried))
        stage = ReservationStage(replace(shop.parts, service=slow), shop.clock)
        await stage.process.settling.sweep()
        await other.process.settling.sweep()
        assert shop.inventory.stock == {"A": 2}
        await stage.aclose()


@in_event_loop
async def test_a_shopper_who_comes_back_while_the_basket_is_freed_has_what_is_told() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 6})
    ahead = ManualClock(shop.clock.now() + 31 * MINUTE)
    ids: list[str] = []
    async with shop.stage() as other:
        await other.process.hold(CHANNEL, {"A": 3}, basket="basket-1")

        async def back() -> None:
            ids.append((await other.process.hold(CHANNEL, {"A": 3}, basket="basket-1")).reservation.id)

        slow = cast(InventoryService, Meanwhile(shop.parts.service, "release", back))
        stage = ReservationStage(replace(shop.parts, service=slow), ahead)
        await stage.process.settling.sweep()
        assert len(ids) == 1
        assert [each.id for each in shop.inventory.reservations()] == ids
        await stage.aclose()


@in_event_loop
async def test_orders_whose_pieces_were_taken_need_no_service_any_more() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        await stage.process.settling.sweep()
        [claim] = await stage.parts.exports.claim(
            CHANNEL, worker="w", now=shop.clock.now(), lease=MINUTE, limit=1
        )
        await stage.parts.exports.record_exported(claim, reference="1", at=shop.clock.now())
        stage.trouble = "inactive"
        await stage.process.settling.sweep()
        shop.clock.advance(MINUTE)
        assert await stage.process.settling.sweep() == 0


@in_event_loop
@pytest.mark.parametrize("exported", [True, False])
async def test_a_channel_without_service_is_not_asked_for_ever_for_its_orders(exported: bool) -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5}, recognizes_keys=False, consumed_by_order=True)
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        stage.trouble = "inactive"
        if exported:
            [claim] = await stage.parts.exports.claim(
                CHANNEL, worker="w", now=shop.clock.now(), lease=MINUTE, limit=1
            )
            await stage.parts.exports.record_exported(claim, reference="1", at=shop.clock.now())
        assert await stage.process.settling.sweep() == 1
        shop.clock.advance(timedelta(days=2))
        assert await stage.process.settling.sweep() == 1
        shop.clock.advance(MINUTE)
        assert await stage.process.settling.sweep() == 0


@in_event_loop
async def test_what_was_reserved_anew_for_an_order_that_left_without_it_is_freed() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5}, recognizes_keys=False, consumed_by_order=True)
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        exports, at = stage.parts.exports, shop.clock.now()
        [claim] = await exports.claim(CHANNEL, worker="w", now=at, lease=MINUTE, limit=1)
        await exports.record_postponed(claim, Postponement(at, "lost", "lost", unclear=True), at=at)
        shop.clock.advance(timedelta(days=1))
        await stage.process.settling.sweep()
        assert len(shop.inventory.reservations()) == 1
        [claim] = await exports.claim(CHANNEL, worker="w", now=shop.clock.now(), lease=MINUTE, limit=1)
        assert claim.placed.order.reservation_id == held.reservation.id
        await exports.record_exported(claim, reference="1", at=shop.clock.now())
        await stage.process.settling.sweep()
        assert shop.inventory.reservations() == []


@in_event_loop
@pytest.mark.parametrize("exported", [True, False])
async def test_a_service_is_asked_for_nothing_that_another_one_holds(exported: bool) -> None:
    former = ShopInMemory(ManualClock(), {"A": 5})
    async with former.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        await stage.process.hold(CHANNEL, {"A": 1}, basket="basket-2")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        if exported:
            await stage.process.settling.sweep()
            assert former.inventory.stock == {"A": 2}
        inventory = MemoryInventory(former.clock)
        inventory.stock["A"] = 9
        service = MemoryInventoryService(inventory, former.parts.service.rules, Endpoint("new", PATIENT))
        theirs = inventory.make({"A": 2}, ReservationType.COMPLETE, timedelta(days=9), "somebody else")
        assert theirs.id == held.reservation.id
        later = ReservationStage(replace(former.parts, service=service), former.clock)
        former.clock.advance(31 * MINUTE)
        await later.process.settling.sweep()
        assert theirs in inventory.reservations()
        assert inventory.stock == {"A": 9 if exported else 6}
        assert await stage.parts.ledger.page() == []
        await later.aclose()


@in_event_loop
async def test_while_the_answer_about_an_orders_pieces_is_lost_no_others_are_asked_for() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 9}, recognizes_keys=False, consumed_by_order=True)
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        await stage.process.release(CHANNEL, "basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        stage.trouble = "loses answers"
        for _ in range(29):
            await stage.process.settling.sweep()
            assert len(shop.inventory.reservations()) == 1
            shop.clock.advance(MINUTE)
        stage.trouble = ""
        shop.clock.advance(2 * MINUTE)
        await stage.process.settling.sweep()
        [made] = shop.inventory.reservations()
        assert (await stage.parts.orders.get(CHANNEL, NUMBER)).placed.order.reservation_id == made.id


@in_event_loop
async def test_what_was_put_back_without_anybody_knowing_is_taken_again_for_an_order_that_leaves_after_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = ShopInMemory(ManualClock(), {"A": 5})
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        await stage.process.settling.sweep()
        order_id = (await stage.parts.orders.get(CHANNEL, NUMBER)).request.order_id
        restock = shop.parts.service.restock

        async def unheard(*given: Any) -> None:
            await restock(*given)
            raise ReservationUnclearError("The answer was lost.")

        monkeypatch.setattr(shop.parts.service, "restock", unheard)
        for what, pieces in ((ExportAct.GIVE_UP, 5), (ExportAct.RETRY, 2)):
            assert await shop.parts.desk.act([order_id], ActOrder(what, "anna", shop.clock.now(), "test"))
            await stage.process.settling.sweep()
            assert shop.inventory.stock == {"A": pieces}
