"""The connection to the shop's database: an embedded SQLite file by default, or PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from iomconnector.errors import ConfigurationError
from iomconnector.storage.engine.backend import Backend, Isolation
from iomconnector.storage.engine.exclusive import held
from iomconnector.storage.engine.failures import (
    BrokenConstraintError,
    LockedError,
    OutcomeUnknownError,
    UnreachableError,
)
from iomconnector.storage.engine.group_commit import GroupCommit

__all__ = ["BrokenConstraintError", "Database", "LockedError", "OutcomeUnknownError", "UnreachableError"]

FORMS = "Write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."
IN_A_PASSWORD = "Write an @ in a password as %40."  # noqa: S105

T = TypeVar("T")


class Database:
    """Transactions on one database.

    Writers of this process are committed in groups: what waits while a transaction commits goes into the
    next one together. Where one of a group fails, the group is undone, and each of it is written on its own.
    What was committed survives a crash of the process and of the machine.

    Arguments:
        url: ``sqlite:///PATH``, the embedded default, or ``postgresql://USER:PASSWORD@HOST/DATABASE``.

    Raises:
        ConfigurationError: The URL is none, or names a database that is not supported.
    """

    def __init__(self, url: str) -> None:
        self._backend = _backend(url)
        self._engine: AsyncEngine | None = None
        self._writers: dict[Isolation, GroupCommit] = {}
        self._committed: Callable[[int, float], None] = lambda _, __: None

    @property
    def url(self) -> URL:
        """Where the database is; its password is masked when the URL is printed."""
        return self._backend.url

    @property
    def engine(self) -> AsyncEngine:
        """The engine, made on first use.

        Raises:
            StorageError: The directory of the database file cannot be made.
        """
        if self._engine is None:
            self._engine = self._backend.make_engine()
        return self._engine

    def observe_commits(self, committed: Callable[[int, float], None]) -> None:
        """Have somebody told of each commit: how many writers shared it, and how many seconds it took.
        Call it before the first write."""
        self._committed = committed

    async def write(
        self, operation: Callable[[AsyncConnection], Awaitable[T]], *, isolation: Isolation = "serializable"
    ) -> T:
        """Run an operation in a transaction; it is committed, on disk, when this returns.

        An operation that fails is undone, and hurts none of those that commit together with it. It may be
        run again, what it did before undone, so it must do nothing but read and write the database. A caller
        that is cancelled while it waits does not undo the operation.

        Arguments:
            operation: Reads and writes through the connection given.
            isolation: What it may see of the transactions of other processes; ``serializable`` is right for
                every operation, ``read committed`` is quicker where many processes write the same tables.

        Raises:
            BrokenConstraintError: The operation breaks a rule of the schema.
            OutcomeUnknownError: The database was lost while it committed; it is not tried again.
            StorageError: The database is locked, full, read-only or gone; nothing was changed.
        """
        writer = self._backend.writer_for(isolation)
        if writer not in self._writers:
            self._writers[writer] = GroupCommit(
                lambda group: self._backend.commit(self.engine, group, writer),
                self._backend.explained,
                self._committed,
            )
        result: T = await self._writers[writer].write(operation)
        return result

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view of the database.

        Raises:
            StorageError: The database is gone or not prepared.
        """
        try:
            async with self.engine.connect() as connection:
                await connection.execution_options(**self._backend.reading_options)
                yield connection
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            explained = self._backend.explained(error)
            if explained is error:
                raise
            raise explained from error

    @asynccontextmanager
    async def exclusive(self, name: str, *, wait: float = 60) -> AsyncIterator[None]:
        """Be the only one, of all tasks and processes that use this database, inside the block.

        It hinders no transaction, only others that ask for the same name, and is given back when its holder
        dies. It cannot be taken again inside the block.

        Arguments:
            name: What is done alone: small letters, digits, ``-`` and ``_``.
            wait: Seconds to wait for another holder; ``0`` does not wait.

        Raises:
            LockedError: It was held by somebody else for that long.
            StorageError: The database is gone, or was gone for a while and the lock with it.
        """
        where = f"the database {self.url.render_as_string()}"
        async with held(partial(self._backend.lock, name), name, where, wait):
            yield

    async def aclose(self) -> None:
        """Finish waiting writes and close every connection."""
        for writer in self._writers.values():
            await writer.finish()
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None


def _backend(url: str) -> Backend:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Without its cause, which quotes what it takes for the port: perhaps the end of a password.
        raise ConfigurationError("database_url is no URL.", hint=f"{FORMS} {IN_A_PASSWORD}") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        from iomconnector.storage.engine.sqlite import SqliteBackend

        return SqliteBackend(parsed)
    if kind in ("postgresql", "postgres"):
        from iomconnector.storage.engine.postgresql import PostgresqlBackend

        return PostgresqlBackend(parsed)
    raise ConfigurationError(f"database_url names {kind}, which is not supported.", hint=FORMS)
