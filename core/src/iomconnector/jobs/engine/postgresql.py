"""The distributed job engine: PgQueuer on the shop's PostgreSQL database."""

import asyncio
import random
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.models import QueueAgeStats, QueueStatistics
from pgqueuer.domain.models import Schedule as StoredSchedule
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.jobs.engine.handling import stored_payload
from iomconnector.jobs.engine.postgresql_connection import job_connection
from iomconnector.jobs.engine.postgresql_queue import QUEUE_SQL, SCHEDULE_SQL, PostgresqlQueue
from iomconnector.jobs.engine.registrations import Registrations
from iomconnector.jobs.engine.snapshots import held_job, snapshot
from iomconnector.jobs.engine.work import Pace, work
from iomconnector.ports.job_engine import HeldJob, Job, JobSnapshot
from iomconnector.storage.database import BrokenConstraintError, Database
from iomconnector.storage.engine.postgresql_address import PostgresqlAddress
from iomconnector.storage.job_names import JOB_LOG, JOBS

LONGEST_PAUSE = 30.0

REASONS = f"""
SELECT DISTINCT ON (job_id) job_id, traceback->>'exception_message' AS reason
FROM {JOB_LOG} WHERE job_id = ANY($1::bigint[]) AND status = 'failed' ORDER BY job_id, created DESC, id DESC
"""  # noqa: S608

FORGET = f"""
DELETE FROM {JOBS} WHERE id IN (
    SELECT id FROM {JOBS}
    WHERE entrypoint = $1 AND status = 'queued' AND created <= now() - $2::interval
    LIMIT $3 FOR UPDATE SKIP LOCKED)
"""  # noqa: S608
FORGOTTEN_AT_ONCE = 5000

log = structlog.get_logger(__name__)


class PostgresqlJobEngine(Registrations):
    """Implements :class:`~iomconnector.ports.job_engine.JobEngine` for all processes on one database.

    Jobs outlive their processes. Times of schedules that passed while no process ran are made up for once.
    An engine that runs has a connection of its own, beside the pool of the database.

    Arguments:
        database: The shop's database, on PostgreSQL.
        pace: How it works.
    """

    shared = True

    def __init__(self, database: Database, pace: Pace | None = None) -> None:
        super().__init__()
        self._database = database
        self._pace = pace or Pace()

    async def announce(self, jobs: Collection[Job], *, within: AsyncConnection | None = None) -> None:
        """Add jobs, as a part of the transaction where there is one."""
        arguments = _columns(jobs)
        if not jobs:
            return

        async def add(connection: AsyncConnection) -> None:
            await connection.exec_driver_sql(QUEUE_SQL.build_enqueue_query("skip"), arguments)

        if within is None:
            await self._database.write(add, isolation="read committed")
        else:
            await add(within)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until the event is set."""
        address = PostgresqlAddress.of(self._database.url)
        pause = 1.0
        while not stop.is_set():
            try:
                async with job_connection(address, stop) as connection:
                    await work(PostgresqlQueue(connection), self, stop, self._pace)
            except Exception as error:
                log.exception("the job engine failed and begins again", reason=type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause * random.uniform(0.5, 1))  # noqa: S311
                pause = min(LONGEST_PAUSE, pause * 2)

    async def snapshot(self) -> JobSnapshot:
        """What waits, what is worked on and what is held, in all processes."""
        async with self._database.reading() as connection:
            sizes = await _rows(connection, QUEUE_SQL.build_queue_size_query())
            ages = await _rows(connection, QUEUE_SQL.build_queue_age_query())
            schedules = await _rows(connection, SCHEDULE_SQL.build_peek_schedule_query())
        return snapshot(
            map(QueueStatistics.model_validate, sizes),
            map(QueueAgeStats.model_validate, ages),
            map(StoredSchedule.model_validate, schedules),
            self,
        )

    async def held(self, limit: int = 100) -> Sequence[HeldJob]:
        """The jobs that are held, latest first."""
        async with self._database.reading() as connection:
            found = await _rows(connection, QUEUE_SQL.build_list_failed_jobs_query("DESC"), limit)
            jobs = [QueuedJob.model_validate(row) for row in found]
            noted = await _rows(connection, REASONS, [job.id for job in jobs])
        reasons = {row["job_id"]: row["reason"] or "" for row in noted}
        return [held_job(job, reasons.get(job.id, "")) for job in jobs]

    async def forget(self, kind: str, *, older_than: timedelta) -> int:
        """Remove the jobs of a kind that wait and were announced too long ago, some thousands at a time."""

        async def remove(connection: AsyncConnection) -> int:
            arguments = (kind, older_than, FORGOTTEN_AT_ONCE)
            return (await connection.exec_driver_sql(FORGET, arguments)).rowcount

        removed = 0
        while True:
            count = await self._database.write(remove, isolation="read committed")
            removed += count
            if count < FORGOTTEN_AT_ONCE:
                return removed

    async def release(self, ids: Collection[int]) -> int:
        """Put held jobs back into the queue."""
        return sum([await self._release(number) for number in set(ids)])

    async def _release(self, number: int) -> bool:
        async def requeue(connection: AsyncConnection) -> bool:
            done = await connection.exec_driver_sql(QUEUE_SQL.build_requeue_jobs_query(), ([number],))
            return done.rowcount == 1

        try:
            return await self._database.write(requeue, isolation="read committed")
        except BrokenConstraintError:
            return False


def _columns(jobs: Iterable[Job]) -> tuple[list[Any], ...]:
    rows = [
        (0, job.kind, stored_payload(job.payload), job.run_after or timedelta(0), job.key, "{}")
        for job in jobs
    ]
    return tuple([row[column] for row in rows] for column in range(6))


async def _rows(connection: AsyncConnection, query: str, *arguments: object) -> list[dict[str, Any]]:
    found = await connection.exec_driver_sql(query, arguments)
    return [dict(row._mapping) for row in found]
