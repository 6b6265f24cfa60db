"""Sessions in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.ports.session_store import StoredSession
from iomconnector.storage.database import Database
from iomconnector.storage.tables import sessions


class SqlSessionStore:
    """Implements :class:`~iomconnector.ports.session_store.SessionStore` on the database.

    Arguments:
        database: The database.
        table: Where the sessions stand: each kind of people has a table of its own.
    """

    def __init__(self, database: Database, table: Table = sessions) -> None:
        self._database = database
        self._table = table

    async def save(self, session: StoredSession) -> None:
        """Add a session."""

        async def store(connection: AsyncConnection) -> None:
            await connection.execute(
                insert(self._table).values(
                    digest=session.digest,
                    account=session.account,
                    generation=session.generation,
                    signed_in_at=session.signed_in_at,
                    seen_at=session.seen_at,
                    expires_at=session.expires_at,
                )
            )

        await self._database.write(store, isolation="read committed")

    async def find(self, digest: str) -> StoredSession | None:
        """The session of that digest, or none."""
        async with self._database.reading() as connection:
            query = select(self._table).where(self._table.c.digest == digest)
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _session(row)

    async def touch(self, digest: str, seen_at: datetime) -> None:
        """Note that it was used."""

        async def store(connection: AsyncConnection) -> None:
            earlier = (self._table.c.digest == digest) & (self._table.c.seen_at < seen_at)
            await connection.execute(update(self._table).where(earlier).values(seen_at=seen_at))

        await self._database.write(store, isolation="read committed")

    async def delete(self, digest: str) -> bool:
        """End a session."""
        return await self._delete(self._table.c.digest == digest) == 1

    async def delete_of(self, account: str, *, older_than: int | None = None) -> int:
        """End the sessions of an account."""
        of_account = self._table.c.account == account
        if older_than is not None:
            of_account &= self._table.c.generation < older_than
        return await self._delete(of_account)

    async def forget(self, *, seen_before: datetime, expired_at: datetime) -> int:
        """Remove sessions that are over."""
        return await self._delete(
            or_(self._table.c.seen_at < seen_before, self._table.c.expires_at <= expired_at)
        )

    async def _delete(self, which: Any) -> int:
        async def remove(connection: AsyncConnection) -> int:
            return (await connection.execute(delete(self._table).where(which))).rowcount

        return await self._database.write(remove, isolation="read committed")


def _session(row: Row[Any]) -> StoredSession:
    return StoredSession(
        digest=row.digest,
        account=row.account,
        generation=row.generation,
        signed_in_at=row.signed_in_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )
