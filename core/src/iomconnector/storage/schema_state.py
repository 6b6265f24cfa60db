"""Whether the tables are those that this release needs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import text

from iomconnector.errors import StorageError
from iomconnector.storage.schema import CORE_SCHEMA, Schema, is_there

if TYPE_CHECKING:
    from iomconnector.storage.database import Database

PREPARE = "Run `iomconnector dbprepare` first."


async def require_prepared(database: Database, schema: Schema = CORE_SCHEMA) -> None:
    """See to it that a release can work on the tables.

    A newer release may have prepared them already: its revisions leave the ones before it able to work, so
    that processes of both run side by side while one takes the place of the other.

    Arguments:
        database: The database.
        schema: The tables.

    Raises:
        StorageError: The database cannot be read, or its tables are not there or older than this release.
    """
    where = f"The database {database.url.render_as_string()}"
    if not is_there(database):
        raise StorageError(f"{where} is not there.", hint=PREPARE)
    query = text(f"SELECT version_num FROM {schema.version_table}")  # noqa: S608
    async with database.reading() as connection:
        revision = (await connection.execute(query)).scalar()
    if revision is None:
        raise StorageError(f"{where} has no tables.", hint=PREPARE)
    if revision in _older(schema):
        raise StorageError(
            f"{where} is at revision {revision}, and this release needs {schema.newest}.", hint=PREPARE
        )


@cache
def _older(schema: Schema) -> frozenset[str]:
    return schema.known - {schema.newest}
