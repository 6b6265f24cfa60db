"""What many tasks write at the same time, written with few statements."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.storage.database import Database, LockedError, OutcomeUnknownError, UnreachableError

Item = TypeVar("Item")
Result = TypeVar("Result")

LINGER = 0.01
"""Seconds for which a writer waits for more while many write; who writes alone does not wait."""

BUSY = 4
"""So many items in the batch before are many."""

CONCERNS_ALL = (LockedError, OutcomeUnknownError, UnreachableError)


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    done: asyncio.Future[Result]

    def settle(self, result: Result) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class BatchedWrites(Generic[Item, Result]):
    """Collects what is to be written while a transaction commits, and gives it to the next one together.

    Where a batch fails, each item of it is written on its own, so that none fails because of another.

    Arguments:
        database: The database.
        write_all: Writes items and gives a result for each, in their order. Like every operation of
            :meth:`Database.write` it may be run again, what it did before undone.
    """

    def __init__(
        self,
        database: Database,
        write_all: Callable[[AsyncConnection, Sequence[Item]], Awaitable[Sequence[Result]]],
    ) -> None:
        self._database = database
        self._write_all = write_all
        self._waiting: list[_Waiting[Item, Result]] = []
        self._writer: asyncio.Task[None] | None = None
        self._last_size = 0

    async def write(self, item: Item) -> Result:
        """Write an item; it is committed, on disk, when this returns.

        Raises:
            StorageError: It was not stored, or nobody knows; see :meth:`Database.write`.
        """
        waiting = _Waiting[Item, Result](item, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_batches(), context=Context())
        return await waiting.done

    async def _write_batches(self) -> None:
        while self._waiting:
            batch: list[_Waiting[Item, Result]] = []
            if self._last_size >= BUSY:
                await asyncio.sleep(LINGER)
            try:
                await self._store(batch)
            except CONCERNS_ALL as error:
                self._fail(batch, error)
            except Exception as error:
                if len(batch) > 1:
                    await self._store_each(batch)
                else:
                    self._fail(batch, error)
            self._last_size = len(batch)

    async def _store(self, batch: list[_Waiting[Item, Result]]) -> None:
        """Write a batch; an empty one takes all that waits at the moment when its transaction begins."""

        async def store(connection: AsyncConnection) -> Sequence[Result]:
            if not batch:
                batch.extend(self._waiting)
                self._waiting.clear()
            return await self._write_all(connection, [each.item for each in batch])

        results = await self._database.write(store, isolation="read committed")
        for each, result in zip(batch, results, strict=True):
            each.settle(result)

    async def _store_each(self, batch: Sequence[_Waiting[Item, Result]]) -> None:
        for each in batch:
            try:
                await self._store([each])
            except Exception as error:
                each.fail(error)

    def _fail(self, batch: list[_Waiting[Item, Result]], error: Exception) -> None:
        if not batch:
            batch.extend(self._waiting)
            self._waiting.clear()
        for each in batch:
            each.fail(error)
