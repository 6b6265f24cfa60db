"""Prices as ICM's REST interface shows them: gross and net, always both. [storefront-clients 1.2]

A client drops a total that lacks one of them. Where the shop computed one only, the other is that one less or
plus the taxes that the shop computed; nothing else is ever derived.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, PlainSerializer

from iomconnector.model.money import Money
from iomconnector.model.orders import Order
from iomconnector.model.prices import Charge, Price, Tax, TotalPrice

Number = Annotated[Decimal, PlainSerializer(float, return_type=float)]
"""An exact number that is a number of JSON on the wire, as ICM has it; two decimals survive that exactly."""


class Amount(BaseModel):
    """An amount of money."""

    value: Number
    currency: str


class PriceItem(BaseModel):
    """A price, gross and net."""

    gross: Amount
    net: Amount
    tax: Amount


class Totals(BaseModel):
    """The totals of an order."""

    itemTotal: PriceItem
    undiscountedItemTotal: PriceItem
    shippingTotal: PriceItem
    paymentCostsTotal: PriceItem
    surchargeTotal: PriceItem
    grandTotal: PriceItem


def totals_of(order: Order) -> Totals:
    """The totals of an order."""
    charges = [*order.charges, *(charge for bucket in order.shipping_buckets for charge in bucket.charges)]
    currency = order.currency
    return Totals(
        itemTotal=price_item(order.subtotal, currency),
        undiscountedItemTotal=price_item(order.subtotal, currency, discounted=False),
        shippingTotal=_charged((each for each in charges if each.type == "shipping"), currency),
        paymentCostsTotal=_charged((each for each in charges if each.type == "payment"), currency),
        surchargeTotal=_charged(
            (each for each in charges if each.type not in ("shipping", "payment")), currency
        ),
        grandTotal=price_item(order.total, currency),
    )


def price_item(price: TotalPrice, currency: str, *, discounted: bool = True) -> PriceItem:
    """A price of an order."""
    gross, net = _amount(price.gross, discounted), _amount(price.net, discounted)
    return both(gross, net, _taxes(price.taxes), currency)


def both(gross: Decimal | None, net: Decimal | None, tax: Decimal, currency: str) -> PriceItem:
    """A price of which at least one of gross and net is known."""
    if gross is None:
        gross = (net or Decimal(0)) + tax
    if net is None:
        net = gross - tax
    return PriceItem(
        gross=Amount(value=gross, currency=currency),
        net=Amount(value=net, currency=currency),
        tax=Amount(value=tax, currency=currency),
    )


def paid(money: Money) -> PriceItem:
    """An amount that a payment pays: there is no tax on that."""
    return both(money.amount, money.amount, Decimal(0), money.currency)


def _charged(charges: Iterable[Charge], currency: str) -> PriceItem:
    gross, net, tax = Decimal(0), Decimal(0), Decimal(0)
    for charge in charges:
        gross += _amount(charge.gross, True) or 0
        net += _amount(charge.net, True) or 0
        tax += _taxes(charge.taxes)
    return both(gross, net, tax, currency)


def _amount(price: Price | None, discounted: bool) -> Decimal | None:
    if price is None:
        return None
    return (price.effective if discounted else price.amount).amount


def _taxes(taxes: Iterable[Tax]) -> Decimal:
    return sum((tax.amount.amount for tax in taxes), Decimal(0))
