"""Running what a process consists of until it is told to stop, and ending it in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

import structlog

from iomconnector.errors import ConnectorError
from iomconnector.jobs.background import BackgroundService
from iomconnector.processes.health import Health

SECONDS_BETWEEN_NOTES = 5.0
SECONDS_TO_GIVE_BACK = 5.0
NAMED = 10

log = structlog.get_logger(__name__)

Running = dict[asyncio.Task[None], BackgroundService]


class BackgroundServiceError(ConnectorError):
    """Something that has to run for as long as the process ended on its own."""

    code = "serve.background_service_ended"


async def supervise(
    services: Sequence[BackgroundService],
    stop: asyncio.Event,
    health: Health,
    *,
    grace: float,
    ending: Callable[[], object] = lambda: None,
) -> None:
    """Run services until ``stop`` is set or one of them fails, then end all.

    Arguments:
        services: What the process consists of.
        stop: Tells the services to end; set where one of them fails.
        health: Is told of failures, and that the end begins, before any service ends.
        grace: Seconds that the services have to finish what they began; what is not finished then is
            cancelled, and has a few seconds to give back what it holds.
        ending: Is called when the end begins.

    Raises:
        BackgroundServiceError: A service failed; all others were ended in order.
    """
    running: Running = {
        asyncio.create_task(_run(each, stop, health), name=each.name): each for each in services
    }
    try:
        await stop.wait()
    finally:
        health.stopping()
        ending()
        stop.set()
        await _end(running, grace)
    for task in running:
        if task.done() and not task.cancelled():
            task.result()


async def _run(service: BackgroundService, stop: asyncio.Event, health: Health) -> None:
    log.info("started", service=service.name)
    try:
        await service.run(stop)
    except Exception as error:
        health.failed(service.name, type(error).__name__)
        stop.set()
        log.exception("ended unexpectedly", service=service.name)
        raise BackgroundServiceError(
            f"The background service {service.name!r} failed: {type(error).__name__}: {error}.",
            hint="The log tells more.",
            service=service.name,
        ) from error
    log.info("ended", service=service.name)


async def _end(running: Running, grace: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + grace
    pending = {task for task in running if not task.done()}
    if pending:
        _, pending = await asyncio.wait(pending, timeout=min(1.0, grace))
    while pending and (left := deadline - loop.time()) > 0:
        log.info("waiting for what was begun", seconds_left=round(left), **_described(running, pending))
        _, pending = await asyncio.wait(pending, timeout=min(SECONDS_BETWEEN_NOTES, left))
    if pending:
        log.warning("not finished in time", seconds=grace, **_described(running, pending))
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=SECONDS_TO_GIVE_BACK)


def _described(running: Running, pending: Iterable[asyncio.Task[None]]) -> dict[str, list[str]]:
    services = [running[task] for task in pending]
    under_way = [each for service in services for each in service.under_way()]
    more = [f"and {len(under_way) - NAMED} more"] if len(under_way) > NAMED else []
    return {"services": sorted(each.name for each in services), "under_way": under_way[:NAMED] + more}
