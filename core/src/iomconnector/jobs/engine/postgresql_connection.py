"""A connection for PgQueuer that comes back when the server does."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

import asyncpg  # type: ignore[import-untyped]
import structlog
from pgqueuer.adapters.drivers.asyncpg import Relay
from pgqueuer.core.tm import TaskManager
from pgqueuer.ports.driver import NotifyCallback
from pydantic_core import to_json
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from iomconnector.storage.engine.postgresql_address import PostgresqlAddress
from iomconnector.storage.engine.postgresql_failures import not_connected
from iomconnector.storage.job_names import JOBS

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
GONE = frozenset({"25006", "57P01", "57P02", "57P03", "57P05"})
"""The server stops or starts, ended the session, or is a standby now."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


class JobConnection:
    """Implements PgQueuer's ``Driver`` on one connection at a time.

    A statement that meets a lost connection waits for the next one and is run again; all that PgQueuer runs
    may be run twice. Listeners listen again, and are told to look, because they may have missed something.

    Arguments:
        address: Where the server is.
        stop: Ends waiting: what is lost after it is set stays lost.
    """

    def __init__(self, address: PostgresqlAddress, stop: asyncio.Event) -> None:
        self._address = address
        self._stop = stop
        self._raw: Any = None
        self._one_at_a_time = asyncio.Lock()
        self._ended = asyncio.Event()
        self._listeners: list[tuple[str, NotifyCallback]] = []
        self.shutdown = asyncio.Event()
        self.tm = TaskManager()

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Run a statement and give its rows."""
        return [dict(row) for row in await self._insist(lambda raw: raw.fetch(query, *args))]

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement."""
        return await self._insist(lambda raw: raw.execute(query, *args))

    async def notify(self, channel: str, payload: str) -> None:
        """Tell all who listen."""
        await self.execute("SELECT pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Listen, on this connection and on all that follow it."""
        await self._insist(lambda raw: raw.add_listener(channel, Relay(callback)))
        self._listeners.append((channel, callback))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def _insist(self, statement: Callable[[Any], Awaitable[T]]) -> T:
        while True:
            async with self._one_at_a_time:
                raw = await self._connected()
                try:
                    return await statement(raw)
                except Exception as error:
                    if not _is_lost(raw, error) or self._stop.is_set():
                        raise
                    raw.terminate()

    async def _connected(self) -> Any:
        if self._raw is None or self._raw.is_closed():
            self._raw = await self._connect_at_last()
            self._raw.add_termination_listener(lambda _: self._ended.set())
            for channel, callback in self._listeners:
                await self._raw.add_listener(channel, Relay(callback))
                callback(_table_changed(channel))
        return self._raw

    async def _connect_at_last(self) -> Any:
        pause, told = FIRST_PAUSE, False
        while True:
            try:
                raw = await _connect(self._address)
            except Exception as error:
                if self._stop.is_set():
                    raise
                if not told:
                    log.warning(
                        "jobs wait for the database", reason=str(not_connected(self._address.url, error))
                    )
                    told = True
            else:
                if told:
                    log.info("the database is back")
                return raw
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(LONGEST_PAUSE, pause * 2)

    async def keep_alive(self) -> None:
        """Connect again as soon as the connection is lost, also while no statement needs it."""
        while True:
            await self._ended.wait()
            self._ended.clear()
            if not self._stop.is_set():
                await self._insist(lambda raw: raw.execute("SELECT 1"))

    async def aclose(self) -> None:
        """End the session."""
        if self._raw is not None:
            with suppress(Exception):
                await self._raw.close(timeout=self._address.connect_timeout)


@asynccontextmanager
async def job_connection(address: PostgresqlAddress, stop: asyncio.Event) -> AsyncIterator[JobConnection]:
    """A connection for the length of the block."""
    connection = JobConnection(address, stop)
    keeping = asyncio.create_task(connection.keep_alive(), name="connection of the job engine")
    try:
        yield connection
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await connection.aclose()


async def _connect(address: PostgresqlAddress) -> Any:
    _, arguments = dialect().create_connect_args(address.driver_url)  # type: ignore[no-untyped-call]
    options = address.connect_arguments
    named = {**options["server_settings"], "application_name": f"{address.application_name} jobs"}
    return await asyncpg.connect(**arguments, **{**options, "server_settings": named})


def _is_lost(raw: Any, error: Exception) -> bool:
    """Whether the connection is of no use any more; a statement that takes too long is a dead server."""
    return (
        raw.is_closed()
        or isinstance(error, (OSError, TimeoutError))
        or getattr(error, "sqlstate", None) in GONE
    )


def _table_changed(channel: str) -> str:
    """What the server tells when a job is added."""
    event = {
        "channel": channel,
        "operation": "insert",
        "sent_at": datetime.now(UTC),
        "table": JOBS,
        "type": "table_changed_event",
    }
    return to_json(event).decode()
