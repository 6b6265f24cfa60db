"""Removing what is old, a little at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from iomconnector.model.retention import Kept


@dataclass(frozen=True, slots=True)
class Batch:
    """A few things that were old enough.

    Arguments:
        removed: How many were removed.
        next: Where the next batch begins, to give as ``after``; none where this was the last.
    """

    removed: int
    next: Any


class RetentionStore(Protocol):
    """Removes what is old. What belongs to an order that is not settled, or whose last attempt had no clear
    outcome, is evidence and stays, however old it is."""

    async def count(self, kept: Kept, before: datetime) -> int:
        """How many things of a kind are older, and may go.

        Arguments:
            kept: Messages, attempts or audit entries.
            before: Only what is older.
        """
        ...

    async def remove(
        self, kept: Kept, before: datetime, *, at: datetime, after: Any = None, limit: int = 200
    ) -> Batch:
        """Look at up to ``limit`` old things, and remove those that may go, in one short transaction.

        Arguments:
            kept: Messages, attempts or audit entries.
            before: Only what is older.
            at: Now.
            after: Go on there, as the batch before says.
            limit: How many to look at.
        """
        ...

    async def orders_to_erase(self, before: datetime, *, after: int = 0, limit: int = 200) -> Sequence[int]:
        """Keys of orders that were exported before, and from which nothing was erased; ascending, behind
        ``after``."""
        ...
