"""What operators change about exports, in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.export_acts import (
    CORRECTABLE,
    GIVEN_UP,
    GIVEN_UP_UNAPPROVED,
    ActOrder,
    Correction,
    ExportAct,
)
from iomconnector.model.export_filters import ExportSummary
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import digest_of, dump_order
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database
from iomconnector.storage.export_rows import summary_from, summary_rows
from iomconnector.storage.order_repository import product_rows, searched_columns
from iomconnector.storage.order_rows import request_from
from iomconnector.storage.tables import export_requests, order_corrections, order_products, orders

_requests = export_requests.c
DUE = ExportState.DUE.value
WAITING = ExportState.WAITING_FOR_APPROVAL.value


class SqlExportDesk:
    """Implements :class:`~iomconnector.ports.export_desk.ExportDesk` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def act(self, order_ids: Sequence[int], todo: ActOrder) -> Sequence[ExportSummary]:
        """Do something with those of the exports with which it can be done at this moment."""
        if not order_ids:
            return []

        async def store(connection: AsyncConnection) -> Sequence[ExportSummary]:
            query = (
                summary_rows()
                .where(_requests.order_id.in_(sorted(set(order_ids))))
                .order_by(_requests.order_id)
                .with_for_update(of=export_requests)
            )
            found = [summary_from(row) for row in await connection.execute(query)]
            changed = [each for each in found if todo.permits(each)]
            if changed:
                keys = [each.request.order_id for each in changed]
                await connection.execute(
                    update(export_requests).where(_requests.order_id.in_(keys)).values(**_values(todo))
                )
                await record_entries(connection, [todo.entry(each) for each in changed])
            return changed

        return await self._database.write(store, isolation="read committed")

    async def correct(self, correction: Correction) -> bool:
        """Replace the content of an order and make it due; what stood there is kept."""
        content, digest = dump_order(correction.order), digest_of(correction.order)

        async def store(connection: AsyncConnection) -> bool:
            query = (
                select(orders.c.number, export_requests)
                .join(export_requests, _requests.order_id == orders.c.id)
                .where(
                    _requests.order_id == correction.order_id,
                    _requests.revision == correction.revision,
                    orders.c.erased_at.is_(None),
                    _requests.state.in_([state.value for state in CORRECTABLE]),
                )
                .with_for_update()
            )
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return False
            await _keep_before(connection, correction)
            await connection.execute(
                update(orders)
                .where(orders.c.id == correction.order_id)
                .values(content=content, digest=digest, **searched_columns(correction.order))
            )
            of_order = order_products.c.order_id == correction.order_id
            await connection.execute(delete(order_products).where(of_order))
            await connection.execute(
                insert(order_products), product_rows(correction.order_id, correction.order)
            )
            await connection.execute(
                update(export_requests)
                .where(_requests.order_id == correction.order_id)
                .values(
                    **_made_due(correction.at),
                    revision=correction.revision + 1,
                )
            )
            await record_entries(connection, [correction.entry(request_from(row))])
            return True

        return await self._database.write(store, isolation="read committed")


async def _keep_before(connection: AsyncConnection, correction: Correction) -> None:
    """Keep what stands there, byte by byte, be it an order or not."""
    await connection.execute(
        insert(order_corrections).from_select(
            [
                "order_id",
                "revision",
                "corrected_by",
                "corrected_at",
                "reason",
                "digest_before",
                "content_before",
            ],
            select(
                orders.c.id,
                _given("revision", correction.revision + 1),
                _given("corrected_by", correction.by),
                _given("corrected_at", correction.at),
                _given("reason", correction.reason),
                orders.c.digest,
                orders.c.content,
            ).where(orders.c.id == correction.order_id),
        )
    )


def _given(column: str, value: Any) -> Any:
    return literal(value, order_corrections.c[column].type)


def _values(todo: ActOrder) -> dict[str, Any]:
    if todo.act is ExportAct.EXPEDITE:
        return {"due_at": todo.at}
    if todo.act is not ExportAct.GIVE_UP:
        return _made_due(todo.at)
    unapproved = _requests.state == WAITING
    return {
        "state": ExportState.GIVEN_UP.value,
        "reason_code": case((unapproved, GIVEN_UP_UNAPPROVED), else_=GIVEN_UP),
        "reason": todo.reason,
        "updated_at": todo.at,
    }


def _made_due(at: Any) -> dict[str, Any]:
    return {
        "state": case((_requests.reason_code == GIVEN_UP_UNAPPROVED, WAITING), else_=DUE),
        "unclear": True,
        "failures": 0,
        "abandoned": 0,
        "reason_code": None,
        "reason": None,
        "due_at": at,
        "updated_at": at,
    }
