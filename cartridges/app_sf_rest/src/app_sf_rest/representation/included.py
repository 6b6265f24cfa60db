"""What orders refer to, in dictionaries beside them.

Every reference of an order can be found in the dictionary of its name, where that was asked for: a client
throws where a dictionary is there and lacks what is referred to. [storefront-clients 1.2]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any, Final

from pydantic import BaseModel

from app_sf_rest.representation.addresses import address_data
from app_sf_rest.representation.line_items import line_item_data
from app_sf_rest.representation.prices import both, paid, price_item
from app_sf_rest.representation.references import (
    address_reference,
    invoice_reference,
    payment_reference,
    placed_items,
    promotions,
    shipping_promotions,
)
from iomconnector.model.order_history import OrderView
from iomconnector.model.prices import Promotion

Included = dict[str, dict[str, dict[str, Any]]]

INCLUDES: Final = (
    "invoiceToAddress",
    "commonShipToAddress",
    "commonShippingMethod",
    "shippingMethod",
    "shipToAddress",
    "discounts",
    "lineItems",
    "lineItems_discounts",
    "lineItems_warranty",
    "payments",
    "payments_paymentMethod",
    "payments_paymentInstrument",
    "withdrawal",
)
"""What can be included; names that nobody knows are passed over, as ICM does."""


def included(views: Sequence[OrderView], wanted: Set[str], language: str) -> Included:
    """What the orders refer to, as far as it was asked for, in one dictionary for all of them."""
    found: Included = {name: {} for name in INCLUDES if name in wanted}
    for view in views:
        for name, dictionary in found.items():
            dictionary.update(_entries(view, name, language))
    return found


def _entries(view: OrderView, name: str, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    order = view.order
    if name == "invoiceToAddress":
        yield invoice_reference(view), _plain(address_data(order.invoice_address, invoice_reference(view)))
    elif name in ("commonShipToAddress", "shipToAddress"):
        last = 1 if name == "commonShipToAddress" else len(order.shipping_buckets)
        for index, bucket in enumerate(order.shipping_buckets[:last]):
            yield (
                address_reference(view, index),
                _plain(address_data(bucket.address, address_reference(view, index))),
            )
    elif name in ("commonShippingMethod", "shippingMethod"):
        for bucket in order.shipping_buckets:
            if bucket.shipping_method:
                yield bucket.shipping_method, {"id": bucket.shipping_method, "name": bucket.shipping_method}
    elif name == "lineItems":
        yield from _line_item_entries(view, language)
    elif name == "discounts":
        for reference, promotion in (*promotions(view), *shipping_promotions(view)):
            yield reference, _discount(reference, promotion, order.currency)
    elif name.startswith("payments"):
        yield from _payment_entries(view, name)


def _line_item_entries(view: OrderView, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    states = {each.position: each for each in (view.state.positions if view.state else ())}
    for placed in placed_items(view):
        state = states.get(placed.item.position)
        status = state.status if state is not None else view.status
        yield (
            placed.reference,
            _plain(
                line_item_data(
                    placed.item,
                    reference=placed.reference,
                    address=placed.address,
                    shipping_method=placed.bucket.shipping_method,
                    state=state,
                    status=status.text(language),
                    currency=view.order.currency,
                )
            ),
        )


def _payment_entries(view: OrderView, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    order = view.order
    state = view.state.payment if view.state else None
    for index, payment in enumerate(order.payments):
        reference = payment_reference(view, index)
        if name == "payments_paymentMethod":
            yield payment.service_id, {"id": payment.service_id, "displayName": payment.service_id}
        elif name == "payments_paymentInstrument":
            yield reference, {"id": reference, "paymentMethod": payment.service_id}
        else:
            amount = (
                price_item(order.total, order.currency) if payment.amount is None else paid(payment.amount)
            )
            entry: dict[str, Any] = {
                "id": reference,
                "paymentMethod": payment.service_id,
                "paymentInstrument": reference,
                "openTender": payment.tender.value == "open",
                "totalAmount": _plain(amount),
            }
            yield reference, entry | ({"status": state.status.value} if state is not None else {})


def _discount(reference: str, promotion: Promotion, currency: str) -> dict[str, Any]:
    gross, net = promotion.gross.amount, promotion.net.amount
    return {
        "id": reference,
        "promotion": promotion.id,
        "description": promotion.name,
        "promotionType": "Promotion",
        "code": promotion.code,
        "amount": _plain(both(gross, net, gross - net, currency)),
    }


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True)
