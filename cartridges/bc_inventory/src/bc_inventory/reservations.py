"""Holding pieces of the shop's own stock."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_inventory.fulfilling import fulfil_within, restock_within
from bc_inventory.reservation_rows import gone, read_reservation, row_of, unknown
from bc_inventory.reserving import Wish, require_lifetime, require_sound, reserve_within
from bc_inventory.skus import batches, can_be
from bc_inventory.tables import (
    EXPIRED,
    FULFILLED,
    HELD,
    RELEASED,
    stock_reservation_items,
    stock_reservations,
)
from iomconnector.model.audit import AuditEntry
from iomconnector.model.availability import SHOPS_OWN, Reservation, ReservationType
from iomconnector.ports.clock import Clock
from iomconnector.ports.inventory_service import ReservationRefusedError
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database

_items = stock_reservation_items.c
_reservations = stock_reservations.c


class StockReservations:
    """Holds pieces, never more than there are, whatever other processes do at the same time.

    Whoever reserves locks the products, ends what is over and counts what is held, in one transaction. What
    was not ended counts as held, however late it is: processes whose clocks differ never hold a piece twice.

    Arguments:
        database: The shop's database.
        clock: Tells the time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def reserve(
        self, channel: str, items: Mapping[str, int], *, kind: ReservationType, lifetime: timedelta, key: str
    ) -> Reservation:
        """Hold pieces; the same items again with the same key are the same reservation while it holds them.

        Raises:
            ReservationRefusedError: They are not held.
            StorageError: The database cannot be written.
        """
        require_sound(items, lifetime, key)
        wish = Wish(f"{SHOPS_OWN}{uuid4()}", channel, key, dict(items), kind, lifetime)

        async def write(connection: AsyncConnection) -> Reservation | ReservationRefusedError:
            return await reserve_within(connection, wish, self._clock.now())

        made = await self._database.write(write, isolation="read committed")
        if isinstance(made, ReservationRefusedError):
            raise made
        return made

    async def get(self, channel: str, reservation_id: str) -> Reservation:
        """What a reservation holds now.

        Raises:
            ReservationGoneError: Nothing.
            StorageError: The database cannot be read.
        """
        if not can_be(reservation_id):
            raise unknown(channel, reservation_id)
        async with self._database.reading() as connection:
            row = await row_of(connection, channel, reservation_id)
            if row is None or row.state != HELD or row.valid_until <= self._clock.now():
                raise gone(row, channel, reservation_id)
            return await read_reservation(connection, row)

    async def extend(self, channel: str, reservation_id: str, lifetime: timedelta) -> Reservation:
        """Let a reservation last for so long from now.

        Raises:
            ReservationGoneError: It holds nothing any more.
            ReservationRefusedError: The lifetime is not possible.
            StorageError: The database cannot be written.
        """
        require_lifetime(lifetime)
        if not can_be(reservation_id):
            raise unknown(channel, reservation_id)

        async def write(connection: AsyncConnection) -> Reservation | Row[Any] | None:
            now = self._clock.now()
            extended = await connection.execute(
                update(stock_reservations)
                .where(*_held(channel, reservation_id), _reservations.valid_until > now)
                .values(valid_until=now + lifetime)
            )
            row = await row_of(connection, channel, reservation_id)
            return await read_reservation(connection, row) if extended.rowcount and row is not None else row

        found = await self._database.write(write, isolation="read committed")
        if not isinstance(found, Reservation):
            raise gone(found, channel, reservation_id)
        return found

    async def release(self, channel: str, reservation_id: str, *, entries: Sequence[AuditEntry] = ()) -> bool:
        """Free what a reservation holds.

        Arguments:
            channel: The channel.
            reservation_id: The reservation.
            entries: What the audit trail is told in the same transaction, where something was freed.

        Returns:
            Whether it held something until now.

        Raises:
            StorageError: The database cannot be written.
        """
        if not can_be(reservation_id):
            return False

        async def write(connection: AsyncConnection) -> bool:
            now = self._clock.now()
            ended = await connection.execute(
                update(stock_reservations)
                .where(*_held(channel, reservation_id))
                .values(state=RELEASED, ended_at=now)
            )
            if ended.rowcount:
                await record_entries(connection, entries)
            return ended.rowcount > 0

        return await self._database.write(write, isolation="read committed")

    async def fulfil(self, channel: str, reservation_id: str, order: str) -> None:
        """Take what a reservation holds off the shelf, once for an order.

        Raises:
            ReservationGoneError: It holds nothing any more, or another order has its pieces.
            StorageError: The database cannot be written.
        """
        if not can_be(reservation_id):
            raise unknown(channel, reservation_id)

        async def write(connection: AsyncConnection) -> Row[Any] | None:
            return await fulfil_within(connection, channel, reservation_id, order, self._clock.now())

        row = await self._database.write(write, isolation="read committed")
        if row is None or row.state != FULFILLED or row.order_number != order:
            raise gone(row, channel, reservation_id)

    async def restock(self, channel: str, reservation_id: str, order: str) -> None:
        """Put back what was taken for an order, once.

        Raises:
            StorageError: The database cannot be written.
        """

        async def write(connection: AsyncConnection) -> None:
            await restock_within(connection, channel, reservation_id, order, self._clock.now())

        if can_be(reservation_id):
            await self._database.write(write, isolation="read committed")

    async def end_expired(self) -> int:
        """End every reservation whose time is over.

        Returns:
            How many there were.
        """

        async def write(connection: AsyncConnection) -> int:
            now = self._clock.now()
            ended = await connection.execute(
                update(stock_reservations)
                .where(_reservations.state == HELD, _reservations.valid_until <= now)
                .values(state=EXPIRED, ended_at=now)
            )
            return ended.rowcount

        return await self._database.write(write, isolation="read committed")

    async def forget_ended(
        self, before: datetime, *, fulfilled_before: datetime | None = None, limit: int = 1000
    ) -> int:
        """Remove reservations that ended before a moment.

        Arguments:
            before: The moment.
            fulfilled_before: The same for those whose pieces are those of an order, which remember that they
                were taken; none of them is removed where omitted.
            limit: How many at most.

        Returns:
            How many were removed, at most ``limit``.
        """

        old = and_(_reservations.state.in_([RELEASED, EXPIRED]), _reservations.ended_at < before)
        if fulfilled_before is not None:
            old |= and_(_reservations.state == FULFILLED, _reservations.ended_at < fulfilled_before)

        async def write(connection: AsyncConnection) -> int:
            query = select(_reservations.id).where(old).limit(limit)
            ended = list((await connection.execute(query)).scalars())
            for batch in batches(ended):
                await connection.execute(delete(stock_reservation_items).where(_items.reservation.in_(batch)))
                await connection.execute(delete(stock_reservations).where(_reservations.id.in_(batch)))
            return len(ended)

        return await self._database.write(write, isolation="read committed")


def _held(channel: str, reservation_id: str) -> Sequence[Any]:
    return (
        _reservations.id == reservation_id,
        _reservations.channel == channel,
        _reservations.state == HELD,
    )
