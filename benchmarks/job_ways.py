"""Ways to hand out exports: from the ledger, or as jobs of PgQueuer, one for each order."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]
from http_client import BODY, CONNECTIONS, Post
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.applications import PgQueuer
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.types import QueueExecutionMode
from pgqueuer.ports import RepositoryPort

from iomconnector.jobs.engine.memory_queue import MemoryQueue
from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine
from iomconnector.jobs.engine.postgresql_queue import PostgresqlQueue
from iomconnector.storage.database import Database

KIND: Final = "export"
BATCH: Final = 100
LEDGER: Final = """
CREATE TABLE IF NOT EXISTS bench_ledger
    (id bigserial PRIMARY KEY, state text NOT NULL, due_at timestamptz NOT NULL, content bytea NOT NULL);
CREATE INDEX IF NOT EXISTS bench_ledger_due ON bench_ledger (due_at, id) WHERE state = 'due';
"""
CLAIM: Final = """
UPDATE bench_ledger SET state = 'sending' WHERE id IN (
    SELECT id FROM bench_ledger WHERE state = 'due' AND due_at <= now() ORDER BY due_at, id LIMIT $1
    FOR UPDATE SKIP LOCKED
) RETURNING id, content
"""
FINISH: Final = "UPDATE bench_ledger SET state = 'exported' WHERE id = ANY($1::bigint[])"

Drain = Callable[[Post, int], Awaitable[None]]


class Places:
    """So many posts at a time, counted."""

    def __init__(self, post: Post, wanted: int) -> None:
        self._post = post
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._left = wanted
        self.all_done = asyncio.Event()

    async def work(self, *_: object) -> None:
        async with self._places:
            await self._post()
        self._left -= 1
        if self._left == 0:
            self.all_done.set()


async def bare_loop(post: Post, count: int) -> None:
    places = Places(post, count)
    left = iter(range(count))

    async def one() -> None:
        for _ in left:
            await places.work()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def ledger(url: str, post: Post, count: int) -> None:
    connection = await connect(url)
    places = Places(post, count)
    try:
        under_way: list[asyncio.Task[list[int]]] = []
        while True:
            rows = await connection.fetch(CLAIM, BATCH)
            if rows:
                under_way.append(asyncio.create_task(_work_off(places, rows)))
            if not under_way:
                return
            if len(under_way) > 1 or not rows:
                await connection.execute(FINISH, await under_way.pop(0))
    finally:
        await connection.close()


async def _work_off(places: Places, rows: list[Any]) -> list[int]:
    await asyncio.gather(*(places.work() for _ in rows))
    return [row["id"] for row in rows]


async def drained(queue: RepositoryPort, batch: int, limit: int, post: Post, count: int) -> None:
    """Drain with PgQueuer alone; a limit is one that the database keeps over all processes."""
    queuer = PgQueuer(queue.driver, queue.qbe.settings.channel, {}, queue)
    places = Places(post, count)

    async def work(_: QueuedJob) -> None:
        await places.work()

    queuer.entrypoint(KIND, concurrency_limit=limit)(work)
    await queuer.qm.run(batch_size=batch, mode=QueueExecutionMode.drain, dequeue_timeout=timedelta(seconds=1))
    assert places.all_done.is_set()


async def with_asyncpg(url: str, batch: int, limit: int, post: Post, count: int) -> None:
    connection = await connect(url)
    try:
        await drained(PostgresqlQueue(AsyncpgDriver(connection)), batch, limit, post, count)
    finally:
        await connection.close()


async def with_psycopg(url: str, batch: int, limit: int, post: Post, count: int) -> None:
    import psycopg  # type: ignore[import-not-found, unused-ignore]
    from pgqueuer.adapters.drivers.psycopg import PsycopgDriver

    plain = Database(url).url
    async with await psycopg.AsyncConnection.connect(
        host=str(plain.query["host"]), user=plain.username, dbname=plain.database, autocommit=True
    ) as connection:
        await drained(PostgresqlQueue(PsycopgDriver(connection)), batch, limit, post, count)


async def in_memory(post: Post, count: int) -> None:
    queue = MemoryQueue()
    await enqueue(queue, count)
    await drained(queue, 10, 0, post, count)


async def our_engine(url: str, post: Post, count: int) -> None:
    places, stop = Places(post, count), asyncio.Event()
    async with aclosing(Database(url)) as database:
        engine = PostgresqlJobEngine(database)
        engine.handle(KIND, places.work)
        running = asyncio.create_task(engine.run(stop))
        await places.all_done.wait()
        stop.set()
        await running


async def enqueue(queue: RepositoryPort, count: int) -> None:
    for begin in range(0, count, 500):
        size = min(500, count - begin)
        await queue.enqueue([KIND] * size, [BODY] * size, [0] * size)


async def fill(url: str, count: int) -> None:
    """A backlog: a row in the ledger, and a job, for each order."""
    connection = await connect(url)
    try:
        await connection.execute(LEDGER)
        await connection.execute("TRUNCATE bench_ledger, jobs, job_log, job_statistics")
        await connection.execute(
            "INSERT INTO bench_ledger (state, due_at, content) "
            "SELECT 'due', now(), $2 FROM generate_series(1, $1::int)",
            count,
            BODY,
        )
        await enqueue(PostgresqlQueue(AsyncpgDriver(connection)), count)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def connect(url: str) -> Any:
    plain = Database(url).url
    return await asyncpg.connect(host=plain.query["host"], user=plain.username, database=plain.database)


def ways_of(url: str) -> dict[str, Drain]:
    ways: dict[str, Drain] = {
        "bare loop": bare_loop,
        f"ledger, claims of {BATCH}": partial(ledger, url),
        "PgQueuer asyncpg, batches of 10": partial(with_asyncpg, url, 10, 0),
        "PgQueuer asyncpg, batches of 100": partial(with_asyncpg, url, 100, 0),
        "PgQueuer asyncpg, 10, limit of 20": partial(with_asyncpg, url, 10, CONNECTIONS),
        "PgQueuer in memory, 10": in_memory,
        "our engine on it, 40 places": partial(our_engine, url),
    }
    if find_spec("psycopg") is not None:
        ways["PgQueuer psycopg, batches of 10"] = partial(with_psycopg, url, 10, 0)
        ways["PgQueuer psycopg, 10, limit of 20"] = partial(with_psycopg, url, 10, CONNECTIONS)
    return ways
