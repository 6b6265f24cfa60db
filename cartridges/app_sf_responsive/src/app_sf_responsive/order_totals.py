"""What an order costs, line by line, exactly as the shop computed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from iomconnector.model.money import Money
from iomconnector.model.orders import Order


class TotalKind(StrEnum):
    """What a line of the total is; templates have the words."""

    SUBTOTAL = "subtotal"
    PROMOTION = "promotion"
    CHARGE = "charge"
    TAX = "tax"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class TotalLine:
    """A line of the total.

    Arguments:
        kind: What it is.
        amount: How much.
        name: The name of a promotion or tax, or the type of a charge; empty for the others.
        rate: The rate of a tax in percent.
    """

    kind: TotalKind
    amount: Money
    name: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """What an order costs.

    Arguments:
        gross: Whether the prices include tax, which then is said beside the total; else it is added.
        lines: From the subtotal to the total.
    """

    gross: bool
    lines: tuple[TotalLine, ...]


def order_totals(order: Order) -> OrderTotals:
    """What an order costs: gross prices where the order has them, else net ones.

    Nothing is computed, but that taxes without a rate are one line: nothing would tell them apart.
    """
    gross = order.total.gross is not None and order.subtotal.gross is not None
    return OrderTotals(gross, tuple(_lines(order, gross=gross)))


def _lines(order: Order, *, gross: bool) -> Iterator[TotalLine]:
    net = order.subtotal.net
    yield TotalLine(TotalKind.SUBTOTAL, order.subtotal.to_pay if gross or net is None else net.effective)
    for promotion in order.subtotal.promotions:
        amount = promotion.gross if gross else promotion.net
        yield TotalLine(TotalKind.PROMOTION, amount, promotion.name)
    for charge in (*order.charges, *(each for bucket in order.shipping_buckets for each in bucket.charges)):
        price = charge.gross if gross else charge.net
        yield TotalLine(TotalKind.CHARGE, price.effective, charge.type)
    yield from _taxes(order)
    yield TotalLine(TotalKind.TOTAL, order.total.to_pay)


def _taxes(order: Order) -> Iterator[TotalLine]:
    for tax in order.total.taxes:
        if tax.rate is not None:
            yield TotalLine(TotalKind.TAX, tax.amount, tax.tax_class, tax.rate)
    unrated = [tax for tax in order.total.taxes if tax.rate is None]
    if unrated:
        together = sum((tax.amount.amount for tax in unrated), Decimal(0))
        name = unrated[0].tax_class if len(unrated) == 1 else ""
        yield TotalLine(TotalKind.TAX, Money(amount=together, currency=unrated[0].amount.currency), name)
