"""Work on a queue with PgQueuer until told to stop, in order and within bounds."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog
from pgqueuer.applications import PgQueuer
from pgqueuer.ports import RepositoryPort

from iomconnector.jobs.engine.handling import Hands
from iomconnector.jobs.engine.registrations import Registrations

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How an engine works.

    Arguments:
        places: So many jobs of all kinds are worked on at a time in one process.
        batch: So many jobs are taken at a time, at most half the places.
        poll: The longest time between two looks at the queue when nothing calls for one.
        silence: A worker that gave no sign of life for so long is taken for dead.
        grace: What was begun may take so long to finish when the engine stops.
    """

    places: int = 40
    batch: int = 10
    poll: timedelta = timedelta(seconds=15)
    silence: timedelta = timedelta(seconds=30)
    grace: timedelta = timedelta(seconds=20)


async def work(
    queries: RepositoryPort, registrations: Registrations, stop: asyncio.Event, pace: Pace
) -> None:
    """Work until the event is set, or until the queue fails; finish what was begun before it returns.

    Raises:
        Exception: What the queue said when it failed.
    """
    hands = Hands()
    queuer = _queuer(queries, registrations, hands)
    running = asyncio.create_task(
        queuer.run(
            dequeue_timeout=pace.poll,
            batch_size=pace.batch,
            max_concurrent_tasks=pace.places,
            heartbeat_timeout=pace.silence,
        ),
        name="job engine",
    )
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        queuer.shutdown.set()
        await asyncio.wait({running}, timeout=pace.grace.total_seconds())
        if not running.done() and (interrupted := hands.take_back()):
            log.warning("what was not finished in time goes back to the queue", jobs=interrupted)
        await running
    finally:
        stopped.cancel()
        hands.take_back()
        running.cancel()
        await asyncio.wait({running})


def _queuer(queries: RepositoryPort, registrations: Registrations, hands: Hands) -> PgQueuer:
    queuer = PgQueuer(
        connection=queries.driver, channel=queries.qbe.settings.channel, resources={}, queries=queries
    )
    for handling in registrations.handlings.values():
        queuer.entrypoint(
            handling.kind,
            concurrency_limit=handling.concurrency or 0,
            accepts_context=False,
            on_failure="hold",
        )(hands.entrypoint(handling))
    for timetable in registrations.timetables.values():
        queuer.schedule(timetable.name, timetable.cron, accepts_context=False)(hands.scheduled(timetable))
    return queuer
