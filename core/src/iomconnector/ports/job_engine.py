"""What runs background jobs and schedules: in this process, or in any process that uses the database.

A job is a hint or a piece of work that may be done twice. What must never be lost stands in a table of its
own, as an order does in the export ledger, and a schedule finds there what no job told of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from iomconnector.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

Payload: TypeAlias = Mapping[str, Any]
"""What can be written as JSON: texts, numbers, truth values, lists and mappings of them."""


class JobEngineError(ConfigurationError):
    """A handler or a schedule cannot be used: its name is taken, or its times cannot be read."""

    code = "jobs.invalid"


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do later, somewhere.

    Arguments:
        kind: Says which handler does it.
        payload: What the handler is told. It is stored as it is, so put keys into it, never secrets.
        run_after: Not before so much time has passed.
        key: While a job of this key waits or is worked on, another one of the same key is not added. Not for
            what many transactions announce at the same time: they would wait for one another.
    """

    kind: str
    payload: Payload = field(default_factory=dict)
    run_after: timedelta | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class JobAttempt:
    """A job in the hands of its handler.

    Arguments:
        id: The job's number; that of a retry is the same.
        kind: Its kind.
        payload: What was announced.
        number: 1 for the first attempt. What a worker that died began is not counted.
        announced_at: When it was announced.
    """

    id: int
    kind: str
    payload: Payload
    number: int
    announced_at: datetime


@dataclass(frozen=True, slots=True)
class RetryRule:
    """What becomes of a job that fails: it is tried again later and later, then held for a person.

    Arguments:
        attempts: How often it is tried.
        first_pause: The time before the second attempt; each further one is twice as long.
        longest_pause: No pause is longer.
    """

    attempts: int = 5
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(minutes=5)

    def pause_after(self, attempt: int) -> timedelta | None:
        """The pause after an attempt that failed; none where it was the last."""
        if attempt >= self.attempts:
            return None
        doublings: int = min(attempt - 1, 30)
        return min(self.longest_pause, self.first_pause * (1 << doublings))


@dataclass(frozen=True, slots=True)
class JobCounts:
    """The jobs of one kind.

    Arguments:
        kind: The kind.
        queued: Those that wait, for their time or for a worker.
        picked: Those that a worker has.
        held: Those that failed too often and wait for a person.
        oldest_age: How long ago the oldest waiting one was announced; none where none waits.
        handled: Whether this process has a handler for them. Where no process has, they are parked: they wait
            until the assembly has the cartridge again.
    """

    kind: str
    queued: int
    picked: int
    held: int
    oldest_age: timedelta | None
    handled: bool


@dataclass(frozen=True, slots=True)
class ScheduleState:
    """A schedule, as it stands.

    Arguments:
        name: Its name.
        cron: Its times.
        next_run: When it is due next.
        last_run: When it last ended; none where it did not run yet.
        running: Whether a process runs it now.
        handled: Whether this process has it; where none has, its time passes.
    """

    name: str
    cron: str
    next_run: datetime
    last_run: datetime | None
    running: bool
    handled: bool


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """All jobs and schedules, by kind and by name."""

    jobs: tuple[JobCounts, ...]
    schedules: tuple[ScheduleState, ...]


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that failed too often.

    Arguments:
        id: The job's number.
        kind: Its kind.
        payload: What was announced.
        attempts: How often it was tried.
        announced_at: When it was announced.
        held_at: When it failed for the last time.
        reason: Why, in one sentence; empty where it is no longer known.
    """

    id: int
    kind: str
    payload: Payload
    attempts: int
    announced_at: datetime
    held_at: datetime
    reason: str


Handler: TypeAlias = Callable[[JobAttempt], Awaitable[None]]
ScheduledWork: TypeAlias = Callable[[], Awaitable[None]]


class JobEngine(Protocol):
    """Runs jobs and schedules.

    Any number of processes may run an engine on one database; a job is then done by one of them. It is done
    once as long as nothing dies; when its worker dies, another one does it again as soon as the signs of life
    have failed to come for a while. So a handler must do no harm when it does again what it did.
    """

    @property
    def shared(self) -> bool:
        """Whether other processes may do what this one announces, so that this one need not run an engine."""
        ...

    async def announce(self, jobs: Collection[Job], *, within: AsyncConnection | None = None) -> None:
        """Add jobs. Any process may, whether it runs the engine or not.

        Arguments:
            jobs: The jobs.
            within: The connection of a transaction of :meth:`~iomconnector.storage.database.Database.write`:
                the jobs exist exactly if it commits. They exist at once where omitted.

        Raises:
            StorageError: They cannot be stored; none of them was.
        """
        ...

    def handle(
        self, kind: str, handler: Handler, *, concurrency: int | None = None, retry: RetryRule | None = None
    ) -> None:
        """Say who does the jobs of a kind, before the engine runs.

        Arguments:
            kind: The kind.
            handler: Does one; an error that it raises is a failed attempt.
            concurrency: So many at a time at most, in all processes together; as many as there are places
                where omitted.
            retry: What becomes of failures.

        Raises:
            JobEngineError: The kind has a handler, or the concurrency is less than 1.
        """
        ...

    def schedule(self, name: str, cron: str, work: ScheduledWork) -> None:
        """Have something done at certain times, before the engine runs.

        It is done once for each time, by one of the processes. An error is logged and the next time waited
        for. Times that passed while nothing ran are made up for once where schedules are stored.

        Arguments:
            name: The name, unique in the system.
            cron: The times in UTC, as crontab writes them: minute, hour, day of month, month, day of week;
                and the second, where there is a sixth.
            work: Does it.

        Raises:
            JobEngineError: The name is taken, or the times cannot be read.
        """
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Work until the event is set, then finish what was begun, for a bounded time.

        What is not finished then goes back to the queue. The loss of the database is outlived: work goes on
        when it is back.
        """
        ...

    async def snapshot(self) -> JobSnapshot:
        """What waits, what is worked on and what is held; any process may ask.

        Raises:
            StorageError: The database is gone or not prepared.
        """
        ...

    async def held(self, limit: int = 100) -> Sequence[HeldJob]:
        """The jobs that are held, latest first.

        Raises:
            StorageError: The database is gone or not prepared.
        """
        ...

    async def forget(self, kind: str, *, older_than: timedelta) -> int:
        """Remove the jobs of a kind that wait, handled or not, and were announced too long ago to be of use.

        Arguments:
            kind: The kind.
            older_than: How long ago.

        Returns:
            How many there were.

        Raises:
            StorageError: The database is gone or not prepared; what was removed stays removed.
        """
        ...

    async def release(self, ids: Collection[int]) -> int:
        """Put held jobs back into the queue, with all attempts before them.

        Returns:
            How many there were; those are none whose key another waiting job has.

        Raises:
            StorageError: The database is gone or not prepared.
        """
        ...
