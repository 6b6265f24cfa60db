"""The audit trail in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.audit import AuditEntry
from iomconnector.storage.database import Database
from iomconnector.storage.tables import audit_entries


class SqlAuditTrail:
    """Implements :class:`~iomconnector.ports.audit_trail.AuditTrail` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, *entries: AuditEntry) -> None:
        """Add entries to the end of the trail, all or none."""

        async def store(connection: AsyncConnection) -> None:
            await record_entries(connection, entries)

        await self._database.write(store)

    async def entries(
        self,
        *,
        topic: str | None = None,
        subject: str | None = None,
        context: str | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> Sequence[AuditEntry]:
        """Entries, the latest first."""
        query = select(audit_entries).order_by(audit_entries.c.number.desc()).limit(limit)
        for column, wanted in (("topic", topic), ("subject", subject), ("context", context)):
            if wanted is not None:
                query = query.where(audit_entries.c[column] == wanted)
        if before is not None:
            query = query.where(audit_entries.c.number < before)
        async with self._database.reading() as connection:
            return [_entry(row) for row in await connection.execute(query)]


async def record_entries(connection: AsyncConnection, entries: Sequence[AuditEntry]) -> None:
    """Add entries within a transaction, so that they are recorded if and only if it is committed."""
    if entries:
        await connection.execute(insert(audit_entries), [_values(entry) for entry in entries])


def _values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "by": entry.by,
        "topic": entry.topic,
        "action": entry.action,
        "subject": entry.subject,
        "context": entry.context,
        "changes": {name: list(change) for name, change in entry.changes.items()},
    }


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        by=row.by,
        action=row.action,
        subject=row.subject,
        context=row.context,
        changes={name: (old, new) for name, (old, new) in row.changes.items()},
        number=row.number,
    )
