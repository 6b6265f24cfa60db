"""What an engine was told to do: handlers by kind, schedules by name."""

from dataclasses import dataclass

from iomconnector.ports.job_engine import Handler, JobEngineError, RetryRule, ScheduledWork


@dataclass(frozen=True, slots=True)
class Handling:
    """A handler and how it is called.

    Arguments:
        kind: The kind of its jobs.
        handler: Does one.
        concurrency: So many at a time at most; none: no limit of its own.
        retry: What becomes of failures.
    """

    kind: str
    handler: Handler
    concurrency: int | None
    retry: RetryRule


@dataclass(frozen=True, slots=True)
class Timetable:
    """A schedule.

    Arguments:
        name: Its name.
        cron: Its times, in the spelling that is stored.
        work: Does it.
    """

    name: str
    cron: str
    work: ScheduledWork


class Registrations:
    """Collects handlers and schedules, and refuses what cannot be used."""

    def __init__(self) -> None:
        self.handlings: dict[str, Handling] = {}
        self.timetables: dict[str, Timetable] = {}

    def handle(
        self, kind: str, handler: Handler, *, concurrency: int | None = None, retry: RetryRule | None = None
    ) -> None:
        """Say who does the jobs of a kind."""
        if kind in self.handlings:
            raise JobEngineError(
                f"The jobs {kind!r} have two handlers.", hint="Give each kind of job one handler.", kind=kind
            )
        if concurrency is not None and concurrency < 1:
            raise JobEngineError(
                f"The jobs {kind!r} have the concurrency {concurrency}.",
                hint="Write 1 or more, or nothing where they need no limit of their own.",
                kind=kind,
            )
        self.handlings[kind] = Handling(kind, handler, concurrency, retry or RetryRule())

    def schedule(self, name: str, cron: str, work: ScheduledWork) -> None:
        """Have something done at certain times."""
        from iomconnector.jobs.engine.times import normal_form

        if name in self.timetables:
            raise JobEngineError(
                f"There are two schedules {name!r}.", hint="Give each schedule a name of its own.", name=name
            )
        self.timetables[name] = Timetable(name, normal_form(name, cron), work)
