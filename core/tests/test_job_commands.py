"""``iomconnector job`` as users call it, on PostgreSQL and beside SQLite."""

import asyncio
import json
from contextlib import aclosing
from pathlib import Path

import pytest

from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.errors import ConnectorError
from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine
from iomconnector.ports.job_engine import Job, JobAttempt, RetryRule
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.database import Database
from iomconnector.testing.contracts.job_engine import counts, until, working


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


class OutOfPaperError(ConnectorError):
    """The printer of the tests."""

    code = "test.out_of_paper"


def leave_jobs(url: str) -> int:
    """Leave a job that waits and one that is held; the number of the held one."""

    async def fail(_: JobAttempt) -> None:
        raise OutOfPaperError("The printer has no paper.")

    async def nothing() -> None:
        raise AssertionError

    async def leave() -> int:
        async with aclosing(Database(url)) as database:
            engine = PostgresqlJobEngine(database)
            engine.handle("print", fail, retry=RetryRule(1))
            engine.schedule("yearly", "0 0 1 1 *", nothing)
            await engine.announce([Job("print", {"page": 7}), Job("of another cartridge")])
            async with working(engine):
                await until(engine, lambda now: counts(now, "print") == (0, 0, 1))
            [held] = await engine.held()
            return held.id

    return asyncio.run(leave())


def test_what_waits_and_what_is_held_is_shown_and_can_be_tried_again(shop: Shop, postgresql_url: str) -> None:
    number = leave_jobs(postgresql_url)
    on_postgresql = {"IOMC_DATABASE_URL": postgresql_url}
    listed = shop.run("job", "list", "--format", "json", variables=on_postgresql)
    assert (listed.code, listed.err) == (0, "")
    document = json.loads(listed.out)
    assert [(each["kind"], each["queued"], each["held"], each["handled"]) for each in document["jobs"]] == [
        ("of another cartridge", 1, 0, False),
        ("print", 0, 1, False),
    ]
    assert [(each["id"], each["reason"]) for each in document["held"]] == [
        (number, "The printer has no paper.")
    ]
    table = shop.run("job", "list", variables=on_postgresql).out
    assert "parked: no cartridge of this assembly does them" in table
    assert "The printer has no paper." in table
    assert "yearly" in table

    released = shop.run("job", "release", str(number), "4711", variables=on_postgresql)
    assert (released.code, released.out) == (1, f"Released: {number}.\n")
    assert "Not held, or another job of the same key waits: 4711." in released.err
    document = json.loads(shop.run("job", "list", "--format", "json", variables=on_postgresql).out)
    assert document["held"] == []

    async def noted() -> list[tuple[str, str]]:
        async with aclosing(Database(postgresql_url)) as database:
            return [(entry.action, entry.subject) for entry in await SqlAuditTrail(database).entries()]

    assert asyncio.run(noted()) == [("job.released", str(number))]


def test_beside_sqlite_it_says_where_the_jobs_are(shop: Shop) -> None:
    for arguments in (("list",), ("release", "1")):
        ended = shop.run("job", *arguments)
        assert ended.code == 3
        assert "jobs live in the memory of the process that does them" in ended.err
