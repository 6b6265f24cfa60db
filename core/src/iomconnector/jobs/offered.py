"""What a cartridge gives the job engine to do."""

from dataclasses import dataclass
from typing import TypeAlias

from iomconnector.ports.job_engine import Handler, RetryRule, ScheduledWork


@dataclass(frozen=True, slots=True)
class JobHandler:
    """Does the jobs of one kind, which :meth:`~iomconnector.ports.job_engine.JobEngine.announce` adds.

    A job may be done twice, when a process dies in the middle, so the handler must do no harm then. A job
    whose cartridge is no longer in the assembly waits until it is there again.

    Arguments:
        kind: The kind of job; unique in an assembly. Never change it: jobs that wait have the old one.
        handle: Does one; an error that it raises is a failed attempt.
        concurrency: So many at a time at most, in all processes together; no limit of its own where omitted.
        retry: What becomes of failures; the usual rule where omitted.
    """

    kind: str
    handle: Handler
    concurrency: int | None = None
    retry: RetryRule | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Has something done at certain times, once for each time by one of the processes.

    Arguments:
        name: The name; unique in an assembly.
        cron: The times in UTC, as crontab writes them.
        work: Does it. An error is logged, and the next time waited for.
    """

    name: str
    cron: str
    work: ScheduledWork


BackgroundWork: TypeAlias = JobHandler | Schedule
"""What the hook ``iomconnector_jobs`` offers."""
