"""The cache on disk, which the processes of a machine share."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import structlog

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

log = structlog.get_logger(__name__)

T = TypeVar("T")

BUSY_FOR = 0.25
"""Seconds to wait for another process that writes; then nothing is there."""

TRY_AGAIN_AFTER = 30.0
"""Seconds after which a cache that could not be opened is tried again."""

EXPIRE_EVERY = 60.0
"""Seconds between two removals of what has expired."""

THREADS = 4
FIRST_LOOK, LAST_LOOK = 0.005, 0.05
"""Seconds between two looks whether one can go in: the first, and the longest."""

Opened = Callable[[], "Table"]


class Table(Protocol):
    """What is used of the library's cache."""

    def get(self, key: str, *, default: Any = None) -> bytes | None:
        """What is kept under a key."""

    def set(self, key: str, value: bytes, *, expire: float) -> bool:
        """Keep a value for so many seconds."""

    def add(self, key: str, value: bytes, *, expire: float) -> bool:
        """Keep a value where none is kept."""

    def delete(self, key: str) -> bool:
        """Drop what is kept under a key."""

    def expire(self) -> int:
        """Drop all that has expired."""

    def transact(self) -> AbstractContextManager[None]:
        """Do all within in one transaction."""

    def close(self) -> None:
        """Give the file back."""


class DiskCache:
    """Implements :class:`~iomconnector.ports.cache.Cache` in a directory, by threads of its own.

    A directory that is missing, broken, full or locked is as good as empty; the log tells it once, and again
    where it worked meanwhile.

    Arguments:
        directory: Where it is; made where it is missing, for this user alone.
        size_limit: So many bytes at most; what was kept longest goes first.
    """

    def __init__(self, directory: Path, *, size_limit: int = 64_000_000) -> None:
        self._directory = directory
        self._size_limit = size_limit
        self._threads: ThreadPoolExecutor | None = None
        self._table: Table | None = None
        self._opening = threading.Lock()
        self._opens_at = self._expires_at = float("-inf")
        self._complained = False
        self._closed = False

    async def get_many(self, keys: list[str]) -> dict[str, bytes]:
        """What is kept under keys."""

        def read(table: Table) -> dict[str, bytes]:
            found = ((key, table.get(key)) for key in keys)
            return {key: value for key, value in found if value is not None}

        return (await self._do(read) if keys else None) or {}

    async def set_many(self, entries: dict[str, bytes], *, keep: timedelta) -> None:
        """Keep values under keys."""
        seconds = keep.total_seconds()

        def write(table: Table) -> None:
            with table.transact():
                for key, value in entries.items():
                    table.set(key, value, expire=seconds)
            self._expire(table)

        if entries:
            await (self._do(write) if seconds > 0 else self.delete_many(list(entries)))

    async def delete_many(self, keys: list[str]) -> None:
        """Drop what is kept under keys."""

        def delete(table: Table) -> None:
            with table.transact():
                for key in keys:
                    table.delete(key)

        if keys:
            await self._do(delete)

    @asynccontextmanager
    async def alone(self, key: str, *, at_most: timedelta) -> AsyncIterator[None]:
        """Be the only one inside, of all tasks and processes of the machine."""
        token, name = token_bytes(16), f"alone-{key}"
        try:
            await self._enter(name, token, at_most.total_seconds())
            yield
        finally:
            await asyncio.shield(self._do(lambda table: _leave(table, name, token)))

    async def aclose(self) -> None:
        """Close it."""
        self._closed = True
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.to_thread(threads.shutdown)
        if self._table is not None:
            with suppress(Exception):
                await asyncio.to_thread(self._table.close)
            self._table = None

    async def _enter(self, name: str, token: bytes, seconds: float) -> None:
        pause, gives_up_at = FIRST_LOOK, time.monotonic() + seconds
        while await self._do(lambda table: table.add(name, token, expire=seconds)) is False:
            if time.monotonic() >= gives_up_at:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LAST_LOOK)

    async def _do(self, act: Callable[[Table], T]) -> T | None:
        """What an act gives; none where the cache cannot be used."""
        if self._closed:
            return None
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="cache")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._done, act)

    def _done(self, act: Callable[[Table], T]) -> T | None:
        try:
            table = self._opened()
            if table is None:
                return None
            result = act(table)
        except Exception as error:
            self._complain(error)
            return None
        self._complained = False
        return result

    def _opened(self) -> Table | None:
        with self._opening:
            if self._table is None and time.monotonic() >= self._opens_at:
                self._opens_at = time.monotonic() + TRY_AGAIN_AFTER
                self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._table = _table(self._directory, self._size_limit)
            return self._table

    def _expire(self, table: Table) -> None:
        if time.monotonic() >= self._expires_at:
            self._expires_at = time.monotonic() + EXPIRE_EVERY
            table.expire()

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            log.warning(
                "the cache cannot be used, everything is asked for again",
                directory=str(self._directory),
                error=f"{type(error).__name__}: {error}",
            )


def _table(directory: Path, size_limit: int) -> Table:
    from diskcache import Cache  # type: ignore[import-untyped]

    from iomconnector.storage.bytes_disk import BytesDisk

    table: Table = Cache(
        str(directory), timeout=BUSY_FOR, disk=BytesDisk, size_limit=size_limit, sqlite_synchronous=0
    )
    return table


def _leave(table: Table, name: str, token: bytes) -> None:
    with table.transact():
        if table.get(name) == token:
            table.delete(name)
