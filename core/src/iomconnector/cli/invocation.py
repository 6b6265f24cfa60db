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


@dataclass
class Invocation:
    """What every command needs; ``ctx.obj`` of the command line.

    Arguments:
        assembly: Name or path of the assembly.
        environment: ``development``, ``test``, ``production`` or ``init``.
    """

    assembly: str = DEFAULT_ASSEMBLY
    environment: str = DEFAULT_ENVIRONMENT

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
        """Run something on the application of this assembly, in an event loop of its own."""
        return self._run(work, self.cartridges)

    def run_for_database(self, work: Callable[[Application], Awaitable[T]]) -> T:
        """Like :meth:`run`, with the cartridges of the assembly's database list loaded as well."""
        from iomconnector.cartridges.loading import load_cartridges

        assembly = self.resolved
        return self._run(work, load_cartridges([*assembly.cartridges, *assembly.database]))

    def _run(self, work: Callable[[Application], Awaitable[T]], cartridges: LoadedCartridges) -> T:
        from iomconnector.container import Container, running
        from iomconnector.settings import Settings

        container = Container(settings=Settings.of(self.resolved.settings), cartridges=cartridges)

        async def main() -> T:
            async with running(container) as application:
                return await work(application)

        return asyncio.run(main())


def invocation_of(context: typer.Context) -> Invocation:
    """The invocation to which a command's context belongs."""
    return context.find_root().ensure_object(Invocation)
