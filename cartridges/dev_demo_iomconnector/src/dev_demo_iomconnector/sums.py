"""Sums of sample orders: amounts by tax class, added up as a shop does."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from iomconnector.model.money import Rounding, round_amount


def amount(value: Decimal, currency: str) -> dict[str, str]:
    """An amount as an order document has it."""
    return {"amount": str(value), "currency": currency}


def taxes_of(
    net: Decimal, tax_class: str, rate: Decimal, currency: str
) -> tuple[list[dict[str, Any]], Decimal]:
    """The tax on a net amount, rounded half up, and the gross amount."""
    tax = round_amount(net * rate / 100, 2, Rounding.HALF_UP)
    return [{"tax_class": tax_class, "amount": amount(tax, currency)}], net + tax


class Sum:
    """Adds up prices.

    Arguments:
        currency: Their currency.
    """

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._full = {"net": Decimal(0), "gross": Decimal(0)}
        self._paid = {"net": Decimal(0), "gross": Decimal(0)}
        self._taxes: defaultdict[str, Decimal] = defaultdict(Decimal)

    def add(self, price: dict[str, Any]) -> None:
        """Add the price of a line item or a charge."""
        for side in ("net", "gross"):
            full = Decimal(price[side]["amount"]["amount"])
            paid = price[side].get("discounted")
            self._full[side] += full
            self._paid[side] += Decimal(paid["amount"]) if paid else full
        for tax in price["taxes"]:
            self._taxes[tax["tax_class"]] += Decimal(tax["amount"]["amount"])

    def as_price(self) -> dict[str, Any]:
        """The sum as an order document has it."""
        return {
            **{
                side: {
                    "amount": amount(self._full[side], self._currency),
                    "discounted": amount(self._paid[side], self._currency),
                }
                for side in ("net", "gross")
            },
            "taxes": [
                {"tax_class": name, "amount": amount(value, self._currency)}
                for name, value in sorted(self._taxes.items())
            ],
        }
