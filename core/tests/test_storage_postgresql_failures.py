"""A server that is away, refuses, hangs or is full of others: all is said, and no secret with it."""

import asyncio
import os
import re
import signal
import socket
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import StorageError
from iomconnector.storage.access_token_store import SqlAccessTokenStore
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import BrokenConstraintError, Database, UnreachableError
from iomconnector.storage.engine import postgresql, postgresql_address
from iomconnector.storage.tables import access_tokens
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.postgresql import NoServerError, PostgresqlServer, embedded_server
from iomconnector.testing.samples import CONTEXTS, NOON

PASSWORD = "geheim"


def _with(url: str, **parameters: str) -> str:
    return make_url(url).update_query_dict(parameters).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def strict_server(pytestconfig: pytest.Config) -> Iterator[PostgresqlServer]:
    """A server that asks everybody but its administrator for a password, and lets one user be there once."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        rules = Path(folder) / "pg_hba.conf"
        rules.write_text("local all postgres trust\nlocal all stranger reject\nlocal all all scram-sha-256\n")
        try:
            with embedded_server({"hba_file": str(rules)}) as server:
                asyncio.run(
                    server.execute(f"CREATE ROLE shop LOGIN PASSWORD '{PASSWORD}' CONNECTION LIMIT 1")
                )
                yield server
        except NoServerError as error:
            if pytestconfig.getini("require_postgresql"):
                raise
            pytest.skip(str(error))


def _as_user(server: PostgresqlServer, user: str, password: str | None = None) -> str:
    url = server.url.set(username=user, password=password)
    return url.render_as_string(hide_password=False)


async def _complaint(url: str) -> UnreachableError:
    """What reading and writing complain about, which is the same."""
    async with aclosing(Database(url)) as database:
        with pytest.raises(UnreachableError) as reading:
            await SqlContextRepository(database).all()
        with pytest.raises(UnreachableError) as writing:
            await SqlContextRepository(database).save(CONTEXTS[0])
        with pytest.raises(UnreachableError) as locking:
            async with database.exclusive("test"):
                pass
    assert str(reading.value) == str(writing.value) == str(locking.value)
    assert PASSWORD not in str(reading.value)
    return reading.value


@in_event_loop
async def test_a_server_that_does_not_run_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    complaint = await _complaint(f"postgresql://shop:{PASSWORD}@127.0.0.1:{port}/shop")
    assert f"postgresql://shop:***@127.0.0.1:{port}/shop cannot be reached" in complaint.message
    assert complaint.hint == "Check that the server runs and that host and port in database_url are right."
    assert complaint.exit_code == 4


@in_event_loop
async def test_a_server_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    began = time.monotonic()
    complaint = await _complaint(f"postgresql://shop:{PASSWORD}@127.0.0.1:{port}/shop?connect_timeout=1")
    assert time.monotonic() - began < 6
    assert "does not answer" in complaint.message
    server.close()


@in_event_loop
async def test_a_wrong_password_is_not_shown(strict_server: PostgresqlServer) -> None:
    complaint = await _complaint(_as_user(strict_server, "shop", f"not {PASSWORD}"))
    assert 'password authentication failed for user "shop"' in complaint.message
    assert complaint.hint == "Correct the user's password in database_url."


@in_event_loop
async def test_a_user_whom_the_server_does_not_let_in_is_named(strict_server: PostgresqlServer) -> None:
    complaint = await _complaint(_as_user(strict_server, "stranger", PASSWORD))
    assert "stranger" in complaint.message
    assert "pg_hba.conf" in complaint.hint


@in_event_loop
async def test_a_server_that_is_full_says_so(strict_server: PostgresqlServer) -> None:
    url = _as_user(strict_server, "shop", PASSWORD)
    async with aclosing(Database(url)) as database, database.reading() as connection:
        await connection.execute(text("SELECT 1"))
        complaint = await _complaint(url)
    assert "too many connections" in complaint.message
    assert "pool_size" in complaint.hint


@in_event_loop
async def test_missing_rights_are_explained(strict_server: PostgresqlServer) -> None:
    async with aclosing(Database(_as_user(strict_server, "shop", PASSWORD))) as database:
        with pytest.raises(StorageError, match=r"permission denied.*must own the tables"):
            async with database.reading() as connection:
                await connection.execute(text("SELECT * FROM pg_authid"))


@in_event_loop
async def test_a_database_that_is_not_there_says_how_to_make_it(postgresql_url: str) -> None:
    elsewhere = make_url(postgresql_url).set(database="nowhere").render_as_string(hide_password=False)
    complaint = await _complaint(elsewhere)
    assert 'database "nowhere" does not exist' in complaint.message
    assert "createdb" in complaint.hint


def test_a_database_in_another_encoding_is_refused(postgresql_server: PostgresqlServer) -> None:
    async def use() -> UnreachableError:
        await postgresql_server.execute(
            f'CREATE DATABASE "{name}_latin" ENCODING LATIN1 LOCALE "C" TEMPLATE template0'
        )
        try:
            return await _complaint(postgresql_server.url_of(f"{name}_latin"))
        finally:
            await postgresql_server.drop(f"{name}_latin")

    with postgresql_server.database() as name:
        complaint = asyncio.run(use())
    assert "keeps text in LATIN1" in complaint.message
    assert "createdb --encoding UTF8" in complaint.hint


@in_event_loop
async def test_an_older_server_is_refused(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 99)
    complaint = await _complaint(postgresql_url)
    assert re.search(r" is on PostgreSQL \d\d\.", complaint.message)
    assert complaint.hint == "Use PostgreSQL 99 or newer."


@in_event_loop
async def test_an_older_schema_says_what_to_do(postgresql_database: Database) -> None:
    async def age(connection: AsyncConnection) -> None:
        await connection.execute(text("ALTER TABLE contexts DROP COLUMN display_name"))

    async with aclosing(postgresql_database) as database:
        await database.write(age)
        with pytest.raises(StorageError, match="the schema is older than the program"):
            await SqlContextRepository(database).all()


@in_event_loop
async def test_a_statement_that_takes_too_long_is_ended(postgresql_url: str) -> None:
    async def sleep(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT pg_sleep(30)"))

    async with aclosing(Database(_with(postgresql_url, statement_timeout="0.2"))) as database:
        with pytest.raises(StorageError, match=r"statement timeout\. .*raise statement_timeout"):
            await database.write(sleep)
        with pytest.raises(StorageError, match="statement timeout"):
            async with database.reading() as connection:
                await sleep(connection)
        await SqlContextRepository(database).save(CONTEXTS[0])


@in_event_loop
async def test_an_operation_that_pauses_for_long_does_not_hold_others_up(postgresql_url: str) -> None:
    async def pause(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT 1"))
        await asyncio.sleep(0.6)
        await connection.execute(text("SELECT 1"))

    async with aclosing(Database(_with(postgresql_url, statement_timeout="0.2"))) as database:
        with pytest.raises(StorageError, match="The connection broke; do it again"):
            await database.write(pause)


@in_event_loop
async def test_a_server_that_freezes_is_given_up_and_its_connection_with_it(
    strict_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_address, "GRACE", 0.2)
    url = _with(_as_user(strict_server, "postgres"), statement_timeout="0.3")

    async def session(connection: AsyncConnection) -> int:
        pid: int = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        return pid

    async with aclosing(Database(url)) as database:
        frozen = await database.write(session)
        os.kill(frozen, signal.SIGSTOP)
        try:
            with pytest.raises(StorageError, match="did not answer in time"):
                await database.write(session)
            assert await database.write(session) != frozen
        finally:
            os.kill(frozen, signal.SIGCONT)


@in_event_loop
async def test_readers_that_give_up_leave_their_connections_to_others(postgresql_url: str) -> None:
    async def sleep(database: Database) -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))

    async with aclosing(Database(_with(postgresql_url, pool_size="3"))) as database:
        for _ in range(3):
            readers = [asyncio.create_task(sleep(database)) for _ in range(3)]
            await asyncio.sleep(0.1)
            for reader in readers:
                reader.cancel()
            await asyncio.wait(readers)
        assert list(await SqlContextRepository(database).all()) == []


@in_event_loop
async def test_more_readers_than_connections_wait_and_are_told(postgresql_url: str) -> None:
    url = _with(postgresql_url, pool_size="3", connect_timeout="1")
    async with aclosing(Database(url)) as database, AsyncExitStack() as held:
        for _ in range(3):
            await held.enter_async_context(database.reading())
        with pytest.raises(StorageError, match="larger pool_size"):
            await SqlContextRepository(database).all()


@in_event_loop
async def test_of_many_writes_to_a_dead_server_each_is_told_soon() -> None:
    connections = 0

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"postgresql://shop@127.0.0.1:{port}/shop?connect_timeout=1&sslmode=disable"
    async with aclosing(Database(url)) as database:
        writes = (SqlContextRepository(database).save(CONTEXTS[0]) for _ in range(50))
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {UnreachableError}
    assert connections == 1
    server.close()


@in_event_loop
async def test_what_a_refused_row_holds_is_not_told(postgresql_database: Database) -> None:
    def token(**changed: Any) -> dict[str, Any]:
        return {"name": "n", "digest": PASSWORD, "channels": [PASSWORD], "created_at": NOON, **changed}

    async def store(connection: AsyncConnection) -> None:
        await connection.execute(insert(access_tokens).values(token()))
        await connection.execute(insert(access_tokens).values(token(name="other")))

    async def store_half(connection: AsyncConnection) -> None:
        await connection.execute(insert(access_tokens).values(token(created_at=None)))

    async with aclosing(postgresql_database) as database:
        for operation, rule in ((store, "uq_access_tokens_digest"), (store_half, "created_at")):
            with pytest.raises(BrokenConstraintError, match=rule) as refused:
                await database.write(operation)
            assert PASSWORD not in "".join(traceback.format_exception(refused.value))
        assert list(await SqlAccessTokenStore(database).all()) == []
