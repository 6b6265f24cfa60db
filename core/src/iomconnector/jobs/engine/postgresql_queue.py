"""PgQueuer's queue on PostgreSQL, for many machines and many months."""

from datetime import datetime, timedelta
from typing import cast

from pgqueuer.adapters.persistence import qb
from pgqueuer.domain.models import CronExpressionEntrypoint, Schedule
from pgqueuer.ports.driver import Driver
from pgqueuer.queries import Queries

from iomconnector.jobs.engine.times import next_time
from iomconnector.storage.job_names import JOB_LOG, JOB_STATISTICS, JOBS, job_settings

KEPT = timedelta(days=7)
"""For so long it is kept what became of jobs; of those that are held, until they are not."""

SETTINGS = job_settings()
QUEUE_SQL = qb.QueryQueueBuilder(SETTINGS)
SCHEDULE_SQL = qb.QuerySchedulerBuilder(SETTINGS)


class PostgresqlQueue(Queries):
    """The queue of PgQueuer 1.6, with two things put right.

    There, the next time of a schedule follows from the clock of the machine and the clock of the server, so
    that work was done twice where they differ; and the protocol of what became of jobs is never shortened.
    """

    def __init__(self, driver: Driver) -> None:
        super().__init__(driver, qbe=qb.QueryBuilderEnvironment(SETTINGS), qbq=QUEUE_SQL, qbs=SCHEDULE_SQL)

    async def insert_schedule(self, schedules: dict[CronExpressionEntrypoint, timedelta]) -> None:
        """Add schedules that are new; the same name with other times is removed."""
        for known in await self.peek_schedule():
            key = CronExpressionEntrypoint(known.entrypoint, known.expression)
            if key not in schedules and any(known.entrypoint == each.entrypoint for each in schedules):
                await self.delete_schedule({known.id}, set())
        await super().insert_schedule(await self._by_the_clock_of_the_server(schedules))

    async def fetch_schedule(self, entrypoints: dict[CronExpressionEntrypoint, timedelta]) -> list[Schedule]:
        """Take the schedules that are due."""
        return await super().fetch_schedule(await self._by_the_clock_of_the_server(entrypoints))

    async def _by_the_clock_of_the_server(
        self, schedules: dict[CronExpressionEntrypoint, timedelta]
    ) -> dict[CronExpressionEntrypoint, timedelta]:
        [row] = await self.driver.fetch("SELECT now() AS now")
        now = cast(datetime, row["now"])
        return {key: next_time(key.expression, now) - now for key in schedules}

    async def aggregate_logs(self) -> None:
        """Count what became of jobs, and forget the single ones after a while."""
        await super().aggregate_logs()
        await self.driver.execute(
            f"DELETE FROM {JOB_LOG} WHERE aggregated AND created < now() - $1::interval "  # noqa: S608
            f"AND NOT EXISTS (SELECT FROM {JOBS} WHERE {JOBS}.id = {JOB_LOG}.job_id)",
            KEPT,
        )
        await self.driver.execute(
            f"DELETE FROM {JOB_STATISTICS} WHERE created < now() - $1::interval",  # noqa: S608
            KEPT,
        )
