"""Prices, taxes, promotions and charges of an order, as the shop computed them.

Nothing here is ever computed anew: tax, discount and total are carried as the shop gave them.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from iomconnector.model.money import Money
from iomconnector.model.values import Exact, RequiredText, Text, Value


class Price(Value):
    """An amount and, where promotions lowered it, what is left of it.

    Arguments:
        amount: The price before promotions.
        discounted: The price after promotions; never more than ``amount``.
    """

    amount: Money
    discounted: Money | None = None

    @property
    def effective(self) -> Money:
        """The price after promotions, whether or not there are any."""
        return self.discounted or self.amount


class ListPrice(Price):
    """The price of one unit, with the recommended retail price beside it."""

    list_price: Money | None = None


class Tax(Value):
    """One tax.

    Arguments:
        tax_class: The shop's name of the tax.
        amount: The amount of the tax.
        rate: Percent: 19 for 19 %.
        location: Where it is due, ISO 3166 alpha-3 for countries.
    """

    tax_class: RequiredText
    amount: Money
    rate: Exact | None = None
    location: RequiredText | None = None


class PromotionValueType(StrEnum):
    """Whether a promotion's value is a percentage or an amount."""

    PERCENTAGE = "percentage"
    FIXED = "fixed"


class Promotion(Value):
    """A promotion that lowered a price.

    Arguments:
        id: The promotion's id.
        name: Its name for people.
        descriptor_id: The id of the promotion's rule.
        code: The code that the customer entered.
        budget_source: Who pays for it.
        value_type: How to read ``value``.
        value: Percent, or an amount in the order's currency; never negative.
        net: The net amount given.
        gross: The gross amount given.
    """

    id: Text
    name: Text
    descriptor_id: Text
    code: Text | None = None
    budget_source: Text | None = None
    value_type: PromotionValueType
    value: Annotated[Exact, Field(ge=0)]
    net: Money
    gross: Money


class UnitPrice(Value):
    """The price of one unit: net, gross or both."""

    net: ListPrice | None = None
    gross: ListPrice | None = None

    @model_validator(mode="after")
    def _net_or_gross(self) -> Self:
        _require_net_or_gross(self.net, self.gross)
        return self


class TotalPrice(Value):
    """A total: net, gross or both, with the taxes in it."""

    net: Price | None = None
    gross: Price | None = None
    taxes: Annotated[tuple[Tax, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _net_or_gross(self) -> Self:
        _require_net_or_gross(self.net, self.gross)
        return self

    @property
    def to_pay(self) -> Money:
        """What is to be paid: gross, or net where there is no gross total, after promotions."""
        price = self.gross or self.net
        assert price is not None, "a total is net, gross or both"
        return price.effective


class PriceSum(TotalPrice):
    """A total with the promotions that lowered it."""

    promotions: tuple[Promotion, ...] = ()


def _require_net_or_gross(net: Price | None, gross: Price | None) -> None:
    if net is None and gross is None:
        raise ValueError("needs a net price, a gross price or both")


class Charge(Value):
    """Shipping costs or a surcharge.

    Arguments:
        number: Its number within the order.
        type: What it is for: ``shipping``, ``handling``, ``payment`` ... An open set.
        net: Net price.
        gross: Gross price.
        taxes: At least one.
        promotions: Promotions on the charge.
    """

    number: int | None = None
    type: RequiredText
    net: Price
    gross: Price
    taxes: Annotated[tuple[Tax, ...], Field(min_length=1)]
    promotions: tuple[Promotion, ...] = ()
