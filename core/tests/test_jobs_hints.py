"""Hints of exports that are due, as a part of the transaction that makes them due."""

from contextlib import aclosing

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import ConnectorError
from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine
from iomconnector.jobs.hints import EXPORTS_DUE, ExportHints, forget_old_hints
from iomconnector.ports.job_engine import Job, JobEngine, JobSnapshot
from iomconnector.storage.database import Database
from iomconnector.testing.event_loop import in_event_loop


class RefusedError(ConnectorError):
    """The order is refused."""

    code = "test.refused"


def kinds(snapshot: JobSnapshot) -> dict[str, int]:
    return {counts.kind: counts.queued for counts in snapshot.jobs}


@in_event_loop
async def test_a_transaction_that_commits_leaves_one_hint_for_each_channel(
    postgresql_database: Database,
) -> None:
    async with aclosing(postgresql_database) as database:
        engine = PostgresqlJobEngine(database)
        hints = ExportHints(lambda: engine, wanted=True)

        async def place(connection: AsyncConnection) -> None:
            for channel in ("shop", "shop", "outlet", "shop"):
                await hints.tell(connection, channel)

        await database.write(place)
        assert kinds(await engine.snapshot()) == {"exports due": 2}
        await database.write(place)
        assert kinds(await engine.snapshot()) == {"exports due": 4}


@in_event_loop
async def test_hints_that_nobody_took_in_time_are_removed(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iomconnector.jobs.engine.postgresql.FORGOTTEN_AT_ONCE", 2)
    async with aclosing(postgresql_database) as database:
        engine = PostgresqlJobEngine(database)
        await engine.announce([Job(EXPORTS_DUE)] * 5)
        await forget_old_hints(engine)
        assert kinds(await engine.snapshot()) == {EXPORTS_DUE: 5}

        async def age(connection: AsyncConnection) -> None:
            await connection.execute(text("UPDATE jobs SET created = created - interval '2 minutes'"))

        await database.write(age)
        await engine.announce([Job(EXPORTS_DUE), Job("print label")])
        await forget_old_hints(engine)
        assert kinds(await engine.snapshot()) == {EXPORTS_DUE: 1, "print label": 1}


@in_event_loop
async def test_an_order_that_is_undone_leaves_no_hint(postgresql_database: Database) -> None:
    async with aclosing(postgresql_database) as database:
        engine = PostgresqlJobEngine(database)
        hints = ExportHints(lambda: engine, wanted=True)

        async def refuse(connection: AsyncConnection) -> None:
            await hints.tell(connection, "shop")
            raise RefusedError("The order is refused.")

        with pytest.raises(RefusedError):
            await database.write(refuse)
        assert kinds(await engine.snapshot()) == {}


@in_event_loop
async def test_where_no_other_process_can_hear_it_nothing_is_told(database: Database) -> None:
    def engine() -> JobEngine:
        raise AssertionError

    async with aclosing(database):
        await database.write(lambda connection: ExportHints(engine, wanted=False).tell(connection, "shop"))
