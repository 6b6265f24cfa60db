"""The routes that a version offers, and the answers to everything else."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dev_iomconnector_iom.contract.intake import RefusedError
from dev_iomconnector_iom.contract.reservation import RefusedReservationError
from dev_iomconnector_iom.contract.versions import BASE_PATH, ApiVersion, Operation, offers
from dev_iomconnector_iom.contract.violations import error_report
from dev_iomconnector_iom.exact_json import dump
from dev_iomconnector_iom.web import download_links
from dev_iomconnector_iom.web.change_requests import (
    create_change_request,
    get_change_request,
    list_change_requests,
)
from dev_iomconnector_iom.web.context import Context
from dev_iomconnector_iom.web.documents import download
from dev_iomconnector_iom.web.inventory import SERVICES_PATH, InvalidIdError, get_availability, invalid_id
from dev_iomconnector_iom.web.order_states import modified_order_states, search_order_states
from dev_iomconnector_iom.web.orders import create_order, get_order
from dev_iomconnector_iom.web.reservations import (
    create_reservation,
    delete_reservation,
    get_reservation,
    refused_reservation,
    update_reservation,
)
from dev_iomconnector_iom.web.segments import CONVERTOR

_SHOP = f"{BASE_PATH}/shops/{{shop:{CONVERTOR}}}"
_ORDER = f"{_SHOP}/orders/{{number:{CONVERTOR}}}"
_HANDLERS = {
    Operation.CREATE_ORDER: ("POST", f"{_SHOP}/orders", create_order),
    Operation.GET_ORDER: ("GET", _ORDER, get_order),
    Operation.CREATE_CHANGE_REQUEST: ("POST", f"{_ORDER}/change-requests", create_change_request),
    Operation.LIST_CHANGE_REQUESTS: ("GET", f"{_ORDER}/change-requests", list_change_requests),
    Operation.GET_CHANGE_REQUEST: (
        "GET",
        f"{_ORDER}/change-requests/{{change_request:{CONVERTOR}}}",
        get_change_request,
    ),
    Operation.SEARCH_ORDER_STATES: ("GET", f"{_SHOP}/order-states", search_order_states),
    Operation.MODIFIED_ORDER_STATES: ("GET", f"{_SHOP}/order-states/modified", modified_order_states),
}
_ATP = f"{SERVICES_PATH}/atp/{{shop:{CONVERTOR}}}/{{ids:{CONVERTOR}}}"
_RESERVATION = f"{SERVICES_PATH}/reservation/{{number:{CONVERTOR}}}"
_DOWNLOAD = f"{download_links.PATH}/{{kind:{CONVERTOR}}}/{{file:{CONVERTOR}}}"


def order_application(context: Context) -> Starlette:
    """Order REST in the version of the configuration, the document servlet, ATP and reservations."""
    routes = [Route(_DOWNLOAD, download), *inventory_routes()]
    routes += operation_routes(context.config.api_version)
    application = Starlette(
        routes=routes,
        exception_handlers={
            RefusedError: _refused,
            RefusedReservationError: refused_reservation,
            InvalidIdError: invalid_id,
            HTTPException: _without_body,
            ClientDisconnect: _client_gone,
            500: _without_body,
        },
    )
    application.router.redirect_slashes = False
    application.state.context = context
    return application


def operation_routes(version: ApiVersion) -> list[Route]:
    """One route for each operation of the version."""
    return [
        Route(path, handler, methods=[method], name=operation.value)
        for operation, (method, path, handler) in _HANDLERS.items()
        if offers(version, operation)
    ]


def inventory_routes() -> list[Route]:
    """ATP and reservations."""
    return [
        Route(_ATP, get_availability, methods=["GET"]),
        Route(_RESERVATION, create_reservation, methods=["POST"]),
        Route(_RESERVATION, get_reservation, methods=["GET"]),
        Route(_RESERVATION, update_reservation, methods=["PUT"]),
        Route(_RESERVATION, delete_reservation, methods=["DELETE"]),
    ]


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return Response(dump(error_report(error.violations)), 400, media_type="application/json")


async def _without_body(_request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return Response(status_code=error.status_code, headers=error.headers)
    return Response(status_code=500)


async def _client_gone(_request: Request, _error: Exception) -> Response:
    """Nobody reads this answer any more."""
    return Response(status_code=400)
