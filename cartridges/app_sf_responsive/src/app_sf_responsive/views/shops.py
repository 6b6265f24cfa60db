"""The shops that there are."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.recognition import language_of
from app_sf_responsive.shop_templates import SHOP_PACKAGE, render
from app_sf_responsive.visitor import SHOP, shop_path
from iomconnector.model.contexts import ContextKind
from iomconnector.web.authentication import CurrentApplication

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)


@router.get("")
@router.get("/")
async def shops(request: Request, application: CurrentApplication) -> Response:
    """A door to each shop."""
    channels = [each for each in await application.contexts.all() if each.kind is ContextKind.CHANNEL]
    found = sorted(
        ({"name": each.display_name, "path": shop_path(each.id)} for each in channels),
        key=lambda shop: shop["name"].casefold(),
    )
    language = language_of(request)
    return render(SHOP_PACKAGE, language, request.url.path, "shops.html", 200, {"shops": found})
