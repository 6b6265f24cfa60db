"""Failed sign-ins in the database."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.lockout import FailureCount, LockoutRule
from iomconnector.ports.failed_sign_ins import Attempt, attempt
from iomconnector.storage.database import Database
from iomconnector.storage.tables import failed_sign_ins
from iomconnector.storage.upsert import insert


class SqlFailedSignIns:
    """Implements :class:`~iomconnector.ports.failed_sign_ins.FailedSignIns` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, key: str, rule: LockoutRule, now: datetime) -> Attempt:
        """Count an attempt before it is made."""

        async def store(connection: AsyncConnection) -> Attempt:
            before = await _locked(connection, key)
            made = attempt(before, rule, now)
            if made.count != before:
                await _write(connection, key, made.count)
            return made

        return await self._database.write(store, isolation="read committed")

    async def take_back(self, key: str, rule: LockoutRule, now: datetime) -> None:
        """Count an attempt no more."""

        async def store(connection: AsyncConnection) -> None:
            query = select(failed_sign_ins).where(failed_sign_ins.c.key == key).with_for_update()
            row = (await connection.execute(query)).one_or_none()
            if row is not None:
                await _write(connection, key, _count(row).take_back(rule, now))

        await self._database.write(store, isolation="read committed")

    async def clear(self, key: str) -> bool:
        """Forget everything of a key."""

        async def remove(connection: AsyncConnection) -> bool:
            query = delete(failed_sign_ins).where(failed_sign_ins.c.key == key)
            return (await connection.execute(query)).rowcount == 1

        return await self._database.write(remove, isolation="read committed")

    async def counts(self, keys: Collection[str]) -> Mapping[str, FailureCount]:
        """What is remembered of the keys."""
        async with self._database.reading() as connection:
            query = select(failed_sign_ins).where(failed_sign_ins.c.key.in_(list(keys)))
            return {row.key: _count(row) for row in await connection.execute(query)}

    async def forget(self, before: datetime) -> int:
        """Remove what was last counted, and locked at most, before a time."""

        async def remove(connection: AsyncConnection) -> int:
            columns = failed_sign_ins.c
            over = [
                or_(column.is_(None), column < before) for column in (columns.last_at, columns.locked_until)
            ]
            return (await connection.execute(delete(failed_sign_ins).where(*over))).rowcount

        return await self._database.write(remove, isolation="read committed")


async def _locked(connection: AsyncConnection, key: str) -> FailureCount:
    """The count of a key, which nobody else changes or removes before the transaction ends: a row that is
    there is updated to what it is, because that locks it."""
    row = insert(connection, failed_sign_ins).values(key=key, failures=0, locks=0)
    locked = row.on_conflict_do_update(
        index_elements=["key"], set_={"failures": failed_sign_ins.c.failures}
    ).returning(failed_sign_ins)
    return _count((await connection.execute(locked)).one())


async def _write(connection: AsyncConnection, key: str, count: FailureCount) -> None:
    await connection.execute(
        update(failed_sign_ins)
        .where(failed_sign_ins.c.key == key)
        .values(
            failures=count.failures, last_at=count.last_at, locks=count.locks, locked_until=count.locked_until
        )
    )


def _count(row: Row[Any]) -> FailureCount:
    return FailureCount(row.failures, row.last_at, row.locks, row.locked_until)
