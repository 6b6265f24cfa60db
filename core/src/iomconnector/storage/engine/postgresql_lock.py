"""A lock that a PostgreSQL server keeps for one of its sessions."""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

TAKE = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
GIVE_BACK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
WITHOUT_LIMIT = "SELECT set_config('idle_session_timeout', '0', false)"


class AdvisoryLock:
    """Implements :class:`~iomconnector.storage.engine.exclusive.Lock`; it ends with its session at latest.

    Arguments:
        engine: Makes the session of its own that the lock needs; closed when the lock is given back.
        name: The name, one of this program's.
        explain: Makes a sentence of a driver's error.
    """

    def __init__(
        self, engine: AsyncEngine, name: str, explain: Callable[[BaseException], BaseException]
    ) -> None:
        self._engine = engine
        self._parameters = {"name": f"iomconnector {name}"}
        self._explain = explain
        self._session: AsyncConnection | None = None
        self._taken = False

    async def take(self) -> bool:
        """Take it without waiting.

        Raises:
            StorageError: The server cannot be reached.
        """
        try:
            if self._session is None:
                self._session = await self._engine.connect()
                await self._session.exec_driver_sql(WITHOUT_LIMIT)
            taken = await self._session.execute(TAKE, self._parameters)
            self._taken = bool(taken.scalar_one())
        except (SQLAlchemyError, OSError) as error:
            raise self._explain(error) from error
        return self._taken

    async def give_back(self) -> bool:
        """Give it back and end the session; false where the session ended before."""
        kept = not self._taken
        with suppress(SQLAlchemyError, OSError):
            if self._session is not None and self._taken:
                kept = bool((await self._session.execute(GIVE_BACK, self._parameters)).scalar_one())
        with suppress(SQLAlchemyError, OSError):
            if self._session is not None:
                await self._session.close()
        await self._engine.dispose()
        return kept
