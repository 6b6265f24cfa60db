"""What PgQueuer counts, as the port shows it."""

from collections.abc import Iterable
from datetime import timedelta

from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.models import Log, QueueAgeStats, QueueStatistics, Schedule

from iomconnector.jobs.engine.handling import payload_of
from iomconnector.jobs.engine.registrations import Registrations
from iomconnector.ports.job_engine import HeldJob, JobCounts, JobSnapshot, ScheduleState


def snapshot(
    sizes: Iterable[QueueStatistics],
    ages: Iterable[QueueAgeStats],
    schedules: Iterable[Schedule],
    registered: Registrations,
) -> JobSnapshot:
    """All jobs and schedules.

    Arguments:
        sizes: How many there are of each kind, priority and status.
        ages: How long those that wait have waited.
        schedules: The schedules.
        registered: What this process handles.
    """
    counts: dict[str, dict[str, int]] = {}
    for size in sizes:
        of_kind = counts.setdefault(size.entrypoint, {})
        of_kind[size.status] = of_kind.get(size.status, 0) + size.count
    oldest: dict[str, timedelta] = {age.entrypoint: timedelta(seconds=age.oldest_age_seconds) for age in ages}
    jobs = (
        JobCounts(
            kind,
            of_kind.get("queued", 0),
            of_kind.get("picked", 0),
            of_kind.get("failed", 0),
            oldest.get(kind),
            kind in registered.handlings,
        )
        for kind, of_kind in sorted(counts.items())
    )
    states = [_state(schedule, registered) for schedule in schedules]
    return JobSnapshot(tuple(jobs), tuple(sorted(states, key=lambda state: state.name)))


def _state(schedule: Schedule, registered: Registrations) -> ScheduleState:
    return ScheduleState(
        schedule.entrypoint,
        schedule.expression,
        schedule.next_run,
        schedule.last_run,
        schedule.status == "picked",
        schedule.entrypoint in registered.timetables,
    )


def held_job(job: QueuedJob, reason: str) -> HeldJob:
    """A job that failed too often."""
    return HeldJob(
        job.id, job.entrypoint, payload_of(job.payload), job.attempts + 1, job.created, job.updated, reason
    )


def reason_of(entries: Iterable[Log]) -> str:
    """Why a job is held, of what was noted of it; empty where it is no longer known."""
    failed = [entry for entry in entries if entry.status == "failed" and entry.traceback is not None]
    last = max(failed, key=lambda entry: (entry.created, entry.job_id), default=None)
    return last.traceback.exception_message if last is not None and last.traceback is not None else ""
