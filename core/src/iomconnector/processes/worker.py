"""Work without a web application, until the process is told to stop."""

from __future__ import annotations

from collections.abc import Callable, Collection

from iomconnector.application import Application
from iomconnector.processes.runtime import Runtime, working_services
from iomconnector.storage.schema_state import require_prepared
from iomconnector.usecases.channels import require_channel


async def run_worker(
    application: Application,
    *,
    channels: Collection[str] = (),
    announce: Callable[[str], object] = lambda _: None,
) -> None:
    """Work until SIGTERM or SIGINT, then finish the exports that were begun.

    Arguments:
        application: The system.
        channels: Export orders of these channels alone; of all where empty.
        announce: Is told sentences for people as soon as work begins.

    Raises:
        NotFoundError: One of the channels does not exist.
        StorageError: The database is not prepared or cannot be read; nothing was begun.
        AddressNotAvailableError: The operations listener cannot have its address.
        ConfigurationError: The operations listener would be open to other machines without a token.
        BackgroundServiceError: A background service failed; everything else was stopped in order.
    """
    await require_prepared(application.database)
    for channel in channels:
        await require_channel(application.contexts, channel)
    runtime = Runtime(application)

    def begun() -> None:
        task = f"exports orders of {', '.join(channels) if channels else 'all channels'}"
        announce(f"Worker {application.worker} {task}.")
        if runtime.operations_url:
            announce(f"Operations on {runtime.operations_url}.")
        runtime.started(task)

    await runtime.run(working_services(application, channels=channels), begun=begun)
