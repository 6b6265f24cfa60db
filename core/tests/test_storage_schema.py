"""The schema of the shop's database, and how a connection to it is set up."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import StorageError
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.job_names import JOB_LOG, JOB_TABLES, JOBS
from iomconnector.storage.job_tables import converge_job_tables, missing_in_job_tables
from iomconnector.storage.preparation import prepare_schema
from iomconnector.storage.tables import metadata
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CONTEXTS

PREPARE = """
import asyncio, sys
from iomconnector.storage.database import Database
from iomconnector.storage.preparation import prepare_schema

async def main():
    database = Database(sys.argv[1])
    print(await prepare_schema(database))
    await database.aclose()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


async def _pragma(connection: AsyncConnection, name: str) -> Any:
    return (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()


@in_event_loop
async def test_the_migrations_make_the_tables_that_the_code_uses(each_database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "include_name": _is_our_own},
        )
        return list(compare_metadata(context, metadata))

    async with aclosing(each_database) as database, database.reading() as connection:
        assert await connection.run_sync(differences) == []


@in_event_loop
async def test_the_newest_revision_can_be_taken_back_and_made_again(each_database: Database) -> None:
    def down_and_up(connection: Connection) -> tuple[list[str], list[str]]:
        config = Config()
        config.set_main_option("script_location", "iomconnector.storage:migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        emptied = inspect(connection).get_table_names()
        command.upgrade(config, "head")
        return emptied, sorted(inspect(connection).get_table_names())

    async with aclosing(each_database) as database:
        emptied, remade = await database.write(lambda connection: connection.run_sync(down_and_up))
    assert emptied == ["alembic_version"]
    of_the_job_engine = set() if "sqlite" in each_database.url.drivername else JOB_TABLES
    assert remade == sorted([*metadata.tables, *of_the_job_engine, "alembic_version"])


def _is_our_own(name: str | None, *_: object) -> bool:
    """The tables of the job engine are PgQueuer's, which declares them."""
    return name not in JOB_TABLES


@in_event_loop
async def test_the_tables_of_the_job_engine_are_those_that_the_installed_release_declares(
    postgresql_database: Database,
) -> None:
    def missing_and_mended(connection: Connection) -> tuple[tuple[str, ...], ...]:
        complete = missing_in_job_tables(connection)
        connection.exec_driver_sql(f"ALTER TABLE {JOBS} DROP COLUMN headers")
        connection.exec_driver_sql(f"DROP INDEX {JOB_LOG}_created")
        older = missing_in_job_tables(connection)
        converge_job_tables(connection)
        return complete, older, missing_in_job_tables(connection)

    async with aclosing(postgresql_database) as database:
        complete, older, mended = await database.write(
            lambda connection: connection.run_sync(missing_and_mended)
        )
    assert complete == (), "write a revision that calls converge_job_tables"
    assert len(older) >= 2
    assert mended == ()


@in_event_loop
async def test_there_is_one_newest_revision_and_preparing_again_changes_nothing(
    each_database: Database,
) -> None:
    config = Config()
    config.set_main_option("script_location", "iomconnector.storage:migrations")
    [head] = ScriptDirectory.from_config(config).get_heads()
    async with aclosing(each_database) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        assert await prepare_schema(database) == head
        assert await prepare_schema(database) == head
        assert len(await SqlContextRepository(database).all()) == len(CONTEXTS)


def test_several_processes_can_prepare_at_once(empty_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PREPARE, empty_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [process.communicate(timeout=60) for process in processes]
    assert [errors for _, errors in results] == ["", "", ""]
    assert len({revision for revision, _ in results}) == 1


@in_event_loop
async def test_a_connection_survives_a_crash_of_the_machine_and_checks_references(database: Database) -> None:
    async with aclosing(database), database.reading() as connection:
        assert await _pragma(connection, "journal_mode") == "wal"
        assert await _pragma(connection, "synchronous") == 2, "2 is FULL"
        assert await _pragma(connection, "foreign_keys") == 1

    async def settings(connection: AsyncConnection) -> tuple[Any, Any]:
        return await _pragma(connection, "journal_mode"), await _pragma(connection, "synchronous")

    async with aclosing(database):
        assert await database.write(settings) == ("wal", 2)


@in_event_loop
async def test_readers_neither_see_nor_hinder_a_transaction_that_is_going_on(each_database: Database) -> None:
    written, release = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        await connection.execute(text("INSERT INTO contexts VALUES ('new', 'organization', 'New', NULL)"))
        written.set()
        await release.wait()

    async with aclosing(each_database) as database:
        writing = asyncio.create_task(database.write(slow))
        await written.wait()
        assert list(await SqlContextRepository(database).all()) == []
        release.set()
        await writing
        assert [context.id for context in await SqlContextRepository(database).all()] == ["new"]


@in_event_loop
async def test_an_unprepared_database_says_what_to_do(empty_url: str) -> None:
    async with aclosing(Database(empty_url)) as database:
        with pytest.raises(StorageError, match="iomconnector dbprepare"):
            await SqlContextRepository(database).all()
        with pytest.raises(StorageError, match="iomconnector dbprepare"):
            await SqlContextRepository(database).save(CONTEXTS[0])
        with pytest.raises(StorageError, match="iomconnector dbprepare"):
            await SqlExportLedger(database).next_moments()


@in_event_loop
async def test_times_are_stored_in_utc_and_naive_ones_refused(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        with pytest.raises(Exception, match="has no time zone"):
            await SqlExportLedger(database).expedite(at=_naive())
        assert await SqlExportLedger(database).next_moments() == {}


def _naive() -> Any:
    from datetime import datetime

    return datetime.fromisoformat("2026-11-02T12:00:00")


def test_the_prepared_file_of_the_fixtures_is_whole(prepared_database_file: Path) -> None:
    connection = sqlite3.connect(prepared_database_file)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()
