"""The order as the shop placed it: immutable, complete, never recomputed."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from inspect import isclass
from typing import Annotated, Self, get_args

from pydantic import Field, model_validator

from iomconnector.model.addresses import Address
from iomconnector.model.approvals import ApprovalStep
from iomconnector.model.customers import Customer
from iomconnector.model.line_items import LineItem, ShippingBucket
from iomconnector.model.money import CurrencyCode, Money
from iomconnector.model.payments import Payment
from iomconnector.model.prices import Charge, PriceSum, TotalPrice
from iomconnector.model.values import (
    Attributes,
    ChannelId,
    Moment,
    OrderNumber,
    Printable,
    RequiredText,
    Text,
    Value,
)


class Order(Value):
    """An order.

    Arguments:
        number: The order document number, unique in its channel, identical in both systems. [KB B29919 2.5]
        channel: The sales channel in which it was placed.
        created_at: When the shop created it.
        currency: Every amount of the order is in this currency.
        customer: Who ordered.
        customer_order_number: The customer's own number for the order.
        invoice_address: Where the invoice goes.
        shipping_buckets: What goes where; at least one.
        charges: Charges on the whole order.
        subtotal: The sum of the line items.
        total: What is to be paid.
        payments: How it is paid.
        approval_steps: The approvals that the order needs before it may leave the shop, in their order.
        reservation_id: The stock reservation made at checkout.
        cost_center: Cost center.
        project: Project.
        message_to_merchant: What the buyer wrote to the merchant.
        split_shipment_allowed: Whether it may be shipped in parts.
        optimization_rule: The rule by which fulfilment is optimized.
        attributes: Custom attributes.
    """

    number: Annotated[OrderNumber, Field(min_length=1, max_length=255), Printable]
    channel: Annotated[ChannelId, Field(min_length=1, max_length=255), Printable]
    created_at: Moment
    currency: CurrencyCode
    customer: Customer
    customer_order_number: Text | None = None
    invoice_address: Address
    shipping_buckets: Annotated[tuple[ShippingBucket, ...], Field(min_length=1)]
    charges: tuple[Charge, ...] = ()
    subtotal: PriceSum
    total: TotalPrice
    payments: Annotated[tuple[Payment, ...], Field(min_length=1)]
    approval_steps: tuple[ApprovalStep, ...] = ()
    reservation_id: RequiredText | None = None
    cost_center: Text | None = None
    project: Text | None = None
    message_to_merchant: Text | None = None
    split_shipment_allowed: bool | None = None
    optimization_rule: Text | None = None
    attributes: Attributes = Field(default_factory=dict)

    @property
    def line_items(self) -> Iterator[LineItem]:
        """Every line item, bucket by bucket."""
        for bucket in self.shipping_buckets:
            yield from bucket.line_items

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        if found := _foreign_amount(self, self.currency):
            path, money = found
            raise ValueError(
                f"{path.lstrip('.')} is in {money.currency}, but the order is in {self.currency}"
            )
        return self

    @model_validator(mode="after")
    def _unique_numbers(self) -> Self:
        positions = Counter(item.position for item in self.line_items)
        buckets = Counter(bucket.number for bucket in self.shipping_buckets if bucket.number)
        for what, counter in (("line item position", positions), ("shipping bucket number", buckets)):
            twice = [str(number) for number, count in counter.items() if count > 1]
            if twice:
                raise ValueError(f"{what} {', '.join(twice)} occurs more than once")
        return self


def _foreign_amount(node: Value, currency: str) -> tuple[str, Money] | None:
    """The first amount in another currency, with the way to it; the way is made only where there is one."""
    if isinstance(node, Money):
        return None if node.currency == currency else ("", node)
    for name in _fields_with_amounts(type(node)):
        child = getattr(node, name)
        if isinstance(child, tuple):
            for index, element in enumerate(child):
                if found := _foreign_amount(element, currency):
                    return f".{name}[{index}]{found[0]}", found[1]
        elif child is not None and (found := _foreign_amount(child, currency)):
            return f".{name}{found[0]}", found[1]
    return None


@cache
def _fields_with_amounts(kind: type[Value]) -> tuple[str, ...]:
    """The fields of a part of the order in which amounts can stand, however deep."""
    return tuple(name for name, field in kind.model_fields.items() if _holds_amounts(field.annotation))


def _holds_amounts(annotation: object) -> bool:
    if isclass(annotation) and issubclass(annotation, Value):
        return annotation is Money or bool(_fields_with_amounts(annotation))
    return any(map(_holds_amounts, get_args(annotation)))
