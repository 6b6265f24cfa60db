"""The cart: what is in it, and changing that."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from app_sf_responsive.basket_messages import refusal_message
from app_sf_responsive.basket_page import basket_page, baskets_of
from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.recognition import SignedIn
from app_sf_responsive.visitor import SHOP, Customer
from iomconnector.model.baskets import BasketRefusal, BasketRefusedError

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)

NO_NUMBER: Final = 0
"""Stands for what is no number, and is refused as one."""

Text = Annotated[str, Form()]


@router.get("/{channel}/cart")
async def cart(customer: SignedIn) -> Response:
    """What is in the cart."""
    basket = await baskets_of(customer).current(customer.user)
    return await basket_page(customer, basket, added="added" in customer.request.query_params)


@router.post("/{channel}/cart/add")
async def add(customer: SignedIn, sku: Text = "", quantity: Text = "") -> Response:
    """Put something in."""
    try:
        await baskets_of(customer).add(customer.user, sku, number_in(quantity))
    except BasketRefusedError as error:
        return await _refused(customer, error)
    return RedirectResponse(customer.path("cart", added="yes"), status_code=303)


@router.post("/{channel}/cart/change")
async def change(customer: SignedIn, sku: Text = "", quantity: Text = "", seen: Text = "") -> Response:
    """Have another quantity."""
    baskets = baskets_of(customer)
    try:
        await baskets.set_quantity(customer.user, sku, number_in(quantity), seen=number_in(seen))
    except BasketRefusedError as error:
        return await _refused(customer, error)
    return RedirectResponse(customer.path("cart"), status_code=303)


@router.post("/{channel}/cart/remove")
async def remove(customer: SignedIn, sku: Text = "", seen: Text = "") -> Response:
    """Take something out."""
    try:
        await baskets_of(customer).remove(customer.user, sku, seen=number_in(seen))
    except BasketRefusedError as error:
        return await _refused(customer, error)
    return RedirectResponse(customer.path("cart"), status_code=303)


def number_in(text: str) -> int:
    """The whole number that a field has; :data:`NO_NUMBER` where it has none."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 12 else NO_NUMBER


async def _refused(customer: Customer, error: BasketRefusedError) -> Response:
    """The cart as it is, and why it was not changed."""
    basket = await baskets_of(customer).current(customer.user)
    meanwhile = error.refusal in (BasketRefusal.CHANGED_MEANWHILE, BasketRefusal.BEING_ORDERED)
    return await basket_page(
        customer,
        basket,
        message=refusal_message(error, customer.language),
        status=409 if meanwhile else 422,
    )
