"""The orders of the user who calls. [storefront-clients 1.2; KB 3P1089]"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from app_sf_rest.answers import NOT_NOW, NOT_THERE, UNAUTHORIZED, WRONG
from app_sf_rest.caller import CurrentShopper
from app_sf_rest.order_access import buyer_of, key_of
from app_sf_rest.representation.included import included
from app_sf_rest.representation.order import OrderDocument, OrderList, PageInfo, order_data
from app_sf_rest.rest_route import BASE_PATH, MEDIA_TYPE, RestRoute
from iomconnector.model.customer_users import OrderOwner
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.web.authentication import CurrentApplication

ORDER_TYPE: Final = "application/vnd.intershop.order.v1+json"
EXTENSION_TYPE: Final = "application/vnd.intershop.order-iom-ext.v1+json"
MOST: Final = 100
"""Orders of one page; a client that asks for more gets so many, and `info.limit` says it."""

router = APIRouter(prefix=BASE_PATH, tags=["storefront: orders"], route_class=RestRoute)


@router.get(
    "/orders",
    response_model=OrderList,
    response_model_exclude_none=True,
    summary="The user's orders",
    response_description="One page of orders, newest first.",
    responses={**UNAUTHORIZED, **NOT_NOW, **WRONG, **NOT_THERE},
)
async def orders(
    request: Request,
    shopper: CurrentShopper,
    system: CurrentApplication,
    limit: Annotated[int, Query(ge=1, le=10_000, description="At most so many; 100 at most.")] = 25,
    offset: Annotated[int, Query(ge=0, le=2**31, description="Skip so many.")] = 0,
    include: Annotated[str, Query(description="What to include, separated by commas.")] = "",
    document_number: Annotated[
        list[str], Query(alias="documentNumber", description="Order numbers; repeatable.")
    ] = [],  # noqa: B006
    customer_order_id: Annotated[
        list[str], Query(alias="customerOrderID", description="The customer's own numbers; repeatable.")
    ] = [],  # noqa: B006
    product: Annotated[list[str], Query(alias="lineItem_product", description="Products; repeatable.")] = [],  # noqa: B006
    unknown_to_us: Annotated[
        list[str],
        Query(
            alias="lineItem_customerProductID",
            description="Customers' own numbers of products; the shop's orders have none. Repeatable.",
        ),
    ] = [],  # noqa: B006
    partial_order: Annotated[
        list[str],
        Query(
            alias="lineItem_partialOrderNo",
            description="Numbers of partial orders; the shop's orders have none. Repeatable.",
        ),
    ] = [],  # noqa: B006
    creation_date_from: Annotated[
        date | None, Query(alias="creationDateFrom", description="First day, in UTC.")
    ] = None,
    creation_date_to: Annotated[
        date | None, Query(alias="creationDateTo", description="Last day, in UTC.")
    ] = None,
    buyer: Annotated[str | None, Query(description="Login of a buyer; for account admins.")] = None,
    all_buyers: Annotated[
        bool, Query(alias="allBuyers", description="Of all buyers of the company; for account admins.")
    ] = False,
) -> OrderList:
    """One page of the user's orders. A user of a company sees the own ones; an account admin may ask for
    those of other buyers."""
    owner = await buyer_of(shopper, system, buyer=buyer, all_buyers=all_buyers)
    _answers_as_asked(request)
    limit = min(limit, MOST)
    if owner is None or unknown_to_us or partial_order:
        return OrderList(info=PageInfo(limit=limit, offset=offset, total=0), data=[])
    page = await system.order_history.page(
        owner,
        CustomerOrderQuery(
            numbers=tuple(document_number),
            customer_order_numbers=tuple(customer_order_id),
            skus=tuple(product),
            created_from=creation_date_from,
            created_to=creation_date_to,
            offset=offset,
            limit=limit,
        ),
    )
    language = shopper.site.language
    return OrderList(
        info=PageInfo(limit=limit, offset=offset, total=page.total),
        data=[order_data(view, language) for view in page.orders],
        included=included(page.orders, _names(include), language),
    )


@router.get(
    "/orders/{order_id}",
    response_model=OrderDocument,
    response_model_exclude_none=True,
    summary="One of the user's orders",
    response_description="The order.",
    responses={**UNAUTHORIZED, **NOT_NOW, **WRONG, **NOT_THERE},
)
async def order(
    request: Request,
    order_id: str,
    shopper: CurrentShopper,
    system: CurrentApplication,
    include: Annotated[str, Query(description="What to include, separated by commas.")] = "",
) -> OrderDocument:
    """An order by its id. Somebody else's answers as one that does not exist."""
    view = await system.order_history.order(OrderOwner.of(shopper.user), key_of(order_id))
    _answers_as_asked(request)
    language = shopper.site.language
    return OrderDocument(
        data=order_data(view, language), included=included([view], _names(include), language)
    )


def _names(include: str) -> frozenset[str]:
    return frozenset(name.strip() for name in include.split(","))


def _answers_as_asked(request: Request) -> None:
    """Name the media type that the client asked for: that of orders or that of the extension."""
    accepted = request.headers.get("accept", "")
    for media_type in (EXTENSION_TYPE, ORDER_TYPE):
        if media_type in accepted:
            setattr(request.state, MEDIA_TYPE, media_type)
            return
