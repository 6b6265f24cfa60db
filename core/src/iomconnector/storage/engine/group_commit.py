"""Writers of one process share their commits: one waits for the disk, all go on."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

GROUP_SIZE = 200

Operation = Callable[[AsyncConnection], Awaitable[Any]]
Explain = Callable[[BaseException], BaseException]


@dataclass(slots=True)
class Write:
    """An operation that waits for its transaction.

    Arguments:
        operation: Reads and writes in the transaction.
        done: What the caller waits for.
        result: What the operation gave.
        error: Why it alone failed; the others of its group may be committed.
        committed: It was committed on its own, whatever becomes of the rest of its group.
    """

    operation: Operation
    done: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None
    committed: bool = False

    def settle(self, failure: BaseException | None, explain: Explain) -> None:
        """Tell the caller; ``failure`` is that of the whole group."""
        problem = self.error or (None if self.committed else failure)
        if self.done.done():
            return
        if problem is None:
            self.done.set_result(self.result)
        elif isinstance(problem, asyncio.CancelledError):
            self.done.cancel()
        else:
            self.done.set_exception(explain(problem))


class GroupCommit:
    """Collects what waits while a group is committed, for the next one.

    A group is written outside the context of its writers: what is logged meanwhile is about none of them.

    Arguments:
        commit: Runs the operations of a group and commits them: together, or on their own where one fails.
            It sets the result or the error of each; what it raises concerns all that were not committed.
        explain: Makes a sentence of a driver's error.
        committed: Is told how many shared a commit, and how many seconds it took.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Write]], Awaitable[None]],
        explain: Explain,
        committed: Callable[[int, float], None] = lambda _, __: None,
    ) -> None:
        self._commit = commit
        self._explain = explain
        self._committed = committed
        self._waiting: deque[Write] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def write(self, operation: Operation) -> Any:
        """Run an operation in one of the next groups."""
        write = Write(operation, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_groups(), context=Context())
        return await write.done

    async def _write_groups(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(GROUP_SIZE, len(self._waiting)))]
            failure: BaseException | None = None
            began = perf_counter()
            try:
                await self._commit(group)
                self._committed(len(group), perf_counter() - began)
            except Exception as error:
                failure = error
            except BaseException as error:
                failure = error
                raise
            finally:
                for write in group:
                    write.settle(failure, self._explain)

    async def finish(self) -> None:
        """Wait until nothing waits any more."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait({self._writer})
