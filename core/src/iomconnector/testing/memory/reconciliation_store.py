"""The shop's side of a reconciliation in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from iomconnector.model.audit import AuditEntry
from iomconnector.model.exports import ExportState
from iomconnector.ports.reconciliation_store import Reopening, ShopOrder
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.order_rows import MemoryShop, OrderRow

REOPENED = "export.reopened"


class MemoryReconciliationStore:
    """Implements :class:`~iomconnector.ports.reconciliation_store.ReconciliationStore`.

    Arguments:
        shop: The shop's orders.
        audit_trail: Where changes are recorded.
    """

    def __init__(self, shop: MemoryShop, audit_trail: MemoryAuditTrail) -> None:
        self._shop = shop
        self._audit_trail = audit_trail

    async def count_placed(self, channels: Sequence[str], start: datetime, end: datetime) -> int:
        """How many orders were placed in these channels in a period."""
        return len(self._placed(channels, start, end))

    async def placed_between(
        self, channels: Sequence[str], start: datetime, end: datetime, *, after: int = 0, limit: int = 500
    ) -> Sequence[ShopOrder]:
        """Those orders by ascending key."""
        found = [order for order in self._placed(channels, start, end) if order.order_id > after]
        return found[:limit]

    async def of_numbers(self, numbers: Sequence[str]) -> Sequence[ShopOrder]:
        """The orders of any channel that have one of these numbers."""
        return [_shop_order(row) for row in self._shop if row.order.number in numbers]

    async def make_due(self, reopenings: Sequence[Reopening], *, by: str, at: datetime) -> int:
        """Make exports due, the question before the order."""
        return sum(self._make_due(reopening, by, at) for reopening in reopenings)

    def _placed(self, channels: Sequence[str], start: datetime, end: datetime) -> list[ShopOrder]:
        return [
            _shop_order(row)
            for row in self._shop
            if row.order.channel in channels and start <= row.placed_at < end
        ]

    def _make_due(self, reopening: Reopening, by: str, at: datetime) -> bool:
        row = self._shop.get(reopening.order_id)
        if row is None or row.erased_at is not None:
            return False
        if (row.request.state, row.request.updated_at) != (reopening.state, reopening.updated_at):
            return False
        row.token = None
        row.request = replace(
            row.request,
            state=ExportState.DUE,
            unclear=True,
            failures=0,
            abandoned=0,
            reason_code=REOPENED,
            reason=reopening.reason,
            due_at=at,
            updated_at=at,
            exported_at=None,
            lease_until=None,
        )
        changes = {
            "state": (reopening.state.value, ExportState.DUE.value),
            "reason": (None, reopening.reason),
        }
        self._audit_trail.append(
            AuditEntry(at, by, REOPENED, reopening.number, reopening.channel, changes=changes)
        )
        return True


def _shop_order(row: OrderRow) -> ShopOrder:
    return ShopOrder(row.request.order_id, row.order.channel, row.order.number, row.placed_at, row.stored)
