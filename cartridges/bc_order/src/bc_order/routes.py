"""``/api/orders``: place orders and look them up, for programs with an access token."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from bc_order.options import LARGEST_KEY
from bc_order.order_schema import order_request_body
from bc_order.order_status import OrderPage, OrderStatus, page_of, status_of
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import parse_json
from iomconnector.model.unnumbered_orders import order_or_unnumbered_from
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.web.authentication import CurrentApplication, CurrentToken, require_channel
from iomconnector.web.problems import problem_responses
from iomconnector.web.request_bodies import json_body

router = APIRouter(
    prefix="/api/orders",
    tags=["orders"],
    responses=problem_responses(
        unauthorized="There is no access token, or it is not known.",
        forbidden="The access token gives no access to the channel.",
        not_found="There is no such channel.",
        unprocessable_entity="The request is wrong; everything that is wrong is named.",
        internal_server_error="The request failed unexpectedly.",
        service_unavailable="The database cannot be used, or the sequence has no number, at present. "
        "Nothing was changed. Send the request again.",
    ),
)


@router.post(
    "",
    status_code=201,
    summary="Place an order",
    response_description="The order was placed.",
    responses={
        200: {"model": OrderStatus, "description": "The same order was placed before; nothing was changed."},
        **problem_responses(
            conflict="Another order of that number or idempotency key exists, or the sequence gave that "
            "number to an order of another channel; nothing was changed.",
            request_entity_too_large="The request is larger than 10 MiB.",
            unsupported_media_type="The body is not said to be JSON.",
            unprocessable_entity="The document is no valid order; every wrong field is named.",
        ),
    },
    openapi_extra=order_request_body(),
)
async def place_order(
    request: Request, response: Response, application: CurrentApplication, token: CurrentToken
) -> OrderStatus:
    """Place an order. When this answers, the order and the request to export it are on disk.

    Placing is idempotent by channel and number: the same order again answers 200 and changes nothing,
    another order of the same number answers 409.

    An order without a number gets the next one of its organization's sequence, and the answer tells it. Such
    an order has an `idempotency_key`, which its caller chooses and uses for no other order of the channel:
    the same order with the same key again answers 200 with the same number, another order with that key
    answers 409.

    Amounts are decimal strings or JSON numbers; both are read exactly.
    """
    order = order_or_unnumbered_from(parse_json(await json_body(request)))
    await require_channel(application, token, order.channel)
    placed = await application.place_orders.one(order)
    if placed.outcome is PlacementOutcome.ALREADY_PLACED:
        response.status_code = 200
    return status_of(await application.export_queries.summary(order.channel, placed.number))


@router.get("", summary="List orders", response_description="One page of orders.")
async def list_orders(
    application: CurrentApplication,
    token: CurrentToken,
    channel: Annotated[str | None, Query(description="Only this channel.")] = None,
    state: Annotated[list[ExportState], Query(description="Only these states; repeatable.")] = [],  # noqa: B006
    after: Annotated[
        int, Query(ge=0, le=LARGEST_KEY, description="Go on behind this key, which `next` of a page gives.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many.")] = 50,
) -> OrderPage:
    """Orders of the channels of the access token, in the order in which they were placed."""
    if channel is not None:
        await require_channel(application, token, channel)
    channels = token.channels if channel is None else (channel,)
    return await page_of(application.export_queries, channels, states=state, after=after, limit=limit)


@router.get(
    "/{channel}/{number:path}",
    summary="Where an order's export stands",
    response_description="The order's number and the state of its export.",
    responses=problem_responses(not_found="There is no such order or no such channel."),
)
async def order_status(
    channel: str, number: str, application: CurrentApplication, token: CurrentToken
) -> OrderStatus:
    """The number of an order and the state of its export."""
    await require_channel(application, token, channel)
    return status_of(await application.export_queries.summary(channel, number))
