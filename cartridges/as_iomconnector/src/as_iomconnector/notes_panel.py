"""What the merchant wrote to the customer about an order."""

from __future__ import annotations

from app_sf_responsive.extension_points import Panel, PanelPlace
from app_sf_responsive.visitor import Customer
from as_iomconnector.assets import ASSETS, SHEET
from as_iomconnector.customer_notes import customer_notes
from as_iomconnector.pages import PAGES
from iomconnector.model.order_history import OrderView


async def notes_panel(view: OrderView, customer: Customer) -> Panel | None:
    """The notes that the channel shows to customers; none where there are none."""
    if view.state is None or not view.state.notes:
        return None
    rule = await customer_notes(customer.application, customer.channel.id)
    notes = rule.shown(view.state.notes)
    if not notes:
        return None
    language = customer.language
    html = PAGES.fragment(language, "notes.html", notes=notes)
    return Panel(PAGES.text(language, "Messages to you"), html, PanelPlace.MAIN, (ASSETS.path(SHEET),))
