"""One job in the hands of its handler: what PgQueuer calls, and what it is told of the outcome."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.models import Schedule

from iomconnector.errors import ConnectorError
from iomconnector.jobs.engine.registrations import Handling, Timetable
from iomconnector.ports.job_engine import JobAttempt, Payload

log = structlog.get_logger(__name__)

STOPPED = "The process stopped before it was done."
SPREAD = 0.2
"""Pauses differ by up to so much of their length, so that what failed together is not tried together."""


class Interrupted(Exception):  # noqa: N818
    """The process stops, and the work cannot be finished in time."""


class HeldError(Exception):
    """A job failed for the last time; the text says why, without secrets."""


class Hands:
    """Calls handlers, and takes back what they have not finished when the process stops."""

    def __init__(self) -> None:
        self._working: set[asyncio.Task[object]] = set()
        self._taken_back = False

    def entrypoint(self, handling: Handling) -> Callable[[QueuedJob], Awaitable[None]]:
        """What PgQueuer calls with each job of a kind."""

        async def work(job: QueuedJob) -> None:
            await self._work(handling, job)

        return work

    def scheduled(self, timetable: Timetable) -> Callable[[Schedule], Awaitable[None]]:
        """What PgQueuer calls at each time of a schedule."""

        async def work(_: Schedule) -> None:
            try:
                async with self._interruptible():
                    await timetable.work()
            except Interrupted:
                log.warning("scheduled work was interrupted", schedule=timetable.name)
            except Exception:
                log.exception("scheduled work failed", schedule=timetable.name)

        return work

    def take_back(self) -> int:
        """Interrupt all that is under way: jobs go back to the queue, schedules wait for their next time.

        Returns:
            How many there were.
        """
        self._taken_back = True
        working = list(self._working)
        for task in working:
            task.cancel()
        return len(working)

    async def _work(self, handling: Handling, job: QueuedJob) -> None:
        try:
            async with self._interruptible():
                await handling.handler(attempt_of(job))
        except Interrupted:
            raise RetryRequested(timedelta(0), STOPPED) from None
        except Exception as error:
            _fail(handling, job, error)

    @asynccontextmanager
    async def _interruptible(self) -> AsyncIterator[None]:
        """What goes on in the block ends with an error of its own when it is taken back."""
        task = asyncio.current_task()
        assert task is not None
        self._working.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if not self._taken_back:
                raise
            task.uncancel()
            raise Interrupted from None
        finally:
            self._working.discard(task)


def _fail(handling: Handling, job: QueuedJob, error: Exception) -> None:
    said, number = said_by(error), job.attempts + 1
    pause = handling.retry.pause_after(number)
    if pause is None:
        log.error("a job failed and is held", kind=handling.kind, job=job.id, attempt=number, exc_info=error)
        raise HeldError(said) from None
    log.warning("a job failed", kind=handling.kind, job=job.id, attempt=number, reason=said)
    spread = 1 + SPREAD * random.uniform(-1, 1)  # noqa: S311
    raise RetryRequested(pause * spread, said) from None


def said_by(error: Exception) -> str:
    """What is stored of a failure: what the system itself says, of foreign errors the type alone.

    A foreign text may show a secret, and what is stored is shown to others.
    """
    return str(error) if isinstance(error, ConnectorError) else type(error).__name__


def attempt_of(job: QueuedJob) -> JobAttempt:
    """A job as its handler sees it."""
    return JobAttempt(job.id, job.entrypoint, payload_of(job.payload), job.attempts + 1, job.created)


def payload_of(stored: bytes | None) -> Payload:
    """What was announced with a job."""
    payload: Payload = json.loads(stored) if stored else {}
    return payload


def stored_payload(payload: Payload) -> bytes:
    """A payload as it is stored.

    Raises:
        TypeError: It holds what cannot be written as JSON.
    """
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
