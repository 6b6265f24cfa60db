"""The embedded job engine: PgQueuer in the memory of this process, beside any database."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.jobs.engine.handling import stored_payload
from iomconnector.jobs.engine.memory_queue import MemoryQueue
from iomconnector.jobs.engine.registrations import Registrations
from iomconnector.jobs.engine.snapshots import held_job, reason_of, snapshot
from iomconnector.jobs.engine.work import Pace, work
from iomconnector.ports.job_engine import HeldJob, Job, JobSnapshot
from iomconnector.storage.engine.transaction import transaction_of


class EmbeddedJobEngine(Registrations):
    """Implements :class:`~iomconnector.ports.job_engine.JobEngine` in the process.

    Jobs are done by the process that announces them, and do not outlive it; nor are times of schedules made
    up for that passed while it did not run. Each process has schedules of its own: use it where there is one.

    Arguments:
        pace: How it works.
    """

    shared = False

    def __init__(self, pace: Pace | None = None) -> None:
        super().__init__()
        self._pace = pace or Pace()
        self._queue = MemoryQueue()

    async def announce(self, jobs: Collection[Job], *, within: AsyncConnection | None = None) -> None:
        """Add jobs, when the transaction is committed where there is one."""
        stored = [(job, stored_payload(job.payload)) for job in jobs]

        async def add() -> None:
            await self._queue.enqueue(
                [job.kind for job, _ in stored],
                [payload for _, payload in stored],
                [0] * len(stored),
                [job.run_after for job, _ in stored],
                [job.key for job, _ in stored],
                on_conflict="skip",
            )

        if not stored:
            return
        if within is None:
            await add()
        else:
            transaction_of(within).after_commit.append(add)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until the event is set."""
        await work(self._queue, self, stop, self._pace)

    async def snapshot(self) -> JobSnapshot:
        """What waits, what is worked on and what is held in this process."""
        return snapshot(
            await self._queue.queue_size(),
            await self._queue.queue_age(),
            await self._queue.peek_schedule(),
            self,
        )

    async def held(self, limit: int = 100) -> Sequence[HeldJob]:
        """The jobs that are held, latest first."""
        jobs = await self._queue.list_failed_jobs(limit)
        return [held_job(job, reason_of(await self._queue.job_log_history(job.id))) for job in jobs]

    async def forget(self, kind: str, *, older_than: timedelta) -> int:
        """Remove the jobs of a kind that wait and were announced too long ago."""
        return await self._queue.forget(kind, older_than)

    async def release(self, ids: Collection[int]) -> int:
        """Put held jobs back into the queue."""
        return sum([await self._queue.release(number) for number in set(ids)])
