"""A demonstration begins with nothing, and takes nothing away that another did not make."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import aclosing
from pathlib import Path

from iomconnector.errors import ConfigurationError
from iomconnector.storage.database import Database
from iomconnector.storage.schema import CORE_SCHEMA

MARKER = ".demo"


def require_empty_database(url: str) -> None:
    """Refuse a database that somebody uses.

    A demonstration fills it with hundreds of orders, and would send the open exports of a shop to its own
    stand-in.

    Arguments:
        url: A database elsewhere than in the data directory.

    Raises:
        ConfigurationError: There is something in it.
        StorageError: It cannot be read.
    """

    async def look() -> tuple[str, str | None]:
        async with aclosing(Database(url)) as database:
            return database.url.render_as_string(), await CORE_SCHEMA.current(database)

    where, revision = asyncio.run(look())
    if revision is not None:
        raise ConfigurationError(
            f"The database {where} is in use, and a demonstration would fill it with its orders.",
            hint="Name an empty one in IOMC_DATABASE_URL, or none.",
        )


def clear_directory(directory: Path) -> None:
    """Make room for a demonstration.

    Raises:
        ConfigurationError: The directory holds something that no demonstration made.
    """
    if directory.exists() and any(directory.iterdir()):
        if not (directory / MARKER).exists():
            raise ConfigurationError(
                f"{directory} holds data that no demonstration made, and a demonstration would remove it.",
                hint="Set IOMC_DATA_DIRECTORY to another directory, such as var/demo.",
            )
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MARKER).touch()
