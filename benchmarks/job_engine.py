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
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]
import structlog
from http_client import BODY, CONNECTIONS, bare_aiohttp, server_process
from job_ways import Drain, fill, ways_of
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine
from iomconnector.jobs.hints import ExportHints
from iomconnector.ports.job_engine import Job, JobAttempt
from iomconnector.storage.database import Database
from iomconnector.testing.postgresql import embedded_server


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job took: seconds on the clock, and CPU seconds of this process and of PostgreSQL."""

    wall: float
    cpu: float
    postgres: float


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
