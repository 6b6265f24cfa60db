"""Orders and their export requests as rows, and back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.approvals import ApprovalDecision, ApprovalKind, Decision
from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder
from iomconnector.model.order_documents import parse_order
from iomconnector.model.values import ChannelId, OrderNumber
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.storage.tables import approval_decisions, export_requests, orders


def order_rows() -> Select[Any]:
    """Select orders with their export requests."""
    return select(orders.c.channel, orders.c.number, orders.c.content, export_requests).join(
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
    )


async def stored_orders(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[StoredOrder]:
    """The orders of rows of :func:`order_rows`, with what approvers decided."""
    decisions = await _decisions(connection, [row.order_id for row in rows])
    return [
        StoredOrder(
            PlacedOrder(parse_order(row.content), tuple(decisions.get(row.order_id, ()))), request_from(row)
        )
        for row in rows
    ]


async def _decisions(
    connection: AsyncConnection, order_ids: Iterable[int]
) -> Mapping[int, Sequence[ApprovalDecision]]:
    rows = await connection.execute(
        select(approval_decisions)
        .where(approval_decisions.c.order_id.in_(list(order_ids)))
        .order_by(approval_decisions.c.order_id, approval_decisions.c.step)
    )
    found: defaultdict[int, list[ApprovalDecision]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(
            ApprovalDecision(
                step=row.step,
                kind=ApprovalKind(row.kind),
                decision=Decision(row.decision),
                decided_by=row.decided_by,
                decided_at=row.decided_at,
                comment=row.comment,
            )
        )
    return found
