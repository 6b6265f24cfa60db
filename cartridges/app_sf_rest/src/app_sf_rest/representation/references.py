"""By what an order names its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iomconnector.model.line_items import LineItem, ShippingBucket
from iomconnector.model.order_history import OrderView
from iomconnector.model.prices import Promotion


class PlacedItem(NamedTuple):
    """A line item with where it stands."""

    reference: str
    item: LineItem
    bucket: ShippingBucket
    address: str


def placed_items(view: OrderView) -> Iterator[PlacedItem]:
    for index, bucket in enumerate(view.order.shipping_buckets):
        for item in bucket.line_items:
            yield PlacedItem(
                f"{view.order_id}.item.{item.position}", item, bucket, address_reference(view, index)
            )


def promotions(view: OrderView) -> list[tuple[str, Promotion]]:
    found = view.order.subtotal.promotions
    return [(f"{view.order_id}.discount.{index}", each) for index, each in enumerate(found)]


def shipping_promotions(view: OrderView) -> list[tuple[str, Promotion]]:
    found = [
        promotion
        for bucket in view.order.shipping_buckets
        for charge in bucket.charges
        for promotion in charge.promotions
    ]
    return [(f"{view.order_id}.shipping-discount.{index}", each) for index, each in enumerate(found)]


def invoice_reference(view: OrderView) -> str:
    return f"{view.order_id}.invoice"


def address_reference(view: OrderView, index: int) -> str:
    return f"{view.order_id}.shipping.{index}"


def payment_reference(view: OrderView, index: int) -> str:
    return f"{view.order_id}.payment.{index}"
