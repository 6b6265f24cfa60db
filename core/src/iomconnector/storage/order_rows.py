"""Orders and their export requests as rows, and back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import StorageError
from iomconnector.model.approvals import ApprovalDecision, ApprovalKind, Decision
from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder
from iomconnector.model.order_documents import OrderDocumentError, parse_order
from iomconnector.model.values import ChannelId, OrderNumber
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.storage.tables import approval_decisions, export_requests, orders
from iomconnector.storage.text_bytes import in_utf8


class UnreadableOrderError(StorageError):
    """An order is in the database, but what stands there is no valid order (any more)."""

    code = "storage.order.unreadable"
    exit_code = 1


def order_rows() -> Select[Any]:
    """Select orders with their export requests.

    The content comes as bytes, so that one with broken characters spoils no other row of the result.
    """
    content = in_utf8(orders.c.content).label("content")
    return select(orders.c.number, orders.c.placed_at, orders.c.erased_at, content, export_requests).join(
        export_requests, export_requests.c.order_id == orders.c.id
    )


def request_from(row: Row[Any]) -> ExportRequest:
    """The export request of a row of :func:`order_rows`."""
    return ExportRequest(
        order_id=row.order_id,
        channel=ChannelId(row.channel),
        number=OrderNumber(row.number),
        state=ExportState(row.state),
        attempts=row.attempts,
        unclear=row.unclear,
        due_at=row.due_at,
        lease_until=row.lease_until,
        reference=row.reference,
        reason_code=row.reason_code,
        reason=row.reason,
        requested_at=row.requested_at,
        updated_at=row.updated_at,
        exported_at=row.exported_at,
        failures=row.failures,
        abandoned=row.abandoned,
        revision=row.revision,
        trace_parent=row.trace_parent,
        held_by=row.held_by,
    )


async def stored_orders(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[StoredOrder]:
    """The orders of rows of :func:`order_rows`, with what approvers decided.

    Raises:
        UnreadableOrderError: One of them cannot be read.
    """
    decisions = await decision_rows(connection, [row.order_id for row in rows])
    return [stored_order(row, decisions.get(row.order_id, ())) for row in rows]


def stored_order(row: Row[Any], decisions: Iterable[Row[Any]]) -> StoredOrder:
    """The order of a row of :func:`order_rows`.

    Arguments:
        row: The row.
        decisions: The rows of what approvers decided on it.

    Raises:
        UnreadableOrderError: It cannot be read.
    """
    try:
        order = parse_order(row.content)
        placed = PlacedOrder(order, tuple(map(_decision, decisions)), row.revision, row.erased_at)
    except (OrderDocumentError, ValidationError, ValueError) as error:
        problem = error.message if isinstance(error, OrderDocumentError) else str(error)
        raise UnreadableOrderError(
            f"Order {row.number} of channel {row.channel} cannot be read from the database: {problem}",
            hint="Restore it, or run the version that placed it; "
            f"`iomconnector order list --after {row.order_id}` goes on behind it.",
            order=row.number,
            channel=row.channel,
            key=row.order_id,
        ) from error
    return StoredOrder(placed, request_from(row))


async def decision_rows(
    connection: AsyncConnection, order_ids: Iterable[int]
) -> Mapping[int, Sequence[Row[Any]]]:
    """What approvers decided on orders, by the order's key, step by step."""
    rows = await connection.execute(
        select(approval_decisions)
        .where(approval_decisions.c.order_id.in_(list(order_ids)))
        .order_by(approval_decisions.c.order_id, approval_decisions.c.step)
    )
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def _decision(row: Row[Any]) -> ApprovalDecision:
    return ApprovalDecision(
        step=row.step,
        kind=ApprovalKind(row.kind),
        decision=Decision(row.decision),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        comment=row.comment,
    )
