"""Database preparation: the schema by Alembic, then the content that cartridges offer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from iomconnector.application import Application
    from iomconnector.storage.database import Database


@dataclass(frozen=True, slots=True)
class Preparer:
    """A step that puts content into the database.

    Arguments:
        name: What it prepares, for people.
        prepare: Does it; it must be safe to run again. Returns one sentence that says what it did.
    """

    name: str
    prepare: Callable[[Application], Awaitable[str]]


async def prepare_schema(database: Database) -> str:
    """Bring the schema to the newest revision; what is there stays.

    Returns:
        The revision that the schema has now.

    Raises:
        StorageError: The database cannot be written.
    """

    async def upgrade(connection: AsyncConnection) -> str:
        return await connection.run_sync(_upgrade)

    return await database.write(upgrade)


def _upgrade(connection: Any) -> str:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    config = Config()
    config.set_main_option("script_location", "iomconnector.storage:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return str(MigrationContext.configure(connection).get_current_revision())
