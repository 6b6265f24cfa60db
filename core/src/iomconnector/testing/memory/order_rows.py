"""What an order repository and the export ledger that belongs to it keep together."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from iomconnector.model.approvals import ApprovalDecision
from iomconnector.model.export_filters import ExportSummary
from iomconnector.model.exports import (
    ExportAttempt,
    ExportPause,
    ExportRequest,
    OrderCorrection,
    PlacedOrder,
)
from iomconnector.model.orders import Order
from iomconnector.model.stock_holds import StockHold
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.memory.contexts import MemoryContextRepository


@dataclass(slots=True)
class OrderRow:
    """An order, what approvers decided on it, and its export.

    Arguments:
        order: The order.
        digest: The fingerprint of its content.
        placed_at: When it was placed.
        request: The row of the ledger.
        decisions: What approvers decided, step by step.
        token: The token of the latest claim; none where nobody works on it.
        from_sequence: Whether its number came from the organization's sequence.
        attempts: The attempts whose outcome is known.
        corrections: The corrections of its content.
        digests_before: The fingerprints of the contents before each of them.
        erased_at: When personal data were erased from it.
    """

    order: Order
    digest: str
    placed_at: datetime
    request: ExportRequest
    decisions: list[ApprovalDecision] = field(default_factory=list)
    token: str | None = None
    from_sequence: bool = False
    attempts: list[ExportAttempt] = field(default_factory=list)
    corrections: list[OrderCorrection] = field(default_factory=list)
    digests_before: list[str] = field(default_factory=list)
    erased_at: datetime | None = None

    @property
    def placed(self) -> PlacedOrder:
        """The order as it leaves the shop."""
        decisions = tuple(sorted(self.decisions, key=lambda decision: decision.step))
        return PlacedOrder(self.order, decisions, self.request.revision, self.erased_at)

    @property
    def stored(self) -> StoredOrder:
        """The order with everything known about its export."""
        return StoredOrder(self.placed, self.request)

    @property
    def summary(self) -> ExportSummary:
        """The export as a list shows it."""
        return ExportSummary(self.request, self.placed_at, self.order.customer.number, self.erased_at)


class MemoryShop:
    """The rows of one shop.

    Arguments:
        contexts: The channels that there are.
    """

    def __init__(self, contexts: MemoryContextRepository) -> None:
        self.contexts = contexts
        self.paused: dict[str, ExportPause] = {}
        self.holds: dict[str, StockHold] = {}
        self._rows: dict[int, OrderRow] = {}
        self._keys: dict[tuple[str, str], int] = {}

    def find(self, channel: str, number: str) -> OrderRow | None:
        """The order of that number, or none."""
        key = self._keys.get((channel, number))
        return None if key is None else self._rows[key]

    def elsewhere(self, channel: str, number: str) -> list[OrderRow]:
        """The orders of that number in other channels of the channel's organization."""
        found = (self.find(other, number) for other in self.contexts.beside(channel))
        return [row for row in found if row is not None]

    def get(self, order_id: int) -> OrderRow | None:
        """The order of that key, or none."""
        return self._rows.get(order_id)

    def next_id(self) -> int:
        """The key of the next order."""
        return len(self._rows) + 1

    def add(self, row: OrderRow) -> None:
        """Add an order under its key."""
        self._rows[row.request.order_id] = row
        self._keys[row.order.channel, row.order.number] = row.request.order_id

    def __iter__(self) -> Iterator[OrderRow]:
        """Every order, by its key."""
        return iter(self._rows.values())
