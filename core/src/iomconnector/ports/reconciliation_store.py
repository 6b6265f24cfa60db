"""The shop's side of a reconciliation: its orders by period and by number, and the way back to the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from iomconnector.model.exports import ExportState
from iomconnector.ports.order_repository import StoredOrder


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """An order of the shop.

    Arguments:
        order_id: Its key.
        channel: Its channel.
        number: Its number.
        placed_at: When it was placed.
        stored: The order and its export; none where the database has no valid content of it.
        problem: What is wrong with the content then.
    """

    order_id: int
    channel: str
    number: str
    placed_at: datetime
    stored: StoredOrder | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Reopening:
    """An export that is to be made due again.

    Arguments:
        order_id: The key of the order.
        channel: Its channel.
        number: Its number.
        state: Where the export stood when this was decided.
        updated_at: When it had changed last by then.
        reason: Why it is made due again.
    """

    order_id: int
    channel: str
    number: str
    state: ExportState
    updated_at: datetime
    reason: str


class ReconciliationStore(Protocol):
    """Reads orders in bulk, and makes exports due again."""

    async def count_placed(self, channels: Sequence[str], start: datetime, end: datetime) -> int:
        """How many orders were placed in these channels at ``start`` or later and before ``end``."""
        ...

    async def placed_between(
        self, channels: Sequence[str], start: datetime, end: datetime, *, after: int = 0, limit: int = 500
    ) -> Sequence[ShopOrder]:
        """Those orders by ascending key, beginning behind the key ``after``."""
        ...

    async def of_numbers(self, numbers: Sequence[str]) -> Sequence[ShopOrder]:
        """The orders of any channel that have one of these numbers, by ascending key."""
        ...

    async def make_due(self, reopenings: Sequence[Reopening], *, by: str, at: datetime) -> int:
        """Make exports due, the question before the order; each leaves an entry in the audit trail.

        An export that changed since it was looked at, or whose order was erased, stays as it is.

        Arguments:
            reopenings: The exports.
            by: Who wants it.
            at: Now.

        Returns:
            How many were made due.
        """
        ...
