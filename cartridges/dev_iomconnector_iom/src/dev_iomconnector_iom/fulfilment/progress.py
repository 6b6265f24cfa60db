"""How far an order is: the part of an order that the stand-in itself writes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from pydantic import Base64Bytes, BaseModel, Field

from dev_iomconnector_iom.exact_json import JsonObject


class Cancellation(BaseModel):
    """Pieces of a position that will not come."""

    quantity: int
    cancelled_at: datetime
    reason: str
    text: str


class Dispatch(BaseModel):
    """Pieces of a position in a parcel."""

    quantity: int
    dispatched_at: datetime
    delivery_note: str
    carrier: str
    packages: int
    tracking_number: str
    tracking_url: str
    serial_numbers: list[str] = Field(default_factory=list)


class GoodsReturn(BaseModel):
    """Pieces of a position that came back."""

    quantity: int
    entered_at: datetime
    reason: str
    type: str
    refund_net: Decimal
    serial_numbers: list[str] = Field(default_factory=list)


class PositionProgress(BaseModel):
    """How far a position is.

    Arguments:
        number: The number by which the control interface knows it: its own, or its place, counted from 1.
        ordered: Pieces ordered.
    """

    number: int
    ordered: int
    supplier: str | None = None
    commissioned_at: datetime | None = None
    planned_delivery: date | None = None
    cancellations: list[Cancellation] = Field(default_factory=list)
    dispatches: list[Dispatch] = Field(default_factory=list)
    returns: list[GoodsReturn] = Field(default_factory=list)

    @property
    def cancelled(self) -> int:
        """Pieces cancelled."""
        return sum(each.quantity for each in self.cancellations)

    @property
    def dispatched(self) -> int:
        """Pieces dispatched."""
        return sum(each.quantity for each in self.dispatches)

    @property
    def returned(self) -> int:
        """Pieces returned."""
        return sum(each.quantity for each in self.returns)

    @property
    def open(self) -> int:
        """Pieces neither dispatched nor cancelled."""
        return self.ordered - self.cancelled - self.dispatched


class Note(BaseModel):
    """A note on the order."""

    message: str
    type: str
    created_at: datetime


class DocumentRecord(BaseModel):
    """A document; its PDF is made of the lines when somebody asks for it, or is given as ``content``."""

    type: str
    title: str
    lines: list[str]
    created_at: datetime
    content: Base64Bytes | None = None


class Invoice(BaseModel):
    """An invoice or, with ``is_credit``, a credit note."""

    number: str
    amount: Decimal
    is_credit: bool
    created_at: datetime


class PaymentEvent(BaseModel):
    """A movement of money, in the words of the payment history. [iom-api 2.5]"""

    amount: Decimal
    type: str
    action: str
    created_at: datetime
    invoice_number: str | None = None
    comment: str | None = None


class Progress(BaseModel):
    """How far an order is.

    Arguments:
        stage: The state of the walk, without prefix; it ends with COMMISSIONED, after which quantities tell.
        approved: The approval that the order has got; None where nobody decided.
    """

    stage: str = "INITIAL"
    approved: bool | None = None
    positions: list[PositionProgress] = Field(default_factory=list)
    notes: list[Note] = Field(default_factory=list)
    documents: list[DocumentRecord] = Field(default_factory=list)
    invoices: list[Invoice] = Field(default_factory=list)
    payments: list[PaymentEvent] = Field(default_factory=list)

    @property
    def nothing_happened(self) -> bool:
        """Whether no piece was dispatched, cancelled or returned yet, so that the order may still change."""
        return not any(each.dispatches or each.cancellations or each.returns for each in self.positions)


class OrderInHand(Protocol):
    """What the walk and the actions need of a stored order."""

    @property
    def id(self) -> int:
        """The number of the order in the store."""

    @property
    def document(self) -> JsonObject:
        """The order as it was sent, settled."""

    @property
    def progress(self) -> Progress:
        """How far the order is; this is what they write."""


def positions_of(order: JsonObject) -> list[JsonObject]:
    """All positions of an order in the order of their buckets."""
    return [position for bucket in order["shippingBuckets"] for position in bucket["positions"]]


def fresh_progress(order: JsonObject) -> Progress:
    """The progress of an order that was stored just now."""
    return Progress(
        positions=[
            PositionProgress(number=position.get("number", place), ordered=position["quantity"])
            for place, position in enumerate(positions_of(order), start=1)
        ]
    )
