"""The contract of :class:`~iomconnector.ports.job_engine.JobEngine`."""

import asyncio
from abc import abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import ConnectorError
from iomconnector.ports.job_engine import (
    Job,
    JobAttempt,
    JobCounts,
    JobEngine,
    JobEngineError,
    JobSnapshot,
    RetryRule,
)
from iomconnector.storage.database import Database
from iomconnector.testing.contracts.contract import Contract

PATIENCE = 30
AT_ONCE = timedelta(milliseconds=10)


@dataclass(frozen=True, slots=True)
class JobStage:
    """Where job engines run.

    Arguments:
        engine: Makes an engine on the stage's storage. It finishes what was begun within a second or less.
        database: The database whose transactions announce jobs.
    """

    engine: Callable[[], JobEngine]
    database: Database


class OutOfPaperError(ConnectorError):
    """What a handler of the suite fails with."""

    code = "test.out_of_paper"


class JobEngineContract(Contract):
    """Promises of an engine in one process."""

    @abstractmethod
    def job_stage(self) -> AbstractAsyncContextManager[JobStage]:
        """A stage without any jobs."""

    async def test_each_job_is_done_once_with_what_was_announced(self) -> None:
        done: asyncio.Queue[JobAttempt] = asyncio.Queue()
        payloads = [{"number": number, "name": "Käthe ☃", "nested": {"a": [1, None]}} for number in range(50)]
        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", done.put)
            await engine.announce([Job("print", payload) for payload in payloads[:25]])
            async with working(engine):
                await engine.announce([Job("print", payload) for payload in payloads[25:]])
                attempts = [await asyncio.wait_for(done.get(), PATIENCE) for _ in payloads]
                await until(engine, lambda now: counts(now, "print") == (0, 0, 0))
        assert done.empty()
        assert sorted((attempt.payload for attempt in attempts), key=lambda each: each["number"]) == payloads
        assert {(attempt.kind, attempt.number) for attempt in attempts} == {("print", 1)}
        assert len({attempt.id for attempt in attempts}) == len(payloads)

    async def test_a_job_of_a_transaction_exists_exactly_if_that_commits(self) -> None:
        done: asyncio.Queue[JobAttempt] = asyncio.Queue()
        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", done.put)

            async def placed(connection: AsyncConnection, number: int) -> None:
                await engine.announce([Job("print", {"number": number})], within=connection)
                if number % 2:
                    raise OutOfPaperError(f"Order {number} is refused.")

            async with working(engine):
                written = [
                    stage.database.write(lambda connection, number=number: placed(connection, number))  # type: ignore[misc]
                    for number in range(10)
                ]
                outcomes = await asyncio.gather(*written, return_exceptions=True)
                numbers = [(await asyncio.wait_for(done.get(), PATIENCE)).payload["number"] for _ in range(5)]
                await until(engine, lambda now: counts(now, "print") == (0, 0, 0))
        assert [isinstance(outcome, OutOfPaperError) for outcome in outcomes] == [False, True] * 5
        assert sorted(numbers) == [0, 2, 4, 6, 8]
        assert done.empty()

    async def test_a_job_of_a_transaction_does_not_exist_before_it_commits(self) -> None:
        async with self.job_stage() as stage:
            engine = stage.engine()

            async def place(connection: AsyncConnection) -> JobSnapshot:
                await engine.announce([Job("print")], within=connection)
                return await engine.snapshot()

            assert (await stage.database.write(place)).jobs == ()
            assert counts(await engine.snapshot(), "print") == (1, 0, 0)

    async def test_a_job_waits_for_its_time(self) -> None:
        done: asyncio.Queue[tuple[str, datetime]] = asyncio.Queue()

        async def note(attempt: JobAttempt) -> None:
            await done.put((attempt.payload["name"], datetime.now(UTC)))

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", note)
            async with working(engine):
                announced = datetime.now(UTC)
                later = timedelta(seconds=1)
                await engine.announce([Job("print", {"name": "later"}, later), Job("print", {"name": "now"})])
                first = await asyncio.wait_for(done.get(), PATIENCE)
                second = await asyncio.wait_for(done.get(), PATIENCE)
        assert (first[0], second[0]) == ("now", "later")
        assert second[1] - announced > later - timedelta(milliseconds=50)

    async def test_of_a_key_one_job_waits_or_is_worked_on(self) -> None:
        begun, go_on = asyncio.Semaphore(0), asyncio.Event()

        async def wait(_: JobAttempt) -> None:
            begun.release()
            await go_on.wait()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", wait)
            same, other = Job("print", key="one"), Job("print", key="other")
            await engine.announce([same, same, other])
            await engine.announce([same])
            assert counts(await engine.snapshot(), "print") == (2, 0, 0)
            async with working(engine):
                for _ in range(2):
                    await asyncio.wait_for(begun.acquire(), PATIENCE)
                await engine.announce([same])
                assert counts(await engine.snapshot(), "print") == (0, 2, 0)
                go_on.set()
                await until(engine, lambda now: counts(now, "print") == (0, 0, 0))
                await engine.announce([same])
                await asyncio.wait_for(begun.acquire(), PATIENCE)

    async def test_no_more_jobs_of_a_kind_are_worked_on_than_it_allows(self) -> None:
        places = PlaceCounter()
        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", places.work, concurrency=3)
            await engine.announce([Job("print") for _ in range(12)])
            async with working(engine):
                await asyncio.wait_for(places.full(3), PATIENCE)
                places.go_on.set()
                await until(engine, lambda now: counts(now, "print") == (0, 0, 0))
        assert (places.done, places.most) == (12, 3)

    async def test_a_slow_kind_does_not_hold_up_another(self) -> None:
        done, go_on = asyncio.Event(), asyncio.Event()

        async def wait(_: JobAttempt) -> None:
            await go_on.wait()

        async def quick(_: JobAttempt) -> None:
            done.set()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("slow", wait, concurrency=2)
            engine.handle("quick", quick)
            await engine.announce([Job("slow") for _ in range(20)])
            async with working(engine):
                await until(engine, lambda now: counts(now, "slow") == (18, 2, 0))
                await engine.announce([Job("quick")])
                await asyncio.wait_for(done.wait(), PATIENCE)
                go_on.set()

    async def test_a_failure_is_tried_again_and_then_held_with_its_reason(self) -> None:
        attempts: list[int] = []

        async def fail(attempt: JobAttempt) -> None:
            attempts.append(attempt.number)
            raise OutOfPaperError("The printer has no paper.", hint="Fill it.")

        async def leak(_: JobAttempt) -> None:
            raise ValueError("https://anna:secret@printer.example.com")

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", fail, retry=RetryRule(3, AT_ONCE, AT_ONCE))
            engine.handle("leak", leak, retry=RetryRule(1))
            await engine.announce([Job("print", {"page": 7})])
            async with working(engine):
                await until(engine, lambda now: counts(now, "print") == (0, 0, 1))
                await engine.announce([Job("leak")])
                await until(engine, lambda now: counts(now, "leak") == (0, 0, 1))
            leaked, held = await engine.held()
            assert [leaked] == await engine.held(limit=1)
        assert attempts == [1, 2, 3]
        assert (held.kind, held.payload, held.attempts) == ("print", {"page": 7}, 3)
        assert held.reason == "The printer has no paper. Fill it."
        assert held.announced_at <= held.held_at
        assert leaked.reason == "ValueError", "a foreign text may show a secret"

    async def test_a_held_job_is_done_when_it_is_released(self) -> None:
        mended, done = False, asyncio.Event()

        async def work(_: JobAttempt) -> None:
            if not mended:
                raise OutOfPaperError("The printer has no paper.")
            done.set()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", work, retry=RetryRule(1))
            await engine.announce([Job("print")])
            async with working(engine):
                await until(engine, lambda now: counts(now, "print") == (0, 0, 1))
                [held] = await engine.held()
                mended = True
                assert await engine.release([held.id, held.id + 1000]) == 1
                await asyncio.wait_for(done.wait(), PATIENCE)
                await until(engine, lambda now: counts(now, "print") == (0, 0, 0))
                assert await engine.release([held.id]) == 0

    async def test_a_held_job_stays_held_where_another_one_of_its_key_waits(self) -> None:
        async def fail(_: JobAttempt) -> None:
            raise OutOfPaperError("The printer has no paper.")

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", fail, retry=RetryRule(1))
            await engine.announce([Job("print", key="one")])
            async with working(engine):
                await until(engine, lambda now: counts(now, "print") == (0, 0, 1))
                await engine.announce([Job("print", run_after=timedelta(hours=1), key="one")])
                [held] = await engine.held()
                assert await engine.release([held.id]) == 0
                assert counts(await engine.snapshot(), "print") == (1, 0, 1)

    async def test_jobs_that_nobody_handles_are_kept_and_seen(self) -> None:
        done = asyncio.Event()

        async def note(_: JobAttempt) -> None:
            done.set()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("known", note)
            await engine.announce([Job("of another cartridge"), Job("known")])
            async with working(engine):
                await asyncio.wait_for(done.wait(), PATIENCE)
                await until(engine, lambda now: counts(now, "known") == (0, 0, 0))
            [parked] = (await engine.snapshot()).jobs
        assert parked.oldest_age is not None
        assert timedelta(0) <= parked.oldest_age < timedelta(seconds=PATIENCE)
        assert parked == JobCounts("of another cartridge", 1, 0, 0, parked.oldest_age, handled=False)

    async def test_waiting_jobs_of_a_kind_are_removed_once_they_are_old(self) -> None:
        done: asyncio.Queue[JobAttempt] = asyncio.Queue()
        async with self.job_stage() as stage:
            engine = stage.engine()
            await engine.announce([Job("hint", key="once"), Job("hint"), Job("print")])
            assert await engine.forget("hint", older_than=timedelta(hours=1)) == 0
            assert await engine.forget("hint", older_than=timedelta(0)) == 2
            assert await engine.forget("hint", older_than=timedelta(0)) == 0
            found = await engine.snapshot()
            assert (counts(found, "hint"), counts(found, "print")) == ((0, 0, 0), (1, 0, 0))
            await engine.announce([Job("hint", {"number": 2}, key="once")])
            engine.handle("hint", done.put)
            async with working(engine):
                attempt = await asyncio.wait_for(done.get(), PATIENCE)
        assert attempt.payload == {"number": 2}

    async def test_jobs_under_way_are_never_removed(self) -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def wait(_: JobAttempt) -> None:
            begun.set()
            await go_on.wait()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("hint", wait)
            await engine.announce([Job("hint")])
            async with working(engine):
                await asyncio.wait_for(begun.wait(), PATIENCE)
                assert await engine.forget("hint", older_than=timedelta(0)) == 0
                assert counts(await engine.snapshot(), "hint") == (0, 1, 0)
                go_on.set()

    async def test_what_was_begun_is_finished_when_the_engine_stops(self) -> None:
        begun, done = asyncio.Event(), asyncio.Event()

        async def work(_: JobAttempt) -> None:
            begun.set()
            await asyncio.sleep(0.1)
            done.set()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", work)
            await engine.announce([Job("print")])
            async with working(engine):
                await asyncio.wait_for(begun.wait(), PATIENCE)
            assert done.is_set()
            assert counts(await engine.snapshot(), "print") == (0, 0, 0)

    async def test_what_cannot_be_finished_in_time_goes_back_to_the_queue(self) -> None:
        begun: asyncio.Queue[int] = asyncio.Queue()

        async def work(attempt: JobAttempt) -> None:
            await begun.put(attempt.number)
            await asyncio.Event().wait()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", work)
            await engine.announce([Job("print")])
            async with working(engine):
                await asyncio.wait_for(begun.get(), PATIENCE)
            assert counts(await engine.snapshot(), "print") == (1, 0, 0)
            async with working(engine):
                assert await asyncio.wait_for(begun.get(), PATIENCE) == 2

    async def test_an_engine_that_is_cancelled_gives_back_what_it_has(self) -> None:
        begun = asyncio.Event()

        async def work(_: JobAttempt) -> None:
            begun.set()
            await asyncio.Event().wait()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", work)
            await engine.announce([Job("print")])
            running = asyncio.create_task(engine.run(asyncio.Event()))
            await asyncio.wait_for(begun.wait(), PATIENCE)
            running.cancel()
            await asyncio.wait({running}, timeout=PATIENCE)
            assert running.cancelled()
            assert counts(await engine.snapshot(), "print") == (1, 0, 0)

    async def test_scheduled_work_that_does_not_end_does_not_keep_the_engine_from_stopping(self) -> None:
        begun = asyncio.Event()

        async def work() -> None:
            begun.set()
            await asyncio.Event().wait()

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.schedule("sweep", "* * * * * *", work)
            async with working(engine):
                await asyncio.wait_for(begun.wait(), PATIENCE)

    async def test_scheduled_work_is_done_once_for_each_time_and_goes_on_after_errors(self) -> None:
        runs: asyncio.Queue[tuple[str, float]] = asyncio.Queue()

        async def often() -> None:
            await runs.put(("often", datetime.now(UTC).timestamp()))
            raise OutOfPaperError("The printer has no paper.")

        async def rarely() -> None:
            await runs.put(("rarely", datetime.now(UTC).timestamp()))

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.schedule("often", "* * * * * */2", often)
            engine.schedule("rarely", "* * * * * */4", rarely)
            async with working(engine):
                seen = [await asyncio.wait_for(runs.get(), PATIENCE) for _ in range(5)]
                states = {state.name: state for state in (await engine.snapshot()).schedules}
        every = {"often": 2, "rarely": 4}
        times = Counter((name, int(at) // every[name]) for name, at in seen)
        assert set(times.values()) == {1}
        assert {name for name, _ in times} == {"often", "rarely"}
        assert states["often"].last_run is not None
        assert states["often"].next_run > states["often"].last_run - timedelta(seconds=1)

    async def test_what_cannot_be_used_is_refused(self) -> None:
        async def nothing(*_: object) -> None:
            raise AssertionError

        async with self.job_stage() as stage:
            engine = stage.engine()
            engine.handle("print", nothing)
            engine.schedule("sweep", "*/5 * * * *", nothing)
            with pytest.raises(JobEngineError, match="'print' have two handlers"):
                engine.handle("print", nothing)
            with pytest.raises(JobEngineError, match="concurrency 0"):
                engine.handle("scan", nothing, concurrency=0)
            with pytest.raises(JobEngineError, match="two schedules 'sweep'"):
                engine.schedule("sweep", "* * * * *", nothing)
            for times in ("often", "* * * *", "61 * * * *", "* * * * * * *", ""):
                with pytest.raises(JobEngineError, match="cannot be read"):
                    engine.schedule("often", times, nothing)
            with pytest.raises(TypeError, match="JSON"):
                await engine.announce([Job("print"), Job("print", {"at": datetime.now(UTC)})])
            assert (await engine.snapshot()).jobs == ()


class PlaceCounter:
    """A handler that counts how many of its jobs are worked on at a time; they wait for ``go_on``."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.now = self.most = self.done = 0
        self._changed = asyncio.Condition()

    async def work(self, _: JobAttempt) -> None:
        """Count one that begins, and one that is done."""
        async with self._changed:
            self.now += 1
            self.most = max(self.most, self.now)
            self._changed.notify_all()
        await self.go_on.wait()
        await asyncio.sleep(0)
        self.now -= 1
        self.done += 1

    async def full(self, places: int) -> None:
        """Wait until so many are worked on."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.now >= places)


def counts(snapshot: JobSnapshot, kind: str) -> tuple[int, int, int]:
    """How many jobs of a kind are queued, picked and held."""
    found = [(each.queued, each.picked, each.held) for each in snapshot.jobs if each.kind == kind]
    return found[0] if found else (0, 0, 0)


async def until(engine: JobEngine, fits: Callable[[JobSnapshot], bool]) -> None:
    """Wait until the jobs are as they should be."""
    async with asyncio.timeout(PATIENCE):
        while not fits(await engine.snapshot()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def working(*engines: JobEngine) -> AsyncIterator[None]:
    """Engines that run for the length of the block."""
    stop = asyncio.Event()
    running = [asyncio.create_task(engine.run(stop)) for engine in engines]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*running), PATIENCE)
