"""The order history, and one order of it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.history_filter import HistoryFilter
from app_sf_responsive.history_page import history_page
from app_sf_responsive.order_page import order_page
from app_sf_responsive.recognition import SignedIn
from app_sf_responsive.visitor import SHOP
from iomconnector.web.order_keys import order_key

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)


@router.get("/{channel}/orders")
async def history(customer: SignedIn) -> Response:
    """Orders that meet conditions, a page at a time."""
    orders = customer.application.order_history
    asked = HistoryFilter.of(customer.request.query_params)
    statuses = await orders.statuses(customer.channel.id)
    found = await orders.page(customer.owner, asked.query(statuses, customer.language))
    return await history_page(customer, asked, found, statuses)


@router.get("/{channel}/orders/{order_id}")
async def order(customer: SignedIn, order_id: str) -> Response:
    """One order."""
    return await order_page(
        await customer.application.order_history.order(customer.owner, order_key(order_id)), customer
    )
