"""Reservation REST 2.0: one path, and the method says what its number is. [iom-api 4.3]"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dev_iomconnector_iom.config import Right, UserConfig
from dev_iomconnector_iom.contract.reservation import (
    FieldError,
    RefusedReservationError,
    ReservationRequest,
    read_reservation,
)
from dev_iomconnector_iom.inventory.reservations import (
    COMPLETE,
    Reservation,
    ReservationRefusedError,
    unknown_products,
)
from dev_iomconnector_iom.web.authentication import may
from dev_iomconnector_iom.web.context import Context, read_body
from dev_iomconnector_iom.web.inventory import InvalidIdError, envelope, identify, int64, shop_of

EXPIRED = "21004"
"""The only published code of inventory. [KB 2729Y4]"""
NOT_ENOUGH_STOCK = "NOT_ENOUGH_STOCK"
_SECONDS = {"seconds": 1, "minutes": 60}


async def create_reservation(request: Request) -> Response:
    """Hold products of a shop."""
    context, user = identify(request)
    shop = shop_of(context, user, request.path_params["number"], Right.RESERVATION)
    wanted = await _read(request)
    if wanted.items is None:
        raise RefusedReservationError(FieldError("items", "items must be a list with at least one product"))
    _require_known(context, shop.id, wanted.items)
    lifetime = wanted.lifetime or context.config.inventory.default_lifetime
    try:
        reservation = context.inventory.reservations.create(
            shop.id, wanted.type or COMPLETE, lifetime * _unit(context), wanted.items
        )
    except ReservationRefusedError as error:
        return envelope(400, exceptions=[(NOT_ENOUGH_STOCK, str(error))])
    return envelope(context.config.inventory.created, data=_view(context, reservation))


async def get_reservation(request: Request) -> Response:
    """A reservation, also one that is over, whose items say so."""
    context, user = identify(request)
    reservation = _find(context, user, request)
    if reservation is None:
        raise HTTPException(404)
    return envelope(200, data=_view(context, reservation))


async def update_reservation(request: Request) -> Response:
    """Change a reservation; one that is over is made anew, and the answer says so with code 21004."""
    context, user = identify(request)
    old = _find(context, user, request)
    wanted = await _read(request)
    if old is None:
        number = request.path_params["number"]
        raise RefusedReservationError(FieldError("resvId", f"There is no reservation {number[:100]}"))
    _require_known(context, old.shop, wanted.items or {})
    lifetime = wanted.lifetime
    if lifetime is None and old.expired:
        lifetime = context.config.inventory.default_lifetime
    over = [(EXPIRED, f"The reservation with id {old.id} has already expired")] if old.expired else []
    try:
        changed = context.inventory.reservations.change(
            old,
            wanted.type or old.type,
            None if lifetime is None else lifetime * _unit(context),
            wanted.items,
        )
    except ReservationRefusedError as error:
        return envelope(400, exceptions=[*over, (NOT_ENOUGH_STOCK, str(error))])
    return envelope(201, data=_view(context, changed), exceptions=over)


async def delete_reservation(request: Request) -> Response:
    """Forget a reservation."""
    context, user = identify(request)
    reservation = _find(context, user, request)
    if reservation is None:
        raise HTTPException(404)
    context.inventory.reservations.remove(reservation.id)
    return Response(status_code=204)


async def refused_reservation(_request: Request, error: Exception) -> Response:
    """400 with what is wrong with the fields."""
    assert isinstance(error, RefusedReservationError)
    return envelope(400, errors=error.errors)


async def _read(request: Request) -> ReservationRequest:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415)
    return read_reservation(await read_body(request))


def _find(context: Context, user: UserConfig, request: Request) -> Reservation | None:
    """The reservation of the path; raises 403 where the user may reserve nowhere, or not in its shop."""
    if not any(Right.RESERVATION in rights for rights in user.rights.values()):
        raise HTTPException(403)
    identity = int64(request.path_params["number"])
    if identity is None:
        raise InvalidIdError("reservationId")
    reservation = context.inventory.reservations.find(identity)
    if reservation is not None and not may(user, Right.RESERVATION, reservation.shop):
        raise HTTPException(403)
    return reservation


def _require_known(context: Context, shop: int, items: dict[str, int]) -> None:
    unknown = unknown_products(context.inventory.stock, shop, list(items))
    if unknown:
        raise RefusedReservationError(
            *(FieldError("items.id", f"Product {product} is unknown") for product in unknown)
        )


def _unit(context: Context) -> int:
    return _SECONDS[context.config.inventory.lifetime_unit]


def _view(context: Context, reservation: Reservation) -> dict[str, Any]:
    state = "expired" if reservation.expired else "reserved"
    return {
        "resvId": reservation.id,
        "validUntil": context.inventory.clock.without_zone(reservation.valid_until),
        "items": [
            {"id": product, "qty": quantity, "state": state}
            for product, quantity in reservation.quantities.items()
        ],
    }
