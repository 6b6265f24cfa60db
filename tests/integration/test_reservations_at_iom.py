"""The life of reservations at IOM, over real sockets: held for a basket, kept while the order waits for
approval, used up by the order that arrives, and never leaked, whatever gets lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.control.desk import ControlDesk
from dev_iomconnector_iom.control.stock_messages import AdvanceCommand, StockEntry, StockImport
from dev_iomconnector_iom.testing.inventory_referee import InventoryReferee
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.application import Application
from iomconnector.jobs.work_off import work_off
from iomconnector.model.approvals import Decision
from iomconnector.model.availability import Quality
from iomconnector.model.orders import Order
from iomconnector.ports.inventory_service import (
    InventoryUnavailableError,
    ReservationRefusedError,
    ReservationUnclearError,
)
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, approval_step, sample_order
from iomconnector.testing.systems import prepared_system

SHOP, SERVICE, SKU = 10010, "iom-inventory-intronics", "201807231-01"
PIECES, NUMBER = 10, "00000001"


@dataclass
class Scene:
    """A connected shop, and the IOM behind it, which has ten pairs of shoes."""

    system: Application
    iom: MoodyStandIn
    desk: ControlDesk

    async def can_be_bought(self) -> int | None:
        """What a shopper's cart is told."""
        return (await self.system.availability.of(CHANNEL, [SKU], quality=Quality.CART))[SKU].quantity

    def held_in_iom(self) -> int:
        """How many pieces valid reservations hold there."""
        return sum(level.reserved for level in self.desk.stock.levels(SHOP))

    def blocked_in_iom(self) -> int:
        """How many pieces orders have there."""
        return sum(level.blocked for level in self.desk.stock.levels(SHOP))

    async def hold(self, pieces: int = 1, basket: str = "basket-1") -> str:
        """Reserve for a basket; the number of the reservation."""
        held = await self.system.reservations.hold(CHANNEL, {SKU: pieces}, basket=basket)
        return held.reservation.id

    async def place(self, reservation: str, **fields: Any) -> Order:
        """Place an order that has a reservation."""
        order = sample_order(NUMBER, reservation_id=reservation, **fields)
        await self.system.place_orders.many([order])
        return order

    async def settle(self) -> None:
        """What the sweep of each minute does."""
        await self.system.reservations.settling.sweep()

    async def export(self) -> None:
        """Send what is due, and settle."""
        await work_off(self.system, wait=0)
        await self.settle()

    async def current(self) -> Order:
        """The order as it stands in the shop now."""
        return (await self.system.orders.get(CHANNEL, NUMBER)).placed.order

    def in_iom(self) -> list[str]:
        """The numbers of the orders there."""
        return self.desk.stored_numbers(SHOP)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    record: list[list[str]] = []
    iom = MoodyStandIn(folder, "2.4", [partial(InventoryReferee, record=record)])
    desk = await iom.start()
    desk.stock.put(SHOP, StockImport(stock=(StockEntry(product=SKU, pieces=PIECES),)))
    settings = {"base_url": iom.url, "read_timeout": 5, "read_retries": 0, "circuit_failures": 100}
    try:
        async with prepared_system("inspired-iomconnector", folder / "shop", services=settings) as system:
            yield Scene(system, iom, desk)
    finally:
        await iom.go_down()
    assert [complaint for each in record for complaint in each] == []


@in_event_loop
async def test_what_a_basket_holds_becomes_the_orders_and_is_counted_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        number = await shop.hold(1)
        assert (await shop.can_be_bought(), shop.held_in_iom()) == (9, 1)
        assert await shop.hold(1) == number
        await shop.place(number)
        await shop.export()
        assert shop.in_iom() == [NUMBER]
        assert (shop.held_in_iom(), shop.blocked_in_iom(), await shop.can_be_bought()) == (0, 1, 9)
        assert shop.desk.stock.reservations(SHOP) == []
        await shop.settle()
        assert shop.blocked_in_iom() == 1


@in_event_loop
async def test_it_lasts_as_long_as_the_order_waits_for_approval(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        number = await shop.hold(1)
        await shop.place(number, approval_steps=[approval_step("anna"), approval_step("otto")])
        await shop.settle()
        shop.desk.stock.advance(AdvanceCommand(seconds=3600))
        assert shop.held_in_iom() == 1
        for name in ("anna", "otto"):
            await shop.system.approve_orders.decide(CHANNEL, NUMBER, Decision.APPROVED, by=name)
        await shop.export()
        assert (shop.in_iom(), shop.held_in_iom(), shop.blocked_in_iom()) == ([NUMBER], 0, 1)
        assert (await shop.current()).reservation_id == number


@in_event_loop
async def test_one_that_ended_before_the_order_was_placed_is_made_anew_and_travels_with_the_order(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as shop:
        number = await shop.hold(1)
        shop.desk.stock.advance(AdvanceCommand(seconds=3600))
        assert shop.held_in_iom() == 0
        await shop.place(number, approval_steps=[approval_step("anna")])
        async with asyncio.timeout(30):
            while (await shop.current()).reservation_id == number:
                await shop.settle()
        assert shop.held_in_iom() == 1
        anew = (await shop.current()).reservation_id
        assert anew not in (None, number)
        await shop.system.approve_orders.decide(CHANNEL, NUMBER, Decision.APPROVED, by="anna")
        await shop.export()
        assert (shop.held_in_iom(), shop.blocked_in_iom(), await shop.can_be_bought()) == (0, 1, 9)


@pytest.mark.parametrize("away", [False, True])
@in_event_loop
async def test_rejection_frees_it_also_where_iom_is_away_at_that_moment(tmp_path: Path, away: bool) -> None:
    async with scene(tmp_path) as shop:
        await shop.place(await shop.hold(4), approval_steps=[approval_step("anna")])
        if away:
            await shop.iom.fail()
        await shop.system.approve_orders.decide(CHANNEL, NUMBER, Decision.REJECTED, by="anna", comment="no")
        await shop.settle()
        if away:
            assert shop.held_in_iom() == 4
            await shop.iom.accept()
            await _due_again(shop)
        assert (shop.held_in_iom(), await shop.can_be_bought()) == (0, PIECES)
        assert shop.desk.stock.reservations(SHOP) == []


async def _due_again(shop: Scene) -> None:
    """What is postponed is done a minute later; here at once."""
    for hold in await shop.system.reservation_ledger.page(channel=CHANNEL):
        await shop.system.reservations.settling.settle(hold)


@in_event_loop
async def test_a_lost_answer_holds_pieces_no_longer_than_their_lifetime(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        await shop.system.services.change(SERVICE, values={"reservation_lifetime": 60}, by="test")
        while (await shop.system.inventory_service(CHANNEL)).rules.lifetime.total_seconds() != 60:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        shop.desk.add_fault(FaultRule(kind=FaultKind.LOST_ANSWER, method="POST"))
        with pytest.raises(ReservationUnclearError):
            await shop.hold(4)
        shop.desk.clear_faults()
        assert shop.held_in_iom() == 4
        number = await shop.hold(4)
        assert shop.held_in_iom() == 8
        with pytest.raises(ReservationRefusedError) as refused:
            await shop.hold(4, basket="basket-2")
        assert refused.value.short == {SKU: 2}
        shop.desk.stock.advance(AdvanceCommand(seconds=30))
        assert await shop.hold(4) == number
        shop.desk.stock.advance(AdvanceCommand(seconds=31))
        assert shop.held_in_iom() == 4


@pytest.mark.parametrize("kind", [FaultKind.REFUSE, FaultKind.HANG, FaultKind.STATUS, FaultKind.WRONG_JSON])
@in_event_loop
async def test_a_checkout_that_iom_does_not_answer_holds_nothing_for_ever(
    tmp_path: Path, kind: FaultKind
) -> None:
    async with scene(tmp_path) as shop:
        shop.desk.add_fault(FaultRule(kind=kind, status=401 if kind is FaultKind.STATUS else 503))
        with pytest.raises(InventoryUnavailableError):
            await shop.hold(4)
        shop.desk.clear_faults()
        shop.desk.stock.advance(AdvanceCommand(seconds=1900))
        assert (shop.held_in_iom(), await shop.can_be_bought()) == (0, PIECES)


@in_event_loop
async def test_many_baskets_at_once_get_no_more_than_there_is_and_give_all_of_it_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as shop:
        baskets = [f"basket-{number}" for number in range(12)]
        outcomes = await asyncio.gather(
            *(shop.hold(3, basket=basket) for basket in baskets), return_exceptions=True
        )
        assert sum(isinstance(each, str) for each in outcomes) == 3
        assert sum(isinstance(each, ReservationRefusedError) for each in outcomes) == 9
        assert (shop.held_in_iom(), await shop.can_be_bought()) == (9, 1)
        for basket in baskets:
            await shop.system.reservations.release(CHANNEL, basket)
        assert (shop.held_in_iom(), await shop.can_be_bought()) == (0, PIECES)
