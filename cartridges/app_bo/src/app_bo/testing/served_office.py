"""A back office that a process of its own serves, on a prepared database, with an IOM stand-in beside it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app_bo.testing.office import QUICK_PASSWORDS, furnish
from app_bo.testing.sample_exports import furnish_with_orders
from iomconnector.application import Application
from iomconnector.assemblies.resolution import resolve
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.container import Container, running
from iomconnector.settings import Settings
from iomconnector.testing.cartridges import CartridgeSite
from iomconnector.testing.systems import prepared_system

PATIENCE_SECONDS = 60

ASSEMBLY = """
[assembly]
name = "browser-shop"
extends = "inspired-iomconnector"
description = "The sample shop with more services, for the tests of the back office."

[[include]]
cartridges = ["sample_services"]
"""

T = TypeVar("T")


@dataclass(frozen=True)
class Shop:
    """A directory with an assembly and a prepared database.

    Arguments:
        directory: Has ``assemblies/``, ``site/`` with the cartridge of the sample services, and ``data/``.
    """

    directory: Path

    @property
    def data(self) -> Path:
        """Where it keeps its data."""
        return self.directory / "data"

    @property
    def assembly(self) -> Path:
        """The file of its assembly."""
        return self.directory / "assemblies" / "browser-shop.toml"

    def change(self, work: Callable[[Application], Awaitable[T]]) -> T:
        """Do something on its database beside the server, as another process would."""

        async def main() -> T:
            resolved = resolve(str(self.assembly), "development")
            settings = {**resolved.settings, "data_directory": self.data, **QUICK_PASSWORDS}
            container = Container(
                settings=Settings.of(settings, environ={}),
                cartridges=load_cartridges(resolved.cartridges, resolved.installed),
            )
            async with running(container) as application:
                return await work(application)

        return in_thread(main)


@dataclass(frozen=True)
class Site:
    """A back office that is served.

    Arguments:
        shop: Its directory.
        url: Where it answers.
        iom: The port of its IOM stand-in.
    """

    shop: Shop
    url: str
    iom: int


def in_thread(work: Callable[[], Awaitable[T]]) -> T:
    """Run something in an event loop of its own, beside that of the browser."""

    async def main() -> T:
        return await work()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(main())).result()


@contextmanager
def prepared_office(directory: Path, assemblies: Path) -> Iterator[Shop]:
    """A shop with services and people, for the time of a block; copy it, do not change it.

    Arguments:
        directory: An empty directory.
        assemblies: The directory with ``inspired-iomconnector.toml``.
    """
    shop = Shop(directory)
    shop.assembly.parent.mkdir()
    for file in assemblies.glob("*.toml"):
        shutil.copy(file, shop.assembly.parent)
    shop.assembly.write_text(ASSEMBLY)

    async def prepare() -> None:
        async with prepared_system(
            shop.assembly, shop.data, environment="development", **QUICK_PASSWORDS
        ) as application:
            await furnish(application)
            await furnish_with_orders(application, by="oscar")

    with ExitStack() as stack:
        site = stack.enter_context(CartridgeSite(directory / "site"))
        module = "from app_bo.testing.sample_services import descriptor, iomconnector_service_definitions\n"
        site.add_module("sample_services", module, requires=["iomconnector"])
        in_thread(prepare)
        yield shop


@contextmanager
def serving(shop: Shop, **variables: str) -> Iterator[Site]:
    """Run ``iomconnector serve`` for the time of a block; it must end with exit code 0."""
    iom = _free_port()
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("IOMC_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "iomconnector", "serve", "--port", "0"],
        cwd=shop.directory,
        env={
            **inherited,
            "PYTHONPATH": str(shop.directory / "site"),
            "IOMC_ASSEMBLY": "browser-shop",
            "IOMC_DATA_DIRECTORY": shop.data.name,
            "IOMC_LOCKOUT_ADDRESS_FAILURES": "100",
            "IOM_STAND_IN_PORT": str(iom),
            **{f"IOMC_{name.upper()}": str(value) for name, value in QUICK_PASSWORDS.items()},
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=(log := (shop.directory / "serve.log").open("w+")),
        text=True,
    )
    with process, log:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("Listening on "), Path(log.name).read_text()
        try:
            yield Site(shop, said.removeprefix("Listening on ").partition(",")[0], iom)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE_SECONDS)
        assert code == 0, Path(log.name).read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
