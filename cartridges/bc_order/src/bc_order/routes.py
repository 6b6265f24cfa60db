"""``/api/orders``: place orders and look them up, for programs with an access token."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel

from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import parse_order
from iomconnector.model.orders import Order
from iomconnector.ports.order_repository import PlacementOutcome, StoredOrder
from iomconnector.web.app import Problem
from iomconnector.web.authentication import CurrentApplication, CurrentToken, require_channel


class OrderStatus(BaseModel):
    """An order's number and where its export stands.

    Arguments:
        number: The order document number.
        channel: Its channel.
        state: ``waiting for approval``, ``due``, ``sending``, ``exported``, ``parked`` or ``rejected``.
        reason: Why it waits or is parked.
        reference: Where it stands in the order management system.
        attempts: How often sending was started.
        placed_at: When its export was asked for.
        exported_at: When it was known to be there.
    """

    number: str
    channel: str
    state: ExportState
    reason: str | None
    reference: str | None
    attempts: int
    placed_at: AwareDatetime
    exported_at: AwareDatetime | None


router = APIRouter(
    prefix="/api/orders",
    tags=["orders"],
    responses={code: {"model": Problem} for code in (401, 403)},
)


def _order_body() -> dict[str, Any]:
    schema = Order.model_json_schema(mode="validation")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _inlined(schema)}}}}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without references, so that it can stand inside a larger document."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return resolve(definitions[node["$ref"].rpartition("/")[2]])
            return {key: resolve(value) for key, value in node.items() if key != "discriminator"}
        return [resolve(item) for item in node] if isinstance(node, list) else node

    resolved: dict[str, Any] = resolve(schema)
    return resolved


@router.post(
    "",
    status_code=201,
    summary="Place an order",
    response_model=OrderStatus,
    responses={
        200: {"model": OrderStatus, "description": "The same order was placed before; nothing was changed."},
        404: {"model": Problem, "description": "The channel does not exist."},
        409: {"model": Problem, "description": "Another order of that number exists; nothing was changed."},
        413: {"model": Problem, "description": "The request is too large."},
        422: {"model": Problem, "description": "The document is no valid order; every wrong field is named."},
        503: {"model": Problem, "description": "It could not be stored. Send it again."},
    },
    openapi_extra=_order_body(),
)
async def place_order(
    request: Request, response: Response, application: CurrentApplication, token: CurrentToken
) -> OrderStatus:
    """Place an order. When this answers, the order and the request to export it are on disk.

    Placing is idempotent by channel and number: the same order again answers 200 and changes nothing,
    another order of the same number answers 409. Amounts are decimal strings or JSON numbers; both are read
    exactly.
    """
    order = parse_order(await request.body())
    require_channel(token, order.channel)
    outcome = await application.place_orders.one(order)
    if outcome is PlacementOutcome.ALREADY_PLACED:
        response.status_code = 200
    return _status(await application.orders.get(order.channel, order.number))


@router.get(
    "/{channel}/{number:path}",
    summary="Where an order's export stands",
    responses={404: {"model": Problem, "description": "There is no such order."}},
)
async def order_status(
    channel: str, number: str, application: CurrentApplication, token: CurrentToken
) -> OrderStatus:
    """The number of an order and the state of its export."""
    require_channel(token, channel)
    return _status(await application.orders.get(channel, number))


def _status(stored: StoredOrder) -> OrderStatus:
    request = stored.request
    return OrderStatus(
        number=request.number,
        channel=request.channel,
        state=request.state,
        reason=request.reason,
        reference=request.reference,
        attempts=request.attempts,
        placed_at=request.requested_at,
        exported_at=request.exported_at,
    )
