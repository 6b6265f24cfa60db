"""Adjustments: what they do, what is refused, and who did it."""

import asyncio
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, inspect

from bc_inventory.reservations import StockReservations
from bc_inventory.stock_changes import ChangeEffect, Effect, StockChange, StockChanges
from bc_inventory.stock_levels import StockLevels
from bc_inventory.sweeping import KEPT, sweep
from bc_inventory.tables import metadata
from bc_inventory.testing import simple_inventory, stock_database
from iomconnector.model.availability import ReservationType
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.database import Database
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL

DAY = timedelta(days=1)


def _found(connection: Connection, table: str) -> tuple[list[Any], list[Any]]:
    return [*inspect(connection).get_columns(table)], [*inspect(connection).get_indexes(table)]


async def apply(database: Database, *changes: StockChange, channel: str = CHANNEL) -> list[ChangeEffect]:
    return list(
        await StockChanges(database, ManualClock()).apply(
            channel, changes, action="stock.adjusted", by="anna", reason="counted"
        )
    )


@in_event_loop
async def test_what_is_not_said_stays_and_each_change_has_its_entry(each_database_url: str) -> None:
    async with stock_database(each_database_url) as database:
        changes = [
            StockChange("A", on_hand=5, safety_stock=2, restock_on=date(2027, 1, 31)),
            StockChange("B", more=1),
            StockChange("C", on_hand=0),
        ]
        assert [
            each.effect for each in await StockChanges(database, ManualClock()).plan(CHANNEL, changes)
        ] == [
            Effect.ADDED,
            Effect.REFUSED,
            Effect.ADDED,
        ]
        assert list(await StockLevels(database, ManualClock()).page(CHANNEL)) == []
        effects = await apply(database, *changes)
        assert [each.effect for each in effects] == [Effect.ADDED, Effect.REFUSED, Effect.ADDED]
        assert effects[1].reason == "The product is not known here: say how many pieces there are."
        [again] = await apply(database, StockChange("A", on_hand=5))
        assert again.effect is Effect.UNCHANGED
        [more] = await apply(database, StockChange("A", more=-2, no_restock=True))
        assert more.differences == {"on_hand": (5, 3), "restock_on": ("2027-01-31", None)}
        [refused] = await apply(database, StockChange("A", more=-4))
        assert refused.reason == "There are 3 pieces, so there cannot be 4 fewer."
        levels = {each.sku: each for each in await StockLevels(database, ManualClock()).page(CHANNEL)}
        assert sorted(levels) == ["A", "C"]
        assert (levels["A"].on_hand, levels["A"].safety_stock, levels["A"].available) == (3, 2, 1)
        entries = await SqlAuditTrail(database).entries(topic="stock", subject="A", context=CHANNEL)
        assert [(each.by, each.changes["on_hand"], each.changes["reason"]) for each in entries] == [
            ("anna", (5, 3), (None, "counted")),
            ("anna", (None, 5), (None, "counted")),
        ]


@in_event_loop
async def test_channels_have_stock_of_their_own(each_database_url: str) -> None:
    async with stock_database(each_database_url) as database:
        await apply(database, StockChange("A", on_hand=5))
        await apply(database, StockChange("A", on_hand=1), channel=OTHER_CHANNEL)
        levels = StockLevels(database, ManualClock())
        assert (await levels.stock(CHANNEL, ["A"]))["A"].quantity == 5
        assert (await levels.stock(OTHER_CHANNEL, ["A"]))["A"].quantity == 1


@in_event_loop
async def test_there_are_never_fewer_than_are_reserved_and_what_is_over_does_not_count(
    each_database_url: str,
) -> None:
    clock = ManualClock()
    async with stock_database(each_database_url) as database:
        await apply(database, StockChange("A", on_hand=5))
        service = simple_inventory(database, clock)
        await service.reserve({"A": 4}, kind=ReservationType.COMPLETE, lifetime=DAY, key="basket")
        changes = StockChanges(database, clock)
        fewer = [StockChange("A", on_hand=3)]
        [planned] = await changes.plan(CHANNEL, fewer)
        [refused] = await apply(database, *fewer)
        assert planned == refused
        assert refused.reason == "4 pieces are reserved, so there cannot be only 3."
        clock.advance(DAY)
        [done] = await changes.apply(CHANNEL, fewer, action="stock.adjusted", by="anna", reason="counted")
        assert done.effect is Effect.CHANGED


@in_event_loop
async def test_a_restock_day_is_told_until_it_is_past(each_database_url: str) -> None:
    async with stock_database(each_database_url) as database:
        await apply(database, StockChange("A", on_hand=0, restock_on=NOON.date()))
        clock = ManualClock()
        assert (await StockLevels(database, clock).stock(CHANNEL, ["A"]))["A"].restock_on == NOON.date()
        clock.advance(DAY)
        assert (await StockLevels(database, clock).stock(CHANNEL, ["A"]))["A"].restock_on is None


@in_event_loop
async def test_old_reservations_are_removed_and_those_that_hold_are_not(each_database_url: str) -> None:
    clock = ManualClock()
    async with stock_database(each_database_url) as database:
        await apply(database, StockChange("A", on_hand=9))
        service = simple_inventory(database, clock)
        kept = await service.reserve(
            {"A": 1}, kind=ReservationType.COMPLETE, lifetime=KEPT + 2 * DAY, key="long"
        )
        await service.reserve({"A": 2}, kind=ReservationType.COMPLETE, lifetime=DAY, key="short")
        reservations = StockReservations(database, clock)
        assert await sweep(reservations, clock.now()) == (0, 0)
        clock.advance(DAY)
        assert await sweep(reservations, clock.now()) == (1, 0)
        clock.advance(KEPT + timedelta(hours=1))
        assert await sweep(reservations, clock.now()) == (0, 1)
        assert (await service.reservation(kept.id)).pieces == {"A": 1}


@in_event_loop
async def test_two_who_add_a_product_at_once_both_succeed(each_database_url: str) -> None:
    async with stock_database(each_database_url) as one:
        two = Database(each_database_url)
        effects = await asyncio.gather(
            *(apply(each, StockChange("A", on_hand=5)) for _ in range(5) for each in (one, two))
        )
        await two.aclose()
        found = sorted(each.effect for [each] in effects)
        assert found == [Effect.ADDED, *[Effect.UNCHANGED] * 9]


@in_event_loop
async def test_the_tables_are_those_of_the_revisions(each_database_url: str) -> None:
    async with stock_database(each_database_url) as database, database.reading() as connection:
        for table in metadata.sorted_tables:
            columns, indexes = await connection.run_sync(_found, table.name)
            assert {each["name"]: each["nullable"] for each in columns} == {
                column.name: column.nullable for column in table.columns
            }
            assert {each["name"] for each in indexes} == {index.name for index in table.indexes}
