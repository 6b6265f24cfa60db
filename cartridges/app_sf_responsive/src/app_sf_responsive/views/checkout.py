"""Checkout: addresses and payment, the order, and its confirmation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from app_sf_responsive.basket_messages import Message, refusal_message
from app_sf_responsive.basket_page import basket_page, baskets_of
from app_sf_responsive.checkout_form import CheckoutForm
from app_sf_responsive.checkout_pages import (
    checkout_page,
    confirmation_page,
    last_order,
    mistakes_message,
    not_enough_message,
    not_possible_message,
)
from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.recognition import SignedIn
from app_sf_responsive.visitor import SHOP, Customer
from iomconnector.errors import NotFoundError
from iomconnector.model.baskets import Basket, BasketRefusedError, BasketState
from iomconnector.usecases.check_out import CheckOut, CheckoutNotPossibleError, NotEnoughError
from iomconnector.usecases.price_baskets import PricedBasket, price_basket

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("/{channel}/checkout")
async def checkout(customer: SignedIn) -> Response:
    """The form; who has nothing that can be ordered is led to the cart."""
    basket = await baskets_of(customer).current(customer.user)
    priced = await _priced(customer, basket)
    if basket is None or priced is None:
        return _to_the_cart(customer)
    form = CheckoutForm.for_user(customer.user, await last_order(customer))
    return await checkout_page(customer, basket, priced, form)


@router.post("/{channel}/checkout")
async def place(customer: SignedIn, basket: Text = "", seen: Text = "") -> Response:
    """Order what is in the cart. Sending it again gives the same order."""
    ordering = _check_out(customer)
    found = await baskets_of(customer).get(customer.user, basket)
    if found is None:
        return _to_the_cart(customer)
    if found.state is not BasketState.OPEN:
        return _done(customer, await ordering.finish(found))
    fields = await customer.request.form()
    form = CheckoutForm.of({name: text for name, text in fields.items() if isinstance(text, str)})
    priced = await _priced(customer, found)
    if priced is None:
        return _to_the_cart(customer)
    if form.errors:
        return await checkout_page(
            customer, found, priced, form, message=mistakes_message(customer), status=422
        )
    message: Message
    try:
        wish = form.wish(customer.user, customer.language)
        return _done(customer, await ordering.order(customer.user, basket, wish, seen=seen))
    except NotEnoughError as error:
        message = not_enough_message(customer, priced, error.short)
    except CheckoutNotPossibleError:
        message = not_possible_message(customer)
        return await checkout_page(customer, found, priced, form, message=message, status=503)
    except BasketRefusedError as error:
        message = refusal_message(error, customer.language)
    return await _again(customer, basket, form, message)


@router.post("/{channel}/checkout/finish")
async def finish(customer: SignedIn, basket: Text = "") -> Response:
    """Place the order of a cart over which somebody died."""
    found = await baskets_of(customer).get(customer.user, basket)
    if found is None or found.state is BasketState.OPEN:
        return _to_the_cart(customer)
    return _done(customer, await _check_out(customer).finish(found))


@router.get("/{channel}/checkout/done/{basket}")
async def done(customer: SignedIn, basket: str) -> Response:
    """That it was ordered."""
    found = await baskets_of(customer).get(customer.user, basket)
    if found is None or found.order_number is None:
        raise NotFoundError("There is no such order.")
    return await confirmation_page(customer, found)


async def _priced(customer: Customer, basket: Basket | None) -> PricedBasket | None:
    """What a basket costs; none where it cannot be ordered as it is."""
    if basket is None or basket.state is not BasketState.OPEN:
        return None
    priced = await price_basket(basket, customer.application.catalog)
    return priced if priced.lines and not priced.gone else None


async def _again(customer: Customer, basket: str, form: CheckoutForm, message: Message) -> Response:
    """The form with what is true now, and why nothing was ordered."""
    found = await baskets_of(customer).get(customer.user, basket)
    priced = await _priced(customer, found)
    if found is None or priced is None:
        current = await baskets_of(customer).current(customer.user)
        return await basket_page(customer, current, message=message, status=409)
    return await checkout_page(customer, found, priced, form, message=message, status=409)


def _check_out(customer: Customer) -> CheckOut:
    ordering = customer.application.check_out
    if ordering is None:
        raise NotFoundError("Nothing can be bought here.")
    return ordering


def _done(customer: Customer, basket: Basket) -> Response:
    return RedirectResponse(customer.path("checkout", "done", basket.id), status_code=303)


def _to_the_cart(customer: Customer) -> Response:
    return RedirectResponse(customer.path("cart"), status_code=303)
