"""The page of the cart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from app_sf_responsive.basket_messages import Message
from app_sf_responsive.product_pages import product_path
from app_sf_responsive.shop_templates import SHOP
from app_sf_responsive.stock_line import StockKind, StockLine, stock_line, stock_notice
from app_sf_responsive.visitor import Customer
from iomconnector.errors import NotFoundError
from iomconnector.model.availability import Availability, Quality
from iomconnector.model.baskets import Basket, BasketLine, BasketState
from iomconnector.usecases.price_baskets import PricedLine, price_basket
from iomconnector.usecases.shop_baskets import ShopBaskets


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line of the cart as the page shows it.

    Arguments:
        priced: What it is and costs.
        path: The page of the product.
        stock: Whether it can be bought.
        short: Whether there is less than is in the cart.
    """

    priced: PricedLine
    path: str
    stock: StockLine
    short: bool


def baskets_of(customer: Customer) -> ShopBaskets:
    """The baskets of the shop.

    Raises:
        NotFoundError: Nothing can be bought here.
    """
    baskets = customer.application.baskets
    if baskets is None:
        raise NotFoundError("Nothing can be bought here.")
    return baskets


async def basket_page(
    customer: Customer,
    basket: Basket | None,
    *,
    message: Message | None = None,
    added: bool = False,
    status: int = 200,
) -> HTMLResponse:
    """The cart.

    Arguments:
        customer: Whose it is.
        basket: What is in it; none where nothing ever was.
        message: Why it was not changed.
        added: Whether something was put in just now.
        status: The HTTP status.
    """
    application = customer.application
    lines: list[CartLine] = []
    gone: Sequence[BasketLine] = ()
    priced = None
    told: Mapping[str, Availability] = {}
    if basket is not None and basket.lines:
        priced = await price_basket(basket, application.catalog)
        gone = priced.gone
        skus = [each.line.sku for each in priced.lines]
        told = await application.availability.of(customer.channel.id, skus, quality=Quality.CART)
        lines = [_line(customer, each, told[each.line.sku]) for each in priced.lines]
    return await SHOP.page(
        customer,
        "cart.html",
        status=status,
        in_account=False,
        basket=basket,
        ordering=basket is not None and basket.state is BasketState.ORDERING,
        lines=lines,
        gone=gone,
        priced=priced if priced and priced.lines else None,
        short=any(line.short for line in lines),
        most=baskets_of(customer).rules.most_pieces,
        message=message,
        added=added,
        notice=stock_notice(told.values()),
        now=customer.now,
    )


def _line(customer: Customer, priced: PricedLine, told: Availability) -> CartLine:
    short = told.covers(priced.line.quantity) is False
    stock = stock_line(told)
    if short and stock.kind is StockKind.IN_STOCK:
        stock = StockLine(StockKind.FEW_LEFT, told.quantity or 0)
    return CartLine(priced, product_path(customer, priced.line.sku), stock, short)
