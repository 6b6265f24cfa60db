"""How far an order is paid. [KB B29919, payment panel]"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from app_sf_responsive.extension_points import Panel, PanelPlace
from app_sf_responsive.visitor import Customer
from as_iomconnector.assets import ASSETS, SHEET
from as_iomconnector.pages import PAGES
from iomconnector.model.money import Money
from iomconnector.model.order_history import OrderView
from iomconnector.model.order_states import PaymentEntry

GIVEN_BACK = "OUTBOUND"
"""The direction of money from the merchant to the customer."""


async def payment_panel(view: OrderView, customer: Customer) -> Panel | None:
    """Status, share and open amount; none where the order management system tells nothing of the payment."""
    payment = view.state.payment if view.state else None
    if payment is None:
        return None
    html = PAGES.fragment(
        customer.language,
        "payment.html",
        payment=payment,
        refunded=given_back(payment.entries, payment.due.currency),
    )
    title = PAGES.text(customer.language, "Payment")
    return Panel(title, html, PanelPlace.SIDE, (ASSETS.path(SHEET),))


def given_back(entries: Iterable[PaymentEntry], currency: str) -> Money | None:
    """What the customer got back in all; none where that is nothing."""
    total = sum(
        (
            each.amount.amount
            for each in entries
            if each.direction.upper() == GIVEN_BACK and each.amount.currency == currency
        ),
        Decimal(0),
    )
    return Money(amount=total, currency=currency) if total > 0 else None
