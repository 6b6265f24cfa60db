"""The pages on which a basket becomes an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi.responses import HTMLResponse

from app_sf_responsive.basket_messages import Message
from app_sf_responsive.catalogs import translatable
from app_sf_responsive.checkout_form import PAYMENTS, CheckoutForm, countries
from app_sf_responsive.shop_templates import SHOP
from app_sf_responsive.visitor import Customer
from iomconnector.errors import NotFoundError
from iomconnector.model.baskets import Basket
from iomconnector.model.orders import Order
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.usecases.price_baskets import PricedBasket

NOT_ENOUGH: Final = translatable("There is not enough of something")
NOTHING_ORDERED: Final = translatable("Nothing was ordered.")
ONLY: Final = translatable("%(name)s: only %(number)s left.")
NONE: Final = translatable("%(name)s: nothing left.")
NOT_NOW: Final = translatable("Ordering is not possible at the moment")
TRY_AGAIN: Final = translatable(
    "Nobody can say whether the products are there. Nothing was ordered, and your cart is kept. "
    "Please try again in a few minutes."
)
MISTAKES: Final = translatable("Something is missing or wrong")
BESIDE: Final = translatable("It is said beside the fields. Nothing was ordered.")


async def checkout_page(
    customer: Customer,
    basket: Basket,
    priced: PricedBasket,
    form: CheckoutForm,
    *,
    message: Message | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The form with addresses and payment, beside what is ordered.

    Arguments:
        customer: Who buys.
        basket: What is ordered.
        priced: What it costs.
        form: What stands in the form.
        message: Why nothing was ordered.
        status: The HTTP status.
    """
    return await SHOP.page(
        customer,
        "checkout.html",
        status=status,
        in_account=False,
        basket=basket,
        priced=priced,
        form=form,
        errors={name: SHOP.text(customer.language, text) for name, text in form.errors.items()},
        payments=PAYMENTS,
        countries=countries(customer.language),
        message=message,
    )


async def confirmation_page(customer: Customer, basket: Basket) -> HTMLResponse:
    """That an order was placed, with the way to it.

    Arguments:
        customer: Who bought.
        basket: The basket with the number of its order.
    """
    number = basket.order_number or ""
    try:
        stored = await customer.application.customer_orders.by_number(customer.owner, number)
        path = customer.path("orders", stored.request.order_id)
    except NotFoundError:
        path = customer.path("orders")
    return await SHOP.page(customer, "ordered.html", in_account=False, number=number, order_path=path)


async def last_order(customer: Customer) -> Order | None:
    """The latest order of the customer's own, whose addresses are proposed."""
    query = CustomerOrderQuery(emails=(customer.user.email,), limit=1)
    page = await customer.application.customer_orders.page(customer.owner, query)
    return page.orders[0].placed.order if page.orders else None


def mistakes_message(customer: Customer) -> Message:
    """That fields are wrong."""
    return Message(SHOP.text(customer.language, MISTAKES), SHOP.text(customer.language, BESIDE))


def not_possible_message(customer: Customer) -> Message:
    """That nothing can be ordered at the moment."""
    return Message(SHOP.text(customer.language, NOT_NOW), SHOP.text(customer.language, TRY_AGAIN))


def not_enough_message(customer: Customer, priced: PricedBasket, short: Mapping[str, int]) -> Message:
    """Of what there is not enough, and how many there are."""
    language = customer.language
    names = {line.line.sku: line.product.name(language.code) for line in priced.lines}
    sentences = [
        SHOP.text(language, ONLY, name=names.get(sku, sku), number=language.number(pieces))
        if pieces
        else SHOP.text(language, NONE, name=names.get(sku, sku))
        for sku, pieces in short.items()
    ]
    sentences.append(SHOP.text(language, NOTHING_ORDERED))
    return Message(SHOP.text(language, NOT_ENOUGH), " ".join(sentences))
