"""PgQueuer's queue in memory, for a process that runs for months."""

from datetime import timedelta

from pgqueuer.adapters.inmemory import InMemoryDriver, InMemoryQueries
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.domain.models import CronExpressionEntrypoint, Job, Schedule, TracebackRecord, utc_now
from pgqueuer.domain.types import JOB_STATUS, JobId

from iomconnector.jobs.engine.times import next_time
from iomconnector.storage.job_names import job_settings

SETTINGS = job_settings()


class MemoryQueue(InMemoryQueries):
    """The queue of PgQueuer 1.6, with three things put right.

    There, a schedule that ran keeps the time at which it was due, so that it runs again whenever any other
    one does; the protocol of what became of each job is never shortened; and a job that is held loses its
    key for good.
    """

    def __init__(self) -> None:
        super().__init__(
            InMemoryDriver(),
            qbe=QueryBuilderEnvironment(SETTINGS),
            qbq=QueryQueueBuilder(SETTINGS),
            qbs=QuerySchedulerBuilder(SETTINGS),
        )
        self._keys_of_held: dict[int, str] = {}

    async def fetch_schedule(self, entrypoints: dict[CronExpressionEntrypoint, timedelta]) -> list[Schedule]:
        """Take the schedules that are due; each is due next at its next time."""
        due = await super().fetch_schedule(entrypoints)
        now = utc_now()
        for schedule in due:
            self._schedules[schedule.id]["next_run"] = next_time(schedule.expression, now)
        return due

    async def log_jobs(self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]) -> None:
        """Note what became of jobs."""
        for job, status, _ in job_status:
            if status == "failed" and (key := self._dedupe_key_by_job.get(job.id)) is not None:
                self._keys_of_held[job.id] = key
        await super().log_jobs(job_status)

    async def release(self, number: int) -> bool:
        """Put a held job back; False where it is none, or where another one of its key waits."""
        job, key = self._jobs.get(number), self._keys_of_held.get(number)
        if job is None or job["status"] != "failed" or key in self._dedupe_index:
            return False
        if key is not None:
            self._dedupe_index[key] = number
            self._dedupe_key_by_job[number] = key
            del self._keys_of_held[number]
        await self.requeue_jobs([JobId(number)])
        return True

    async def forget(self, kind: str, age: timedelta) -> int:
        """Remove waiting jobs of a kind that are older; how many there were."""
        latest = utc_now() - age
        old = [
            JobId(number)
            for number, job in self._jobs.items()
            if job["entrypoint"] == kind and job["status"] == "queued" and job["created"] <= latest
        ]
        await self.mark_job_as_cancelled(old)
        return len(old)

    async def aggregate_logs(self) -> None:
        """Count what became of jobs, and forget the single ones; those that are held keep their reason."""
        await super().aggregate_logs()
        self._log = [entry for entry in self._log if entry["job_id"] in self._jobs]
        self._statistics.clear()
