"""What was ordered, and where it goes: line items in shipping buckets."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from iomconnector.model.addresses import Address
from iomconnector.model.prices import Charge, PriceSum, UnitPrice
from iomconnector.model.values import Attributes, Exact, Moment, Printable, RequiredText, Sku, Text, Value


class LineItemKind(StrEnum):
    """What a line item stands for."""

    PRODUCT = "product"
    WARRANTY = "warranty"


class Product(Value):
    """The ordered product, as it was called when it was ordered."""

    sku: Annotated[Sku, Field(min_length=1), Printable]
    name: RequiredText
    ean: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = None
    isbn: RequiredText | None = None


class Quantity(Value):
    """How much of it.

    Arguments:
        value: Greater than zero.
        unit: The shop's unit, for example ``piece`` or ``litre``.
    """

    value: Annotated[Exact, Field(gt=0)]
    unit: RequiredText | None = None


class DeliveryKind(StrEnum):
    """When the customer wants it."""

    STANDARD = "standard"
    EXPRESS = "express"
    EARLIEST = "earliest"
    FIXED = "fixed"


class Delivery(Value):
    """The delivery that the customer asked for.

    Arguments:
        kind: Standard, express, not before a date, or on a date.
        name: The express method's name; only and always for express.
        desired_at: The desired date; only and always for earliest and fixed.
        expected_days: Expected delivery in days; -1 is "not known".
        freight_class: The shipping freight class.
        options: Chosen delivery options.
        preferred_supplier: The supplier that should deliver.
    """

    kind: DeliveryKind = DeliveryKind.STANDARD
    name: RequiredText | None = None
    desired_at: Moment | None = None
    expected_days: Annotated[int, Field(ge=-1)] = -1
    freight_class: Text | None = None
    options: tuple[RequiredText, ...] = ()
    preferred_supplier: Text | None = None

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        dated = self.kind in (DeliveryKind.EARLIEST, DeliveryKind.FIXED)
        if (self.name is not None) != (self.kind is DeliveryKind.EXPRESS):
            raise ValueError("name must be given for an express delivery, and for no other")
        if (self.desired_at is not None) != dated:
            raise ValueError("desired_at must be given for kind earliest or fixed, and for no other")
        return self


class LineItem(Value):
    """One line of the order.

    Arguments:
        position: Its number, unique within the order.
        kind: A product, or a warranty on one.
        product: What was ordered.
        quantity: How much.
        unit_price: The price of one unit.
        price: The price of the whole line.
        delivery: What the customer asked for.
        cost_center: Cost center to book the line to.
        project: Project to book the line to.
        attributes: Custom attributes.
    """

    position: Annotated[int, Field(ge=0)]
    kind: LineItemKind = LineItemKind.PRODUCT
    product: Product
    quantity: Quantity
    unit_price: UnitPrice | None = None
    price: PriceSum
    delivery: Delivery = Delivery()
    cost_center: Text | None = None
    project: Text | None = None
    attributes: Attributes = Field(default_factory=dict)


class ShippingBucket(Value):
    """Line items with one shipping address and one shipping method. [KB 234L00]

    Arguments:
        number: Its number, unique within the order.
        address: Where it goes.
        shipping_method: The shop's id of the shipping method.
        line_items: At least one.
        charges: Shipping costs and surcharges.
        attributes: Custom attributes.
    """

    number: RequiredText | None = None
    address: Address
    shipping_method: Text | None = None
    line_items: Annotated[tuple[LineItem, ...], Field(min_length=1)]
    charges: tuple[Charge, ...] = ()
    attributes: Attributes = Field(default_factory=dict)
