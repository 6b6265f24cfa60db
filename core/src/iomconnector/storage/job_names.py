"""What the tables of the job engine are called; PgQueuer makes them and works with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgqueuer.domain.settings import DBSettings

JOBS = "jobs"
JOB_LOG = "job_log"
JOB_SCHEDULES = "job_schedules"
JOB_STATISTICS = "job_statistics"
JOB_TABLES = frozenset({JOBS, JOB_LOG, JOB_SCHEDULES, JOB_STATISTICS})
"""All tables; they stand beside the system's own, on PostgreSQL only."""


def job_settings() -> DBSettings:
    """The names as PgQueuer takes them: all of them, so that no environment variable changes any."""
    from pgqueuer.domain.settings import DBSettings, Durability
    from pgqueuer.domain.types import Channel

    return DBSettings(
        prefix="",
        db_schema=None,
        channel=Channel("iomconnector_jobs"),
        function="job_changed",
        statistics_table=JOB_STATISTICS,
        queue_status_type="job_status",
        queue_table=JOBS,
        queue_table_log=JOB_LOG,
        trigger="job_changed",
        schedules_table=JOB_SCHEDULES,
        durability=Durability.durable,
        widen_id=False,
    )
