"""Whole systems for tests and measurements: an assembly's cartridges on a fresh database."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from iomconnector.application import Application
from iomconnector.assemblies.resolution import resolve
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.container import Container, running
from iomconnector.preparation import prepare_database
from iomconnector.settings import Settings


@asynccontextmanager
async def prepared_system(
    assembly: str | Path,
    directory: Path,
    *,
    environment: str = "production",
    services: Mapping[str, Any] | None = None,
    **settings: Any,
) -> AsyncIterator[Application]:
    """A system with its database prepared; closed at the end of the block.

    Arguments:
        assembly: Name or path of the assembly.
        directory: Where it keeps its data; what is there already is used.
        environment: The environment to run in.
        services: Settings to change in every service configuration that has them.
        settings: Settings of the system.

    Raises:
        AssemblyError: The assembly has errors.
    """
    resolved = resolve(str(assembly), environment)
    container = Container(
        settings=Settings.of({**resolved.settings, "data_directory": directory, **settings}, environ={}),
        cartridges=load_cartridges(resolved.preparation, resolved.installed),
        assembly=resolved,
    )
    async with running(container) as application:
        await prepare_database(application)
        for configuration in await application.services.all():
            known = {setting.name for setting in application.services.settings_of(configuration.definition)}
            values = {name: value for name, value in (services or {}).items() if name in known}
            if values:
                await application.services.change(configuration.id, values=values, by="prepared_system")
        yield application
