"""PostgreSQL 14 or newer, through asyncpg."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from iomconnector.storage.engine import postgresql_failures as failures
from iomconnector.storage.engine.backend import Isolation
from iomconnector.storage.engine.exclusive import Lock
from iomconnector.storage.engine.failures import OutcomeUnknownError, UnreachableError
from iomconnector.storage.engine.group_commit import Write
from iomconnector.storage.engine.postgresql_address import PostgresqlAddress
from iomconnector.storage.engine.postgresql_lock import AdvisoryLock
from iomconnector.storage.engine.transaction import begun, committed

OLDEST = 14
RECYCLE = 1800
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
FAILED = "iomconnector_failed"


class PostgresqlBackend:
    """Implements :class:`~iomconnector.storage.engine.backend.Backend` on a server.

    One writer for each isolation, so that what many processes do at once does not wait for what one does.
    Transactions that the server gives up for the sake of another are tried again.

    Arguments:
        url: ``postgresql://USER:PASSWORD@HOST/DATABASE`` with the parameters of
            :class:`~iomconnector.storage.engine.postgresql_address.PostgresqlAddress`.

    Raises:
        ConfigurationError: The URL is wrong, or the driver is not installed.
    """

    reading_options: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def __init__(self, url: URL) -> None:
        self._address = PostgresqlAddress.of(url)

    @property
    def url(self) -> URL:
        """Where it is."""
        return self._address.url

    def make_engine(self) -> AsyncEngine:
        """An engine whose pool keeps the limits of the address."""
        return self._watched(
            create_async_engine(
                self._address.driver_url,
                connect_args=self._address.connect_arguments,
                pool_size=self._address.pool_size,
                max_overflow=0,
                pool_timeout=self._address.connect_timeout,
                pool_recycle=RECYCLE,
                hide_parameters=True,
            )
        )

    def _watched(self, engine: AsyncEngine) -> AsyncEngine:
        event.listen(engine.sync_engine, "do_connect", self._connect)
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
        event.listen(engine.sync_engine, "handle_error", _remember)
        return engine

    def _connect(self, dialect: Any, _: object, arguments: Any, options: Any) -> Any:
        try:
            connection = dialect.connect(*arguments, **options)
        except Exception as error:
            raise failures.not_connected(self.url, error) from error
        problem, hint = _unfit(connection.driver_connection)
        if problem:
            connection.terminate()
            raise UnreachableError(f"The database {self.url.render_as_string()} {problem}.", hint=hint)
        return connection

    def writer_for(self, isolation: Isolation) -> Isolation:
        """One writer for each isolation."""
        return isolation

    async def commit(self, engine: AsyncEngine, group: Sequence[Write], isolation: Isolation) -> None:
        """Commit a group in one transaction; where one of it fails, each in a transaction of its own."""
        if len(group) > 1 and await self._all_succeed(engine, group, isolation):
            return
        for write in group:
            try:
                await self._insist(engine, write, isolation)
            except UnreachableError:
                raise
            except Exception as error:
                write.error = error
            else:
                write.committed = True

    async def _all_succeed(self, engine: AsyncEngine, group: Sequence[Write], isolation: Isolation) -> bool:
        """False where one failed: nothing was committed then, and it does not matter yet which and why."""
        try:
            await self._transact(engine, group, isolation)
        except (OutcomeUnknownError, UnreachableError):
            raise
        except Exception:
            return False
        return True

    async def _insist(self, engine: AsyncEngine, write: Write, isolation: Isolation) -> None:
        attempt = 1
        while True:
            try:
                return await self._transact(engine, [write], isolation)
            except Exception as error:
                if attempt >= failures.attempts_for(error):
                    raise
            longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311
            attempt += 1

    async def _transact(self, engine: AsyncEngine, writes: Sequence[Write], isolation: Isolation) -> None:
        """Run and commit operations; what fails before the commit is undone.

        Raises:
            OutcomeUnknownError: The commit failed, and the server did not say that it undid everything.
        """
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level=isolation.upper())
            transaction = await connection.begin()
            begun(connection)
            try:
                for write in writes:
                    write.result = await write.operation(connection)
                await _assert_usable(connection)
            except OSError:
                await connection.invalidate()
                raise
            try:
                await transaction.commit()
            except (DBAPIError, OSError) as error:
                if failures.surely_undone(error):
                    raise
                await connection.invalidate()
                raise OutcomeUnknownError(
                    f"The database {self.url.render_as_string()} was lost while it committed.",
                    hint="It may be stored or not: see what is there before doing it again.",
                ) from error
            await committed(connection)

    def lock(self, name: str) -> Lock:
        """An advisory lock, on a connection of its own."""
        engine = create_async_engine(
            self._address.driver_url,
            connect_args=self._address.connect_arguments,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        return AdvisoryLock(self._watched(engine), name, self.explained)

    def explained(self, error: BaseException) -> BaseException:
        """What the server or the driver said, as a sentence."""
        return failures.explained(self.url, error)


def _unfit(connection: Any) -> tuple[str, str]:
    version = connection.get_server_version()
    if version.major < OLDEST:
        return f"is on PostgreSQL {version.major}", f"Use PostgreSQL {OLDEST} or newer."
    encoding = connection.get_settings().server_encoding
    if encoding != "UTF8":
        return (
            f"keeps text in {encoding}",
            "Make it anew with `createdb --encoding UTF8 --template template0`.",
        )
    return "", ""


async def _assert_usable(connection: AsyncConnection) -> None:
    """After an error that an operation kept to itself the server undoes the transaction without a word."""
    swallowed = _failure_of(connection)
    if swallowed is None:
        return
    try:
        await connection.exec_driver_sql("SELECT 1")
    except DBAPIError as error:
        if failures.sqlstate_of(error) != failures.UNDONE:
            raise
        raise swallowed from None


def _failure_of(connection: AsyncConnection) -> BaseException | None:
    if connection.sync_connection is None or connection.sync_connection.invalidated:
        return None
    failure: BaseException | None = connection.sync_connection.info.pop(FAILED, None)
    return failure


def _remember(context: ExceptionContext) -> None:
    if context.connection is not None and not context.is_disconnect and not context.connection.invalidated:
        context.connection.info[FAILED] = context.sqlalchemy_exception or context.original_exception


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool replace a connection that the server has closed meanwhile."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server closed the connection")
