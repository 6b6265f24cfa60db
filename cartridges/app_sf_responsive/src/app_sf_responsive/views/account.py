"""My Account: its front door, and the overview."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.history_page import LATEST, overview_page
from app_sf_responsive.recognition import AnyVisitor, SignedIn
from app_sf_responsive.shop_templates import sells
from app_sf_responsive.visitor import SHOP, Customer
from iomconnector.ports.customer_orders import CustomerOrderQuery

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)


@router.get("/{channel}")
@router.get("/{channel}/")
async def front(visitor: AnyVisitor) -> Response:
    """To what can be bought; where nothing can, to My Account or the page to sign in."""
    if sells(visitor):
        return RedirectResponse(visitor.path("products"), status_code=303)
    page = "account" if isinstance(visitor, Customer) else "sign-in"
    return RedirectResponse(visitor.path(page), status_code=303)


@router.get("/{channel}/account")
async def overview(customer: SignedIn) -> Response:
    """The overview of My Account."""
    latest = await customer.application.order_history.page(customer.owner, CustomerOrderQuery(limit=LATEST))
    return await overview_page(customer, latest)
