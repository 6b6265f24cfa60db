"""Paid, partly paid, not paid: the table of the README, and what holds for any amounts."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ac_iomconnector_orderhistory.reading.payment import payment_of, settled
from iomconnector.model.money import Money
from iomconnector.model.order_states import PaymentStatus

TOTAL = Money(amount=Decimal(100), currency="EUR")
amounts = st.decimals(0, 10_000_000, places=2) | st.decimals(0, 1000, places=5)


def _state(**amounts: object) -> dict[str, Any]:
    named = {
        name: amounts.get(name, 0)
        for name in ("invoicingDebit", "invoicingCredit", "chargedDebit", "chargedCredit")
    }
    named |= {name: amounts.get(name, 0) for name in ("bookedDebit", "bookedCredit")}
    return {
        "paymentState": {"currencyCode": "EUR", **{f"{name}Amount": each for name, each in named.items()}}
    }


@pytest.mark.parametrize(
    ("state", "status", "percent", "open_invoiced", "overpaid"),
    [
        (_state(), "Not Paid", 0, 0, 0),
        (_state(bookedDebit=30), "Part Paid", 30, 0, 0),
        (_state(invoicingDebit=100), "Not Paid", 0, 100, 0),
        (_state(invoicingDebit=100, bookedDebit=Decimal("99.999")), "Part Paid", "99.99", "0.001", 0),
        (_state(invoicingDebit=100, bookedDebit=100), "Paid", 100, 0, 0),
        (_state(invoicingDebit=100, chargedDebit=100), "Paid", 100, 0, 0),
        (_state(invoicingDebit=100, bookedDebit=120), "Paid", 100, 0, 20),
        (_state(invoicingDebit=100, invoicingCredit=30, bookedDebit=100), "Paid", 100, 0, 30),
        (_state(invoicingDebit=100, invoicingCredit=30, bookedDebit=100, bookedCredit=30), "Paid", 100, 0, 0),
        (
            _state(invoicingDebit=100, invoicingCredit=100, chargedDebit=100, chargedCredit=100),
            "Paid",
            100,
            0,
            0,
        ),
        (
            _state(
                invoicingDebit=100, invoicingCredit=100, chargedDebit=100, bookedDebit=100, bookedCredit=100
            ),
            "Paid",
            100,
            0,
            0,
        ),
        (_state(invoicingDebit=100, bookedDebit=100, chargedCredit=100), "Not Paid", 0, 100, 0),
        (_state(invoicingDebit=-5, bookedDebit=-7), "Not Paid", 0, 0, 0),
    ],
)
def test_the_table_of_the_readme(
    state: dict[str, Any], status: str, percent: object, open_invoiced: object, overpaid: object
) -> None:
    payment = payment_of(state, TOTAL)
    assert payment is not None
    assert payment.status == status
    assert payment.paid_percent == Decimal(str(percent))
    assert payment.open_invoiced.amount == Decimal(str(open_invoiced))
    assert payment.overpaid.amount == Decimal(str(overpaid))


def test_a_total_of_nothing_is_paid() -> None:
    payment = payment_of(_state(), Money(amount=Decimal(0), currency="EUR"))
    assert payment is not None
    assert payment.status is PaymentStatus.PAID
    assert payment.paid_percent == 100


def test_without_a_payment_state_nothing_is_shown() -> None:
    assert payment_of({}, TOTAL) is None
    assert payment_of({"paymentState": "paid"}, TOTAL) is None
    assert payment_of({"paymentState": {"currencyCode": "no currency"}}, None) is None


def test_movements_come_oldest_first_as_amounts_of_their_own_currency() -> None:
    state = _state(invoicingDebit=100)
    state["paymentState"]["paymentHistory"] = [
        {"creationDate": "2026-11-04T08:00:00Z", "amount": -30, "type": "OUTBOUND", "currencyCode": "USD"},
        {"amount": 7},
        {"modificationDate": "2026-11-03T08:00:00Z", "amount": 100, "type": "INBOUND"},
    ]
    payment = payment_of(state, TOTAL)
    assert payment is not None
    moved = [(each.direction, str(each.amount)) for each in payment.entries]
    assert moved == [("INBOUND", "100 EUR"), ("OUTBOUND", "30 USD")]


@given(invoiced=st.none() | amounts, total=amounts, received=amounts)
@example(invoiced=Decimal(3), total=Decimal(0), received=Decimal("2.9999999"))
def test_percentages_and_amounts_agree(invoiced: Decimal | None, total: Decimal, received: Decimal) -> None:
    payment = settled(invoiced=invoiced, total=total, received=received, currency="EUR")
    assert 0 <= payment.paid_percent <= 100
    assert payment.paid_percent + payment.remaining_percent == 100
    assert (
        (payment.status is PaymentStatus.PAID)
        == (payment.paid_percent == 100)
        == (received >= payment.due.amount)
    )
    assert (payment.status is PaymentStatus.NOT_PAID) == (received == 0 < payment.due.amount)
    assert payment.remaining.amount == max(Decimal(0), payment.due.amount - received)
    assert payment.overpaid.amount - payment.remaining.amount == received - payment.due.amount
    assert payment.open_invoiced.amount == (payment.remaining.amount if payment.invoiced else 0)


@given(due=amounts, received=amounts, more=amounts)
def test_who_pays_more_has_paid_no_less(due: Decimal, received: Decimal, more: Decimal) -> None:
    before = settled(invoiced=due, total=due, received=received, currency="EUR")
    after = settled(invoiced=due, total=due, received=received + more, currency="EUR")
    assert after.paid_percent >= before.paid_percent
    assert after.remaining.amount <= before.remaining.amount
