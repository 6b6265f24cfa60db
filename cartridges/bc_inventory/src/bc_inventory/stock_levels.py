"""How much the shop has of its products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_inventory.held_pieces import held_pieces
from bc_inventory.skus import batches, possible
from bc_inventory.tables import stock_levels
from iomconnector.model.availability import ProductStock
from iomconnector.ports.clock import Clock
from iomconnector.storage.database import Database

_levels = stock_levels.c


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What the shop has of a product in a channel.

    Arguments:
        channel: Where it is sold.
        sku: The product.
        on_hand: Pieces in the warehouse, those that are reserved included.
        safety_stock: So many of them are not sold.
        reserved: So many are held for somebody.
        restock_on: The day from which more is expected.
        updated_at: When somebody changed this.
    """

    channel: str
    sku: str
    on_hand: int
    safety_stock: int
    reserved: int
    restock_on: date | None
    updated_at: datetime

    @property
    def available(self) -> int:
        """How many pieces can be bought."""
        return max(0, self.on_hand - self.safety_stock - self.reserved)


class StockLevels:
    """Reads stock. Implements :class:`~iomconnector.ports.local_stock.LocalStock`.

    Arguments:
        database: The shop's database.
        clock: Tells the time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def stock(
        self, channel: str, skus: Sequence[str], *, besides: str | None = None
    ) -> Mapping[str, ProductStock]:
        """What there is of products, by SKU; those that are not known are left out.

        Arguments:
            channel: Where they are sold.
            skus: The products.
            besides: A reservation whose pieces count as available.

        Raises:
            StorageError: The database cannot be read.
        """
        now = self._clock.now()
        found: dict[str, ProductStock] = {}
        wanted = possible(skus)
        if not wanted:
            return found
        async with self._database.reading() as connection:
            for batch in batches(wanted):
                for level in await _read(connection, _of(channel, batch), now, besides):
                    found[level.sku] = _product_stock(level, now.date())
        return found

    async def page(
        self, channel: str, *, skus: Sequence[str] = (), after: str = "", limit: int = 500
    ) -> Sequence[StockLevel]:
        """Products of a channel, by their SKU.

        Arguments:
            channel: Where they are sold.
            skus: Only these; all where there are none.
            after: Only those behind this SKU.
            limit: How many at most, up to 500.

        Raises:
            StorageError: The database cannot be read.
        """
        query = select(stock_levels).where(_levels.channel == channel, _levels.sku > after)
        if skus:
            query = query.where(_levels.sku.in_(possible(skus)))
        async with self._database.reading() as connection:
            return await _read(connection, query.order_by(_levels.sku).limit(limit), self._clock.now(), None)


async def locked_levels(
    connection: AsyncConnection, channel: str, skus: Sequence[str]
) -> Mapping[str, Row[tuple[object, ...]]]:
    """The rows of products, which nobody else can change or reserve until the transaction ends.

    Arguments:
        connection: Within a transaction that writes.
        channel: Where they are sold.
        skus: The products, at most :data:`~bc_inventory.skus.AT_ONCE`.
    """
    query = _of(channel, skus).order_by(_levels.sku).with_for_update()
    return {row.sku: row for row in await connection.execute(query)}


def _of(channel: str, skus: Sequence[str]) -> Select[tuple[object, ...]]:
    return select(stock_levels).where(_levels.channel == channel, _levels.sku.in_(skus))


async def _read(
    connection: AsyncConnection, query: Select[tuple[object, ...]], now: datetime, besides: str | None
) -> list[StockLevel]:
    rows = (await connection.execute(query)).all()
    if not rows:
        return []
    channel = rows[0].channel
    held = await held_pieces(connection, channel, [row.sku for row in rows], after=now, besides=besides)
    return [
        StockLevel(
            channel=row.channel,
            sku=row.sku,
            on_hand=row.on_hand,
            safety_stock=row.safety_stock,
            reserved=held.get(row.sku, 0),
            restock_on=row.restock_on,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _product_stock(level: StockLevel, today: date) -> ProductStock:
    expected = level.restock_on is not None and level.restock_on >= today
    return ProductStock(
        sku=level.sku,
        available=level.available > 0,
        quantity=level.available,
        restock_on=level.restock_on if expected else None,
    )
