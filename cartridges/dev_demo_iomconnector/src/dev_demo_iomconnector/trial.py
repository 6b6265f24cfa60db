"""A shop and an IOM in processes of their own, to be hurt while they work, and judged when they are quiet."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, aclosing, asynccontextmanager, contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_order.testing.customers import Customers
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_demo_iomconnector.stand_in_process import StandInProcess
from dev_iomconnector_iom.config import DEMO_PASSWORD
from iomconnector.application import Application
from iomconnector.assemblies.resolution import Assembly, resolve
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.container import Container, running
from iomconnector.errors import StorageError
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.settings import Settings
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.testing.faults import shifted_clock
from iomconnector.testing.faults.conditions import PATIENCE_SECONDS, until
from iomconnector.testing.faults.leaks import SecretSearch
from iomconnector.testing.faults.programs import Program
from iomconnector.testing.faults.relay import free_port
from iomconnector.testing.faults.sqlite_files import locked
from iomconnector.testing.faults.verdict import Evidence, Key
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.check_orders import check_order

T = TypeVar("T")
ProgramType = TypeVar("ProgramType", bound=Program)

ASSEMBLY = "inspired-iomconnector"
CHANNELS = ("inSPIRED-inTRONICS", "inSPIRED-inTRONICS_Business")
PAGE = 200
QUICK = {
    "IOMC_EXPORT_LEASE": "2",
    "IOMC_EXPORT_RETRY_BASE": "0.1",
    "IOMC_EXPORT_RETRY_LIMIT": "1",
    "IOMC_EXPORT_POLL_INTERVAL": "0.2",
}
"""Short leases and waits, so that a test need not wait for long."""

IMPATIENT = {"connect_timeout": 1, "read_timeout": 1.5, "circuit_pause": 0.3, "circuit_longest_pause": 1}
"""Settings of the IOM services for the same reason."""


def orders_without_approval(count: int, *, seed: int, first_number: int = 1) -> list[Order]:
    """Varied orders that are due as soon as they are placed."""
    candidates = sample_orders(10 * count + 20, seed=seed, first_number=first_number)
    return list(islice((order for order in candidates if not order.approval_steps), count))


class Trial:
    """Prepares a shop, runs its processes, and gathers what is on both sides in the end.

    Arguments:
        directory: For everything: data of the shop and of IOM, and what all processes say.
        database_url: The shop's database; a SQLite file in the directory where omitted.
        data: The shop's data directory, where it is to be elsewhere.
        settings: More environment variables of the shop's processes.
    """

    def __init__(
        self,
        directory: Path,
        *,
        database_url: str | None = None,
        data: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.logs = directory / "logs"
        self.data = data or directory / "data"
        self.iom = StandInProcess(directory / "iom", free_port(), "--clock", "manual")
        self.foreign: set[Key] = set()
        self.token = ""
        self._database_url = database_url
        self._settings = {**QUICK, **(settings or {})}
        self._commands = 0
        self._programs = ExitStack()

    @contextmanager
    def open(self, *, iom_url: str = "") -> Iterator[Trial]:
        """Start IOM and prepare the shop; all processes are killed at the end of the block.

        Arguments:
            iom_url: Where the shop is to find IOM, if not at its own address.
        """
        with self._programs:
            self._programs.enter_context(self.iom.start())
            self.token = asyncio.run(self._prepare(iom_url or self.iom.url))
            yield self

    async def _prepare(self, iom_url: str) -> str:
        services = {"base_url": iom_url, **IMPATIENT}
        async with prepared_system(
            ASSEMBLY, self.data, services=services, **self._database_setting()
        ) as application:
            return await application.access_tokens.create("customers", CHANNELS)

    def _database_setting(self) -> dict[str, str]:
        return {"database_url": self._database_url} if self._database_url else {}

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of the shop's processes."""
        inherited = {name: text for name, text in os.environ.items() if not name.startswith("IOMC_")}
        url = {"IOMC_DATABASE_URL": self._database_url} if self._database_url else {}
        return {
            **inherited,
            "IOMC_ASSEMBLY": ASSEMBLY,
            "IOMC_ENVIRONMENT": "production",
            "IOMC_DATA_DIRECTORY": str(self.data),
            **self._settings,
            **url,
        }

    def web(self, name: str = "web") -> Web:
        """A web application that exports nothing, not started yet."""
        return self._add(Web(name, self))

    def worker(self, name: str, *, clock: Path | None = None) -> Program:
        """A process that exports, not started yet.

        Arguments:
            name: What it is called.
            clock: The file of a clock that is wrong; see :mod:`iomconnector.testing.faults.shifted_clock`.
        """
        command = shifted_clock.command(clock, "worker") if clock else connector("worker")
        return self._add(
            Program(name, command, logs=self.logs, environment=self.environment, ready="Worker .* exports")
        )

    def program(self, name: str, *arguments: str) -> Program:
        """A command that can be killed in the middle, not started yet."""
        command = connector(*arguments)
        return self._add(Program(name, command, logs=self.logs, environment=self.environment))

    def _add(self, program: ProgramType) -> ProgramType:
        self._programs.callback(program.close)
        return program

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end; what it says is kept for the verdict."""
        done = subprocess.run(  # noqa: S603
            connector(*arguments),
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=4 * PATIENCE_SECONDS,
            check=False,
        )
        self._commands += 1
        self.logs.mkdir(parents=True, exist_ok=True)
        (self.logs / f"command.{self._commands}.log").write_text(done.stdout + done.stderr)
        return done

    def customers(
        self, *webs: Web, at_a_time: int = 4, patience: float = 2 * PATIENCE_SECONDS, rest: float = 0
    ) -> Customers:
        """Customers of these web applications.

        Arguments:
            webs: Where they place their orders.
            at_a_time: How many customers there are.
            patience: Seconds after which they give up an order that nobody confirmed.
            rest: Seconds that each of them waits before the next order.
        """
        addresses = [web.address for web in webs]
        return Customers(addresses, self.token, at_a_time=at_a_time, patience=patience, rest=rest)

    @cached_property
    def _assembly(self) -> Assembly:
        return resolve(ASSEMBLY, "production")

    @asynccontextmanager
    async def _application(self) -> AsyncIterator[Application]:
        container = Container(
            settings=Settings.of({"data_directory": self.data, **self._database_setting()}, environ={}),
            cartridges=load_cartridges(self._assembly.cartridges, self._assembly.installed),
            assembly=self._assembly,
        )
        async with running(container) as application:
            yield application

    def within(self, work: Callable[[Application], Awaitable[T]]) -> T:
        """Do something with the shop from this process."""

        async def main() -> T:
            async with self._application() as application:
                return await work(application)

        return asyncio.run(main())

    def counts(self) -> Mapping[ExportState, int]:
        """How many orders are in each state."""

        async def count() -> Mapping[ExportState, int]:
            url = self._database_url or f"sqlite:///{self.data / 'shop.sqlite'}"
            async with aclosing(Database(url)) as database:
                return await SqlExportLedger(database).counts()

        return asyncio.run(count())

    def open_exports(self) -> int:
        """How many exports are due or under way."""
        counts = self.counts()
        return counts[ExportState.DUE] + counts[ExportState.SENDING]

    def failed(self) -> int:
        """How many open exports failed at least once."""

        async def count(application: Application) -> int:
            states = [ExportState.DUE, ExportState.SENDING]
            waiting = await application.orders.page(states=states, limit=PAGE)
            return sum(each.request.reason_code is not None for each in waiting)

        return self.within(count)

    def until_quiet(self, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until no export is due or under way.

        Raises:
            WaitedInVainError: There still are some.
        """
        until(lambda: self.open_exports() == 0, "no export is open", seconds=seconds, pause=0.1)

    def outlast_the_lease(self) -> None:
        """Wait until every lease that nobody prolongs has ended."""
        time.sleep(1.3 * float(self._settings["IOMC_EXPORT_LEASE"]))

    def pause_between_writes(self, program: Program) -> None:
        """Pause a program at a moment at which it keeps nobody from writing, so that the others go on."""
        while True:
            program.pause()
            if self._can_write():
                return
            program.resume()

    def _can_write(self) -> bool:
        if self._database_url is None:
            try:
                with locked(self.data / "shop.sqlite", seconds=1):
                    return True
            except sqlite3.OperationalError:
                return False

        async def lock_every_row(connection: AsyncConnection) -> None:
            await connection.execute(text("SELECT 1 FROM export_requests FOR UPDATE NOWAIT"))

        try:
            self.within(lambda application: application.database.write(lock_every_row))
        except StorageError:
            return False
        return True

    def evidence(self, confirmed: Iterable[Key]) -> Evidence:
        """What is on both sides now; to be looked at when all is quiet.

        Arguments:
            confirmed: The orders of which a customer saw that they are placed.
        """
        found = Evidence(confirmed=set(confirmed), foreign=self.foreign)
        self.within(lambda application: self._gather(application, found))
        key = self.data / "secret.key"
        search = SecretSearch(self.secrets())
        found.leaks += search.in_files(self.logs, self.data, except_for=[key])
        return found

    def secrets(self) -> Mapping[str, str]:
        """What must be in no log, row or file."""
        url = self._database_url or ""
        password = url.partition("://")[2].rpartition("@")[0].partition(":")[2]
        return {
            "the password of IOM": DEMO_PASSWORD.get_secret_value(),
            "the access token": self.token,
            "the secret key": (self.data / "secret.key").read_text().strip(),
            **({"the password of the database": password} if password else {}),
        }

    async def _gather(self, application: Application, found: Evidence) -> None:
        after = 0
        while page := await application.orders.page(after=after, limit=PAGE):
            found.orders += page
            exported = [each for each in page if each.request.state is ExportState.EXPORTED]
            found.checked += await asyncio.gather(*(check_order(application, each) for each in exported))
            after = page[-1].request.order_id
        services = await application.services.all()
        shops = {each.context: int(each.values["shop_id"]) for each in services if "shop_id" in each.values}
        for channel, shop in shops.items():
            found.far_side.setdefault(channel, []).extend(self.iom.control.stored_numbers(shop))
        found.leaks += await SecretSearch(self.secrets()).in_rows(application.database)


class Web(Program):
    """``iomconnector serve --no-export`` on a port that stays the same over its lives.

    Arguments:
        name: What it is called.
        trial: Whose shop it serves.
    """

    def __init__(self, name: str, trial: Trial) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        command = connector("serve", "--no-export", "--port", self.address.rpartition(":")[2])
        super().__init__(name, command, logs=trial.logs, environment=trial.environment, ready="Listening on")


def connector(*arguments: str) -> list[str]:
    """The command ``iomconnector`` of this environment."""
    return [sys.executable, "-m", "iomconnector", *arguments]
