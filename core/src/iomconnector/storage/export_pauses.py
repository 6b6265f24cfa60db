"""Which channels' exports are switched off, in the database."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import StorageError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.exports import ExportPause
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import BrokenConstraintError, Database
from iomconnector.storage.export_rows import pause_from
from iomconnector.storage.tables import export_pauses
from iomconnector.storage.tables.metadata import replaced
from iomconnector.storage.upsert import insert


class SqlExportPauses:
    """Implements :class:`~iomconnector.ports.export_pauses.ExportPauses` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, ExportPause]:
        """The pauses by channel."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(export_pauses).order_by(export_pauses.c.channel))
            return {row.channel: pause_from(row) for row in rows}

    async def pause(self, pause: ExportPause, audit: AuditEntry) -> bool:
        """Switch the export of a channel off, and record who did it."""

        async def store(connection: AsyncConnection) -> bool:
            done = await connection.execute(
                insert(connection, export_pauses)
                .values(**asdict(pause))
                .on_conflict_do_nothing(index_elements=["channel"])
            )
            if done.rowcount:
                await record_entries(connection, [audit])
            return bool(done.rowcount)

        try:
            return await self._database.write(store)
        except BrokenConstraintError as error:
            raise StorageError(
                f"There is no channel {pause.channel!r}, so its export cannot be paused.",
                hint="`iomconnector context list` shows the channels.",
                channel=pause.channel,
            ) from error

    async def resume(self, channel: str, audit: AuditEntry) -> ExportPause | None:
        """Switch the export of a channel on again, and record who did it."""

        async def store(connection: AsyncConnection) -> ExportPause | None:
            ended = await connection.execute(
                delete(export_pauses)
                .where(export_pauses.c.channel == replaced(channel))
                .returning(*export_pauses.c)
            )
            row = ended.one_or_none()
            if row is None:
                return None
            await record_entries(connection, [audit])
            return pause_from(row)

        return await self._database.write(store)
