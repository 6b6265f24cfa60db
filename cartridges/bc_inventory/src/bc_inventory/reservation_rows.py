"""Reservations in the tables."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_inventory.tables import FULFILLED, RELEASED, stock_reservation_items, stock_reservations
from iomconnector.model.availability import Reservation, ReservationType, ReservedItem
from iomconnector.ports.inventory_service import ReservationExpiredError, UnknownReservationError

_items = stock_reservation_items.c
_reservations = stock_reservations.c


async def row_of(connection: AsyncConnection, channel: str, reservation_id: str) -> Row[Any] | None:
    """The row of a reservation of a channel; none where there is none."""
    query = select(stock_reservations).where(
        _reservations.id == reservation_id, _reservations.channel == channel
    )
    return (await connection.execute(query)).one_or_none()


async def read_reservation(connection: AsyncConnection, row: Row[Any]) -> Reservation:
    """The reservation of a row, with what it holds."""
    query = select(stock_reservation_items).where(_items.reservation == row.id).order_by(_items.sku)
    return Reservation(
        id=row.id,
        items=tuple(
            ReservedItem(sku=each.sku, wanted=each.wanted, reserved=each.reserved)
            for each in await connection.execute(query)
        ),
        valid_until=row.valid_until,
        type=ReservationType(row.kind),
    )


def gone(
    row: Row[Any] | None, channel: str, reservation_id: str
) -> ReservationExpiredError | UnknownReservationError:
    """Why a reservation of which this is the row holds nothing."""
    if row is None or row.state == RELEASED:
        return unknown(channel, reservation_id)
    if row.state == FULFILLED:
        return UnknownReservationError(
            f"The pieces of reservation {reservation_id} are those of order {row.order_number}.",
            channel=channel,
            reservation=reservation_id,
            order=row.order_number,
        )
    return ReservationExpiredError(
        f"The time of reservation {reservation_id} was over at {row.valid_until:%F %T} UTC.",
        hint="Reserve anew.",
        channel=channel,
        reservation=reservation_id,
    )


def unknown(channel: str, reservation_id: str) -> UnknownReservationError:
    """There is no such reservation."""
    return UnknownReservationError(
        f"{channel} has no reservation {reservation_id!r}, or it was released.",
        channel=channel,
        reservation=reservation_id,
    )
