"""One call of the command line: which assembly it runs on, in which environment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.assemblies.resolution import Assembly
    from iomconnector.cartridges.loading import LoadedCartridges

T = TypeVar("T")

DEFAULT_ASSEMBLY = "inspired-iomconnector"
DEFAULT_ENVIRONMENT = "development"
ASSEMBLY_VARIABLE = "IOMC_ASSEMBLY"
ENVIRONMENT_VARIABLE = "IOMC_ENVIRONMENT"
INTERRUPTED = 130


@dataclass
class Invocation:
    """What every command needs; ``ctx.obj`` of the command line.

    Arguments:
        assembly: Name or path of the assembly.
        environment: ``development``, ``test``, ``production`` or ``init``.
        verbose: Log every step.
    """

    assembly: str = DEFAULT_ASSEMBLY
    environment: str = DEFAULT_ENVIRONMENT
    verbose: bool = False

    @cached_property
    def resolved(self) -> Assembly:
        """The assembly, checked.

        Raises:
            AssemblyError: It does not exist or has errors; all of them are named.
        """
        from iomconnector.assemblies.resolution import resolve

        return resolve(self.assembly, self.environment)

    @cached_property
    def cartridges(self) -> LoadedCartridges:
        """The cartridges of the assembly, loaded in its order.

        Raises:
            AssemblyError: The assembly has errors.
            CartridgeLoadError: A cartridge cannot be loaded.
        """
        from iomconnector.cartridges.loading import load_cartridges

        return load_cartridges(self.resolved.cartridges)

    def run(self, work: Callable[[Application], Awaitable[T]]) -> T:
        """Run something on the application of this assembly, in an event loop of its own.

        Raises:
            AssemblyError: The assembly has errors.
            CartridgeLoadError: A cartridge cannot be loaded.
            ConfigurationError: A setting is wrong.
            typer.Exit: It was interrupted; the exit code is 130.
        """
        return self._run(work, self.cartridges)

    def run_for_database(self, work: Callable[[Application], Awaitable[T]]) -> T:
        """Like :meth:`run`, with everything loaded that prepares the assembly's database."""
        from iomconnector.cartridges.loading import load_cartridges

        return self._run(work, load_cartridges(self.resolved.preparation))

    def _run(self, work: Callable[[Application], Awaitable[T]], cartridges: LoadedCartridges) -> T:
        from iomconnector.cli.log_output import configure_logging
        from iomconnector.container import Container, running
        from iomconnector.settings import Settings

        settings = Settings.of(self.resolved.settings, origins=self.resolved.setting_origins)
        configure_logging(verbose=self.verbose, json=settings.log_format == "json")
        container = Container(settings=settings, cartridges=cartridges)

        async def main() -> T:
            async with running(container) as application:
                return await work(application)

        try:
            return asyncio.run(main())
        except KeyboardInterrupt:
            typer.echo("Interrupted. What was committed stays.", err=True)
            raise typer.Exit(INTERRUPTED) from None


def invocation_of(context: typer.Context) -> Invocation:
    """The invocation to which a command's context belongs."""
    return context.find_root().ensure_object(Invocation)
