"""createChangeRequest, getChangeRequest and getChangeRequestViewList. [iom-api 1.2]"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dev_iomconnector_iom.config import Right
from dev_iomconnector_iom.contract.intake import RefusedError, read_change_request
from dev_iomconnector_iom.contract.violations import DUPLICATE_CHANGE_REQUEST_ID, ORDER_NOT_FOUND, Violation
from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.store.change_requests import DuplicateChangeRequestError, StoredChangeRequest
from dev_iomconnector_iom.web.context import (
    authorize,
    created,
    find_order,
    read_body,
    require_vendor_body,
    vendor_json,
)


async def create_change_request(request: Request) -> Response:
    """Store a change request. The contract declares no 404 here, so an unknown order is a 400."""
    context, user, shop = authorize(request, Right.CHANGE_ORDER)
    require_vendor_body(request)
    body = await read_body(request)
    number = request.path_params["number"]
    order = find_order(context, shop, request)
    if order is None:
        raise RefusedError(
            Violation(
                ORDER_NOT_FOUND, f"Shop {shop.id} has no order {number!r}", "shopOrderNumber", "known", number
            )
        )
    wanted = read_change_request(body, number, shop, shop.country, context.config.api_version)
    identity = wanted.change_request_id
    try:
        context.change_requests.add(order.id, identity, user.name, wanted.order)
    except DuplicateChangeRequestError as error:
        raise RefusedError(
            Violation(
                DUPLICATE_CHANGE_REQUEST_ID,
                f"Order {number!r} has a change request {identity!r} already",
                "changeRequestId",
                "changeRequestIdOnce",
                identity,
            )
        ) from error
    context.clock.order_arrived()
    return created(request, "shops", str(shop.id), "orders", number, "change-requests", identity)


async def list_change_requests(request: Request) -> Response:
    """All change requests of an order in the order of their arrival."""
    context, _, shop = authorize(request, Right.VIEW_CHANGES)
    order = find_order(context, shop, request)
    if order is None:
        raise HTTPException(404)
    excluded = request.query_params.getlist("excludes")
    return vendor_json([_view(each, excluded) for each in context.change_requests.of_order(order.id)])


async def get_change_request(request: Request) -> Response:
    """One change request."""
    context, _, shop = authorize(request, Right.VIEW_CHANGES)
    order = find_order(context, shop, request)
    found = order and context.change_requests.get(order.id, request.path_params["change_request"])
    if not found:
        raise HTTPException(404)
    return vendor_json(_view(found, request.query_params.getlist("excludes")))


def _view(change: StoredChangeRequest, excluded: list[str]) -> JsonObject:
    view: JsonObject = {
        "changeRequest": change.document,
        "changeRequestId": change.change_request_id,
        "creator": change.creator,
        "creationDate": change.created_at,
        "status": change.status,
    }
    if change.updated_at:
        view["updateDate"] = change.updated_at
    return {name: value for name, value in view.items() if name not in excluded}
