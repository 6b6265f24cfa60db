"""The shop's side of a reconciliation in memory."""

from collections.abc import Sequence
from datetime import datetime

from iomconnector.ports.reconciliation_store import OrderKey, ShopOrder
from iomconnector.testing.memory.order_rows import MemoryShop, OrderRow


class MemoryReconciliationStore:
    """Implements :class:`~iomconnector.ports.reconciliation_store.ReconciliationStore`.

    Arguments:
        shop: The shop's orders.
    """

    def __init__(self, shop: MemoryShop) -> None:
        self._shop = shop

    async def count_placed(self, channels: Sequence[str], start: datetime, end: datetime) -> int:
        """How many orders were placed in these channels in a period."""
        return len(self._placed(channels, start, end))

    async def placed_between(
        self,
        channels: Sequence[str],
        start: datetime,
        end: datetime,
        *,
        after: OrderKey | None = None,
        limit: int = 500,
    ) -> Sequence[OrderKey]:
        """Those orders as they were placed."""
        keys = sorted(
            OrderKey(order.placed_at, order.order_id, order.number)
            for order in self._placed(channels, start, end)
        )
        return [key for key in keys if after is None or key > after][:limit]

    async def of_numbers(self, numbers: Sequence[str]) -> Sequence[ShopOrder]:
        """The orders of any channel that have one of these numbers."""
        return [_shop_order(row) for row in self._shop if row.order.number in numbers]

    def _placed(self, channels: Sequence[str], start: datetime, end: datetime) -> list[ShopOrder]:
        return [
            _shop_order(row)
            for row in self._shop
            if row.order.channel in channels and start <= row.placed_at < end
        ]


def _shop_order(row: OrderRow) -> ShopOrder:
    return ShopOrder(row.request.order_id, row.order.channel, row.order.number, row.placed_at, row.stored)
