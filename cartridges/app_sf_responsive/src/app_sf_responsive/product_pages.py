"""The pages with what the shop sells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi.responses import HTMLResponse

from app_sf_responsive.history_filter import page_links
from app_sf_responsive.joined import offers_instead_of
from app_sf_responsive.shop_templates import SHOP
from app_sf_responsive.stock_line import StockLine, stock_line, stock_notice
from app_sf_responsive.visitor import Visitor
from iomconnector.model.availability import Availability, Quality
from iomconnector.model.products import CatalogProduct
from iomconnector.ports.product_catalog import ProductQuery

PAGE_SIZE: Final = 24
FURTHEST_PAGE: Final = 100_000
LONGEST_TEXT: Final = 100


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What the reader looks for, as the address of the page says it.

    Arguments:
        text: A part of a name or number; empty where all are shown.
        page: Which page, from 1.
    """

    text: str = ""
    page: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> ProductFilter:
        """What the parameters of the address say; what makes no sense counts as not said."""
        page = parameters.get("page", "")
        sound = page.isascii() and page.isdecimal() and len(page) < 9
        number = min(max(int(page), 1), FURTHEST_PAGE) if sound else 1
        return cls(parameters.get("text", "").strip()[:LONGEST_TEXT], number)

    def parameters(self, page: int) -> dict[str, str]:
        """The parameters of the address of a page."""
        return {"text": self.text, "page": str(page) if page > 1 else ""}

    def query(self) -> ProductQuery:
        """What to ask the catalogue."""
        return ProductQuery(self.text, (self.page - 1) * PAGE_SIZE, PAGE_SIZE)


@dataclass(frozen=True, slots=True)
class ProductTile:
    """A product of a list.

    Arguments:
        product: The product.
        path: Its page.
        stock: Whether it can be bought.
    """

    product: CatalogProduct
    path: str
    stock: StockLine


async def products_page(visitor: Visitor, asked: ProductFilter) -> HTMLResponse:
    """A page of the products."""
    channel = visitor.channel.id
    found = await visitor.application.catalog.search(channel, asked.query())
    skus = [each.sku for each in found.products]
    told = await visitor.application.availability.of(channel, skus, quality=Quality.BROWSE)
    last = max(1, -(-found.total // PAGE_SIZE))
    tiles: Sequence[ProductTile] = [
        ProductTile(each, product_path(visitor, each.sku), stock_line(told[each.sku]))
        for each in found.products
    ]
    return await SHOP.page(
        visitor,
        "products.html",
        in_account=False,
        asked=asked,
        tiles=tiles,
        total=found.total,
        last=last,
        links=page_links(min(asked.page, last), last) if last > 1 else [],
        notice=stock_notice(told.values()),
        now=visitor.now,
    )


async def product_page(visitor: Visitor, product: CatalogProduct) -> HTMLResponse:
    """The page of a product, with what others offer where it cannot be bought."""
    channel = visitor.channel.id
    told = (await visitor.application.availability.of(channel, [product.sku]))[product.sku]
    stock = stock_line(told)
    joined = None if stock.buyable else await offers_instead_of(product, told, visitor)
    return await SHOP.page(
        visitor,
        "product.html",
        in_account=False,
        product=product,
        stock=stock,
        most=_most(visitor, told),
        offers=joined.given if joined else (),
        missing=joined.missing if joined else 0,
        notice=stock_notice([told]),
        now=visitor.now,
    )


def _most(visitor: Visitor, told: Availability) -> int:
    """How many pieces the form lets somebody put into the cart at once; 0 where nothing can be bought."""
    baskets = visitor.application.baskets
    if baskets is None:
        return 0
    return min(baskets.rules.most_pieces, told.quantity or baskets.rules.most_pieces)


def product_path(visitor: Visitor, sku: str) -> str:
    """The address of the page of a product."""
    return visitor.path("products", sku)
