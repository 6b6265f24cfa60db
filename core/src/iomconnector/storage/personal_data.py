"""Personal data in the database: what is stored where, and its erasure."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.audit import AuditEntry
from iomconnector.model.erasure import ERASED, without_personal_data
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import OrderDocumentError, digest_of, dump_order, parse_order
from iomconnector.model.orders import Order
from iomconnector.model.unnumbered_orders import digest_of_draft
from iomconnector.ports.personal_data import HeldOrder
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database
from iomconnector.storage.message_remains import bodies_removed
from iomconnector.storage.order_repository import KEPT_OF_CUSTOMER
from iomconnector.storage.order_state_store import forget_states
from iomconnector.storage.remnants import forget_remnants, overwrite_what_is_freed, rewrite
from iomconnector.storage.tables import (
    approval_decisions,
    audit_entries,
    export_attempts,
    export_requests,
    messages,
    order_corrections,
    order_number_assignments,
    order_products,
    order_states,
    orders,
    stock_holds,
)
from iomconnector.storage.text_bytes import in_utf8

ERASURE = "privacy.erased"
UNREADABLE = "{}"
"""What stands in place of the content of an order that cannot be read."""

IMPERSONAL = frozenset({"state", "reason_code", "revision", "due_at", "fields"})
"""Changes in the audit trail whose values tell nothing about a person."""


class SqlPersonalData:
    """Implements :class:`~iomconnector.ports.personal_data.PersonalData` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_customer(self, number: str) -> Sequence[HeldOrder]:
        """The orders of a customer."""
        query = _held().where(orders.c.customer == number[:KEPT_OF_CUSTOMER]).order_by(orders.c.id)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).all()
            if len(number) >= KEPT_OF_CUSTOMER:
                found = [row for row in found if await _customer_of(connection, row.id) == number]
        return [_held_order(row) for row in found]

    async def of_order(self, number: str, channel: str | None = None) -> Sequence[HeldOrder]:
        """The orders of that number."""
        query = _held().where(orders.c.number == number).order_by(orders.c.id)
        if channel is not None:
            query = query.where(orders.c.channel == channel)
        async with self._database.reading() as connection:
            return [_held_order(row) for row in await connection.execute(query)]

    async def stored(self, order_id: int) -> Mapping[str, Any]:
        """All that is stored about an order."""
        async with self._database.reading() as connection:
            order = (await connection.execute(_order(order_id))).one()
            document = {**order._mapping, "content": _readable(order.content)}
            tables = {table.name: await _rows(connection, query) for table, query in _about(order)}
        for correction in tables[order_corrections.name]:
            correction["content_before"] = _readable(correction["content_before"].encode())
        return {orders.name: document, **tables}

    async def erase(self, order_id: int, *, by: str, at: datetime) -> HeldOrder | None:
        """Erase the personal data of an order."""

        async def change(connection: AsyncConnection) -> HeldOrder | None:
            lock = _held().where(orders.c.id == order_id).with_for_update()
            row = (await connection.execute(lock)).one_or_none()
            if row is None:
                return None
            held = _held_order(row)
            if held.erased_at is None and not held.obstacle:
                await overwrite_what_is_freed(connection)
                await _erase(connection, held, at)
                entry = AuditEntry(at=at, by=by, action=ERASURE, subject=held.number, context=held.channel)
                await record_entries(connection, [entry])
            return held

        return await self._database.write(change)

    async def forget_remnants(self) -> str:
        """Take what was erased out of files of the database, as far as that hinders nobody."""
        return await forget_remnants(self._database)

    async def rewrite(self, tables: Sequence[str] = ()) -> str:
        """Write the database anew."""
        return await rewrite(self._database, tables)


def _held() -> Select[Any]:
    request = export_requests.c
    columns = orders.c.id, orders.c.channel, orders.c.number, orders.c.placed_at, orders.c.erased_at
    return select(*columns, request.state, request.unclear).join(
        export_requests, request.order_id == orders.c.id
    )


def _held_order(row: Row[Any]) -> HeldOrder:
    return HeldOrder(
        row.id, row.channel, row.number, row.placed_at, ExportState(row.state), row.unclear, row.erased_at
    )


def _order(order_id: int) -> Select[Any]:
    """The row of an order, its content as bytes: it may be damaged."""
    columns = [column for column in orders.c if column.name != "content"]
    return select(*columns, in_utf8(orders.c.content).label("content")).where(orders.c.id == order_id)


def _about(order: Row[Any]) -> Sequence[tuple[Table, Select[Any]]]:
    """The rows of other tables that are about an order."""
    of_order = [
        approval_decisions,
        order_corrections,
        order_products,
        export_requests,
        export_attempts,
        stock_holds,
    ]
    return [
        *((table, select(table).where(table.c.order_id == order.id)) for table in of_order),
        (
            order_states,
            select(order_states).where(_is_about(order_states.c.number, order_states.c.channel, order)),
        ),
        (messages, select(messages).where(_is_about(messages.c.order_number, messages.c.channel, order))),
        (
            audit_entries,
            select(audit_entries).where(_is_about(audit_entries.c.subject, audit_entries.c.context, order)),
        ),
        (
            order_number_assignments,
            select(order_number_assignments).where(
                _is_about(order_number_assignments.c.number, order_number_assignments.c.channel, order)
            ),
        ),
    ]


def _is_about(number: Any, channel: Any, order: Any) -> Any:
    return and_(channel == order.channel, number == order.number)


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in await connection.execute(query)]


def _readable(content: bytes) -> Any:
    text = bytes(content).decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _parsed(content: bytes) -> Order | None:
    try:
        return parse_order(bytes(content))
    except (OrderDocumentError, UnicodeDecodeError):
        return None


async def _customer_of(connection: AsyncConnection, order_id: int) -> str | None:
    order = _parsed((await connection.execute(_order(order_id))).one().content)
    return order.customer.number if order is not None else None


async def _erase(connection: AsyncConnection, held: HeldOrder, at: datetime) -> None:
    placed = _parsed((await connection.execute(_order(held.order_id))).one().content)
    first = await _erase_corrections(connection, held.order_id)
    erased = without_personal_data(placed) if placed is not None else None
    content = dump_order(erased) if erased is not None else UNREADABLE
    digest = digest_of(erased) if erased is not None else ""
    searched = {"customer": None, "email": None, "customer_order_number": None}
    values = {"content": content, "digest": digest, "erased_at": at, **searched}
    await connection.execute(update(orders).where(orders.c.id == held.order_id).values(**values))
    await connection.execute(
        update(approval_decisions)
        .where(approval_decisions.c.order_id == held.order_id)
        .values(decided_by=ERASED, comment="")
    )
    for table in (export_requests, export_attempts):
        await connection.execute(
            update(table)
            .where(table.c.order_id == held.order_id, table.c.reason.is_not(None))
            .values(reason=ERASED)
        )
    await forget_states(connection, held.channel, [held.number], at=at)
    await _erase_messages(connection, held, at)
    await _erase_audit_entries(connection, held)
    original = first or erased
    await connection.execute(
        update(order_number_assignments)
        .where(_is_about(order_number_assignments.c.number, order_number_assignments.c.channel, held))
        .values(digest=digest_of_draft(original) if original is not None else "")
    )


async def _erase_corrections(connection: AsyncConnection, order_id: int) -> Order | None:
    """Erase earlier contents; the first of them without personal data, where it can be read."""
    table, first = order_corrections.c, None
    query = select(table.revision, in_utf8(table.content_before).label("content"))
    for row in await _all(connection, query.where(table.order_id == order_id).order_by(table.revision)):
        before = _parsed(row.content)
        erased = without_personal_data(before) if before is not None else None
        first = first or erased
        await connection.execute(
            update(order_corrections)
            .where(table.order_id == order_id, table.revision == row.revision)
            .values(
                reason=ERASED,
                content_before=dump_order(erased) if erased is not None else UNREADABLE,
                digest_before=digest_of(erased) if erased is not None else "",
            )
        )
    return first


async def _erase_messages(connection: AsyncConnection, held: HeldOrder, at: datetime) -> None:
    about = _is_about(messages.c.order_number, messages.c.channel, held)
    for row in await _all(connection, select(messages).where(about)):
        remains = bodies_removed(row, at)
        if row.erased_at is not None:
            remains = {"url": remains["url"]}
        await connection.execute(update(messages).where(messages.c.id == row.id).values(**remains))


async def _erase_audit_entries(connection: AsyncConnection, held: HeldOrder) -> None:
    about = _is_about(audit_entries.c.subject, audit_entries.c.context, held)
    for row in await _all(connection, select(audit_entries).where(about)):
        changes = {
            name: change if name in IMPERSONAL else [_without_text(value) for value in change]
            for name, change in row.changes.items()
        }
        await connection.execute(
            update(audit_entries).where(audit_entries.c.number == row.number).values(changes=changes)
        )


def _without_text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else ERASED


async def _all(connection: AsyncConnection, query: Select[Any]) -> Sequence[Row[Any]]:
    return list(await connection.execute(query))
