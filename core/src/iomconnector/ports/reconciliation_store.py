"""The shop's side of a reconciliation: its orders by period and by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

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


class OrderKey(NamedTuple):
    """Which order it is.

    Arguments:
        placed_at: When it was placed.
        order_id: Its key.
        number: Its number.
    """

    placed_at: datetime
    order_id: int
    number: str


class ReconciliationStore(Protocol):
    """Reads orders in bulk. One that cannot be read hides no other."""

    async def count_placed(self, channels: Sequence[str], start: datetime, end: datetime) -> int:
        """How many orders were placed in these channels at ``start`` or later and before ``end``."""
        ...

    async def placed_between(
        self,
        channels: Sequence[str],
        start: datetime,
        end: datetime,
        *,
        after: OrderKey | None = None,
        limit: int = 500,
    ) -> Sequence[OrderKey]:
        """Those orders as they were placed, those of one moment by key; beginning behind ``after``, the last
        one of the page before. Nothing is read of what is in them."""
        ...

    async def of_numbers(self, numbers: Sequence[str]) -> Sequence[ShopOrder]:
        """The orders of any channel that have one of these numbers, by ascending key."""
        ...
