"""Locks that one process at a time can hold, whatever it does meanwhile."""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from iomconnector.errors import StorageError
from iomconnector.storage.engine.failures import LockedError

POLL_INTERVAL = 0.1
NAME = re.compile(r"[a-z0-9_-]+")


class Lock(Protocol):
    """A lock of one name on one database; its holder's death gives it back."""

    async def take(self) -> bool:
        """Take it without waiting; false where somebody holds it."""
        ...

    async def give_back(self) -> bool:
        """Give it back, if it was taken; false where it was lost meanwhile."""
        ...


@asynccontextmanager
async def held(make: Callable[[], Lock], name: str, where: str, wait: float) -> AsyncIterator[None]:
    """Hold a lock for the length of the block, as :meth:`Database.exclusive` promises."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a lock: use small letters, digits, '-' and '_'")
    lock = make()
    try:
        await _take(lock, name, where, wait)
        yield
    except BaseException:
        await lock.give_back()
        raise
    if not await lock.give_back():
        raise StorageError(
            f"The lock {name!r} of {where} was lost while it was needed: the connection broke.",
            hint="See whether another process did the same meanwhile, and do it again.",
            lock=name,
        )


async def _take(lock: Lock, name: str, where: str, wait: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    while not await lock.take():
        if loop.time() >= deadline:
            raise LockedError(
                f"Another process holds the lock {name!r} of {where}; it was waited for {wait:g} seconds.",
                hint="Wait until that process is done, or end it; then try again.",
                lock=name,
            )
        await asyncio.sleep(POLL_INTERVAL)


class FileLock:
    """A lock beside a database file: a file of its own on which SQLite holds the lock.

    SQLite brings locks that work on every system, between processes as between the tasks of one, and the
    operating system gives them back when their holder dies. The file stays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._holder: sqlite3.Connection | None = None

    async def take(self) -> bool:
        """Take it without waiting.

        Raises:
            StorageError: The file cannot be made or opened.
        """
        holder = None
        try:
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            holder = sqlite3.connect(self._path, timeout=0, isolation_level=None)
            holder.execute("BEGIN EXCLUSIVE")
        except (OSError, sqlite3.Error) as error:
            if holder is not None:
                holder.close()
            if isinstance(error, sqlite3.Error) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                return False
            raise StorageError(
                f"The lock file {self._path} cannot be used: {error}.",
                hint="Make it and its directory writable for this user.",
            ) from error
        self._holder = holder
        return True

    async def give_back(self) -> bool:
        """Give it back."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None
        return True
