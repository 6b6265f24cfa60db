"""The pages with several orders: the history, and the latest ones on the overview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi.responses import HTMLResponse

from app_sf_responsive.extension_points import OrderAction
from app_sf_responsive.history_filter import HistoryFilter, choices, page_count, page_links
from app_sf_responsive.joined import actions_of
from app_sf_responsive.shop_templates import SHOP
from app_sf_responsive.source_notice import source_notice
from app_sf_responsive.visitor import Customer
from iomconnector.model.money import Money
from iomconnector.model.order_history import OrderHistoryPage, OrderView
from iomconnector.model.order_status import StatusName

LATEST: Final = 5
"""So many orders stand on the overview."""

NAMED_PRODUCTS: Final = 2


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of a list.

    Arguments:
        view: The order.
        path: Its page.
        products: The names of its first products.
        more: How many further products it has.
        total: What is to be paid.
        actions: What else the reader can do with it.
    """

    view: OrderView
    path: str
    products: Sequence[str]
    more: int
    total: Money
    actions: Sequence[OrderAction]


def order_row(view: OrderView, customer: Customer, actions: Sequence[OrderAction] = ()) -> OrderRow:
    """An order as a list shows it."""
    names = list(dict.fromkeys(item.product.name for item in view.order.line_items))
    return OrderRow(
        view,
        customer.path("orders", view.order_id),
        names[:NAMED_PRODUCTS],
        max(0, len(names) - NAMED_PRODUCTS),
        view.order.total.to_pay,
        actions,
    )


async def history_page(
    customer: Customer, asked: HistoryFilter, found: OrderHistoryPage, statuses: Sequence[StatusName]
) -> HTMLResponse:
    """The order history.

    Arguments:
        customer: Who looks at it.
        asked: What they asked for.
        found: The orders that were found.
        statuses: The statuses to choose from.
    """
    joined = await actions_of(found.orders, customer)
    last = page_count(found.total)
    return await SHOP.page(
        customer,
        "history.html",
        asked=asked,
        wrong=asked.wrong_days(),
        rows=[order_row(view, customer, joined.given.get(view.order_id, ())) for view in found.orders],
        total=found.total,
        last=last,
        links=page_links(min(asked.page, last), last) if last > 1 else [],
        statuses=choices(statuses, customer.language),
        notice=source_notice(found.orders),
        missing=joined.missing,
        now=customer.now,
    )


async def overview_page(customer: Customer, latest: OrderHistoryPage) -> HTMLResponse:
    """The overview of My Account, with the latest orders."""
    return await SHOP.page(
        customer,
        "account.html",
        rows=[order_row(view, customer) for view in latest.orders],
        total=latest.total,
        notice=source_notice(latest.orders),
        now=customer.now,
    )
