"""Taking the pieces of an order off the shelf, and putting them back, within one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_inventory.reservation_rows import read_reservation, row_of
from bc_inventory.skus import batches
from bc_inventory.stock_levels import locked_levels
from bc_inventory.tables import FULFILLED, HELD, RELEASED, stock_levels, stock_reservations
from iomconnector.model.audit import AuditEntry
from iomconnector.storage.audit_trail import record_entries

_reservations = stock_reservations.c
_Levels = Mapping[str, Row[tuple[object, ...]]]


async def fulfil_within(
    connection: AsyncConnection, channel: str, reservation_id: str, order: str, now: datetime
) -> Row[Any] | None:
    """Take what a reservation holds off the shelf, once for an order.

    Returns:
        The row of the reservation as it is then: its state and order say whether the pieces are the order's.
    """
    held = (_reservations.state == HELD, _reservations.valid_until > now)
    taken = {"state": FULFILLED, "order_number": order, "ended_at": now}
    entries = _Entries("stock.sold", channel, order, now)
    await _move(connection, channel, reservation_id, held, taken, -1, entries)
    return await row_of(connection, channel, reservation_id)


async def restock_within(
    connection: AsyncConnection, channel: str, reservation_id: str, order: str, now: datetime
) -> None:
    """Put back what was taken for an order, once."""
    taken = (_reservations.state == FULFILLED, _reservations.order_number == order)
    back = {"state": RELEASED, "ended_at": now}
    entries = _Entries("stock.restocked", channel, order, now)
    await _move(connection, channel, reservation_id, taken, back, 1, entries)


class _Entries:
    """What the audit trail says of pieces of an order."""

    def __init__(self, action: str, channel: str, order: str, now: datetime) -> None:
        self._action = action
        self._channel = channel
        self._order = order
        self.now = now

    def of(self, pieces: Mapping[str, int], levels: _Levels, sign: int) -> Iterator[AuditEntry]:
        for sku, quantity in pieces.items():
            before: Any = levels[sku].on_hand
            yield AuditEntry(
                at=self.now,
                by=f"order {self._order}",
                action=self._action,
                subject=sku,
                context=self._channel,
                changes={
                    "on_hand": (before, before + sign * quantity),
                    "reason": (None, f"order {self._order}"),
                },
            )


async def _move(
    connection: AsyncConnection,
    channel: str,
    reservation_id: str,
    where: Sequence[Any],
    values: Mapping[str, Any],
    sign: int,
    entries: _Entries,
) -> None:
    """Change a reservation, and what is on the shelf with it. Products are locked before the reservation is
    changed, as whoever reserves does it."""
    row = await row_of(connection, channel, reservation_id)
    if row is None:
        return
    pieces = (await read_reservation(connection, row)).pieces
    levels: dict[str, Row[tuple[object, ...]]] = {}
    for batch in batches(sorted(pieces)):
        levels.update(await locked_levels(connection, channel, batch))
    changed = await connection.execute(
        update(stock_reservations).where(_reservations.id == reservation_id, *where).values(**values)
    )
    if not changed.rowcount:
        return
    for sku, quantity in pieces.items():
        await connection.execute(
            update(stock_levels)
            .where(stock_levels.c.channel == channel, stock_levels.c.sku == sku)
            .values(on_hand=stock_levels.c.on_hand + sign * quantity, updated_at=entries.now)
        )
    await record_entries(connection, list(entries.of(pieces, levels, sign)))
