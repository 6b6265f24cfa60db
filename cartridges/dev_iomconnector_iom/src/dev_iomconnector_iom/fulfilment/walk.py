"""The walk of an order from stored to dispatched, one step at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from dev_iomconnector_iom.config import ShopConfig
from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.fulfilment import accounts, states
from dev_iomconnector_iom.fulfilment.parcels import dispatch_everything_open, dispatch_first_part
from dev_iomconnector_iom.fulfilment.progress import OrderInHand, Progress, positions_of

_STRAIGHT_ON = {
    states.CHECKED: states.DO_ANNOUNCE,
    states.DO_APPROVE: states.ANNOUNCED,
    states.ANNOUNCED: states.DO_OPTIMIZE,
    states.DO_OPTIMIZE: states.OPTIMIZED,
    states.OPTIMIZED: states.DO_CREATE_TRANSMISSION,
}
_WAITS_FOR_SOMEBODY = (states.NOT_CHECKED, states.DO_APPROVE)
LONGEST_WALK = 16
"""No order takes more steps than this from stored to dispatched."""


def has_next_step(progress: Progress, *, stop_at: str) -> bool:
    """Whether the order goes on by itself."""
    if states.order_state(progress) == states.RETURNED:
        return False
    if progress.stage == states.DO_APPROVE:
        return progress.approved is True
    if progress.stage in _WAITS_FOR_SOMEBODY:
        return False
    if progress.stage == states.COMMISSIONED:
        return stop_at == states.DISPATCHED and any(each.open for each in progress.positions)
    return True


def needs_approval(order: JsonObject, shop: ShopConfig) -> bool:
    """Gross total above the shop's limit, or cash on delivery. [iom-api 5]"""
    return (
        accounts.total_gross(order) > shop.approval_above
        or order["payment"]["paymentMethod"] in shop.cash_on_delivery_methods
    )


def take_step(order: OrderInHand, shop: ShopConfig, now: datetime) -> None:
    """Move the order one state on; the caller asked :func:`has_next_step` before."""
    progress = order.progress
    stage = progress.stage
    if stage == states.INITIAL:
        _check(order.document, progress, shop, now)
    elif stage == states.NOT_CHECKED:
        progress.stage = states.CHECKED
    elif stage == states.DO_ANNOUNCE:
        is_held = progress.approved is None and needs_approval(order.document, shop)
        progress.stage = states.DO_APPROVE if is_held else states.ANNOUNCED
    elif stage == states.DO_CREATE_TRANSMISSION:
        _commission(order.document, progress, shop, now)
    elif stage == states.COMMISSIONED:
        if not dispatch_first_part(order, shop, now):
            dispatch_everything_open(order, shop, now)
    else:
        progress.stage = _STRAIGHT_ON[stage]


def _check(document: JsonObject, progress: Progress, shop: ShopConfig, now: datetime) -> None:
    switches = document.get("additionalAttributes", {}).get("order", {})
    if switches.get("validation") == "fail":
        progress.stage = states.NOT_CHECKED
        return
    progress.stage = states.CHECKED
    if document["payment"]["paymentMethod"] in shop.capturing_methods and not progress.payments:
        accounts.authorize(document, progress, now)


def _commission(document: JsonObject, progress: Progress, shop: ShopConfig, now: datetime) -> None:
    progress.stage = states.COMMISSIONED
    for index, (each, ordered) in enumerate(zip(progress.positions, positions_of(document), strict=True)):
        if not each.open:
            continue
        each.supplier = shop.suppliers[index % len(shop.suppliers)]
        each.commissioned_at = now
        days = max(0, ordered["shipping"]["expectedDeliveryDays"])
        each.planned_delivery = (now + timedelta(days=min(days, 365))).date()
