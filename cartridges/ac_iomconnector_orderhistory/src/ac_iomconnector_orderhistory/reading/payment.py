"""How far an order is paid, from IOM's payment state. [KB B29919, payment panel; iom-api 2.5]

What each amount means is in the official document: ``invoicingDebit`` and ``invoicingCredit`` are all
invoices and all credit notes, ``chargedDebit`` and ``chargedCredit`` what was captured and refunded,
``bookedDebit`` and ``bookedCredit`` what came in and went out. How they make "Paid" and a percentage is our
own contract, see the README.
"""

from decimal import ROUND_FLOOR, Decimal
from typing import Final

from ac_iomconnector_orderhistory.reading.parts import Part, amount, moment, money, part, parts, text
from iomconnector.model.money import Money
from iomconnector.model.order_states import PaymentEntry, PaymentState, PaymentStatus

ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)
_STEP: Final = Decimal("0.01")


def payment_of(state: Part, total: Money | None) -> PaymentState | None:
    """How far an order is paid; none where IOM tells nothing that can be understood.

    Arguments:
        state: IOM's order state.
        total: The total of the order, which is due while there is no invoice.
    """
    found = part(state, "paymentState")
    currency = text(found, "currencyCode") or (total.currency if total else None)
    if not found or currency is None or money(ZERO, currency) is None:
        return None
    invoices, credits = _positive(found, "invoicingDebitAmount"), _positive(found, "invoicingCreditAmount")
    came_in = max(_positive(found, "chargedDebitAmount"), _positive(found, "bookedDebitAmount"))
    went_out = max(_positive(found, "chargedCreditAmount"), _positive(found, "bookedCreditAmount"))
    if invoices == ZERO and total is None:
        return None
    entries = sorted(_entries(found, currency), key=lambda entry: entry.at)
    return settled(
        invoiced=max(ZERO, invoices - credits) if invoices > ZERO else None,
        total=total.amount if total else ZERO,
        received=max(came_in - went_out, ZERO),
        currency=currency,
        entries=tuple(entries),
    )


def settled(
    *,
    invoiced: Decimal | None,
    total: Decimal,
    received: Decimal,
    currency: str,
    entries: tuple[PaymentEntry, ...] = (),
) -> PaymentState:
    """What is paid, what is left, and in how many percent.

    Arguments:
        invoiced: Invoices less credits, at least 0; none while there is no invoice.
        total: The total of the order; due while there is no invoice.
        received: What was paid less what was given back, at least 0.
        currency: ISO 4217.
        entries: The movements.
    """
    due = max(ZERO, total) if invoiced is None else invoiced
    counted = min(received, due)
    percent = _HUNDRED if received >= due else (counted * _HUNDRED / due).quantize(_STEP, ROUND_FLOOR)
    status = (
        PaymentStatus.PAID
        if received >= due
        else PaymentStatus.PART_PAID
        if received > ZERO
        else PaymentStatus.NOT_PAID
    )

    def of(number: Decimal) -> Money:
        return Money(amount=number, currency=currency)

    return PaymentState(
        status=status,
        due=of(due),
        paid=of(received),
        paid_percent=percent,
        remaining=of(due - counted),
        remaining_percent=_HUNDRED - percent,
        open_invoiced=of(ZERO if invoiced is None else due - counted),
        overpaid=of(received - counted),
        invoiced=invoiced is not None,
        entries=entries,
    )


def _positive(document: Part, name: str) -> Decimal:
    return max(ZERO, amount(document, name) or ZERO)


def _entries(state: Part, currency: str) -> list[PaymentEntry]:
    found = []
    for each in parts(state, "paymentHistory"):
        at = moment(each, "creationDate") or moment(each, "modificationDate")
        number = amount(each, "amount")
        moved = money(abs(number) if number is not None else None, text(each, "currencyCode") or currency)
        if at is None or moved is None:
            continue
        found.append(
            PaymentEntry(
                at=at,
                amount=moved,
                direction=text(each, "type") or "",
                action=text(each, "action") or "",
                method=text(each, "paymentMethod"),
                invoice=text(each, "invoiceNumber"),
                comment=text(each, "comment"),
            )
        )
    return found
