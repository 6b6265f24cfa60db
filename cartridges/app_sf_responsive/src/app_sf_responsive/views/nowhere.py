"""Addresses of the storefront that lead nowhere."""

from __future__ import annotations

from fastapi import Response

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.visitor import SHOP
from iomconnector.errors import NotFoundError
from iomconnector.web.cartridge_routes import LastRouter

router = LastRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)


@router.get("/{channel}/{path:path}")
async def nowhere(channel: str, path: str) -> Response:
    """A page that says so."""
    raise NotFoundError(f"There is no page {path} in the shop {channel}.")
