"""Processes that hold pieces, place orders and settle, and are killed in the midst of it."""

import asyncio
import random
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack, aclosing, suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from bc_inventory.testing import stock_database
from bc_inventory.testing_reservations import shop_with_stock
from iomconnector.errors import ConnectorError
from iomconnector.jobs.clock import SystemClock
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.model.stock_holds import HoldState
from iomconnector.observability.telemetry import Telemetry
from iomconnector.storage.database import Database
from iomconnector.storage.endpoint_states import SqlEndpointStates
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.programs import Program
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.reservation_stage import ReservationParts, ReservationStage
from iomconnector.testing.samples import CHANNEL, approval, approval_step, sample_order
from iomconnector.usecases.ask_inventory import AskInventory
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.inventory_source import InventorySource
from iomconnector.usecases.reserve_stock import ReserveStock, reserve_stock

SKUS = ("A", "B")
THERE = 400
WAITING, DUE = ExportState.WAITING_FOR_APPROVAL, ExportState.DUE


async def shop(url: str, name: str) -> None:
    """What a process does until it is killed."""
    clock, telemetry = SystemClock(), Telemetry()
    async with aclosing(Database(url)) as database:
        parts = await shop_with_stock(database, clock, {})
        gates = Gates(SqlEndpointStates(database), name, clock)

        async def resolve(_: str) -> InventorySource:
            return InventorySource(parts.service, "service")

        ask = AskInventory(gates, clock, telemetry)
        process = reserve_stock(parts.ledger, ask, resolve, clock, telemetry)
        chance = random.Random(name)
        for number in range(1_000_000):
            with suppress(ConnectorError):
                await _buy(parts, process, chance, f"{name}-{number}")
            sys.stdout.write("bought\n")
            sys.stdout.flush()


async def _buy(parts: ReservationParts, process: ReserveStock, chance: random.Random, number: str) -> None:
    basket = f"basket-{chance.randrange(6)}"
    items = {sku: chance.randint(1, 2) for sku in chance.sample(SKUS, chance.randint(1, 2))}
    held = await process.hold(CHANNEL, items, basket=basket)
    if chance.random() < 0.3:
        return
    waits = chance.random() < 0.5
    steps = [approval_step("anna")] if waits else []
    order = sample_order(number, reservation_id=held.reservation.id, approval_steps=steps)
    order = _with_items(order, items)
    await parts.orders.place([(order, WAITING if waits else DUE)])
    if waits and chance.random() < 0.5:
        key = (await parts.orders.get(CHANNEL, number)).request.order_id
        await parts.orders.decide(key, approval(), chance.choice([DUE, ExportState.REJECTED]))
    await process.settling.sweep()


def _with_items(order: Order, items: Mapping[str, int]) -> Order:
    """An order of these products: where another order has its reservation, they are reserved anew."""
    [bucket] = order.shipping_buckets
    [item] = bucket.line_items
    lines = [
        item.model_copy(
            update={
                "position": position,
                "product": item.product.model_copy(update={"sku": sku}),
                "quantity": item.quantity.model_copy(update={"value": Decimal(pieces)}),
            }
        )
        for position, (sku, pieces) in enumerate(items.items(), start=1)
    ]
    return order.model_copy(
        update={"shipping_buckets": (bucket.model_copy(update={"line_items": tuple(lines)}),)}
    )


@in_event_loop
async def test_whoever_is_killed_no_piece_is_lost_and_none_is_sold_twice(
    each_database_url: str, tmp_path: Path
) -> None:
    later = ManualClock(SystemClock().now() + timedelta(minutes=3))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(stock_database(each_database_url))
        parts = await shop_with_stock(database, later, dict.fromkeys(SKUS, THERE))
        command = [sys.executable, __file__, each_database_url]
        chance = random.Random(7)
        for life in range(2):
            with ExitStack() as lives:
                names = [f"shop-{life}-{number}" for number in range(3)]
                programs = [
                    lives.enter_context(
                        Program(name, [*command, name], logs=tmp_path, ready="bought").start()
                    )
                    for name in names
                ]
                await asyncio.to_thread(_let_them_buy, programs, chance)
                for program in programs:
                    program.kill()
        stage = ReservationStage(parts, later)
        for _ in range(3):
            await stage.process.settling.sweep()
            later.advance(timedelta(minutes=2))
        await _check_orders(parts)
        for minutes in (31, 2, 2):
            later.advance(timedelta(minutes=minutes))
            await stage.process.settling.sweep()
        await _check_held(parts)
        await stage.aclose()


def _let_them_buy(programs: list[Program], chance: random.Random) -> None:
    """Until each has bought something, and some more."""
    for program in programs:
        wanted = chance.randint(2, 7)
        until(partial(_has_bought, program, wanted), f"{program.name} bought {wanted} times")


def _has_bought(program: Program, times: int) -> bool:
    return program.said.count("bought") >= times


async def _check_held(parts: ReservationParts) -> None:
    known = {
        hold.reservation: dict(hold.pieces)
        for hold in await parts.ledger.page(limit=10_000)
        if hold.state is HoldState.HELD
    }
    held = {number: dict(pieces) for number, pieces in (await parts.stock.held()).items()}
    rows = [*await parts.ledger.page(limit=10_000), *await parts.ledger.page(ended=True, limit=10_000)]
    astray = set(held) ^ set(known)
    assert held == known, [hold for hold in rows if hold.reservation in astray]


async def _check_orders(parts: ReservationParts) -> None:
    taken = await parts.stock.taken()
    orders = await parts.orders.page(limit=10_000)
    assert len(orders) > 10
    for order in orders:
        number = order.request.number
        hold, *former = await parts.ledger.of_order(CHANNEL, number)
        assert all(each.state is HoldState.ENDED for each in former)
        if order.request.state is DUE:
            assert [dict(pieces) for pieces in taken[number]] == [dict(hold.wanted)]
        elif order.request.state is WAITING:
            assert hold.state is HoldState.HELD
        else:
            assert hold.state is HoldState.ENDED
    on_hand = await parts.stock.on_hand()
    for sku in SKUS:
        gone = sum(pieces.get(sku, 0) for [pieces] in taken.values())
        assert on_hand[sku] == THERE - gone


if __name__ == "__main__":
    asyncio.run(shop(*sys.argv[1:]))
