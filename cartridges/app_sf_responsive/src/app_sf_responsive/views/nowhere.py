"""Addresses of the storefront that lead nowhere."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.visitor import SHOP
from iomconnector.errors import NotFoundError

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)


@router.get("/{path:path}")
async def nowhere(path: str) -> Response:
    """A page that says so."""
    raise NotFoundError(f"There is no page {path}.")
