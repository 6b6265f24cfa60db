"""Who may hand out the exports: jobs a second, and what that costs, beside a bare loop.

Run it with ``python benchmarks/job_engine.py``. A job posts 4 kB to a server in a process of its own, 20 at a
time. Every round runs all ways one after another; the figures are medians over the rounds. The CPU time of
PostgreSQL is that of all its processes. Its driver psycopg takes part where it is installed.
"""

import argparse
import asyncio
import logging
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]
import psutil  # type: ignore[import-untyped]
import structlog
from http_client import BODY, CONNECTIONS, Post, bare_aiohttp, server_process
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.applications import PgQueuer
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.types import QueueExecutionMode
from pgqueuer.ports import RepositoryPort
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.jobs.engine.memory_queue import MemoryQueue
from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine
from iomconnector.jobs.engine.postgresql_queue import PostgresqlQueue
from iomconnector.jobs.hints import ExportHints
from iomconnector.ports.job_engine import Job, JobAttempt
from iomconnector.storage.database import Database
from iomconnector.testing.postgresql import embedded_server

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


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job took: seconds on the clock, and CPU seconds of this process and of PostgreSQL."""

    wall: float
    cpu: float
    postgres: float


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


def cpu_of_postgres() -> float:
    """CPU seconds of the server and all its sessions, ended ones included."""
    spent = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            if process.name() == "postgres":
                spent += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return spent


async def measured(drain: Drain, url: str, server: str, count: int) -> Cost:
    await fill(url, count)
    async with bare_aiohttp(server) as post:
        await asyncio.gather(*(post() for _ in range(CONNECTIONS)))
        postgres, cpu, wall = cpu_of_postgres(), time.process_time(), time.perf_counter()
        await drain(post, count)
        spent = time.perf_counter() - wall, time.process_time() - cpu, cpu_of_postgres() - postgres
    return Cost(*(each / count for each in spent))


async def hints(url: str, count: int) -> None:
    """What it costs to tell of an order within its transaction, one order a transaction."""
    insert = text("INSERT INTO bench_ledger (state, due_at, content) VALUES ('due', now(), :content)")
    notify = text("SELECT pg_notify('orders', 'channel')")
    async with aclosing(Database(url)) as database:
        engine = PostgresqlJobEngine(database)
        tell = ExportHints(lambda: engine, wanted=True).tell

        async def alone(connection: AsyncConnection) -> None:
            await connection.execute(insert, {"content": BODY})

        async def with_notify(connection: AsyncConnection) -> None:
            await alone(connection)
            await connection.execute(notify)

        async def with_job(connection: AsyncConnection) -> None:
            await alone(connection)
            await tell(connection, "channel")

        for name, operation in (("no word", alone), ("NOTIFY", with_notify), ("a job", with_job)):
            await database.write(operation)
            postgres, cpu, wall = cpu_of_postgres(), time.process_time(), time.perf_counter()
            for _ in range(count):
                await database.write(operation)
            spent = [time.perf_counter() - wall, time.process_time() - cpu, cpu_of_postgres() - postgres]
            shown = "  ".join(f"{each / count * 1000:7.2f}" for each in spent)
            print(f"order with {name:32} ms an order: wall, CPU here, CPU PostgreSQL {shown}")


async def latencies(url: str, count: int) -> None:
    """How long after its commit an idle worker begins a job."""
    begun: asyncio.Queue[float] = asyncio.Queue()

    async def note(_: JobAttempt) -> None:
        await begun.put(time.perf_counter())

    async with aclosing(Database(url)) as database:
        engine, stop = PostgresqlJobEngine(database), asyncio.Event()
        engine.handle("hint", note)
        running = asyncio.create_task(engine.run(stop))
        taken = []
        for _ in range(count):
            await asyncio.sleep(0.02)
            await engine.announce([Job("hint")])
            committed = time.perf_counter()
            taken.append((await begun.get() - committed) * 1000)
        stop.set()
        await running
    taken.sort()
    print(
        f"an idle worker begins after p50 {taken[count // 2]:.1f} ms, p99 {taken[-1 - count // 100]:.1f} ms"
    )


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


@contextmanager
def database_on_server() -> Iterator[str]:
    with embedded_server({"autovacuum": "on"}) as server, server.prepared() as name:
        yield server.url_of(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with server_process() as server, database_on_server() as url:
        ways = ways_of(url)
        costs: dict[str, list[Cost]] = {name: [] for name in ways}
        for _ in range(options.rounds):
            for name, drain in ways.items():
                jobs = options.jobs // 10 if "psycopg" in name else options.jobs
                costs[name].append(asyncio.run(measured(drain, url, server, jobs)))
        report(costs, options.jobs)
        asyncio.run(hints(url, 500))
        asyncio.run(latencies(url, 200))


def report(costs: dict[str, list[Cost]], count: int) -> None:
    def median(name: str, part: str) -> float:
        return statistics.median([float(getattr(cost, part)) for cost in costs[name]])

    limit = median("bare loop", "wall")
    print(f"{count} jobs of one post of {len(BODY)} bytes, {CONNECTIONS} at a time")
    for name in costs:
        wall, cpu, postgres = (median(name, part) for part in ("wall", "cpu", "postgres"))
        print(
            f"{name:34} {1 / wall:7.0f} jobs/s  {limit / wall:5.2f} of the loop  "
            f"CPU ms a job: here {cpu * 1000:5.2f}, PostgreSQL {postgres * 1000:5.2f}"
        )


if __name__ == "__main__":
    main()
