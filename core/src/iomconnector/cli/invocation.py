"""One call of the command line: which assembly it runs on, in which environment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.assemblies.resolution import Assembly
    from iomconnector.cartridges.discovery import InstalledCartridge
    from iomconnector.cartridges.loaded import LoadedCartridges

T = TypeVar("T")

DEFAULT_ASSEMBLY = "inspired-iomconnector"
DEFAULT_ENVIRONMENT = "development"
ASSEMBLY_VARIABLE = "IOMC_ASSEMBLY"
ENVIRONMENT_VARIABLE = "IOMC_ENVIRONMENT"
SKIP_BROKEN_VARIABLE = "IOMC_SKIP_BROKEN"
INTERRUPTED = 130


@dataclass
class Invocation:
    """What every command needs; ``ctx.obj`` of the command line.

    Arguments:
        assembly: Name or path of the assembly.
        environment: ``development``, ``test``, ``production`` or ``init``.
        verbose: Log every step.
        skip_broken: Run without broken cartridges where nothing depends on them.
    """

    assembly: str = DEFAULT_ASSEMBLY
    environment: str = DEFAULT_ENVIRONMENT
    verbose: bool = False
    skip_broken: bool = False
    _told: set[str] = field(default_factory=set, init=False, repr=False)

    def on(self, assembly: str, environment: str) -> Invocation:
        """The same call on another assembly or in another environment."""
        if (assembly, environment) == (self.assembly, self.environment):
            return self
        return replace(self, assembly=assembly, environment=environment)

    @cached_property
    def installed(self) -> Mapping[str, InstalledCartridge]:
        """The installed cartridges."""
        from iomconnector.cartridges.discovery import installed_cartridges

        return installed_cartridges()

    @cached_property
    def resolved(self) -> Assembly:
        """The assembly, checked.

        Raises:
            AssemblyError: It does not exist or has errors; all of them are named.
        """
        from iomconnector.assemblies.resolution import resolve

        if not self.skip_broken:
            return resolve(self.assembly, self.environment, self.installed)
        from iomconnector.cartridges.skipping import style_unless_broken

        return resolve(self.assembly, self.environment, self.installed, read_style=style_unless_broken)

    @cached_property
    def cartridges(self) -> LoadedCartridges:
        """The cartridges of the assembly, loaded in its order.

        Raises:
            AssemblyError: The assembly has errors.
            CartridgeLoadError: A cartridge cannot be loaded, or left out where broken ones are skipped.
        """
        return self.load(self.resolved.cartridges)

    def load(self, names: Iterable[str]) -> LoadedCartridges:
        """Load cartridges in this order; tells on standard error which were skipped, and why.

        Raises:
            CartridgeLoadError: A cartridge cannot be loaded, or left out where broken ones are skipped.
        """
        if not self.skip_broken:
            from iomconnector.cartridges.loading import load_cartridges

            return load_cartridges(names, self.resolved.installed)
        from iomconnector.cartridges.skipping import load_unbroken_cartridges
        from iomconnector.cli.root import CORE_COMMANDS

        loaded = load_unbroken_cartridges(names, self.resolved.installed, CORE_COMMANDS)
        for each in loaded.skipped:
            if each.name not in self._told:
                self._told.add(each.name)
                typer.secho(f"skipped {each.name}: {each.reason}", fg="yellow", err=True)
        return loaded

    def run(
        self,
        work: Callable[[Application], Awaitable[T]],
        *,
        overrides: Mapping[str, object | None] | None = None,
    ) -> T:
        """Run something on the application of this assembly, in an event loop of its own.

        Arguments:
            work: What is to be run.
            overrides: Settings that options of the command give, checked by it; none where omitted.

        Raises:
            AssemblyError: The assembly has errors.
            CartridgeLoadError: A cartridge cannot be loaded.
            ConfigurationError: A setting is wrong.
            typer.Exit: It was interrupted; the exit code is 130.
        """
        given = {name: value for name, value in (overrides or {}).items() if value is not None}
        return self._run(work, self.cartridges, given)

    def run_for_database(self, work: Callable[[Application], Awaitable[T]]) -> T:
        """Like :meth:`run`, with everything loaded that prepares the assembly's database."""
        return self._run(work, self.load(self.resolved.preparation), {})

    def _run(
        self,
        work: Callable[[Application], Awaitable[T]],
        cartridges: LoadedCartridges,
        overrides: Mapping[str, object],
    ) -> T:
        import asyncio

        from iomconnector.cli.log_output import configure_logging
        from iomconnector.container import Container, running
        from iomconnector.settings import Settings

        settings = Settings.of(self.resolved.settings, origins=self.resolved.setting_origins)
        settings = settings.model_copy(update=overrides)
        configure_logging(verbose=self.verbose, json=settings.log_format == "json")
        container = Container(settings=settings, cartridges=cartridges, assembly=self.resolved)

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
