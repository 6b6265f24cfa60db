"""Job engines of several processes on one PostgreSQL database, of which some die and some lose the server."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine
from iomconnector.jobs.engine.work import Pace
from iomconnector.ports.job_engine import Job, JobAttempt
from iomconnector.storage.database import Database
from iomconnector.testing.contracts.job_engine import PlaceCounter, counts, until, working
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.postgresql import embedded_server

PATIENCE = 30
SECOND = timedelta(seconds=1)
QUICK = Pace(poll=SECOND, silence=2 * SECOND, grace=SECOND / 2)

WORKER = """
import asyncio, sys
from contextlib import aclosing
from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine
from iomconnector.storage.database import Database

async def never_done(attempt):
    print("begun", flush=True)
    await asyncio.Event().wait()

async def main():
    async with aclosing(Database(sys.argv[1])) as database:
        engine = PostgresqlJobEngine(database)
        engine.handle("print", never_done, concurrency=1)
        await engine.run(asyncio.Event())

asyncio.run(main())
"""

END_SESSIONS = text("""
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name LIKE '% jobs' AND datname = current_database()
""")


@contextmanager
def worker(url: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen([sys.executable, "-c", WORKER, url], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def end_sessions(database: Database) -> int:
    async def end(connection: AsyncConnection) -> int:
        return int((await connection.execute(END_SESSIONS)).scalar_one())

    return await database.write(end)


@in_event_loop
async def test_the_job_of_a_killed_process_is_done_by_another_one(postgresql_url: str) -> None:
    done: asyncio.Queue[JobAttempt] = asyncio.Queue()
    async with aclosing(Database(postgresql_url)) as database:
        engine = PostgresqlJobEngine(database, QUICK)
        engine.handle("print", done.put, concurrency=1)
        await engine.announce([Job("print", {"page": 7})])
        with worker(postgresql_url) as process:
            assert process.stdout is not None
            assert await asyncio.to_thread(process.stdout.readline) == "begun\n"
            os.kill(process.pid, signal.SIGKILL)
            await asyncio.to_thread(process.wait)
        assert counts(await engine.snapshot(), "print") == (0, 1, 0)
        async with working(engine):
            attempt = await asyncio.wait_for(done.get(), PATIENCE)
            await until(engine, lambda now: counts(now, "print") == (0, 0, 0))
    assert (attempt.payload, attempt.number) == ({"page": 7}, 1)


@in_event_loop
async def test_work_goes_on_where_the_server_ends_the_session(postgresql_url: str) -> None:
    numbers: asyncio.Queue[int] = asyncio.Queue()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def note(attempt: JobAttempt) -> None:
        await numbers.put(attempt.payload["number"])

    async def through_the_loss(_: JobAttempt) -> None:
        begun.set()
        await go_on.wait()
        await numbers.put(-1)

    async with aclosing(Database(postgresql_url)) as database:
        engine = PostgresqlJobEngine(database, Pace(poll=timedelta(minutes=5)))
        engine.handle("print", note)
        engine.handle("long", through_the_loss)
        await engine.announce([Job("long")])
        async with working(engine):
            await asyncio.wait_for(begun.wait(), PATIENCE)
            for number in range(3):
                assert await end_sessions(database) == 1
                await engine.announce([Job("print", {"number": number})])
                assert await asyncio.wait_for(numbers.get(), PATIENCE) == number
            go_on.set()
            assert await asyncio.wait_for(numbers.get(), PATIENCE) == -1
            await until(engine, lambda now: now.jobs == ())
    assert numbers.empty(), "what was done across the loss is not done again"


def test_an_engine_stops_also_when_the_server_is_gone() -> None:
    async def run(url: str, shut_down: Callable[[], object]) -> None:
        begun, stop = asyncio.Event(), asyncio.Event()

        async def note(_: JobAttempt) -> None:
            begun.set()

        async with aclosing(Database(url)) as database:
            engine = PostgresqlJobEngine(database, QUICK)
            engine.handle("print", note)
            await engine.announce([Job("print")])
            running = asyncio.create_task(engine.run(stop))
            await asyncio.wait_for(begun.wait(), PATIENCE)
            await asyncio.to_thread(shut_down)
            assert not (await asyncio.wait({running}, timeout=0.5))[0], "it waits for the server"
            stop.set()
            await asyncio.wait_for(running, PATIENCE)

    with ExitStack() as stack:
        server = stack.enter_context(embedded_server())
        name = stack.enter_context(server.prepared())
        asyncio.run(run(server.url_of(name), stack.pop_all().close))


@in_event_loop
async def test_two_engines_do_each_job_once_and_keep_its_limit_together(postgresql_url: str) -> None:
    places = PlaceCounter()
    done: Counter[int] = Counter()

    async def note(attempt: JobAttempt) -> None:
        done[attempt.payload["number"]] += 1

    async with aclosing(Database(postgresql_url)) as one, aclosing(Database(postgresql_url)) as two:
        engines = [PostgresqlJobEngine(database, QUICK) for database in (one, two)]
        for engine in engines:
            engine.handle("limited", places.work, concurrency=3)
            engine.handle("print", note)
        await engines[0].announce([Job("limited") for _ in range(10)])
        async with working(*engines):
            await asyncio.wait_for(places.full(3), PATIENCE)
            await engines[1].announce([Job("print", {"number": number}) for number in range(300)])
            await until(engines[0], lambda now: counts(now, "print") == (0, 0, 0))
            places.go_on.set()
            await until(engines[0], lambda now: now.jobs == ())
    assert (places.done, places.most) == (10, 3)
    assert done == Counter(range(300))


@in_event_loop
async def test_two_engines_do_scheduled_work_once_for_each_time(postgresql_url: str) -> None:
    runs: asyncio.Queue[float] = asyncio.Queue()

    async def note() -> None:
        await runs.put(datetime.now(UTC).timestamp())

    async with aclosing(Database(postgresql_url)) as one, aclosing(Database(postgresql_url)) as two:
        engines = [PostgresqlJobEngine(database, QUICK) for database in (one, two)]
        for engine in engines:
            engine.schedule("sweep", "* * * * * */3", note)
        async with working(*engines):
            seen = [await asyncio.wait_for(runs.get(), PATIENCE) for _ in range(3)]
        assert runs.empty()
    assert len({int(at) // 3 for at in seen}) == 3


@in_event_loop
async def test_a_time_that_passed_while_nothing_ran_is_made_up_for_once(postgresql_url: str) -> None:
    runs: asyncio.Queue[None] = asyncio.Queue()
    async with aclosing(Database(postgresql_url)) as database:

        def engine(cron: str) -> PostgresqlJobEngine:
            made = PostgresqlJobEngine(database, QUICK)
            made.schedule("yearly", cron, lambda: runs.put(None))
            return made

        async with working(first := engine("0 0 1 1 *")):
            await until(first, lambda now: len(now.schedules) == 1)
        passed = text("UPDATE job_schedules SET next_run = now() - interval '3 years'")
        await database.write(lambda connection: connection.execute(passed))
        async with working(engine("0 0 1 1 *")):
            await asyncio.wait_for(runs.get(), PATIENCE)
        [state] = (await first.snapshot()).schedules
        assert state.next_run > datetime.now(UTC)
        async with working(changed := engine("0 0 1 2 *")):
            await until(changed, lambda now: [each.cron for each in now.schedules] == ["0 0 1 2 *"])
    assert runs.empty()
