"""One process of the system, whatever it does: ``iomconnector serve`` and ``iomconnector worker``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

from iomconnector.application import Application
from iomconnector.jobs.background import BackgroundService, Place
from iomconnector.jobs.exporter import Exporter
from iomconnector.jobs.garbage import rare_collections
from iomconnector.jobs.registering import register_jobs
from iomconnector.processes.export_log import ExportReporter
from iomconnector.processes.health import Health
from iomconnector.processes.operations import operations_listener
from iomconnector.processes.service_manager import ServiceManager
from iomconnector.processes.signals import stopping_on_signals
from iomconnector.processes.supervision import supervise
from iomconnector.storage.schema_state import require_prepared


class Runtime:
    """Runs what a process consists of, tells how it is, and ends it in order.

    While it runs, ``operations_url`` is that of the operations listener, if there is one.

    Arguments:
        application: The system.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._manager = ServiceManager()
        self.health = Health(application.database)
        self.operations_url: str | None = None

    def started(self, sentence: str) -> None:
        """All that the process does has begun: it is ready.

        Arguments:
            sentence: What it does, for the service manager.
        """
        self.health.started()
        self._manager.status(sentence)
        self._manager.ready()

    async def _measured(self) -> tuple[bytes, str]:
        return await self._application.scrape.page(ready=not await self.health.problems())

    async def run(
        self,
        services: Sequence[BackgroundService],
        *,
        begun: Callable[[], object] = lambda: None,
    ) -> None:
        """Run services until SIGTERM or SIGINT, then finish what was begun.

        The first signal makes the process unready and ends its services; they have ``shutdown_grace`` seconds
        to finish what they began. The operations listener answers to the end. A second signal does not wait.

        Arguments:
            services: What the process consists of.
            begun: Is called when the services begin.

        Raises:
            StorageError: The database is not prepared or cannot be read; nothing was begun.
            AddressNotAvailableError: The operations listener cannot have its address.
            ConfigurationError: Its metrics would be open to other machines.
            BackgroundServiceError: A service failed; everything else was ended in order.
        """
        settings = self._application.settings
        await require_prepared(self._application.database)
        alive = asyncio.create_task(self._manager.show_life())
        try:
            with stopping_on_signals() as stop, rare_collections():
                async with operations_listener(settings, self.health, self._measured) as url:
                    self.operations_url = url
                    begun()
                    await supervise(
                        services,
                        stop,
                        self.health,
                        grace=settings.shutdown_grace,
                        ending=lambda: self._manager.stopping("finishing what was begun"),
                    )
        finally:
            alive.cancel()
            await self.health.aclose()
            await self._application.scrape.aclose()


def working_services(application: Application, *, channels: Collection[str] = ()) -> list[BackgroundService]:
    """What a process that works runs in the background: exporter, job engine, and what cartridges add.

    Arguments:
        application: The system.
        channels: Export orders of these channels alone; of all where empty.

    Raises:
        HookError: A cartridge offers the job engine something that is no job.
        JobEngineError: What is offered to it cannot be used.
    """
    exporter = application.exporter(ExportReporter(), channels=channels)
    application.place_orders.when_placed(exporter.wake)
    application.approve_orders.when_due(exporter.wake)
    application.operate_exports.when_due(exporter.wake)
    application.correct_orders.when_due(exporter.wake)
    application.pause_exports.when_resumed(exporter.wake)
    return [
        *offered_services(application, Place.WORK),
        _export_service(exporter),
        job_engine(application, exporter, hints=not channels),
    ]


def job_engine(
    application: Application, exporter: Exporter | None = None, *, hints: bool = False
) -> BackgroundService:
    """The job engine of this process, with all that it is to do.

    Arguments:
        application: The system.
        exporter: That of this process; none where it exports nothing.
        hints: Whether the process takes hints that exports are due: it exports orders of all channels.
    """
    register_jobs(application, exporter, hints=hints)
    return BackgroundService("job engine", application.job_engine.run)


def _export_service(exporter: Exporter) -> BackgroundService:
    async def run(stop: asyncio.Event) -> None:
        try:
            await exporter.run(stop)
        except asyncio.CancelledError:
            await exporter.give_back()
            raise

    return BackgroundService("order exporter", run, under_way=exporter.under_way)


def offered_services(application: Application, place: Place) -> list[BackgroundService]:
    """The background services that cartridges offer for a place."""
    offered = application.cartridges.collect("iomconnector_background_services", application=application)
    return [service for _, service in offered if service.place is place]
