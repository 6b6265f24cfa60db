"""Holding what somebody wants of the shop's own stock, within one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_inventory.held_pieces import end_expired_of, held_pieces
from bc_inventory.reservation_rows import read_reservation
from bc_inventory.skus import MOST, batches, can_be, possible
from bc_inventory.stock_levels import locked_levels
from bc_inventory.tables import (
    EXPIRED,
    HELD,
    IS_HELD,
    stock_reservation_items,
    stock_reservations,
)
from iomconnector.model.availability import Reservation, ReservationType, ReservedItem
from iomconnector.ports.inventory_service import ReservationRefusedError
from iomconnector.storage.upsert import insert

LONGEST_LIFETIME = timedelta(days=366)

_reservations = stock_reservations.c


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to have held.

    Arguments:
        id: The id that the reservation gets, if it is made.
        channel: Where the products are sold.
        key: What it is for.
        items: Product -> pieces.
        kind: What to do where there is not enough.
        lifetime: For how long.
    """

    id: str
    channel: str
    key: str
    items: Mapping[str, int]
    kind: ReservationType
    lifetime: timedelta


async def reserve_within(
    connection: AsyncConnection, wish: Wish, now: datetime
) -> Reservation | ReservationRefusedError:
    """Hold what somebody wants, within a transaction that writes; a refusal leaves nothing behind."""
    until = now + wish.lifetime
    existing = await _begin(connection, wish, now, until)
    if existing is not None:
        return _the_same(existing, wish)
    there = await _there(connection, wish, now)
    short = {sku: there[sku] for sku, wanted in wish.items.items() if there[sku] < wanted}
    if short and (wish.kind is ReservationType.COMPLETE or not any(there.values())):
        await connection.execute(delete(stock_reservations).where(_reservations.id == wish.id))
        return _not_enough(wish, short)
    items = tuple(
        ReservedItem(sku=sku, wanted=wanted, reserved=min(wanted, there[sku]))
        for sku, wanted in wish.items.items()
    )
    await connection.execute(plain_insert(stock_reservation_items), [_values(wish, each) for each in items])
    return Reservation(id=wish.id, items=items, valid_until=until, type=wish.kind)


async def _begin(
    connection: AsyncConnection, wish: Wish, now: datetime, until: datetime
) -> Reservation | None:
    """Take the key. Gives the reservation that has it already."""
    mine = (_reservations.channel == wish.channel, _reservations.key == wish.key, _reservations.state == HELD)
    values = {
        "id": wish.id,
        "channel": wish.channel,
        "key": wish.key,
        "kind": wish.kind.value,
        "state": HELD,
        "made_at": now,
        "valid_until": until,
    }
    statement = (
        insert(connection, stock_reservations)
        .values(values)
        .on_conflict_do_nothing(index_elements=["channel", "key"], index_where=IS_HELD)
    )
    while True:
        await connection.execute(
            update(stock_reservations)
            .where(*mine, _reservations.valid_until <= now)
            .values(state=EXPIRED, ended_at=now)
        )
        if (await connection.execute(statement)).rowcount:
            return None
        row = (await connection.execute(select(stock_reservations).where(*mine))).one_or_none()
        if row is not None:
            return await read_reservation(connection, row)


async def _there(connection: AsyncConnection, wish: Wish, now: datetime) -> dict[str, int]:
    """How many pieces of each wanted product nobody holds; 0 of those that are not known."""
    there = dict.fromkeys(wish.items, 0)
    for batch in batches(sorted(possible(wish.items))):
        levels = await locked_levels(connection, wish.channel, batch)
        await end_expired_of(connection, wish.channel, batch, now)
        held = await held_pieces(connection, wish.channel, batch)
        for sku, row in levels.items():
            there[sku] = max(0, row.on_hand - row.safety_stock - held.get(sku, 0))
    return there


def _values(wish: Wish, item: ReservedItem) -> dict[str, Any]:
    return {
        "reservation": wish.id,
        "sku": item.sku,
        "channel": wish.channel,
        "wanted": item.wanted,
        "reserved": item.reserved,
    }


def _the_same(existing: Reservation, wish: Wish) -> Reservation | ReservationRefusedError:
    if {each.sku: each.wanted for each in existing.items} == wish.items:
        return existing
    return ReservationRefusedError(
        f"Reservation {existing.id} holds other items for {wish.key}.",
        hint="Release it, then reserve anew.",
        channel=wish.channel,
        reservation=existing.id,
    )


def _not_enough(wish: Wish, short: Mapping[str, int]) -> ReservationRefusedError:
    told = ", ".join(f"{sku}: {pieces} of {wish.items[sku]}" for sku, pieces in short.items())
    return ReservationRefusedError(f"There is not enough of {told}.", short=short, channel=wish.channel)


def require_sound(items: Mapping[str, int], lifetime: timedelta, key: str) -> None:
    """Refuse what cannot be asked for.

    Raises:
        ReservationRefusedError: It cannot.
    """
    require_lifetime(lifetime)
    if not items:
        raise ReservationRefusedError("Nothing was asked for.")
    for sku, quantity in items.items():
        if not 0 < quantity <= MOST:
            raise ReservationRefusedError(f"{quantity} pieces of {sku!r} cannot be reserved.")
        if not can_be(sku):
            raise ReservationRefusedError(f"{sku!r} is not the SKU of any product.", short={sku: 0})
    if not can_be(key):
        raise ReservationRefusedError(f"{key!r} cannot be what a reservation is for.")


def require_lifetime(lifetime: timedelta) -> None:
    """Refuse a lifetime that is not possible.

    Raises:
        ReservationRefusedError: It is not.
    """
    if not timedelta(0) < lifetime <= LONGEST_LIFETIME:
        raise ReservationRefusedError(
            f"Nothing is reserved for {lifetime.total_seconds():g} seconds.",
            hint=f"Reserve for at most {LONGEST_LIFETIME.days} days.",
        )
