"""How many pieces of products are held, and whose time is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_inventory.tables import EXPIRED, HELD, stock_reservation_items, stock_reservations

_items = stock_reservation_items.c
_reservations = stock_reservations.c


async def held_pieces(
    connection: AsyncConnection,
    channel: str,
    skus: Sequence[str],
    *,
    after: datetime | None = None,
    besides: str | None = None,
) -> dict[str, int]:
    """How many pieces are held, by SKU; products of which none is held are left out.

    Arguments:
        connection: Within a transaction.
        channel: Where the products are sold.
        skus: The products, at most :data:`~bc_inventory.skus.AT_ONCE`.
        after: Only what is held for longer than until then; everything that was not ended where omitted.
        besides: A reservation that does not count.
    """
    query = (
        select(_items.sku, func.sum(_items.reserved))
        .join(stock_reservations, _reservations.id == _items.reservation)
        .where(_items.channel == channel, _items.sku.in_(skus), _reservations.state == HELD)
        .group_by(_items.sku)
    )
    if after is not None:
        query = query.where(_reservations.valid_until > after)
    if besides is not None:
        query = query.where(_reservations.id != besides)
    return {sku: int(pieces) for sku, pieces in await connection.execute(query) if pieces}


async def end_expired_of(
    connection: AsyncConnection, channel: str, skus: Sequence[str], now: datetime
) -> None:
    """End the reservations of these products whose time is over; from then on nobody can extend them, also
    not a process whose clock is behind."""
    over = select(_items.reservation).where(_items.channel == channel, _items.sku.in_(skus)).scalar_subquery()
    await connection.execute(
        update(stock_reservations)
        .where(_reservations.id.in_(over), _reservations.state == HELD, _reservations.valid_until <= now)
        .values(state=EXPIRED, ended_at=now)
    )
