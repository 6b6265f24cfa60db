"""The shop's side of a reconciliation in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.ports.reconciliation_store import OrderKey, ShopOrder
from iomconnector.storage.database import Database
from iomconnector.storage.order_rows import (
    UnreadableOrderError,
    decision_rows,
    order_rows,
    stored_order,
)
from iomconnector.storage.tables import orders

NUMBERS_AT_ONCE = 500


class SqlReconciliationStore:
    """Implements :class:`~iomconnector.ports.reconciliation_store.ReconciliationStore` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_placed(self, channels: Sequence[str], start: datetime, end: datetime) -> int:
        """How many orders were placed in these channels in a period."""
        query = select(func.count()).select_from(orders).where(_placed(channels, start, end))
        async with self._database.reading() as connection:
            counted: int = (await connection.execute(query)).scalar_one()
            return counted

    async def placed_between(
        self,
        channels: Sequence[str],
        start: datetime,
        end: datetime,
        *,
        after: OrderKey | None = None,
        limit: int = 500,
    ) -> Sequence[OrderKey]:
        """Those orders as they were placed: along the index of that time, however many there are."""
        place = orders.c.placed_at, orders.c.id
        begin = start if after is None else after.placed_at
        query = select(*place, orders.c.number).where(_placed(channels, begin, end))
        if after is not None:
            later = or_(orders.c.placed_at > after.placed_at, orders.c.id > after.order_id)
            query = query.where(later)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(*place).limit(limit))
            return [OrderKey(row.placed_at, row.id, row.number) for row in rows]

    async def of_numbers(self, numbers: Sequence[str]) -> Sequence[ShopOrder]:
        """The orders of any channel that have one of these numbers."""
        found: list[ShopOrder] = []
        async with self._database.reading() as connection:
            for first in range(0, len(numbers), NUMBERS_AT_ONCE):
                some = numbers[first : first + NUMBERS_AT_ONCE]
                found += await _shop_orders(connection, order_rows().where(orders.c.number.in_(some)))
        return sorted(found, key=lambda order: order.order_id)


def _placed(channels: Sequence[str], start: datetime, end: datetime) -> ColumnElement[bool]:
    """Orders of a period. The channel is compared in a way that no index helps with, so that the one of the
    time is walked: with that of the channel, each page would sort all orders of the channel."""
    channel = orders.c.channel.concat("")
    return and_(orders.c.placed_at >= start, orders.c.placed_at < end, channel.in_(channels))


async def _shop_orders(connection: AsyncConnection, query: Select[Any]) -> list[ShopOrder]:
    rows = (await connection.execute(query)).all()
    decisions = await decision_rows(connection, [row.order_id for row in rows])
    return [_shop_order(row, decisions.get(row.order_id, ())) for row in rows]


def _shop_order(row: Row[Any], decisions: Sequence[Row[Any]]) -> ShopOrder:
    try:
        stored, problem = stored_order(row, decisions), ""
    except UnreadableOrderError as error:
        stored, problem = None, error.message
    return ShopOrder(row.order_id, row.channel, row.number, row.placed_at, stored, problem)
