"""The embedded database: one SQLite file."""

import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine

from iomconnector.errors import ConfigurationError, StorageError
from iomconnector.storage.engine.backend import Isolation
from iomconnector.storage.engine.exclusive import FileLock, Lock
from iomconnector.storage.engine.failures import BrokenConstraintError
from iomconnector.storage.engine.group_commit import Write
from iomconnector.storage.engine.transaction import begun, committed, transaction_of

BUSY_TIMEOUT_MS = 30_000
READING = "iomconnector_reading"


class SqliteBackend:
    """Implements :class:`~iomconnector.storage.engine.backend.Backend` on a file.

    It has one writer at a time, so every transaction is serializable. Writers of other processes are waited
    for, up to 30 seconds. What was committed survives a crash of the process and of the machine
    (``synchronous=FULL``).

    Arguments:
        url: ``sqlite:///PATH``.

    Raises:
        ConfigurationError: The URL names no file.
    """

    reading_options: Mapping[str, Any] = {READING: True}

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise ConfigurationError("database_url names no file.", hint="Write sqlite:///PATH.")
        self.url = url.set(drivername="sqlite+aiosqlite")

    def make_engine(self) -> AsyncEngine:
        """An engine whose connections check references and lose nothing."""
        _make_file(Path(str(self.url.database)))
        engine = create_async_engine(
            self.url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True
        )
        event.listen(engine.sync_engine, "connect", _prepare_connection)
        event.listen(engine.sync_engine, "begin", _begin)
        return engine

    def writer_for(self, isolation: Isolation) -> Isolation:
        """One writer takes all."""
        return "serializable"

    async def commit(self, engine: AsyncEngine, group: Sequence[Write], isolation: Isolation) -> None:
        """Commit a group without savepoints; where one of it fails, again with one for each."""
        if not await _all_succeed(engine, group):
            async with engine.connect() as connection:
                async with connection.begin():
                    begun(connection)
                    for write in group:
                        await _run_in_savepoint(connection, write)
                await committed(connection)

    def lock(self, name: str) -> Lock:
        """A lock file beside the database."""
        path = Path(str(self.url.database))
        _make_file(path)
        return FileLock(path.with_name(f"{path.name}.{name}.lock"))

    def explained(self, error: BaseException) -> BaseException:
        """SQLite's error as a sentence."""
        sentence: StorageError
        where = f"The database {self.url.render_as_string()}"
        if isinstance(error, PoolTimeoutError):
            sentence = StorageError(f"{where} has more readers than it can serve.", hint="Try again later.")
        elif isinstance(error, IntegrityError):
            sentence = BrokenConstraintError(f"{where} refused a row: {error.orig}.")
        elif isinstance(error, DBAPIError):
            said = str(error.orig)
            sentence = StorageError(f"{where} answered: {said}.", hint=_advice(said))
        else:
            return error
        sentence.__cause__ = error
        return sentence


async def _all_succeed(engine: AsyncEngine, group: Sequence[Write]) -> bool:
    """Commit a group without savepoints, which cost more than most writes.

    False where one failed or ended the transaction on its own: nothing was committed then. A commit that
    fails is not tried again, because nobody knows whether it took effect.
    """
    async with engine.connect() as connection:
        transaction = await connection.begin()
        begun(connection)
        try:
            for write in group:
                write.result = await write.operation(connection)
        except Exception:
            await _abandon(transaction)
            return False
        raw = await connection.get_raw_connection()
        if raw.driver_connection is None or not raw.driver_connection.in_transaction:
            return False
        try:
            await transaction.commit()
        except DBAPIError:
            await raw.driver_connection.rollback()
            raise
        await committed(connection)
        return True


async def _run_in_savepoint(connection: AsyncConnection, write: Write) -> None:
    savepoint = await connection.begin_nested()
    calls = transaction_of(connection).after_commit
    before = len(calls)
    try:
        write.result = await write.operation(connection)
    except Exception as error:
        write.error = error
        del calls[before:]
        await _undo(savepoint, error)
    else:
        await savepoint.commit()


async def _abandon(transaction: AsyncTransaction) -> None:
    with suppress(DBAPIError):
        await transaction.rollback()


async def _undo(savepoint: AsyncTransaction, error: Exception) -> None:
    try:
        await savepoint.rollback()
    except DBAPIError as failure:
        # After some failures SQLite has ended the whole transaction: then no write of the group may seem to
        # have been committed, and the first failure is the one to tell.
        if isinstance(error, DBAPIError):
            raise error from failure
        raise


_ADVICE = {
    "no such table": "Run `iomconnector dbprepare` first.",
    "no such column": "Run `iomconnector dbprepare`: the schema is older than the program.",
    "full": "Free disk space; nothing of this transaction was stored, do it again afterwards.",
    "disk i/o": "Check the disk; nothing of this transaction was stored, do it again afterwards.",
    "readonly": "Make the database file and its directory writable for this user.",
    "locked": "Another process holds it for long; find that process or try again.",
    "unable to open": "Check that the directory exists and is writable for this user.",
    "not a database": "The file is no SQLite database; check database_url.",
    "malformed": "Restore the file from a backup.",
}


def _advice(text: str) -> str:
    return next((advice for word, advice in _ADVICE.items() if word in text.lower()), "")


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StorageError(
            f"The database cannot be made in {path.parent}: {error.strerror}.",
            hint="Make it, or set database_url to a place where this user may write.",
        ) from error


def _prepare_connection(connection: Any, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _switch_to_wal(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Of two that switch a new file at once SQLite refuses one without waiting."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
