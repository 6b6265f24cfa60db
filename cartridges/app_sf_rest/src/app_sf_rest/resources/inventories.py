"""What is available of products; for everybody. [storefront-clients 1.3]"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import StringConstraints

from app_sf_rest.answers import NO_SUCH_SITE, NOT_NOW, WRONG
from app_sf_rest.caller import CurrentSite
from app_sf_rest.representation.inventory import InventoryList, inventory_list
from app_sf_rest.rest_route import BASE_PATH, MEDIA_TYPE, RestRoute
from iomconnector.web.authentication import CurrentApplication

INVENTORY_TYPE: Final = "application/vnd.intershop.inventory.v1+json"
MOST_PRODUCTS: Final = 100
"""Products of one request: those of a long list, and no more than fit into an address."""
LONGEST_SKU: Final = 255

Sku = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_SKU)]

router = APIRouter(prefix=BASE_PATH, tags=["storefront: inventory"], route_class=RestRoute)


@router.get(
    "/inventories",
    response_model=InventoryList,
    response_model_exclude_none=True,
    summary="What is available of products",
    response_description="What there is of each product of which that is known; the others are in `infos`.",
    responses={**WRONG, **NO_SUCH_SITE, **NOT_NOW},
)
async def inventories(
    request: Request,
    site: CurrentSite,
    system: CurrentApplication,
    sku: Annotated[
        list[Sku], Query(min_length=1, max_length=MOST_PRODUCTS, description="Products; repeatable.")
    ],
) -> InventoryList:
    """What there is of products, at most some seconds ago. No token is needed.

    It never fails because the inventory service does: then the shop's own stock answers where it may, and
    `stockSource` says so, or the product is among those of which nothing is known.
    """
    if INVENTORY_TYPE in request.headers.get("accept", ""):
        setattr(request.state, MEDIA_TYPE, INVENTORY_TYPE)
    return inventory_list(await system.availability.of(site.channel, sku))
