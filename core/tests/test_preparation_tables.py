"""Tables of the core and of cartridges, on every database."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.application import Application
from iomconnector.container import Container, running
from iomconnector.ports.preparation_protocol import Outcome
from iomconnector.preparation import (
    CORE,
    StepFailedError,
    StepUnavailableError,
    plan_preparation,
    prepare_database,
)
from iomconnector.settings import Settings
from iomconnector.storage.preparation import Preparer, SchemaPreparer
from iomconnector.storage.schema import CORE_SCHEMA
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.preparers import cartridge_with
from iomconnector.testing.samples import CONTEXTS

System = Callable[..., AbstractAsyncContextManager[Application]]


class Tables:
    """A package with Alembic revisions, as a cartridge has one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "acme_tax"
        (self.folder / "revisions").mkdir(parents=True)
        (self.folder / "__init__.py").touch()
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()

    def add(self, revision: str, before: str | None, statement: str) -> None:
        (self.folder / "revisions" / f"r{revision}.py").write_text(
            "from alembic import op\n"
            f"revision = {revision!r}\ndown_revision = {before!r}\n\n\n"
            f"def upgrade():\n    op.execute({statement!r})\n"
        )


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    """The package; it can be imported during the test."""
    made = Tables(tmp_path / "site")
    yield made
    sys.path.remove(str(made.folder.parent))
    sys.modules.pop("acme_tax", None)
    importlib.invalidate_caches()


def test_a_cartridge_has_tables_of_its_own_on_every_database(
    application: System, tables: Tables, each_database_url: str
) -> None:
    async def prepared() -> list[str]:
        async with application(
            cartridge_with("acme_tax", SchemaPreparer("acme_tax:revisions")), database_url=each_database_url
        ) as system:
            done = await prepare_database(system)
            async with system.database.reading() as connection:
                await connection.execute(text("SELECT rate FROM acme_tax_rates"))
                version = (
                    await connection.execute(text("SELECT version_num FROM acme_tax_version"))
                ).scalar()
            assert version == done.plan.steps[1].step.name.removeprefix("schema ")
            return [f"{entry.phase} {entry.step}: {entry.message}" for entry in done.entries[-1:]]

    tables.add("0001", None, "CREATE TABLE acme_tax_rates (rate INTEGER)")
    assert asyncio.run(prepared()) == ["pre schema 0001: made at revision 0001"]
    assert asyncio.run(prepared()) == []
    tables.add("0002", "0001", "ALTER TABLE acme_tax_rates ADD COLUMN country VARCHAR(2)")
    assert asyncio.run(prepared()) == ["pre schema 0002: from revision 0001 to 0002"]
    assert asyncio.run(prepared()) == []
    (tables.folder / "revisions" / "r0002.py").unlink()
    with pytest.raises(StepUnavailableError, match="revision 0002, which this release does not know"):
        asyncio.run(_prepared_anew(application, each_database_url))


async def _prepared_anew(application: System, url: str) -> None:
    hooks = cartridge_with("acme_tax", SchemaPreparer("acme_tax:revisions", name="tables"))
    async with application(hooks, database_url=url) as system:
        await prepare_database(system)


@in_event_loop
async def test_a_revision_that_fails_leaves_the_tables_as_they_were(
    application: System, tables: Tables
) -> None:
    tables.add("0001", None, "CREATE TABLE acme_tax_rates (rate INTEGER)")
    tables.add("0002", "0001", "CREATE TABLE acme_tax_rates (rate INTEGER)")
    async with application(cartridge_with("acme_tax", SchemaPreparer("acme_tax:revisions"))) as system:
        with pytest.raises(StepFailedError, match="already exists"):
            await prepare_database(system)
        async with system.database.reading() as connection:
            made = await connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'acme%'"))
            assert made.scalars().all() == []


@in_event_loop
async def test_a_database_from_before_the_protocol_goes_on(tmp_path: Path) -> None:
    def at_first_revision(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", "iomconnector.storage:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    async def content(application: Application) -> str:
        await application.contexts.save(CONTEXTS[0])
        return "saved"

    container = Container(
        settings=Settings(data_directory=tmp_path),
        cartridges=cartridges_from(cartridge_with("shop", Preparer("content", content))),
    )
    async with running(container) as system:
        await system.database.write(lambda connection: connection.run_sync(at_first_revision))
        await content(system)
        assert [planned.reason for planned in (await plan_preparation(system)).steps] == [
            "the tables are at revision 0001",
            "the database does not know the cartridge",
        ]
        done = await prepare_database(system)
        newest = CORE_SCHEMA.newest
        assert [(each.cartridge, each.step, each.message) for each in done.entries] == [
            (CORE, f"schema {newest}", f"from revision 0001 to {newest}"),
            ("shop", "content", "saved"),
        ]
        assert list(await system.preparation_protocol.entries()) == list(done.entries)
        assert list(await system.contexts.all()) == [CONTEXTS[0]]
        assert (await prepare_database(system)).entries == ()


@in_event_loop
async def test_tables_of_the_core_that_fail_are_told_with_the_exit_code_of_the_storage(
    application: System,
) -> None:
    async with application() as system:
        await system.database.write(_at_earlier_revision)
        with pytest.raises(StepUnavailableError, match="preparation_steps already exists") as raised:
            await prepare_database(system)
        assert raised.value.exit_code == 4
        [entry] = await system.preparation_protocol.entries()
        assert (entry.cartridge, entry.outcome) == (CORE, Outcome.FAILED)


async def _at_earlier_revision(connection: AsyncConnection) -> None:
    await connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
