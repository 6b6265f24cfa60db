"""An order as its customer sees it: what was ordered, where it stands, and who says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from iomconnector.model.exports import ExportRequest, PlacedOrder
from iomconnector.model.order_states import OrderDocument, OrderState, StateSource
from iomconnector.model.order_status import StatusName
from iomconnector.model.orders import Order


class NotAsked(StrEnum):
    """Why the order management system was not asked, or what became of the question."""

    SERVICE_INACTIVE = "service inactive"
    CIRCUIT_OPEN = "circuit open"
    TOO_SLOW = "too slow"
    UNAVAILABLE = "unavailable"
    NOT_THERE = "not there"


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order, looked at now.

    Arguments:
        placed: The order as the shop has it.
        request: Where its export stands.
        status: What to show as its status: that of the state, else the shop's own.
        source: Who says so.
        as_of: When that was so.
        state: What the order management system knows; none where nothing is known.
        reason: Why the order management system was not asked or did not answer; none where there is nothing
            to explain.
    """

    placed: PlacedOrder
    request: ExportRequest
    status: StatusName
    source: StateSource
    as_of: datetime
    state: OrderState | None = None
    reason: NotAsked | None = None

    @property
    def order_id(self) -> int:
        """The order's key in the shop's database."""
        return self.request.order_id

    @property
    def order(self) -> Order:
        """What was ordered."""
        return self.placed.order


@dataclass(frozen=True, slots=True)
class OrderHistoryPage:
    """Some orders of a customer.

    Arguments:
        orders: The orders of the page.
        total: How many there are on all pages.
    """

    orders: Sequence[OrderView]
    total: int


@dataclass(frozen=True, slots=True)
class DocumentList:
    """The documents of an order.

    Arguments:
        documents: Newest first.
        source: Who says so; ``SHOP`` where nobody could be asked and nothing is known.
        as_of: When that was so.
        reason: As in :class:`OrderView`.
    """

    documents: Sequence[OrderDocument]
    source: StateSource
    as_of: datetime
    reason: NotAsked | None = None
