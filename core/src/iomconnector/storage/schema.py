"""Bringing tables to their newest form with Alembic: those of the core, and those that a cartridge brings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomconnector.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from iomconnector.storage.database import Database

CORE_VERSION_TABLE = "alembic_version"


class SchemaError(ConfigurationError):
    """The revisions of a schema cannot be read, or there is not exactly one newest."""

    code = "schema.invalid"


@dataclass(frozen=True, slots=True)
class Schema:
    """Revisions of tables.

    Arguments:
        revisions: The folder with the Alembic revisions, as ``package:folder``.
        version_table: The table that keeps the revision at which the database is.
    """

    revisions: str
    version_table: str

    @property
    def newest(self) -> str:
        """The newest revision.

        Raises:
            SchemaError: The folder does not exist or has no revisions, they cannot be imported, or two of
                them are the newest.
        """
        from alembic.script import ScriptDirectory

        try:
            heads = ScriptDirectory.from_config(self._config()).get_heads()
        except Exception as error:
            raise SchemaError(
                f"The revisions in {self.revisions} cannot be read: {type(error).__name__}: {error}.",
                hint="Name a folder with Alembic revisions, as package:folder.",
            ) from error
        if len(heads) != 1:
            found = f"has {len(heads)} newest revisions: {', '.join(heads)}" if heads else "has no revisions"
            raise SchemaError(
                f"The folder {self.revisions} {found}.",
                hint="Give it revisions that follow one another, with one at the end.",
            )
        return heads[0]

    @property
    def known(self) -> frozenset[str]:
        """The newest revision and all before it."""
        from alembic.script import ScriptDirectory

        return frozenset(
            each.revision for each in ScriptDirectory.from_config(self._config()).walk_revisions()
        )

    async def current(self, database: Database) -> str | None:
        """The revision at which the tables are; none where they, or the database, are not there.

        Raises:
            StorageError: The database is gone, or is at a revision that this release does not know.
        """
        if not is_there(database):
            return None
        async with database.reading() as connection:
            return await connection.run_sync(self._current)

    async def upgrade(self, database: Database) -> str:
        """Bring the tables to the newest revision, all of it or nothing; what is there stays.

        Returns:
            What was done, in a few words.

        Raises:
            SchemaError: The revisions cannot be read.
            StorageError: The database cannot be written, or is at a revision that this release does not know.
        """
        newest = self.newest
        before = await database.write(lambda connection: connection.run_sync(self._upgrade))
        if before == newest:
            return f"is at revision {newest} already"
        return f"from revision {before} to {newest}" if before else f"made at revision {newest}"

    def _upgrade(self, connection: Connection) -> str | None:
        from alembic import command

        before = self._current(connection)
        config = self._config()
        config.attributes.update(connection=connection, version_table=self.version_table)
        command.upgrade(config, "head")
        return before

    def _current(self, connection: Connection) -> str | None:
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory
        from alembic.util import CommandError

        context = MigrationContext.configure(connection, opts={"version_table": self.version_table})
        revision = context.get_current_revision()
        try:
            if revision is not None:
                ScriptDirectory.from_config(self._config()).get_revision(revision)
        except CommandError as error:
            raise StorageError(
                f"The tables of {self.revisions} are at revision {revision}, "
                "which this release does not know.",
                hint="Run the release that prepared this database, or a newer one.",
            ) from error
        return revision

    def _config(self) -> Config:
        from alembic.config import Config

        config = Config()
        settings: dict[str, Any] = {
            "script_location": "iomconnector.storage:migrations",
            "path_separator": "newline",
            "version_locations": self.revisions,
        }
        for name, value in settings.items():
            config.set_main_option(name, value)
        return config


def is_there(database: Database) -> bool:
    """Whether one can look into the database without making it."""
    if database.url.get_backend_name() != "sqlite":
        return True
    file = Path(str(database.url.database))
    return file.is_file() and file.stat().st_size > 0


CORE_SCHEMA = Schema("iomconnector.storage:migrations/versions", CORE_VERSION_TABLE)
"""The tables of the core."""
