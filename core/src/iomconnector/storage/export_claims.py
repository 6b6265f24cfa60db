"""Taking exports from the ledger: what nobody else holds, oldest first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, exists, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.storage.order_rows import decision_rows, order_rows
from iomconnector.storage.tables import export_pauses, export_requests

DUE: ColumnElement[str] = literal_column(f"'{ExportState.DUE.value}'")
SENDING: ColumnElement[str] = literal_column(f"'{ExportState.SENDING.value}'")
"""Parts of the statements and no parameters: only so can the server use the index of the rows in a state."""

KEPT_OF_WORKER = 255


async def take(
    connection: AsyncConnection,
    channel: str,
    *,
    token: str,
    worker: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    suspects: int,
) -> list[tuple[Row[Any], Sequence[Row[Any]]]]:
    """Take exports, as :meth:`~iomconnector.ports.export_ledger.ExportLedger.claim` promises.

    Returns:
        Each as a row of :func:`~iomconnector.storage.order_rows.order_rows` as it is now, and what approvers
        decided on its order.
    """
    keys = await _claimable(connection, channel, now, limit, suspects)
    if not keys:
        return []
    was_held = export_requests.c.state == SENDING
    await connection.execute(
        update(export_requests)
        .where(export_requests.c.order_id.in_(keys))
        .values(
            state=SENDING,
            attempts=export_requests.c.attempts + 1,
            unclear=or_(export_requests.c.unclear, was_held),
            abandoned=export_requests.c.abandoned + case((was_held, 1), else_=0),
            lease_until=now + lease,
            lease_token=token,
            held_by=worker[:KEPT_OF_WORKER],
            updated_at=now,
        )
    )
    found = await connection.execute(order_rows().where(export_requests.c.order_id.in_(keys)))
    rows = sorted(found, key=lambda row: keys.index(row.order_id))
    decisions = await decision_rows(connection, keys)
    return [(row, decisions.get(row.order_id, ())) for row in rows]


async def _claimable(
    connection: AsyncConnection, channel: str, now: datetime, limit: int, suspects: int
) -> list[int]:
    """The keys of the oldest exports that may be claimed.

    What another process takes at this moment is passed over, not waited for. Each of the two queries walks
    an index from its beginning, however many wait.
    """
    requests = export_requests.c
    due = _oldest(channel, DUE, requests.due_at, now, limit)
    abandoned = _oldest(channel, SENDING, requests.lease_until, now, limit)
    found: list[tuple[datetime, int]] = []
    for row in await connection.execute(abandoned):
        if row.abandoned:
            suspects -= 1
            if suspects < 0:
                continue
        found.append((row.due_at, row.order_id))
    found.extend((row.due_at, row.order_id) for row in await connection.execute(due))
    return [order_id for _, order_id in sorted(found)[:limit]]


def _oldest(channel: str, state: Any, moment: Any, now: datetime, limit: int) -> Select[Any]:
    requests = export_requests.c
    return (
        select(requests.due_at, requests.order_id, requests.abandoned)
        .where(
            requests.channel == channel,
            requests.state == state,
            moment <= now,
            ~exists().where(export_pauses.c.channel == channel),
        )
        .order_by(moment, requests.order_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=export_requests)
    )
