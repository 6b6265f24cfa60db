"""Fresh databases and systems on them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomconnector.storage.database import Database
from iomconnector.storage.preparation import prepare_schema

if TYPE_CHECKING:
    from iomconnector.application import Application

DATABASE_FILE = "shop.sqlite"


def prepare_database_file(path: Path) -> Path:
    """Make an empty database with the newest schema, in one file that can be copied."""

    async def prepare() -> None:
        async with aclosing(Database(f"sqlite:///{path}")) as database:
            await prepare_schema(database)

    asyncio.run(prepare())
    return path


def database_on_copy(prepared: Path, path: Path) -> Database:
    """A database on a copy of a prepared file."""
    shutil.copyfile(prepared, path)
    return Database(f"sqlite:///{path}")


def application_factory(
    prepared: Path, directory: Path
) -> Callable[..., AbstractAsyncContextManager[Application]]:
    """Makes systems without cartridges, or with hook objects in their place, on one copy of a database.

    Arguments:
        prepared: A prepared file; it is copied on first use.
        directory: Where the systems keep their data.
    """
    from iomconnector.container import Container, running
    from iomconnector.settings import Settings
    from iomconnector.testing.hook_objects import cartridges_from

    @asynccontextmanager
    async def system(*hooks: object, **settings: Any) -> AsyncIterator[Application]:
        if not (directory / DATABASE_FILE).exists():
            shutil.copyfile(prepared, directory / DATABASE_FILE)
        container = Container(
            settings=Settings.of({"data_directory": directory, **settings}, {}),
            cartridges=cartridges_from(*hooks),
        )
        async with running(container) as application:
            yield application

    return system
