"""The order as the shop placed it: immutable, complete, never recomputed."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Self

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
        for path, money in _amounts(self, ""):
            if money.currency != self.currency:
                raise ValueError(f"{path} is in {money.currency}, but the order is in {self.currency}")
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


def _amounts(node: object, path: str) -> Iterator[tuple[str, Money]]:
    if isinstance(node, Money):
        yield path, node
    elif isinstance(node, Value):
        for name, child in node.__dict__.items():
            if isinstance(child, Value | tuple):
                yield from _amounts(child, f"{path}.{name}" if path else name)
    elif isinstance(node, tuple):
        for index, child in enumerate(node):
            yield from _amounts(child, f"{path}[{index}]")
