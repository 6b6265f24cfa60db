"""The connection to the shop's database: an embedded SQLite file by default."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine

from iomconnector.errors import ConfigurationError, StorageError

BUSY_TIMEOUT_MS = 30_000
READING = "iomconnector_reading"
GROUP_SIZE = 200

T = TypeVar("T")


class BrokenConstraintError(StorageError):
    """A row breaks a rule of the schema: its key is taken, or what it refers to does not exist."""

    code = "storage.constraint_broken"
    exit_code = 1


@dataclass(slots=True)
class _Write:
    operation: Callable[[AsyncConnection], Awaitable[Any]]
    done: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None

    def settle(self, url: URL, failure: BaseException | None) -> None:
        """Tell the caller; ``failure`` is that of the whole transaction."""
        problem = self.error or failure
        if self.done.done():
            return
        if problem is None:
            self.done.set_result(self.result)
        elif isinstance(problem, asyncio.CancelledError):
            self.done.cancel()
        else:
            self.done.set_exception(explained(url, problem))


class Database:
    """Transactions on one database.

    Writers of this process are committed in groups: what waits while a transaction commits goes into the
    next one together. Where one of a group fails, the group is undone and written again, each write behind a
    savepoint of its own. Writers of other processes are waited for, up to 30 seconds. What was committed
    survives a crash of the process and of the machine (``synchronous=FULL``).

    Arguments:
        url: A SQLAlchemy URL; ``sqlite:///path`` is the embedded default.

    Raises:
        ConfigurationError: The URL is none, or names a database that is not supported.
    """

    def __init__(self, url: str) -> None:
        self._url = _checked(url)
        self._engine: AsyncEngine | None = None
        self._waiting: deque[_Write] = deque()
        self._writer: asyncio.Task[None] | None = None

    @property
    def url(self) -> URL:
        """Where the database is; its password is masked when the URL is printed."""
        return self._url

    @property
    def engine(self) -> AsyncEngine:
        """The engine, made on first use.

        Raises:
            StorageError: The directory of the database file cannot be made.
        """
        if self._engine is None:
            _make_file(self._url)
            self._engine = create_async_engine(self._url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
            event.listen(self._engine.sync_engine, "connect", _prepare_connection)
            event.listen(self._engine.sync_engine, "begin", _begin)
        return self._engine

    async def write(self, operation: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run an operation in a transaction; it is committed, on disk, when this returns.

        An operation that fails is undone, and hurts none of those that commit together with it. It may be
        run twice, the first time undone, so it must do nothing but read and write the database. A caller that
        is cancelled while it waits does not undo the operation.

        Raises:
            BrokenConstraintError: The operation breaks a rule of the schema.
            StorageError: The database is locked, full, read-only or gone; nothing was changed.
        """
        write = _Write(operation, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_groups())
        result: T = await write.done
        return result

    async def _write_groups(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(GROUP_SIZE, len(self._waiting)))]
            failure: BaseException | None = None
            try:
                if not await self._all_succeed(group):
                    async with self.engine.begin() as connection:
                        for write in group:
                            await _run_in_savepoint(connection, write)
            except Exception as error:
                failure = error
            except BaseException as error:
                failure = error
                raise
            finally:
                for write in group:
                    write.settle(self._url, failure)

    async def _all_succeed(self, group: Sequence[_Write]) -> bool:
        """Commit a group without savepoints, which cost more than most writes.

        False where one failed or ended the transaction on its own: nothing was committed then. A commit that
        fails is not tried again, because nobody knows whether it took effect.
        """
        async with self.engine.connect() as connection:
            transaction = await connection.begin()
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
            return True

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view of the database.

        Raises:
            StorageError: The database is gone or not prepared.
        """
        try:
            async with self.engine.connect() as connection:
                await connection.execution_options(**{READING: True})
                yield connection
        except (DBAPIError, PoolTimeoutError) as error:
            raise explained(self._url, error) from error

    async def aclose(self) -> None:
        """Finish waiting writes and close every connection."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait({self._writer})
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None


def explained(url: URL, error: BaseException) -> BaseException:
    """The driver's error as a sentence that says what to do; other errors stay as they are."""
    sentence: StorageError
    where = f"The database {url.render_as_string()}"
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


async def _run_in_savepoint(connection: AsyncConnection, write: _Write) -> None:
    savepoint = await connection.begin_nested()
    try:
        write.result = await write.operation(connection)
    except Exception as error:
        write.error = error
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


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(f"database_url {url!r} is no URL.", hint="Write sqlite:///PATH.") from error
    if parsed.get_backend_name() != "sqlite":
        raise ConfigurationError(
            f"database_url names {parsed.get_backend_name()}, which is not supported.",
            hint="Write sqlite:///PATH.",
        )
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigurationError("database_url names no file.", hint="Write sqlite:///PATH.")
    return parsed.set(drivername="sqlite+aiosqlite")


def _make_file(url: URL) -> None:
    directory = Path(str(url.database)).parent
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(str(url.database), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StorageError(
            f"The database cannot be made in {directory}: {error.strerror}.",
            hint="Make it, or set database_url to a place where this user may write.",
        ) from error


def _prepare_connection(connection: Any, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
