"""What is remembered of a transaction while it lasts, and what is to happen as soon as it is committed."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeAlias

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

Call: TypeAlias = Callable[[], Awaitable[None]]

KEY = "iomconnector_transaction"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Transaction:
    """The transaction of a connection of :meth:`~iomconnector.storage.database.Database.write`.

    Arguments:
        after_commit: Is called in its order when the transaction is committed, before the writers are told.
            It must be quick and must not write the database.
        marks: What happens once in the transaction, and did.
    """

    after_commit: list[Call] = field(default_factory=list)
    marks: set[Hashable] = field(default_factory=set)

    def first(self, mark: Hashable) -> bool:
        """Whether it is marked now for the first time."""
        if mark in self.marks:
            return False
        self.marks.add(mark)
        return True


def transaction_of(connection: AsyncConnection) -> Transaction:
    """The transaction of a connection."""
    transaction: Transaction = connection.sync_connection.info.setdefault(KEY, Transaction())  # type: ignore[union-attr]
    return transaction


def begun(connection: AsyncConnection) -> None:
    """Forget the transaction that the connection had before."""
    connection.sync_connection.info[KEY] = Transaction()  # type: ignore[union-attr]


async def committed(connection: AsyncConnection) -> None:
    """Do what follows the commit. What fails is logged: nothing can be undone now."""
    calls = transaction_of(connection).after_commit
    while calls:
        try:
            await calls.pop(0)()
        except Exception:
            log.exception("something that follows a commit failed")
