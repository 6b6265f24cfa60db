"""The shop's orders in memory."""

from collections.abc import Sequence, Set
from dataclasses import replace

from iomconnector.errors import NotFoundError, StorageError
from iomconnector.model.approvals import ApprovalDecision
from iomconnector.model.erasure import without_personal_data
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.order_documents import digest_of
from iomconnector.model.orders import Order
from iomconnector.observability.tracing import current_trace_parent
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_repository import PlacementOutcome, StoredOrder
from iomconnector.testing.memory.order_rows import MemoryShop, OrderRow
from iomconnector.testing.memory.reservation_ledger import bind_reservation


class MemoryOrderRepository:
    """Implements :class:`~iomconnector.ports.order_repository.OrderRepository`."""

    def __init__(self, shop: MemoryShop, clock: Clock) -> None:
        self._shop = shop
        self._clock = clock

    async def place(
        self,
        orders: Sequence[tuple[Order, ExportState]],
        *,
        from_sequence: Set[tuple[str, str]] = frozenset(),
    ) -> Sequence[PlacementOutcome]:
        """Store orders with their export requests."""
        unknown = sorted({order.channel for order, _ in orders if order.channel not in self._shop.contexts})
        if unknown:
            raise StorageError(
                f"None of {len(orders)} orders was stored: there is no channel {', '.join(unknown)}."
            )
        return [
            self._place(order, state, (order.channel, order.number) in from_sequence)
            for order, state in orders
        ]

    def _place(self, order: Order, state: ExportState, from_sequence: bool) -> PlacementOutcome:
        digest = digest_of(order)
        present = self._shop.find(order.channel, order.number)
        if present is not None:
            if present.erased_at is not None:
                digest = digest_of(without_personal_data(order))
            same = digest in (present.digest, *present.digests_before)
            return PlacementOutcome.ALREADY_PLACED if same else PlacementOutcome.CONFLICT
        others = self._shop.elsewhere(order.channel, order.number)
        if others and (from_sequence or any(other.from_sequence for other in others)):
            return PlacementOutcome.TAKEN_ELSEWHERE
        now = self._clock.now()
        request = ExportRequest(
            order_id=self._shop.next_id(),
            channel=order.channel,
            number=order.number,
            state=state,
            attempts=0,
            unclear=False,
            due_at=now,
            lease_until=None,
            reference=None,
            reason_code=None,
            reason=None,
            requested_at=now,
            updated_at=now,
            exported_at=None,
            trace_parent=current_trace_parent(),
        )
        self._shop.add(OrderRow(order, digest, now, request, from_sequence=from_sequence))
        if order.reservation_id is not None:
            bind_reservation(self._shop, request, order, now)
        return PlacementOutcome.PLACED

    async def get(self, channel: str, number: str) -> StoredOrder:
        """The order of that number."""
        row = self._shop.find(channel, number)
        if row is None:
            raise NotFoundError(
                f"There is no order {number} in channel {channel}.", order=number, channel=channel
            )
        return row.stored

    async def channels_of(self, number: str) -> Sequence[str]:
        """The channels in which an order of that number was placed."""
        return sorted(row.order.channel for row in self._shop if row.order.number == number)

    async def page(
        self,
        *,
        channel: str | None = None,
        states: Sequence[ExportState] = (),
        after: int = 0,
        limit: int = 100,
    ) -> Sequence[StoredOrder]:
        """Orders by ascending key."""
        found = [
            row.stored
            for row in self._shop
            if row.request.order_id > after
            and (channel is None or row.order.channel == channel)
            and (not states or row.request.state in states)
        ]
        return found[:limit]

    async def decide(self, order_id: int, decision: ApprovalDecision, state: ExportState) -> bool:
        """Keep an approver's decision and move the waiting request."""
        row = self._shop.get(order_id)
        if row is None or row.request.state is not ExportState.WAITING_FOR_APPROVAL:
            return False
        if any(taken.step == decision.step for taken in row.decisions):
            return False
        now = self._clock.now()
        row.decisions.append(decision)
        row.request = replace(row.request, state=state, due_at=now, updated_at=now, requested_at=now)
        return True
