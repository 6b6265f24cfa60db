"""getOrderStatesBySortCriterias and getModifiedOrderStates."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dev_iomconnector_iom.config import Right
from dev_iomconnector_iom.contract.versions import ApiVersion, filters_by_email
from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.store.orders import StoredOrder
from dev_iomconnector_iom.store.search import OrderQuery, Page, modified_from, modified_since, search
from dev_iomconnector_iom.web.context import Context, authorize, base_url, require_accept, vendor_json
from dev_iomconnector_iom.web.download_links import LinkMaker
from dev_iomconnector_iom.web.order_state_view import order_state
from dev_iomconnector_iom.web.parameters import ParameterReader

_INT32 = (1 << 31) - 1
_INT64 = (1 << 63) - 1
_MOST_MODIFIED = 10_000


async def search_order_states(request: Request) -> Response:
    """A page of the order states that match."""
    context, _, shop = authorize(request, Right.ORDER_STATES)
    require_accept(request)
    query = _read_query(request, context.config.api_version)
    page = search(context.database, shop.id, query)
    return vendor_json(
        {
            "data": _states(request, context, page.orders),
            "meta": {"totalCount": page.total},
            "links": _links(request, query, page.total),
        }
    )


async def modified_order_states(request: Request) -> Response:
    """The order states that changed since a moment or a cursor, the oldest change first."""
    context, _, shop = authorize(request, Right.ORDER_STATES)
    require_accept(request)
    reader = ParameterReader(request.query_params)
    limit = reader.integer("limit", 50, smallest=1, largest=_MOST_MODIFIED)
    moment = reader.moment("modifiedSince")
    cursor = reader.integer("minCursor", 0, smallest=None, largest=_INT64)
    if reader.has("modifiedSince") == reader.has("minCursor"):
        for name in ("modifiedSince", "minCursor"):
            reader.refuse(name, "exactlyOne", "must be set if and only if the other one of the two is not")
    reader.finish()
    if moment is not None:
        page = modified_since(context.database, shop.id, moment, limit)
    else:
        is_exclusive = context.config.cursor == "exclusive"
        page = modified_from(context.database, shop.id, min(cursor + is_exclusive, _INT64), limit)
    nothing_newer = context.database.current_cursor if moment is not None else cursor
    return vendor_json(
        {
            "data": _states(request, context, page.orders),
            "meta": _cursor_meta(page, nothing_newer),
            "links": {"self": str(request.url)},
        }
    )


def _read_query(request: Request, version: ApiVersion) -> OrderQuery:
    """Limits on the page are declared since 2.2; before, a negative offset or limit means the default."""
    reader = ParameterReader(request.query_params)
    has_limits = version >= ApiVersion.V2_2
    offset = reader.integer("offset", 0, smallest=0 if has_limits else None, largest=_INT32)
    limit = reader.integer("limit", 50, smallest=1 if has_limits else None, largest=_INT32)
    query = OrderQuery(
        numbers=reader.texts("shopOrderNumbers"),
        customers=reader.texts("shopCustomerNumbers"),
        products=reader.texts("productNumbers"),
        states=reader.texts("statuses"),
        emails=reader.texts("emails") if filters_by_email(version) else (),
        created_from=reader.day("shopOrderCreationDate[gte]"),
        created_to=reader.day("shopOrderCreationDate[lte]"),
        order_by=reader.one_of("orderBy", ("shopOrderCreationDate", "shopOrderNumber", "shopCustomerNumber")),
        sort_direction=reader.one_of("sortDirection", ("ASC", "DESC")),
        offset=offset if offset >= 0 else 0,
        limit=limit if limit >= 1 else 50,
    )
    reader.finish()
    return query


def _states(request: Request, context: Context, orders: list[StoredOrder]) -> list[JsonObject]:
    links = LinkMaker(context.config.jwt_secret.get_secret_value(), base_url(request))
    return [order_state(order, links) for order in orders]


def _cursor_meta(page: Page, nothing_newer: int) -> JsonObject:
    cursors = [order.cursor for order in page.orders] or [nothing_newer]
    return {
        "totalCount": page.total,
        "pageSize": len(page.orders),
        "minCursor": cursors[0],
        "maxCursor": cursors[-1],
    }


def _links(request: Request, query: OrderQuery, total: int) -> dict[str, str]:
    """This page and its neighbours; the contract does not name the keys. [iom-api 0, paging]"""
    links = {"self": _page_url(request, query.offset, query.limit)}
    if query.offset:
        links["prev"] = _page_url(request, max(0, query.offset - query.limit), query.limit)
    if query.offset + query.limit < total:
        links["next"] = _page_url(request, query.offset + query.limit, query.limit)
    return links


def _page_url(request: Request, offset: int, limit: int) -> str:
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name not in ("offset", "limit")
    ]
    query = urlencode([*kept, ("offset", offset), ("limit", limit)])
    return f"{base_url(request)}{request.url.path}?{query}"
