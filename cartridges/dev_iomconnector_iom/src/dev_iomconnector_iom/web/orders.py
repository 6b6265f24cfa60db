"""createOrder and getOrder."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dev_iomconnector_iom.config import Right
from dev_iomconnector_iom.contract.intake import RefusedError, read_order
from dev_iomconnector_iom.contract.violations import DUPLICATE_SHOP_ORDER_NUMBER, Violation
from dev_iomconnector_iom.store.orders import DuplicateOrderError
from dev_iomconnector_iom.web.context import (
    authorize,
    created,
    find_order,
    read_body,
    require_vendor_body,
    vendor_json,
)

_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


async def create_order(request: Request) -> Response:
    """Check and store an order, and start its walk."""
    context, _, shop = authorize(request, Right.CREATE_ORDER)
    require_vendor_body(request)
    body = await read_body(request)
    order = read_order(body, shop, shop.country, context.config.api_version)
    number = order["shopOrderNumber"]
    try:
        context.orders.add(shop.id, order, body, _trace_parent(request))
    except DuplicateOrderError as error:
        raise RefusedError(
            Violation(
                DUPLICATE_SHOP_ORDER_NUMBER,
                f"Shop {shop.id} has an order with shopOrderNumber {number!r} already",
                "shopOrderNumber",
                "orderNumberOnce",
                number,
            )
        ) from error
    context.clock.order_arrived()
    return created(request, "shops", str(shop.id), "orders", number)


async def get_order(request: Request) -> Response:
    """The order as it was sent, up to sorting and defaults."""
    context, _, shop = authorize(request, Right.VIEW_ORDER)
    order = find_order(context, shop, request)
    if order is None:
        raise HTTPException(404)
    return vendor_json(order.document)


def _trace_parent(request: Request) -> str | None:
    """The trace that the request belongs to; one that is not as the standard wants it belongs to none."""
    given = request.headers.get("traceparent", "")
    return given if _TRACE_PARENT.fullmatch(given) else None
