"""Removing what is old from the database, a little at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.model.retention import Kept
from iomconnector.ports.retention_store import Batch
from iomconnector.storage.database import Database
from iomconnector.storage.message_remains import bodies_removed
from iomconnector.storage.tables import audit_entries, export_attempts, export_requests, messages, orders

NEW = "new_"
DONE = tuple(state.value for state in (ExportState.EXPORTED, ExportState.REJECTED, ExportState.GIVEN_UP))


class SqlRetentionStore:
    """Implements :class:`~iomconnector.ports.retention_store.RetentionStore` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, kept: Kept, before: datetime) -> int:
        """How many things of a kind are older, and may go."""
        query = select(func.count()).select_from(_table(kept)).where(_old(kept, before), _may_go(kept))
        async with self._database.reading() as connection:
            counted: int = (await connection.execute(query)).scalar_one()
            return counted

    async def remove(
        self, kept: Kept, before: datetime, *, at: datetime, after: Any = None, limit: int = 200
    ) -> Batch:
        """Look at up to ``limit`` old things, and remove those that may go."""
        walk = _walk(kept, before, after).limit(limit)
        width = len(_key(kept))

        async def change(connection: AsyncConnection) -> Batch:
            rows = [tuple(row) for row in await connection.execute(walk)]
            if not rows:
                return Batch(0, None)
            chosen = and_(
                tuple_(*_key(kept)).in_([row[:width] for row in rows]), _old(kept, before), _may_go(kept)
            )
            if kept is Kept.MESSAGE_BODIES:
                removed = await _remove_bodies(connection, chosen, at)
            else:
                removed = (await connection.execute(delete(_table(kept)).where(chosen))).rowcount
            return Batch(
                removed, rows[-1] if len(rows) == limit and _goes_on(kept, rows[-1], before) else None
            )

        return await self._database.write(change, isolation="read committed")

    async def orders_to_erase(self, before: datetime, *, after: int = 0, limit: int = 200) -> Sequence[int]:
        """Keys of orders that were exported before, and from which nothing was erased."""
        query = (
            select(orders.c.id)
            .join(export_requests, export_requests.c.order_id == orders.c.id)
            .where(
                orders.c.id > after,
                orders.c.erased_at.is_(None),
                export_requests.c.state == ExportState.EXPORTED.value,
                export_requests.c.exported_at < before,
                ~export_requests.c.unclear,
            )
            .order_by(orders.c.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())


def _table(kept: Kept) -> Any:
    if kept is Kept.ATTEMPTS:
        return export_attempts
    return audit_entries if kept is Kept.AUDIT_ENTRIES else messages


def _key(kept: Kept) -> tuple[Any, ...]:
    """What tells one thing from another."""
    if kept is Kept.ATTEMPTS:
        return export_attempts.c.order_id, export_attempts.c.attempt
    return (audit_entries.c.number,) if kept is Kept.AUDIT_ENTRIES else (messages.c.id,)


def _walk(kept: Kept, before: datetime, after: Any) -> Any:
    """What may be old, along an index from where the batch before ended."""
    if kept is Kept.ATTEMPTS:
        order_id, attempt = export_attempts.c.order_id, export_attempts.c.attempt
        newest = select(func.max(orders.c.id)).where(orders.c.placed_at < before).scalar_subquery()
        query = select(order_id, attempt).where(order_id <= newest).order_by(order_id, attempt)
        if after is None:
            return query
        return query.where(order_id >= after[0], or_(order_id > after[0], attempt > after[1]))
    if kept is Kept.AUDIT_ENTRIES:
        number = audit_entries.c.number
        query = select(number, audit_entries.c.at).order_by(number)
        return query if after is None else query.where(number > after[0])
    key, at = messages.c.id, messages.c.at
    query = select(key, at).where(at < before).order_by(at, key)
    if kept is Kept.MESSAGE_BODIES:
        query = query.where(messages.c.erased_at.is_(None))
    return query if after is None else query.where(at >= after[1], or_(at > after[1], key > after[0]))


def _goes_on(kept: Kept, last: tuple[Any, ...], before: datetime) -> bool:
    """Whether there may be more that is old: entries of the audit trail are in the order of their time."""
    return kept is not Kept.AUDIT_ENTRIES or last[1] < before


def _old(kept: Kept, before: datetime) -> ColumnElement[bool]:
    if kept is Kept.ATTEMPTS:
        return export_attempts.c.ended_at < before
    if kept is Kept.AUDIT_ENTRIES:
        return audit_entries.c.at < before
    return messages.c.at < before


def _may_go(kept: Kept) -> ColumnElement[bool]:
    """Whether nothing that is not settled needs it."""
    needed = or_(export_requests.c.state.not_in(DONE), export_requests.c.unclear)
    if kept is Kept.ATTEMPTS:
        return ~exists().where(export_requests.c.order_id == export_attempts.c.order_id, needed)
    if kept is Kept.AUDIT_ENTRIES:
        return audit_entries.c.number.is_not(None)
    evidence = exists().where(
        orders.c.channel == messages.c.channel,
        orders.c.number == messages.c.order_number,
        export_requests.c.order_id == orders.c.id,
        needed,
    )
    return ~evidence if kept is Kept.MESSAGES else and_(messages.c.erased_at.is_(None), ~evidence)


async def _remove_bodies(connection: AsyncConnection, chosen: ColumnElement[bool], at: datetime) -> int:
    rows = (await connection.execute(select(messages).where(chosen))).all()
    changes = [{"key": row.id, **_renamed(bodies_removed(row, at))} for row in rows]
    if changes:
        new: dict[str, Any] = {
            name.removeprefix(NEW): bindparam(name) for name in changes[0] if name != "key"
        }
        await connection.execute(
            update(messages).where(messages.c.id == bindparam("key")).values(new), changes
        )
    return len(rows)


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    """Values as parameters, which must not have the names of columns."""
    return {f"{NEW}{name}": value for name, value in values.items()}
