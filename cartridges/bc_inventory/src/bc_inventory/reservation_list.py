"""Which reservations there are, for operators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bc_inventory.skus import possible
from bc_inventory.tables import EXPIRED, HELD, stock_reservation_items, stock_reservations
from iomconnector.storage.database import Database

_items = stock_reservation_items.c
_reservations = stock_reservations.c


@dataclass(frozen=True, slots=True)
class HeldReservation:
    """A reservation.

    Arguments:
        id: Its id.
        key: What it is for.
        state: ``held``, ``released``, ``expired`` or ``fulfilled``.
        pieces: Product -> pieces that it holds, or held.
        made_at: When it was made.
        valid_until: When its time is over.
        ended_at: When it ended; none where it did not.
    """

    id: str
    key: str
    state: str
    pieces: Mapping[str, int]
    made_at: datetime
    valid_until: datetime
    ended_at: datetime | None


async def held_reservations(
    database: Database, channel: str, *, now: datetime, sku: str = "", ended: bool = False, limit: int = 100
) -> Sequence[HeldReservation]:
    """Reservations of a channel: those that hold something, the first to end first, or those that ended, the
    last one first.

    Arguments:
        database: The shop's database.
        channel: The channel.
        now: The present time.
        sku: Only those of this product.
        ended: Those that ended.
        limit: How many at most.

    Raises:
        StorageError: The database cannot be read.
    """
    holds = (_reservations.state == HELD) & (_reservations.valid_until > now)
    query = select(stock_reservations).where(_reservations.channel == channel, ~holds if ended else holds)
    if sku:
        of_product = select(_items.reservation).where(
            _items.channel == channel, _items.sku.in_(possible([sku]))
        )
        query = query.where(_reservations.id.in_(of_product.scalar_subquery()))
    end = _reservations.valid_until.desc() if ended else _reservations.valid_until
    async with database.reading() as connection:
        rows = (await connection.execute(query.order_by(end, _reservations.id).limit(limit))).all()
        pieces: dict[str, dict[str, int]] = {row.id: {} for row in rows}
        items = (
            select(stock_reservation_items).where(_items.reservation.in_(list(pieces))).order_by(_items.sku)
        )
        for item in await connection.execute(items) if rows else ():
            pieces[item.reservation][item.sku] = item.reserved
    return [
        HeldReservation(
            id=row.id,
            key=row.key,
            state=EXPIRED if row.state == HELD and row.valid_until <= now else row.state,
            pieces=pieces[row.id],
            made_at=row.made_at,
            valid_until=row.valid_until,
            ended_at=row.ended_at,
        )
        for row in rows
    ]
