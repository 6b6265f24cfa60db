"""The shop's orders, and with each of them the request to export it."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from iomconnector.errors import ConnectorError
from iomconnector.model.approvals import ApprovalDecision
from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder
from iomconnector.model.orders import Order


class OrderConflictError(ConnectorError):
    """Another order has that number, or that idempotency key. Nothing was changed."""

    code = "order.conflict"


class PlacementOutcome(StrEnum):
    """What became of an order that was to be placed."""

    PLACED = "placed"
    ALREADY_PLACED = "already placed"
    """The same order, number and content, was there before."""
    CONFLICT = "conflict"
    """Another order of that number was there before; nothing was stored."""
    TAKEN_ELSEWHERE = "taken elsewhere"
    """An order of another channel of the organization has the number, and one of the two got it from the
    organization's sequence; nothing was stored."""


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order in the shop's database, with everything known about its export."""

    placed: PlacedOrder
    request: ExportRequest


class OrderRepository(Protocol):
    """Keeps orders. An order and its export request are stored in one transaction, so that an order which
    a customer saw confirmed is never lost."""

    async def place(
        self,
        orders: Sequence[tuple[Order, ExportState]],
        *,
        from_sequence: Set[tuple[str, str]] = frozenset(),
    ) -> Sequence[PlacementOutcome]:
        """Store orders, each with an export request in the given state, all in one transaction.

        A number is unique in its channel. A number from the organization's sequence is unique in all channels
        of the organization, whoever comes first: of two orders that are placed at once, one is refused.

        Arguments:
            orders: The orders.
            from_sequence: Channel and number of those that got their number from the sequence.

        Returns:
            The outcome for each order, in their order. A conflict concerns its order only.

        Raises:
            StorageError: None of them was stored.
        """
        ...

    async def get(self, channel: str, number: str) -> StoredOrder:
        """The order of that number.

        Raises:
            NotFoundError: There is none.
        """
        ...

    async def channels_of(self, number: str) -> Sequence[str]:
        """The channels in which an order of that number was placed."""
        ...

    async def page(
        self,
        *,
        channel: str | None = None,
        states: Sequence[ExportState] = (),
        after: int = 0,
        limit: int = 100,
    ) -> Sequence[StoredOrder]:
        """Orders by ascending key, beginning behind ``after`` (an ``ExportRequest.order_id``)."""
        ...

    async def decide(self, order_id: int, decision: ApprovalDecision, state: ExportState) -> bool:
        """Keep an approver's decision and move the waiting request to ``state``, in one transaction.

        Returns:
            False where the request does not wait for approval, or the step was decided already; nothing
            was changed then.
        """
        ...
