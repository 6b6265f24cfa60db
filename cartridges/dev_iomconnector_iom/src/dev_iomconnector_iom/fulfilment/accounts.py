"""Invoices, credit notes and payments of an order. Amounts are in the currency of the order, 2 decimals."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.fulfilment.progress import (
    DocumentRecord,
    Invoice,
    PaymentEvent,
    Progress,
    positions_of,
)

_CENT = Decimal("0.01")
_ZERO = Decimal("0.00")


def total_gross(order: JsonObject) -> Decimal:
    """What the customer pays; the net total where the order names no gross one."""
    return _paid(order["sales"]["total"])


def authorize(order: JsonObject, progress: Progress, now: datetime) -> None:
    """Note the authorization that the shop's checkout got."""
    progress.payments.append(
        PaymentEvent(amount=total_gross(order), type="ACTION", action="AUTHORIZATION", created_at=now)
    )


def invoice(
    order: JsonObject,
    order_id: int,
    progress: Progress,
    pieces: dict[int, int],
    now: datetime,
    *,
    captures: bool,
) -> None:
    """Write the invoice for dispatched pieces; the last one takes what rounding and charges left over.

    Arguments:
        pieces: Pieces of this dispatch by the index of the position.
        captures: Whether the payment method captures the money with the invoice.
    """
    amount = sum((_share(order, index, count) for index, count in pieces.items()), _ZERO)
    if not any(each.open for each in progress.positions):
        invoiced = sum((each.amount for each in progress.invoices if not each.is_credit), _ZERO)
        amount = max(_ZERO, _rounded(total_gross(order) - _cancelled_value(order, progress) - invoiced))
    number = f"INV-{order_id}-{len(progress.invoices) + 1}"
    _book(
        order, progress, "invoiceNote", Invoice(number=number, amount=amount, is_credit=False, created_at=now)
    )
    if captures:
        progress.payments.append(
            PaymentEvent(
                amount=amount, type="INBOUND", action="CAPTURE", created_at=now, invoice_number=number
            )
        )


def credit(
    order: JsonObject,
    order_id: int,
    progress: Progress,
    pieces: dict[int, int],
    now: datetime,
    *,
    captures: bool,
) -> None:
    """Write the credit note for returned pieces."""
    amount = sum((_share(order, index, count) for index, count in pieces.items()), _ZERO)
    number = f"CRN-{order_id}-{len(progress.invoices) + 1}"
    _book(
        order, progress, "creditNote", Invoice(number=number, amount=amount, is_credit=True, created_at=now)
    )
    if captures:
        progress.payments.append(
            PaymentEvent(
                amount=amount, type="OUTBOUND", action="REFUND", created_at=now, invoice_number=number
            )
        )


def refund_net(order: JsonObject, index: int, count: int) -> Decimal:
    """The net value of pieces of the position at ``index``."""
    position = positions_of(order)[index]
    price = position["sum"].get("net") or position["sum"]["gross"]
    return _rounded(_amount(price) * count / position["quantity"])


def payment_state(order: JsonObject, progress: Progress) -> JsonObject | None:
    """The ``paymentState`` of an order; None before any money moved. [iom-api 2.5]

    Open amounts are positive where the shop owes and negative where the customer does.
    """
    if not progress.invoices and not progress.payments:
        return None
    debit = sum((each.amount for each in progress.invoices if not each.is_credit), _ZERO)
    owed_back = sum((each.amount for each in progress.invoices if each.is_credit), _ZERO)
    captured = _moved(progress, "INBOUND", invoiced_only=True)
    refunded = _moved(progress, "OUTBOUND", invoiced_only=True)
    paid = _moved(progress, "INBOUND", invoiced_only=False)
    repaid = _moved(progress, "OUTBOUND", invoiced_only=False)
    uses_captures = bool(captured or refunded)
    dates = [each.created_at for each in progress.invoices]
    dates += [each.created_at for each in progress.payments]
    state: JsonObject = {
        "invoicingDebitAmount": debit,
        "invoicingCreditAmount": owed_back,
        "chargedDebitAmount": captured,
        "chargedCreditAmount": refunded,
        "chargedOpenAmount": (owed_back - refunded) - (debit - captured) if uses_captures else _ZERO,
        "bookedDebitAmount": paid,
        "bookedCreditAmount": repaid,
        "bookedOpenAmount": (owed_back - repaid) - (debit - paid),
        "creationDate": instant(min(dates)),
        "lastCalculationDate": instant(max(dates)),
        "currencyCode": order["sales"]["currencyCode"],
        "paymentHistory": [_history_item(order, each) for each in progress.payments],
    }
    for name, action in (("lastCaptureDate", "CAPTURE"), ("lastRefundDate", "REFUND")):
        moments = [each.created_at for each in progress.payments if each.action == action]
        if moments:
            state[name] = instant(max(moments))
    return state


def instant(moment: datetime) -> str:
    """An instant as the contract writes it: ISO 8601, milliseconds, offset."""
    return moment.isoformat(timespec="milliseconds")


def _moved(progress: Progress, direction: str, *, invoiced_only: bool) -> Decimal:
    return sum(
        (
            each.amount
            for each in progress.payments
            if each.type == direction and (each.invoice_number is not None or not invoiced_only)
        ),
        _ZERO,
    )


def _history_item(order: JsonObject, event: PaymentEvent) -> JsonObject:
    item: JsonObject = {
        "amount": event.amount,
        "currencyCode": order["sales"]["currencyCode"],
        "type": event.type,
        "action": event.action,
        "paymentMethod": order["payment"]["paymentMethod"],
        "creationDate": instant(event.created_at),
        "modificationDate": instant(event.created_at),
    }
    if event.invoice_number:
        item["invoiceNumber"] = event.invoice_number
    if event.comment:
        item["comment"] = event.comment
    return item


def _book(order: JsonObject, progress: Progress, document_type: str, booked: Invoice) -> None:
    progress.invoices.append(booked)
    title = "Credit note" if booked.is_credit else "Invoice"
    progress.documents.append(
        DocumentRecord(
            type=document_type,
            title=f"{title} {booked.number}",
            lines=[
                f"Order {order['shopOrderNumber']} of {order['shopOrderCreationDate']}",
                f"Amount {booked.amount} {order['sales']['currencyCode']}",
                f"Payment method {order['payment']['paymentMethod']}",
            ],
            created_at=booked.created_at,
        )
    )


def _share(order: JsonObject, index: int, count: int) -> Decimal:
    position = positions_of(order)[index]
    return _rounded(_paid(position["sum"]) * count / position["quantity"])


def _cancelled_value(order: JsonObject, progress: Progress) -> Decimal:
    return sum(
        (
            _share(order, index, each.cancelled)
            for index, each in enumerate(progress.positions)
            if each.cancelled
        ),
        _ZERO,
    )


def _paid(price: JsonObject) -> Decimal:
    return _amount(price.get("gross") or price["net"])


def _amount(price: Any) -> Decimal:
    return Decimal(price.get("amountDiscounted", price["amount"]))


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
