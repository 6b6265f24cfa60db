"""Several processes sell one stock at the same time, with clocks that differ."""

import asyncio
import random
from contextlib import AsyncExitStack, aclosing, suppress
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_inventory.service import SimpleInventoryService
from bc_inventory.stock_changes import Effect, StockChange, StockChanges
from bc_inventory.stock_levels import StockLevels
from bc_inventory.testing import simple_inventory, stock_database
from iomconnector.model.availability import Reservation, ReservationType
from iomconnector.ports.inventory_service import (
    ReservationExpiredError,
    ReservationGoneError,
    ReservationRefusedError,
)
from iomconnector.storage.database import Database
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, NOON

COMPLETE, PARTLY = ReservationType.COMPLETE, ReservationType.PARTLY
MINUTE = timedelta(minutes=1)
SKUS = ("A", "B", "C")


async def put(database: Database, sku: str, pieces: int) -> Effect:
    [effect] = await StockChanges(database, ManualClock()).apply(
        CHANNEL, [StockChange(sku=sku, on_hand=pieces)], action="stock.adjusted", by="test", reason="test"
    )
    return effect.effect


async def held_and_there(connection: AsyncConnection) -> dict[str, tuple[int, int]]:
    """What is held and what is there of each product, by state alone: the clock does not matter."""
    query = text(
        "SELECT level.sku, level.on_hand, COALESCE(SUM(item.reserved), 0) AS held FROM stock_levels level"
        " LEFT JOIN (SELECT i.sku, i.channel, i.reserved FROM stock_reservation_items i"
        " JOIN stock_reservations r ON r.id = i.reservation WHERE r.state = 'held') item"
        " ON item.sku = level.sku AND item.channel = level.channel GROUP BY level.sku, level.on_hand"
    )
    return {row.sku: (int(row.held), row.on_hand) for row in await connection.execute(query)}


@in_event_loop
async def test_who_is_late_cannot_extend_what_somebody_else_sold_meanwhile(each_database_url: str) -> None:
    behind, ahead = ManualClock(NOON), ManualClock(NOON + 2 * MINUTE)
    async with stock_database(each_database_url) as database:
        await put(database, "A", 1)
        late, early = simple_inventory(database, behind), simple_inventory(database, ahead)
        first = await late.reserve({"A": 1}, kind=COMPLETE, lifetime=MINUTE, key="one")
        assert (await late.reservation(first.id)).pieces == {"A": 1}
        second = await early.reserve({"A": 1}, kind=COMPLETE, lifetime=MINUTE, key="two")
        with pytest.raises(ReservationExpiredError):
            await late.extend(first.id, 10 * MINUTE)
        with pytest.raises(ReservationExpiredError):
            await late.reservation(first.id)
        with pytest.raises(ReservationRefusedError):
            await late.reserve({"A": 1}, kind=COMPLETE, lifetime=MINUTE, key="three")
        assert (await early.reservation(second.id)).pieces == {"A": 1}


@in_event_loop
async def test_one_key_is_one_reservation_whoever_asks(each_database_url: str) -> None:
    clock = ManualClock()
    async with stock_database(each_database_url) as one, aclosing(Database(each_database_url)) as two:
        await put(one, "A", 100)
        services = [simple_inventory(each, clock) for each in (one, two)]
        made = await asyncio.gather(
            *(
                service.reserve({"A": 3}, kind=COMPLETE, lifetime=MINUTE, key="basket")
                for _ in range(20)
                for service in services
            )
        )
        assert len({each.id for each in made}) == 1
        assert (await StockLevels(one, clock).page(CHANNEL))[0].reserved == 3


async def _shop(service: SimpleInventoryService, clock: ManualClock, seed: int, steps: int) -> None:
    chance = random.Random(seed)
    mine: list[Reservation] = []
    for step in range(steps):
        clock.advance(timedelta(seconds=chance.randrange(3)))
        with suppress(ReservationRefusedError, ReservationGoneError):
            match chance.randrange(5):
                case 0 | 1:
                    items = {sku: chance.randint(1, 4) for sku in chance.sample(SKUS, chance.randint(1, 3))}
                    kind = chance.choice((COMPLETE, PARTLY))
                    lifetime = timedelta(seconds=chance.randint(1, 20))
                    key = f"{seed}-{step}"
                    mine.append(await service.reserve(items, kind=kind, lifetime=lifetime, key=key))
                case 2 if mine:
                    await service.extend(chance.choice(mine).id, timedelta(seconds=chance.randint(1, 20)))
                case 3 if mine:
                    await service.release(mine.pop(chance.randrange(len(mine))).id)
                case _:
                    await service.availability(SKUS)
    for each in mine:
        await service.release(each.id)


@in_event_loop
async def test_at_no_time_is_more_held_than_there_is_and_at_the_end_nothing(each_database_url: str) -> None:
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(stock_database(each_database_url))]
        databases += [
            await stack.enter_async_context(aclosing(Database(each_database_url))) for _ in range(2)
        ]
        for sku in SKUS:
            await put(databases[0], sku, 10)
        shoppers = []
        for number in range(12):
            clock = ManualClock(NOON + timedelta(seconds=5 * (number % 4)))
            service = simple_inventory(databases[number % 3], clock)
            shoppers.append(asyncio.create_task(_shop(service, clock, number, 40)))
        chance, looks, most = random.Random(99), 0, 0
        while not all(each.done() for each in shoppers):
            await put(databases[1], chance.choice(SKUS), chance.randint(3, 12))
            async with databases[0].reading() as connection:
                found = await held_and_there(connection)
            assert all(held <= there for held, there in found.values()), found
            looks, most = looks + 1, max(most, *(held for held, _ in found.values()))
        await asyncio.gather(*shoppers)
        async with databases[0].reading() as connection:
            found = await held_and_there(connection)
        assert looks > 3
        assert most > 0
        levels = await StockLevels(databases[0], ManualClock(NOON + 600 * MINUTE)).page(CHANNEL)
        assert [level.reserved for level in levels] == [0, 0, 0]
