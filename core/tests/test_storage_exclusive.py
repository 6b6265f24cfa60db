"""Locks that one process at a time holds, on each database."""

import asyncio
import subprocess
import sys
from contextlib import aclosing

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import StorageError
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database, LockedError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.postgresql import PostgresqlServer
from iomconnector.testing.samples import CONTEXTS

HOLD = """
import asyncio, sys
from contextlib import aclosing
from iomconnector.storage.database import Database

async def main(url):
    async with aclosing(Database(url)) as database, database.exclusive("test"):
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main(sys.argv[1]))
"""


def _hold(url: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@in_event_loop
async def test_tasks_of_one_process_take_turns(each_database: Database) -> None:
    inside = most = 0

    async def work() -> None:
        nonlocal inside, most
        async with each_database.exclusive("test"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    async with aclosing(each_database):
        await asyncio.gather(*(work() for _ in range(5)))
    assert most == 1


@in_event_loop
async def test_another_process_is_waited_for_and_then_named(each_database: Database) -> None:
    holder = _hold(each_database.url.render_as_string(hide_password=False))
    async with aclosing(each_database) as database:
        with pytest.raises(LockedError, match="Another process holds the lock 'test'") as locked:
            async with database.exclusive("test", wait=0.2):
                pass
        assert locked.value.ids == {"lock": "test"}
        async with database.exclusive("other", wait=0):
            await SqlContextRepository(database).save(CONTEXTS[0])
        waiting = asyncio.create_task(_take(database))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await asyncio.to_thread(holder.communicate, "\n")
        await waiting


async def _take(database: Database) -> None:
    async with database.exclusive("test", wait=20):
        pass


@in_event_loop
async def test_the_death_of_its_holder_gives_it_back(each_database: Database) -> None:
    holder = _hold(each_database.url.render_as_string(hide_password=False))
    holder.kill()
    holder.communicate()
    async with aclosing(each_database) as database:
        await asyncio.wait_for(_take(database), 10)


@in_event_loop
async def test_an_error_inside_gives_it_back_and_comes_through(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        with pytest.raises(KeyError, match="inside"):
            async with database.exclusive("test"):
                raise KeyError("inside")
        async with database.exclusive("test", wait=0):
            pass


@in_event_loop
async def test_who_stops_waiting_leaves_nothing_behind(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        async with database.exclusive("test"):
            waiting = asyncio.create_task(_take(database))
            await asyncio.sleep(0.15)
            waiting.cancel()
            await asyncio.wait({waiting})
            assert waiting.cancelled()
        async with database.exclusive("test", wait=0):
            pass


@in_event_loop
async def test_a_lock_that_is_lost_with_its_session_is_told(postgresql_database: Database) -> None:
    async def end_the_session(connection: AsyncConnection) -> None:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_locks USING (pid)"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
        )

    async with aclosing(postgresql_database) as database:
        with pytest.raises(StorageError, match="was lost while it was needed"):
            async with database.exclusive("test"):
                await database.write(end_the_session)


@pytest.mark.parametrize("name", ["", "Über", "../x", "two words"])
@in_event_loop
async def test_a_name_that_is_none_is_refused(database: Database, name: str) -> None:
    async with aclosing(database):
        with pytest.raises(ValueError, match="no name of a lock"):
            async with database.exclusive(name):
                pass


@in_event_loop
async def test_a_server_that_ends_idle_sessions_does_not_take_the_lock_away(
    postgresql_server: PostgresqlServer, postgresql_url: str
) -> None:
    name = make_url(postgresql_url).database
    await postgresql_server.execute(f"ALTER DATABASE {name} SET idle_session_timeout = '200ms'")
    async with aclosing(Database(postgresql_url)) as database, database.exclusive("test"):
        await asyncio.sleep(0.6)
