"""What a database leaves in its files of what was overwritten or deleted, and how to get rid of it.

SQLite frees the space of old content without clearing it, unless told to, and keeps old pages in its
write-ahead log until a checkpoint. Pages that were divided before may hold a copy in space that nobody uses.
PostgreSQL keeps old versions of rows until they are vacuumed. Its write-ahead log, backups and standbys keep
old pages for longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text

from iomconnector.storage.tables import (
    approval_decisions,
    audit_entries,
    customer_sessions,
    customer_tokens,
    customer_users,
    export_attempts,
    export_requests,
    messages,
    order_corrections,
    order_number_assignments,
    order_states,
    orders,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from iomconnector.storage.database import Database

WITH_PERSONAL_DATA = (
    orders,
    approval_decisions,
    order_corrections,
    export_requests,
    export_attempts,
    messages,
    audit_entries,
    order_number_assignments,
    order_states,
    customer_users,
    customer_sessions,
    customer_tokens,
)
"""The tables in which personal data of customers can stand."""


async def overwrite_what_is_freed(connection: AsyncConnection) -> None:
    """Have SQLite clear the space that this connection frees from now on."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("PRAGMA secure_delete=ON")


async def forget_remnants(database: Database) -> str:
    """Empty the write-ahead log where that hinders nobody; what may be left, and what removes it."""
    if not _is_sqlite(database):
        return (
            "PostgreSQL keeps old versions of the rows until autovacuum has run, and in its write-ahead log, "
            "backups and standbys as long as these are kept."
        )
    await _run(database, "PRAGMA wal_checkpoint(TRUNCATE)")
    return (
        "Copies may be left in free space within the database file, until it is written anew: "
        "`iomconnector privacy rewrite`; and in backups."
    )


async def rewrite(database: Database, also: Sequence[str] = ()) -> str:
    """Write the database anew, so that free space holds nothing; what was done.

    Arguments:
        database: The database.
        also: Names of further tables with personal data.
    """
    if _is_sqlite(database):
        await _run(database, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
        return "The database file was written anew. Copies may be left in backups."
    async with database.engine.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        quote = database.engine.dialect.identifier_preparer.quote_identifier
        for name in (*(table.name for table in WITH_PERSONAL_DATA), *also):
            await outside.execute(text(f"VACUUM (FULL) {quote(name)}"))
    return (
        "The tables were written anew. Copies may be left in the write-ahead log, backups and standbys, "
        "as long as these are kept."
    )


async def _run(database: Database, *statements: str) -> None:
    """Run statements of SQLite outside of a transaction."""
    async with database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        for statement in statements:
            cursor = await raw.execute(statement)
            await cursor.fetchall()
            await cursor.close()


def _is_sqlite(database: Database) -> bool:
    return database.url.get_backend_name() == "sqlite"
