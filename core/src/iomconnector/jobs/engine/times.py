"""The times of schedules, as crontab writes them, in UTC."""

from datetime import UTC, datetime

from croniter import croniter  # type: ignore[import-untyped]

from iomconnector.ports.job_engine import JobEngineError

FIELDS = (5, 6)


def normal_form(name: str, cron: str) -> str:
    """The times in the one spelling under which they are stored.

    Raises:
        JobEngineError: They cannot be read.
    """
    if len(cron.split()) not in FIELDS or not croniter.is_valid(cron):
        raise JobEngineError(
            f"The schedule {name!r} has the times {cron!r}, which cannot be read.",
            hint="Write minute, hour, day of month, month, day of week; for example `*/5 * * * *`.",
            name=name,
        )
    return " ".join(croniter(cron).expressions)


def next_time(cron: str, after: datetime) -> datetime:
    """The first time after a moment."""
    return datetime.fromtimestamp(croniter(cron, start_time=after).get_next(), UTC)
