"""Giving an order the id of a reservation that was made anew, within one transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import OrderDocumentError, digest_of, dump_order, parse_order
from iomconnector.model.reservation_corrections import reservation_corrected
from iomconnector.model.stock_holds import StockHold
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.order_rows import request_from
from iomconnector.storage.stock_hold_rows import changeable
from iomconnector.storage.tables import export_requests, order_corrections, orders, stock_holds

TELLABLE = (ExportState.WAITING_FOR_APPROVAL, ExportState.DUE, ExportState.PARKED)
"""The states in which nobody else has the order, unless an attempt to send it has an unknown outcome."""

_requests = export_requests.c


async def tell_order_within(
    connection: AsyncConnection, hold: StockHold, *, by: str, at: datetime, reason: str
) -> bool:
    """Correct the reservation id of an order, and remember that it has it."""
    if hold.order is None:
        return False
    row = await _locked(connection, hold.order.order_id)
    if row is None:
        return False
    try:
        order = parse_order(row.content)
    except OrderDocumentError:
        return False
    told = await connection.execute(
        update(stock_holds)
        .where(stock_holds.c.key == hold.key, stock_holds.c.version == hold.version)
        .values(version=hold.version + 1, **changeable(replace(hold, told=True)))
    )
    if not told.rowcount:
        return False
    if order.reservation_id == hold.reservation:
        return True
    corrected = order.model_copy(update={"reservation_id": hold.reservation})
    correction = {"order_id": row.order_id, "revision": row.revision + 1, "corrected_by": by}
    await connection.execute(
        insert(order_corrections).values(
            **correction,
            corrected_at=at,
            reason=reason,
            digest_before=row.digest,
            content_before=row.content,
        )
    )
    await connection.execute(
        update(orders)
        .where(orders.c.id == row.order_id)
        .values(content=dump_order(corrected), digest=digest_of(corrected))
    )
    await connection.execute(
        update(export_requests)
        .where(_requests.order_id == row.order_id)
        .values(revision=row.revision + 1, updated_at=at)
    )
    await record_entries(connection, [reservation_corrected(request_from(row), by=by, at=at, reason=reason)])
    return True


async def _locked(connection: AsyncConnection, order_id: int) -> Row[Any] | None:
    """The order, where nobody has it and nobody sends it."""
    query = (
        select(orders.c.number, orders.c.content, orders.c.digest, export_requests)
        .join(export_requests, _requests.order_id == orders.c.id)
        .where(
            orders.c.id == order_id,
            orders.c.erased_at.is_(None),
            _requests.unclear.is_(False),
            _requests.state.in_([state.value for state in TELLABLE]),
        )
        .with_for_update()
    )
    return (await connection.execute(query)).one_or_none()
