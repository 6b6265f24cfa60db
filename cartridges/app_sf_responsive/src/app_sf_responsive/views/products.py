"""What the shop sells: the list, and one product of it. Anybody may look."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.product_pages import ProductFilter, product_page, products_page
from app_sf_responsive.recognition import AnyVisitor
from app_sf_responsive.visitor import SHOP
from iomconnector.errors import NotFoundError

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)


@router.get("/{channel}/products")
async def products(visitor: AnyVisitor) -> Response:
    """Products, a page at a time."""
    return await products_page(visitor, ProductFilter.of(visitor.request.query_params))


@router.get("/{channel}/products/{sku:path}")
async def product(visitor: AnyVisitor, sku: str) -> Response:
    """One product; its number may have any character in it."""
    found = (await visitor.application.catalog.products(visitor.channel.id, [sku])).get(sku)
    if found is None:
        raise NotFoundError("The shop does not sell this product.")
    return await product_page(visitor, found)
