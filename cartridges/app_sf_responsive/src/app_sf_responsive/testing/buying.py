"""Buying something without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app_sf_responsive.testing.selling import Selling
from app_sf_responsive.testing.stage import PATRICIA, Guest, Page, Stage
from iomconnector.model.customer_users import CustomerUser, OrderOwner
from iomconnector.model.orders import Order
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.testing.samples import CHANNEL

SHOP: Final = f"/shop/{CHANNEL}"
FILLED_IN: Final = {
    "invoice_first_name": "Patricia",
    "invoice_last_name": "Miller",
    "invoice_street": "Steinweg",
    "invoice_street_number": "10",
    "invoice_postal_code": "07743",
    "invoice_city": "Jena",
    "invoice_country": "DE",
    "elsewhere": "no",
    "payment": "ISH_INVOICE",
}


async def put(guest: Guest, sku: str, quantity: int, shop: str = SHOP) -> None:
    """Put something into the cart."""
    token = (await guest.get(f"{shop}/cart")).hidden["csrf_token"]
    fields = {"csrf_token": token, "sku": sku, "quantity": str(quantity)}
    answer = await guest.post(f"{shop}/cart/add", fields)
    assert answer.status == 303, answer


async def form_of(guest: Guest, shop: str = SHOP, **fields: str) -> dict[str, str]:
    """The form of the checkout, filled in."""
    page = await guest.get(f"{shop}/checkout")
    assert page.status == 200, page
    return {**page.hidden, **FILLED_IN, **fields}


async def order(guest: Guest, shop: str = SHOP, **fields: str) -> Page:
    """Fill the form in and send it."""
    return await guest.post(f"{shop}/checkout", await form_of(guest, shop, **fields))


async def orders_of(stage: Stage, user: CustomerUser = PATRICIA) -> list[Order]:
    """The orders of a user."""
    found = await stage.application.customer_orders.page(OrderOwner.of(user), CustomerOrderQuery())
    return [each.placed.order for each in found.orders]


def available(selling: Selling) -> Mapping[str, int]:
    """How many pieces can be bought."""
    return {sku: selling.inventory.available(sku) for sku in selling.inventory.stock}
