"""Writers of one process commit together, and none pays for the failure of another."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import ConfigurationError, NotFoundError, StorageError
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import BrokenConstraintError, Database
from iomconnector.storage.tables import access_tokens, contexts
from iomconnector.testing.event_loop import in_event_loop

Operation = Callable[[AsyncConnection], Awaitable[object]]


def _organization(name: str) -> dict[str, str | None]:
    return {"id": name, "kind": "organization", "display_name": name, "parent": None}


def _adding(name: str) -> Operation:
    async def add(connection: AsyncConnection) -> str:
        await connection.execute(insert(contexts).values(_organization(name)))
        return name

    return add


def _executing(statement: str) -> Operation:
    async def execute(connection: AsyncConnection) -> None:
        await connection.execute(text(statement))

    return execute


async def _names(database: Database) -> list[str]:
    return [context.id for context in await SqlContextRepository(database).all()]


async def _broken_constraint(connection: AsyncConnection) -> None:
    await connection.execute(insert(contexts).values({**_organization("orphan"), "parent": "nobody"}))


async def _own_error(connection: AsyncConnection) -> None:
    await connection.execute(insert(contexts).values(_organization("taken back")))
    raise NotFoundError("There is no such thing.")


async def _wrong_code(connection: AsyncConnection) -> None:
    await connection.execute(insert(contexts).values(_organization("taken back")))
    raise KeyError("typing error")


async def _wrong_value(connection: AsyncConnection) -> None:
    naive = datetime.fromisoformat("2026-11-02T12:00:00")
    await connection.execute(
        insert(access_tokens).values(name="a", digest="b", channels=[], created_at=naive)
    )


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        (_broken_constraint, BrokenConstraintError),
        (_own_error, NotFoundError),
        (_wrong_code, KeyError),
        (_wrong_value, StatementError),
        (_executing("INSERT INTO nothing VALUES (1)"), StorageError),
        (_executing("no SQL at all"), StorageError),
    ],
)
@in_event_loop
async def test_a_failing_write_hurts_none_of_its_neighbours(
    each_database: Database, failing: Operation, error: type[Exception]
) -> None:
    async with aclosing(each_database):
        outcomes = await asyncio.gather(
            each_database.write(_adding("before")),
            each_database.write(failing),
            each_database.write(_adding("after")),
            return_exceptions=True,
        )
        assert [outcomes[0], outcomes[2]] == ["before", "after"]
        assert isinstance(outcomes[1], error), repr(outcomes[1])
        assert await _names(each_database) == ["after", "before"]


@in_event_loop
async def test_what_waits_while_a_transaction_commits_goes_into_the_next_together(
    each_database: Database,
) -> None:
    commits = 0

    def count(_: object) -> None:
        nonlocal commits
        commits += 1

    async with aclosing(each_database):
        event.listen(each_database.engine.sync_engine, "commit", count)
        names = [f"{number:03}" for number in range(450)]
        results = await asyncio.gather(*(each_database.write(_adding(name)) for name in names))
        assert results == names
        assert await _names(each_database) == names
        assert commits == 3, "450 writes in groups of at most 200"


@in_event_loop
async def test_a_failing_commit_fails_every_write_of_the_group(database: Database) -> None:
    runs = 0

    async def orphan_found_at_commit(connection: AsyncConnection) -> None:
        nonlocal runs
        runs += 1
        await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        await _broken_constraint(connection)

    async with aclosing(database):
        outcomes = await asyncio.gather(
            database.write(_adding("before")),
            database.write(orphan_found_at_commit),
            database.write(_adding("after")),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [BrokenConstraintError] * 3
        assert len({id(outcome) for outcome in outcomes}) == 3, "each caller has an error of its own"
        assert runs == 1, "what may have been committed is not done again"
        assert await _names(database) == []
        assert await database.write(_adding("later")) == "later"
        assert await _names(database) == ["later"]


@in_event_loop
async def test_a_transaction_that_the_database_ended_by_itself_loses_nothing_silently(
    database: Database,
) -> None:
    async def ending_the_transaction(connection: AsyncConnection) -> None:
        statement = "INSERT OR ROLLBACK INTO contexts VALUES (NULL, NULL, NULL, NULL)"
        await connection.exec_driver_sql(statement)

    async with aclosing(database):
        outcomes = await asyncio.gather(
            database.write(_adding("before")),
            database.write(ending_the_transaction),
            database.write(_adding("after")),
            return_exceptions=True,
        )
        assert all(isinstance(outcome, StorageError) for outcome in outcomes), outcomes
        assert all("NOT NULL" in str(outcome) for outcome in outcomes), outcomes
        assert await _names(database) == []
        assert await database.write(_adding("later")) == "later"


@in_event_loop
async def test_an_operation_that_ends_the_transaction_and_says_nothing_is_found_out(
    database: Database,
) -> None:
    async def rolling_back(connection: AsyncConnection) -> str:
        await connection.exec_driver_sql("ROLLBACK")
        return "done"

    async with aclosing(database):
        outcomes = await asyncio.gather(
            database.write(_adding("before")), database.write(rolling_back), return_exceptions=True
        )
        assert all(isinstance(outcome, StorageError) for outcome in outcomes), outcomes
        assert await _names(database) == []


@in_event_loop
async def test_a_caller_that_gives_up_undoes_nothing_and_disturbs_nobody(each_database: Database) -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        await _adding("slow")(connection)
        entered.set()
        await release.wait()

    async with aclosing(each_database):
        running = asyncio.create_task(each_database.write(slow))
        await entered.wait()
        waiting = asyncio.create_task(each_database.write(_adding("waiting")))
        neighbour = asyncio.create_task(each_database.write(_adding("neighbour")))
        await asyncio.sleep(0)
        running.cancel()
        waiting.cancel()
        await asyncio.wait({running, waiting})
        assert running.cancelled()
        assert waiting.cancelled()
        release.set()
        assert await neighbour == "neighbour"
        assert await _names(each_database) == ["neighbour", "slow", "waiting"]


@in_event_loop
async def test_closing_finishes_what_waits(each_database: Database) -> None:
    async with aclosing(each_database):
        writes = [asyncio.create_task(each_database.write(_adding(str(number)))) for number in range(5)]
        await asyncio.sleep(0)
        await each_database.aclose()
        assert all(write.done() for write in writes)
        assert await _names(each_database) == ["0", "1", "2", "3", "4"]


@in_event_loop
async def test_writes_come_in_the_order_of_the_calls(each_database: Database) -> None:
    async with aclosing(each_database):
        repository = SqlContextRepository(each_database)
        parents = [repository.save(_context(f"o{number}")) for number in range(5)]
        children = [repository.save(_context(f"c{number}", f"o{number}")) for number in range(5)]
        await asyncio.gather(*parents, *children)
        with pytest.raises(ConfigurationError):
            await repository.save(_context("c9", "o9"))
        assert len(await _names(each_database)) == 10


def _context(context_id: str, parent: str | None = None) -> Context:
    kind = ContextKind.CHANNEL if parent else ContextKind.ORGANIZATION
    return Context(id=context_id, kind=kind, display_name=context_id, parent=parent)
