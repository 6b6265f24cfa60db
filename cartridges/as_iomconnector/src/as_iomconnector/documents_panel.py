"""How many documents an order has, and the way to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app_sf_responsive.extension_points import OrderAction, Panel, PanelPlace
from app_sf_responsive.visitor import Customer
from as_iomconnector.assets import ASSETS, SHEET
from as_iomconnector.pages import PAGES
from iomconnector.model.order_history import NotAsked, OrderView


async def documents_panel(view: OrderView, customer: Customer) -> Panel | None:
    """The link to all documents with their number beside it; none where there is nobody to ask."""
    if view.state is None and view.reason in (None, NotAsked.SERVICE_INACTIVE):
        return None
    html = PAGES.fragment(
        customer.language,
        "documents_panel.html",
        known=view.state is not None,
        count=len(view.state.documents) if view.state else 0,
        path=documents_path(view.order_id, customer),
    )
    title = PAGES.text(customer.language, "Documents")
    return Panel(title, html, PanelPlace.SIDE, (ASSETS.path(SHEET),))


async def documents_actions(
    orders: Sequence[OrderView], customer: Customer
) -> Mapping[int, Sequence[OrderAction]]:
    """The same link at each order of the history that has documents."""
    label = PAGES.text(customer.language, "Documents")
    return {
        each.order_id: [
            OrderAction(label, documents_path(each.order_id, customer), len(each.state.documents))
        ]
        for each in orders
        if each.state and each.state.documents
    }


def documents_path(order_id: int, customer: Customer) -> str:
    """The address of the documents of an order."""
    return customer.path("orders", order_id, "documents")
