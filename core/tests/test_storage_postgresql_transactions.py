"""What PostgreSQL does to transactions that no embedded database does: it ends them, or loses them."""

import asyncio
from contextlib import aclosing, suppress
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError, StorageError
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import (
    BrokenConstraintError,
    Database,
    OutcomeUnknownError,
    UnreachableError,
)
from iomconnector.storage.engine.backend import Isolation
from iomconnector.storage.engine.postgresql import PostgresqlBackend
from iomconnector.storage.tables import contexts
from iomconnector.testing.event_loop import in_event_loop

DEADLY_COMMIT = """
CREATE FUNCTION harm() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.id = 'deadly' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
  RETURN NULL; END
$$

CREATE CONSTRAINT TRIGGER harm AFTER INSERT ON contexts DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION harm()
"""


async def _add(connection: AsyncConnection, name: str, parent: str | None = None) -> None:
    row = {"id": name, "kind": "organization", "display_name": name, "parent": parent}
    await connection.execute(insert(contexts).values(row))


def _adding(name: str) -> Any:
    async def add(connection: AsyncConnection) -> str:
        await _add(connection, name)
        return name

    return add


def _executing(script: str) -> Any:
    async def execute(connection: AsyncConnection) -> None:
        for statement in script.split("\n\n"):
            await connection.execute(text(statement))

    return execute


async def _names(database: Database) -> list[str]:
    return [context.id for context in await SqlContextRepository(database).all()]


@in_event_loop
async def test_a_commit_that_the_server_refuses_hurts_its_own_write_only(
    postgresql_database: Database,
) -> None:
    async def orphan(connection: AsyncConnection) -> None:
        await connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        await _add(connection, "orphan", parent="nobody")

    async with aclosing(postgresql_database) as database:
        await database.write(
            _executing(
                "ALTER TABLE contexts ALTER CONSTRAINT fk_contexts_parent DEFERRABLE INITIALLY DEFERRED"
            )
        )
        outcomes = await asyncio.gather(
            database.write(_adding("before")),
            database.write(orphan),
            database.write(_adding("after")),
            return_exceptions=True,
        )
        assert [outcomes[0], outcomes[2]] == ["before", "after"]
        assert isinstance(outcomes[1], BrokenConstraintError)
        assert await _names(database) == ["after", "before"]


@pytest.mark.parametrize("neighbours", [0, 2])
@in_event_loop
async def test_a_commit_of_which_nobody_knows_is_not_done_again(
    postgresql_database: Database, neighbours: int
) -> None:
    runs = 0

    async def deadly(connection: AsyncConnection) -> None:
        nonlocal runs
        runs += 1
        await _add(connection, "deadly")

    async with aclosing(postgresql_database) as database:
        await database.write(_executing(DEADLY_COMMIT))
        writes = [database.write(_adding(str(number))) for number in range(neighbours)]
        outcomes = await asyncio.gather(database.write(deadly), *writes, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [OutcomeUnknownError] * (1 + neighbours)
        assert "see what is there before doing it again" in str(outcomes[0])
        assert runs == 1
        assert await _names(database) == []
        assert await database.write(_adding("later")) == "later"


@in_event_loop
async def test_a_connection_that_breaks_before_the_commit_is_replaced_and_nothing_is_lost(
    postgresql_database: Database,
) -> None:
    runs = 0

    async def dying_once(connection: AsyncConnection) -> str:
        nonlocal runs
        runs += 1
        await _add(connection, "phoenix")
        if runs <= 2:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return "risen"

    async with aclosing(postgresql_database) as database:
        outcomes = await asyncio.gather(database.write(_adding("neighbour")), database.write(dying_once))
        assert list(outcomes) == ["neighbour", "risen"]
        assert await _names(database) == ["neighbour", "phoenix"]


@in_event_loop
async def test_when_the_server_goes_while_a_group_is_written_one_by_one_the_rest_is_told_at_once(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, tries = PostgresqlBackend._connect, 0

    def only_once(backend: PostgresqlBackend, *arguments: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries > 1:
            raise UnreachableError("The server is gone.")
        return connect(backend, *arguments)

    async def fail(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    monkeypatch.setattr(PostgresqlBackend, "_connect", only_once)
    async with aclosing(postgresql_database) as database:
        writes = [database.write(_adding(str(number))) for number in range(20)]
        outcomes = await asyncio.gather(database.write(fail), *writes, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {UnreachableError}
    assert tries == 2


@in_event_loop
async def test_an_error_that_a_savepoint_undid_is_not_the_reason_when_the_connection_breaks_later(
    postgresql_database: Database,
) -> None:
    runs = 0

    async def unlucky(connection: AsyncConnection) -> str:
        nonlocal runs
        runs += 1
        with suppress(IntegrityError):
            async with connection.begin_nested():
                await _add(connection, "orphan", parent="nobody")
        if runs == 1:
            own = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with aclosing(Database(database.url.render_as_string(hide_password=False))) as other:
                await other.write(_executing(f"SELECT pg_terminate_backend({own}, 5000)"))
        return "done"

    async with aclosing(postgresql_database) as database:
        assert await database.write(unlucky) == "done"
        assert runs == 2


@in_event_loop
async def test_a_connection_that_the_server_closed_meanwhile_is_replaced(
    postgresql_database: Database,
) -> None:
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with aclosing(postgresql_database) as database:
        await asyncio.gather(_names(database), _names(database), database.write(_adding("before")))
        async with aclosing(Database(database.url.render_as_string(hide_password=False))) as other:
            await other.write(_executing(kill))
        await asyncio.sleep(0.1)
        assert await _names(database) == ["before"]
        assert await database.write(_adding("after")) == "after"


@in_event_loop
async def test_an_error_that_an_operation_keeps_to_itself_is_not_taken_for_success(
    postgresql_database: Database,
) -> None:
    async def swallowing(connection: AsyncConnection) -> str:
        with suppress(IntegrityError):
            await _add(connection, "orphan", parent="nobody")
        return "done"

    async def careful(connection: AsyncConnection) -> str:
        with suppress(IntegrityError):
            async with connection.begin_nested():
                await _add(connection, "orphan", parent="nobody")
        await _add(connection, "careful")
        return "done"

    async with aclosing(postgresql_database) as database:
        outcomes = await asyncio.gather(
            database.write(_adding("before")),
            database.write(swallowing),
            database.write(careful),
            return_exceptions=True,
        )
        assert [outcomes[0], outcomes[2]] == ["before", "done"]
        assert isinstance(outcomes[1], BrokenConstraintError)
        assert await _names(database) == ["before", "careful"]


@in_event_loop
async def test_what_two_read_and_then_change_is_not_lost(each_database_url: str) -> None:
    async def count(connection: AsyncConnection) -> int:
        name = text("SELECT display_name FROM contexts WHERE id = 'counter'")
        number = int((await connection.execute(name)).scalar_one())
        await connection.execute(update(contexts).values(display_name=str(number + 1)))
        return number

    async with aclosing(Database(each_database_url)) as one, aclosing(Database(each_database_url)) as other:
        await one.write(_adding("counter"))
        await one.write(_executing("UPDATE contexts SET display_name = '0'"))

        async def many(database: Database) -> list[int]:
            return [await database.write(count) for _ in range(15)]

        seen = await asyncio.gather(many(one), many(other))
        assert sorted(number for each in seen for number in each) == list(range(30))


@pytest.mark.parametrize("isolation", ["serializable", "read committed"])
@in_event_loop
async def test_who_finds_out_at_the_insert_that_another_was_first_looks_again(
    each_database_url: str, isolation: Isolation
) -> None:
    met = asyncio.Barrier(2)

    async def add_if_absent(connection: AsyncConnection) -> str:
        found = await connection.execute(text("SELECT id FROM contexts WHERE id = 'same'"))
        if found.scalar_one_or_none():
            raise NotFoundError("It is taken.")
        if connection.dialect.name == "postgresql":
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await met.wait()
        await _add(connection, "same")
        return "added"

    async with aclosing(Database(each_database_url)) as one, aclosing(Database(each_database_url)) as other:
        outcomes = await asyncio.gather(
            one.write(add_if_absent, isolation=isolation),
            other.write(add_if_absent, isolation=isolation),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotFoundError", "str"]


@in_event_loop
async def test_of_two_that_wait_for_each_other_both_come_through(postgresql_url: str) -> None:
    met = asyncio.Barrier(2)

    def renaming(first: str, second: str) -> Any:
        async def rename(connection: AsyncConnection) -> None:
            for number, name in enumerate((first, second)):
                await connection.execute(
                    update(contexts).where(contexts.c.id == name).values(display_name=f"by {first}")
                )
                if number == 0 and met.n_waiting < 2 and not met.broken:
                    with suppress(TimeoutError, asyncio.BrokenBarrierError):
                        async with asyncio.timeout(0.2):
                            await met.wait()

        return rename

    async with aclosing(Database(postgresql_url)) as one, aclosing(Database(postgresql_url)) as other:
        await one.write(_adding("a"))
        await one.write(_adding("b"))
        await asyncio.gather(
            one.write(renaming("a", "b"), isolation="read committed"),
            other.write(renaming("b", "a"), isolation="read committed"),
        )
        names = {context.display_name for context in await SqlContextRepository(one).all()}
        assert len(names) == 1, "each renamed both at once"


@in_event_loop
async def test_a_view_is_consistent_and_changes_nothing(each_database_url: str) -> None:
    count = text("SELECT count(*) FROM contexts")
    async with aclosing(Database(each_database_url)) as database:
        async with database.reading() as connection:
            assert (await connection.execute(count)).scalar_one() == 0
            await database.write(_adding("new"))
            assert (await connection.execute(count)).scalar_one() == 0, "the view is of one moment"
        assert await _names(database) == ["new"]


@in_event_loop
async def test_what_reads_cannot_write(postgresql_database: Database) -> None:
    async with aclosing(postgresql_database) as database:
        with pytest.raises(StorageError, match="read-only transaction"):
            async with database.reading() as connection:
                await _add(connection, "x")
        assert await database.write(_adding("x")) == "x", "the next user of the connection may write"
