"""What the shop remembers of its reservations: for which basket or order they are, and how far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import ceil

from iomconnector.model.availability import ReservationType
from iomconnector.model.exports import ExportState
from iomconnector.model.line_items import LineItemKind
from iomconnector.model.orders import Order


class HoldState(StrEnum):
    """How far a reservation is, as far as the shop knows."""

    ASKING = "asking"
    """The inventory service is asked for it, or was, and nobody knows its answer."""
    HELD = "held"
    RELEASING = "releasing"
    """It is not needed any more, and the inventory service does not know that yet."""
    FULFILLED = "fulfilled"
    """The pieces are those of an order for good."""
    ENDED = "ended"
    """It holds nothing."""


class HoldEnd(StrEnum):
    """Why a reservation holds nothing any more."""

    RELEASED = "released"
    RAN_OUT = "ran out"
    GONE = "gone"
    """The inventory service does not know it any more."""
    REFUSED = "refused"
    """It was never made."""
    SHORT = "short"
    """It was to be made again for an order, and there is not enough any more."""
    USED = "used"
    """The order that it was made for is in the order management system."""
    LOST = "lost"
    """The answer to it was lost; what it may have held is free, for its lifetime is over."""


class OrderStage(StrEnum):
    """How far an order is, as far as its pieces are concerned."""

    WAITING = "waiting"
    """For an approval."""
    LEAVING = "leaving"
    """It may leave the shop and did not yet."""
    LEFT = "left"
    """It is in the order management system."""
    STAYS = "stays"
    """It was rejected or given up."""


STAGES: Mapping[ExportState, OrderStage] = {
    ExportState.WAITING_FOR_APPROVAL: OrderStage.WAITING,
    ExportState.DUE: OrderStage.LEAVING,
    ExportState.SENDING: OrderStage.LEAVING,
    ExportState.PARKED: OrderStage.LEAVING,
    ExportState.EXPORTED: OrderStage.LEFT,
    ExportState.REJECTED: OrderStage.STAYS,
    ExportState.GIVEN_UP: OrderStage.STAYS,
}


@dataclass(frozen=True, slots=True)
class BoundOrder:
    """The order for which pieces are held.

    Arguments:
        order_id: Its key in the shop's database.
        number: Its number.
        state: Where its export stands.
    """

    order_id: int
    number: str
    state: ExportState

    @property
    def stage(self) -> OrderStage:
        """How far it is."""
        return STAGES[self.state]


@dataclass(frozen=True, slots=True)
class StockHold:
    """One reservation, as the shop remembers it.

    Arguments:
        key: By which the inventory service recognizes it, where it can.
        channel: Where the products are sold.
        service: What was asked for it, as its endpoint is called.
        kind: What it was to do where there is not enough.
        wanted: Product -> pieces that were asked for.
        state: How far it is.
        made_at: When it was asked for.
        ends_at: When what it may hold is free again.
        look_at: When somebody has to look at it again; none where nobody has to.
        basket: The basket for which it is; none where it is for an order, or ended.
        reservation: What the inventory service calls it; none where that is not known.
        pieces: Product -> pieces that it holds, or held.
        order: The order for which it is; none where there is none yet.
        stage: The stage of the order for which the right thing was done with it.
        told: Whether the order has its id.
        end: Why it holds nothing; none where it may hold something.
        ended_at: Since when.
        version: How often it was changed.
    """

    key: str
    channel: str
    service: str
    kind: ReservationType
    wanted: Mapping[str, int]
    state: HoldState
    made_at: datetime
    ends_at: datetime
    look_at: datetime | None
    basket: str | None = None
    reservation: str | None = None
    pieces: Mapping[str, int] = field(default_factory=dict)
    order: BoundOrder | None = None
    stage: OrderStage | None = None
    told: bool = True
    end: HoldEnd | None = None
    ended_at: datetime | None = None
    version: int = 0

    @property
    def short(self) -> Mapping[str, int]:
        """Product -> pieces that were wanted and are not held."""
        missing = {sku: count - self.pieces.get(sku, 0) for sku, count in self.wanted.items()}
        return {sku: count for sku, count in missing.items() if count > 0}


def pieces_of(order: Order) -> Mapping[str, int]:
    """The pieces that an order needs, product -> pieces, rounded up."""
    pieces: dict[str, int] = {}
    for item in order.line_items:
        if item.kind is LineItemKind.PRODUCT:
            pieces[item.product.sku] = pieces.get(item.product.sku, 0) + ceil(item.quantity.value)
    return pieces
