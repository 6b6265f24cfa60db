"""What the demonstration places, and what it lets go wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dev_demo_iomconnector.customer_orders import shared_among
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.orders import Order
from iomconnector.model.payments import Payment, Tender

FAULTS = (
    FaultRule(kind=FaultKind.LATENCY, probability=0.05, latency_ms=150, seed=1),
    FaultRule(kind=FaultKind.LOST_ANSWER, method="POST", probability=0.06, seed=2),
    FaultRule(kind=FaultKind.RESET, probability=0.04, seed=3),
    FaultRule(kind=FaultKind.REFUSE, probability=0.02, seed=4),
    FaultRule(kind=FaultKind.STATUS, status=503, retry_after=1, probability=0.03, seed=5),
    FaultRule(kind=FaultKind.STATUS, status=500, processed=True, probability=0.03, seed=6),
    FaultRule(kind=FaultKind.STATUS, status=429, retry_after=1, probability=0.02, seed=7),
    FaultRule(kind=FaultKind.TRUNCATED_JSON, method="GET", probability=0.05, seed=8),
    FaultRule(kind=FaultKind.WRONG_CONTENT_TYPE, probability=0.02, seed=9),
)
"""What the stand-in does wrong while orders are exported."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """The orders of one demonstration.

    Arguments:
        orders: All orders to place.
        sound: Numbers of those that IOM can take.
        unexportable: Numbers of those that it cannot, each with what is wrong with it.
        conflicting: One whose number IOM knows already, for another order.
        duplicate: One that IOM has already, because an answer was lost before the shop took note of it.
    """

    orders: tuple[Order, ...]
    sound: frozenset[str]
    unexportable: dict[str, str]
    conflicting: Order
    duplicate: Order

    def shared_among(self, users: Sequence[CustomerUser]) -> Scenario:
        """The same, with some of the orders belonging to registered users."""
        orders = tuple(shared_among(users, self.orders))
        named = {order.number: order for order in orders}
        return replace(
            self,
            orders=orders,
            conflicting=named[self.conflicting.number],
            duplicate=named[self.duplicate.number],
        )


def build_scenario(count: int, *, seed: int, first_number: int) -> Scenario:
    """Make the orders of a demonstration.

    Arguments:
        count: How many sound orders; a handful of others come on top.
        seed: The same seed gives the same orders.
        first_number: The number of the first one.
    """
    sound = tuple(sample_orders(count, seed=seed, first_number=first_number))
    models = [
        order
        for order in sample_orders(20 * len(DEFECTS), seed=seed + 1, first_number=first_number + count)
        if not order.approval_steps
    ]
    defective = [
        model.model_copy(update=defect(model)) for model, (_, defect) in zip(models, DEFECTS, strict=False)
    ]
    free = [order for order in sound if not order.approval_steps]
    return Scenario(
        orders=(*sound, *defective),
        sound=frozenset(order.number for order in sound),
        unexportable={order.number: what for order, (what, _) in zip(defective, DEFECTS, strict=True)},
        conflicting=free[len(free) // 3],
        duplicate=free[len(free) // 2],
    )


def _gift_card(order: Order) -> dict[str, Any]:
    payment = order.payments[0]
    return {"payments": (payment, Payment(service_id="ISH_GIFTCARD", tender=Tender.LIMITED))}


def _two_payments(order: Order) -> dict[str, Any]:
    return {"payments": (*order.payments, *order.payments)}


def _warranty(order: Order) -> dict[str, Any]:
    return _with_first_line_item(order, kind="warranty")


def _long_city(order: Order) -> dict[str, Any]:
    return {"invoice_address": order.invoice_address.model_copy(update={"city": "Llanfair" + "pwll" * 30})}


def _unknown_payment_method(order: Order) -> dict[str, Any]:
    return {"payments": (order.payments[0].model_copy(update={"service_id": "SEASHELLS"}),)}


def _letters_in_number(order: Order) -> dict[str, Any]:
    return {"number": f"!{order.number}"}


def _with_first_line_item(order: Order, **changes: Any) -> dict[str, Any]:
    bucket = order.shipping_buckets[0]
    item = bucket.line_items[0]
    changed = type(item).model_validate({**item.model_dump(), **changes})
    first = bucket.model_copy(update={"line_items": (changed, *bucket.line_items[1:])})
    return {"shipping_buckets": (first, *order.shipping_buckets[1:])}


DEFECTS: Sequence[tuple[str, Callable[[Order], dict[str, Any]]]] = (
    ("paid in part by gift card", _gift_card),
    ("two open payments", _two_payments),
    ("a warranty", _warranty),
    ("a city of 128 characters", _long_city),
    ("a payment method that IOM does not know", _unknown_payment_method),
    ("a number that is not digits only", _letters_in_number),
)
