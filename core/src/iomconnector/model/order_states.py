"""What an order management system knows of an order after it was handed over: an observation of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from iomconnector.model.money import Money
from iomconnector.model.order_status import StatusName
from iomconnector.model.values import Exact, Moment, RequiredText, Text, Value

Pieces = int
"""A number of pieces, of one product."""


class ConfirmedQuantity(Value):
    """Pieces that a supplier promised."""

    quantity: Pieces
    planned_delivery: date | None = None


class Cancellation(Value):
    """Pieces that will not come.

    Arguments:
        quantity: How many.
        at: When it was decided.
        reason_code: The reason, as a code of an open set.
        reason: The reason, as a sentence.
    """

    quantity: Pieces
    at: Moment | None = None
    reason_code: Text | None = None
    reason: Text | None = None


class Tracking(Value):
    """How a parcel can be followed.

    Arguments:
        number: The carrier's number of it.
        url: The page of the carrier, where the order management system names one; not checked.
    """

    number: Text
    url: Text | None = None


class Dispatch(Value):
    """Pieces of a position that left a supplier.

    Arguments:
        quantity: How many.
        at: When.
        delivery_note: The number of the delivery note, which tells what left together.
        carrier: Who carries it.
        packages: In how many packages.
        tracking: How to follow it.
        serial_numbers: Of the pieces, where they have any.
    """

    quantity: Pieces
    at: Moment
    delivery_note: Text | None = None
    carrier: Text | None = None
    packages: int | None = None
    tracking: Tracking | None = None
    serial_numbers: tuple[Text, ...] = ()


class GoodsReturn(Value):
    """Pieces that came back.

    Arguments:
        quantity: How many.
        at: When the supplier took them in.
        status: Where the return stands, a name of an open set.
        reason: Why, as a name of an open set.
        kind: Return, recall, defect ..., a name of an open set.
        refund_net: The net amount given back.
        serial_numbers: Of the pieces, where they have any.
    """

    quantity: Pieces
    status: Text
    at: Moment | None = None
    reason: Text | None = None
    kind: Text | None = None
    refund_net: Money | None = None
    serial_numbers: tuple[Text, ...] = ()


class PositionState(Value):
    """What became of one line of an order.

    Arguments:
        position: Its number, identical in both systems; none where it has none there.
        sku: The product.
        name: The product's name.
        unit: The unit of the quantities.
        status: Where the position stands.
        ordered: Pieces ordered; none where the order management system does not say it.
        supplier: Who delivers it.
        commissioned_at: When the supplier got it.
        confirmed_at: When the supplier answered.
        confirmed: What the supplier promised.
        cancellations: What will not come.
        dispatches: What was sent.
        returns: What came back.
    """

    position: int | None = None
    sku: Text
    name: Text
    unit: Text | None = None
    status: StatusName
    ordered: Pieces | None = None
    supplier: Text | None = None
    commissioned_at: Moment | None = None
    confirmed_at: Moment | None = None
    confirmed: tuple[ConfirmedQuantity, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    returns: tuple[GoodsReturn, ...] = ()

    @property
    def confirmed_quantity(self) -> Pieces:
        """Pieces that suppliers promised."""
        return sum(each.quantity for each in self.confirmed)

    @property
    def cancelled_quantity(self) -> Pieces:
        """Pieces that will not come."""
        return sum(each.quantity for each in self.cancellations)

    @property
    def dispatched_quantity(self) -> Pieces:
        """Pieces that were sent."""
        return sum(each.quantity for each in self.dispatches)

    @property
    def returned_quantity(self) -> Pieces:
        """Pieces that came back."""
        return sum(each.quantity for each in self.returns)


class Note(Value):
    """What somebody of the merchant wrote about an order. Not every note is for customers."""

    text: Text
    kind: Text | None = None
    at: Moment | None = None


class DocumentKind(StrEnum):
    """What documents can be asked for by; the values are ICM's legacy filters. [KB 28K198]"""

    CREDIT_NOTE = "creditnotes"
    DELIVERY_NOTE = "delivery"
    INVOICE_CREDIT_NOTE = "invoicecreditnotes"
    INVOICE = "invoices"
    RETURN_LABEL = "returnlabel"
    RETURN_SLIP = "returnslip"


class OrderDocument(Value):
    """A document about an order that its customer may have. How to get it is the business of the adapter: no
    address of the order management system ever stands here.

    Arguments:
        id: Names it within its order; letters, digits, ``-`` and ``_``. The same document keeps it.
        type: Its type as the order management system names it, of an open set.
        kind: What it can be asked for by; none where the type is not known.
        name: For people and as a file name, without ending: ``<type>_<number>_<time>``. [KB 28K198]
        created_at: When it was made.
        mime_type: What it is said to be.
    """

    id: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
    type: Text
    kind: DocumentKind | None = None
    name: Text
    created_at: Moment | None = None
    mime_type: Text | None = None


class PaymentStatus(StrEnum):
    """How far an order is paid. [KB B29919, payment panel]"""

    PAID = "Paid"
    PART_PAID = "Part Paid"
    NOT_PAID = "Not Paid"


class PaymentEntry(Value):
    """One movement of money.

    Arguments:
        at: When.
        amount: How much, positive.
        direction: ``INBOUND`` (to the merchant), ``OUTBOUND`` or ``ACTION``, of an open set.
        action: ``AUTHORIZATION``, ``CAPTURE``, ``REFUND`` ..., of an open set.
        method: The payment method.
        invoice: The number of the invoice.
        comment: What was noted with it.
    """

    at: Moment
    amount: Money
    direction: Text
    action: Text
    method: Text | None = None
    invoice: Text | None = None
    comment: Text | None = None


class PaymentState(Value):
    """How far an order is paid.

    Arguments:
        status: Paid, partly paid or not paid.
        due: What is to be paid in all: invoices less credits, or the total of the order while there is no
            invoice.
        paid: What was paid in all, less what was given back; never less than 0.
        paid_percent: ``paid`` of ``due`` in percent, from 0 to 100, rounded down to two decimals; 100 is
            paid.
        remaining: What is left to pay of ``due``, never less than 0.
        remaining_percent: 100 less ``paid_percent``.
        open_invoiced: What was invoiced and is not paid yet, never less than 0.
        overpaid: What was paid too much and not given back yet, never less than 0.
        invoiced: Whether there is an invoice.
        entries: The movements, oldest first.
    """

    status: PaymentStatus
    due: Money
    paid: Money
    paid_percent: Exact
    remaining: Money
    remaining_percent: Exact
    open_invoiced: Money
    overpaid: Money
    invoiced: bool
    entries: tuple[PaymentEntry, ...] = ()


class OrderState(Value):
    """An order as its order management system showed it once.

    Arguments:
        number: The shop's number of the order.
        created_at: When the shop created it, as it stands there; none where that cannot be read.
        status: Where it stands.
        customer: The shop's number of the customer.
        total: The gross total, or the net one where there is no other.
        positions: What became of each line.
        notes: What was written about it.
        payment: How far it is paid; none where the system tells nothing about it.
        documents: What its customer may have.
    """

    number: RequiredText
    created_at: Moment | None = None
    status: StatusName
    customer: Text | None = None
    total: Money | None = None
    positions: tuple[PositionState, ...] = ()
    notes: tuple[Note, ...] = ()
    payment: PaymentState | None = None
    documents: tuple[OrderDocument, ...] = ()


class StateSource(StrEnum):
    """Which source answered what a page shows of an order."""

    ORDER_MANAGEMENT = "order management"
    """The order management system, within the time for which its answers are kept."""
    LAST_KNOWN = "last known"
    """What the order management system said before; it cannot be asked now, or does not answer in time."""
    SHOP = "shop"
    """The shop's own database: the order is not handed over yet, the service is not active, or nothing
    else is known."""


def age_seconds(at: datetime, now: datetime) -> int:
    """How old an observation is in whole seconds, never less than 0."""
    return max(0, int((now - at).total_seconds()))
